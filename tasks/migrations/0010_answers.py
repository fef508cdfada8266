"""A note of a case may be an answer to who asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0009_search_grams"),
    ]

    operations = [
        migrations.AlterField(
            model_name="comment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("progress", "経過"),
                    ("judgement", "判断"),
                    ("contact", "連絡"),
                    ("recovery", "復旧"),
                    ("request", "依頼"),
                    ("answer", "回答"),
                ],
                default="progress",
                max_length=10,
                verbose_name="種別",
            ),
        ),
    ]
