"""Who reads comments at first is the duty's own setting: 内部 of 24 and 55, which the code knew until now."""

from django.db import migrations, models

from raci import guard

INTERNAL = (24, 55)


def fill(apps, schema_editor):
    apps.get_model("raci", "Duty").objects.filter(key__in=INTERNAL).update(comment_audience="internal")
    for saving in apps.get_model("raci", "Saving").objects.iterator(chunk_size=50):
        for row in saving.rows:
            if row["key"] in INTERNAL:
                row["comment_audience"] = "internal"  # or undoing would take it away
        saving.save(update_fields=["rows"])


class Migration(migrations.Migration):
    dependencies = [("raci", "0006_case_kind")]

    operations = [
        # SQLite rebuilds an altered table, and its triggers are lost with the old one.
        migrations.RunPython(
            lambda apps, schema_editor: guard.remove(schema_editor),
            lambda apps, schema_editor: guard.install(schema_editor),
        ),
        migrations.AddField(
            model_name="duty",
            name="comment_audience",
            field=models.CharField(
                blank=True,
                choices=[("internal", "内部")],
                default="",
                max_length=10,
                verbose_name="コメントの公開範囲",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, schema_editor: guard.install(schema_editor),
            lambda apps, schema_editor: guard.remove(schema_editor),
        ),
    ]
