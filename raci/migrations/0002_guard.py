"""Guard published editions by triggers."""

from django.db import migrations

from raci import guard

#: The columns of an edition as 0001 makes it.
KEPT = guard.KEPT[:8]


class Migration(migrations.Migration):
    dependencies = [("raci", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: guard.install(schema_editor, KEPT),
            lambda apps, schema_editor: guard.remove(schema_editor),
        )
    ]
