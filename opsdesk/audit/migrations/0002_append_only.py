"""History is append-only, and the head of a chain moves only forward, whoever writes.

SQLite makes a table anew when a later migration alters it and forgets its triggers: such a migration ends
with this one's `guard`.
"""

from django.db import migrations

SENTENCE = "audit history is append-only"

SQLITE = [
    f"CREATE TRIGGER audit_event_no_{name} BEFORE {moment} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    for name, moment in (
        ("update", "UPDATE ON audit_event"),
        ("delete", "DELETE ON audit_event"),
        # INSERT OR REPLACE deletes without asking the DELETE trigger
        ("replace", "INSERT ON audit_event WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)"),
    )
] + [
    f"CREATE TRIGGER audit_stream_no_{name} BEFORE {moment} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    for name, moment in (
        ("delete", "DELETE ON audit_stream"),
        ("return", "UPDATE ON audit_stream WHEN NEW.last < OLD.last OR NEW.name <> OLD.name"),
        (
            "replace",
            "INSERT ON audit_stream WHEN (SELECT last FROM audit_stream s WHERE s.name = NEW.name) > 0",
        ),
    )
]
SQLITE_BACK = [
    f"DROP TRIGGER IF EXISTS {name}"
    for name in (
        "audit_event_no_update",
        "audit_event_no_delete",
        "audit_event_no_replace",
        "audit_stream_no_delete",
        "audit_stream_no_return",
        "audit_stream_no_replace",
    )
]
POSTGRESQL = [
    f"""CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()""",
    """CREATE TRIGGER audit_stream_no_delete BEFORE DELETE OR TRUNCATE ON audit_stream
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()""",
    """CREATE TRIGGER audit_stream_no_return BEFORE UPDATE ON audit_stream
    FOR EACH ROW WHEN (NEW.last < OLD.last OR NEW.name <> OLD.name) EXECUTE FUNCTION audit_append_only()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER IF EXISTS audit_event_append_only ON audit_event",
    "DROP TRIGGER IF EXISTS audit_stream_no_delete ON audit_stream",
    "DROP TRIGGER IF EXISTS audit_stream_no_return ON audit_stream",
    "DROP FUNCTION IF EXISTS audit_append_only()",
]


def guard(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
