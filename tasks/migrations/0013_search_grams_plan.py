"""The pairs of letters of a text are found by a function whose plan is kept; the index stands as it is."""

from typing import Any

from django.db import migrations

from tasks import grams


def keep_plan(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(grams.KEPT_PLAN, params=None)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0012_periodic")]

    operations = [migrations.RunPython(keep_plan, migrations.RunPython.noop)]
