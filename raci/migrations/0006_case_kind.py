"""What a case raised at a duty is. The rows that are there get the kinds of the first edition's duties."""

from django.db import migrations, models

from raci import guard

KINDS = {15: "incident", 54: "inquiry", 44: "change", 45: "change"}


def fill(apps, schema_editor):
    duties = apps.get_model("raci", "Duty").objects
    for key, kind in KINDS.items():
        duties.filter(key=key).update(case_kind=kind)


class Migration(migrations.Migration):
    dependencies = [("raci", "0005_imports")]

    operations = [
        # SQLite rebuilds an altered table, and its triggers are lost with the old one.
        migrations.RunPython(
            lambda apps, schema_editor: guard.remove(schema_editor),
            lambda apps, schema_editor: guard.install(schema_editor),
        ),
        migrations.AddField(
            model_name="duty",
            name="case_kind",
            field=models.CharField(
                choices=[
                    ("request", "依頼"),
                    ("change", "変更"),
                    ("inquiry", "問合せ"),
                    ("incident", "障害"),
                ],
                default="request",
                max_length=10,
                verbose_name="案件の種類",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, schema_editor: guard.install(schema_editor),
            lambda apps, schema_editor: guard.remove(schema_editor),
        ),
    ]
