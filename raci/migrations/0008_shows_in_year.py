"""That a field's words stand in the year's plan is its own option: the code knew `planned_stops` of No.1."""

from django.db import migrations

from raci import guard

DUTY, FIELD, OPTION = 1, "planned_stops", "shows_in_year"


def fill(apps, schema_editor):
    for field in apps.get_model("raci", "DutyField").objects.filter(duty__key=DUTY, key=FIELD):
        field.options = {**field.options, OPTION: True}
        field.save(update_fields=["options"])
    for saving in apps.get_model("raci", "Saving").objects.iterator(chunk_size=50):
        for field in _fields(saving.rows):
            field["options"] = {**field.get("options", {}), OPTION: True}
        saving.save(update_fields=["rows"])


def _fields(rows):
    return [f for row in rows if row["key"] == DUTY for f in row.get("fields", ()) if f["key"] == FIELD]


class Migration(migrations.Migration):
    dependencies = [("raci", "0007_comment_audience")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: guard.remove(schema_editor),
            lambda apps, schema_editor: guard.install(schema_editor),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, schema_editor: guard.install(schema_editor),
            lambda apps, schema_editor: guard.remove(schema_editor),
        ),
    ]
