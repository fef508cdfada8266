"""Who confirmed what is only ever added, whoever writes.

SQLite makes a table anew when a later migration alters it and forgets its triggers: such a migration ends
with this one's `guard`.
"""

from django.db import migrations

SENTENCE = "confirmations are append-only"

SQLITE = [
    f"CREATE TRIGGER raci_confirmation_no_{name} BEFORE {moment} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    for name, moment in (
        ("update", "UPDATE ON raci_confirmation"),
        ("delete", "DELETE ON raci_confirmation"),
        # INSERT OR REPLACE deletes without asking the DELETE trigger
        (
            "replace",
            "INSERT ON raci_confirmation WHEN EXISTS (SELECT 1 FROM raci_confirmation WHERE id = NEW.id)",
        ),
    )
]
SQLITE_BACK = [
    f"DROP TRIGGER IF EXISTS raci_confirmation_no_{name}" for name in ("update", "delete", "replace")
]
POSTGRESQL = [
    f"""CREATE FUNCTION raci_confirmation_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER raci_confirmation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON raci_confirmation
    FOR EACH STATEMENT EXECUTE FUNCTION raci_confirmation_append_only()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER IF EXISTS raci_confirmation_append_only ON raci_confirmation",
    "DROP FUNCTION IF EXISTS raci_confirmation_append_only()",
]


def guard(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("raci", "0008_shows_in_year")]
    operations = [migrations.RunPython(guard, unguard)]
