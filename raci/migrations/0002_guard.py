"""Guard published editions by triggers."""

from django.db import migrations

from raci import guard


class Migration(migrations.Migration):
    dependencies = [("raci", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: guard.install(schema_editor),
            lambda apps, schema_editor: guard.remove(schema_editor),
        )
    ]
