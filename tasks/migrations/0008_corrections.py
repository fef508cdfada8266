"""訂正: a comment may put another one right."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0007_case_token")]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="tasks.comment",
                verbose_name="訂正するコメント",
            ),
        ),
    ]
