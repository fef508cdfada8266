"""The triggers that keep a published edition as it is, on SQLite and PostgreSQL.

A later migration that alters one of these tables calls `remove` before and `install` after: SQLite
rebuilds an altered table, and its triggers are lost with the old one.
"""

from typing import Any

MESSAGE = "a published edition never changes"
TABLES = ("duty", "assignment", "schedule", "dutyfield", "signer", "followup")
#: Columns of an edition in the order in which migrations brought them (0001: the first eight).
KEPT = (
    "id",
    "number",
    "title",
    "in_force_on",
    "based_on_id",
    "created_at",
    "published_at",
    "published_by_id",
    "version",
    "last_key",
    "saved_at",
    "saved_by_id",
)

POSTGRES = f"""
CREATE FUNCTION raci_guard_content() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed boolean := false;
BEGIN
    IF TG_OP <> 'INSERT' AND TG_TABLE_NAME = 'raci_duty' THEN
        closed := EXISTS (SELECT FROM raci_edition e WHERE e.id = OLD.edition_id AND e.state <> 'draft');
    ELSIF TG_OP <> 'INSERT' THEN
        closed := EXISTS (SELECT FROM raci_edition e JOIN raci_duty d ON d.edition_id = e.id
                          WHERE d.id = OLD.duty_id AND e.state <> 'draft');
    END IF;
    IF NOT closed AND TG_OP <> 'DELETE' AND TG_TABLE_NAME = 'raci_duty' THEN
        closed := EXISTS (SELECT FROM raci_edition e WHERE e.id = NEW.edition_id AND e.state <> 'draft');
    ELSIF NOT closed AND TG_OP <> 'DELETE' THEN
        closed := EXISTS (SELECT FROM raci_edition e JOIN raci_duty d ON d.edition_id = e.id
                          WHERE d.id = NEW.duty_id AND e.state <> 'draft');
    END IF;
    IF closed THEN
        RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION raci_guard_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def install(schema_editor: Any, kept: tuple[str, ...] = KEPT) -> None:
    """Create the triggers; `kept`: the columns that an edition has at this point of its migrations."""
    for statement in _statements(schema_editor.connection.vendor, kept):
        schema_editor.execute(statement, params=None)


def remove(schema_editor: Any) -> None:
    """Drop the triggers."""
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for table in (*TABLES, "edition"):
        for event in ("insert", "update", "delete"):
            on = f" ON raci_{table}" if is_postgres else ""
            schema_editor.execute(f"DROP TRIGGER raci_{table}_{event}{on}", params=None)
    if is_postgres:
        schema_editor.execute("DROP FUNCTION raci_guard_content()", params=None)
        schema_editor.execute("DROP FUNCTION raci_guard_edition()", params=None)


def _statements(vendor: str, kept: tuple[str, ...]) -> list[str]:
    if vendor == "postgresql":
        do = dict.fromkeys(("insert", "update", "delete"), "EXECUTE FUNCTION raci_guard_edition()")
        content = [
            f"CREATE TRIGGER raci_{table}_{event} BEFORE {event} ON raci_{table} "
            "FOR EACH ROW EXECUTE FUNCTION raci_guard_content()"
            for table in TABLES
            for event in ("insert", "update", "delete")
        ]
        return [POSTGRES, *content, *_edition(do, kept, "FOR EACH ROW ", "IS DISTINCT FROM")]
    do = dict.fromkeys(("insert", "update", "delete"), f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END")
    content = [
        f"CREATE TRIGGER raci_{table}_{event} BEFORE {event} ON raci_{table} "
        f"WHEN EXISTS ({_closed(table, event)}) {do[event]}"
        for table in TABLES
        for event in ("insert", "update", "delete")
    ]
    return [*content, *_edition(do, kept, "", "IS NOT")]


def _closed(table: str, event: str) -> str:
    """The published editions that the old or the new row is in."""
    rows = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[event]
    if table == "duty":
        ids = ", ".join(f"{row}.edition_id" for row in rows)
        return f"SELECT 1 FROM raci_edition WHERE id IN ({ids}) AND state <> 'draft'"
    ids = ", ".join(f"{row}.duty_id" for row in rows)
    return (
        "SELECT 1 FROM raci_edition e JOIN raci_duty d ON d.edition_id = e.id "
        f"WHERE d.id IN ({ids}) AND e.state <> 'draft'"
    )


def _edition(do: dict[str, str], kept: tuple[str, ...], each: str, differs: str) -> list[str]:
    """An edition begins as a draft; once published only its state moves, to withdrawn."""
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in kept)
    withdrawn = "OLD.state = 'published' AND NEW.state = 'withdrawn'"
    conditions = {
        "insert": "NEW.state <> 'draft'",
        "update": f"OLD.state <> 'draft' AND (NOT ({withdrawn}) OR {changed})",
        "delete": "OLD.state <> 'draft'",
    }
    return [
        f"CREATE TRIGGER raci_edition_{event} BEFORE {event} ON raci_edition "
        f"{each}WHEN ({condition}) {do[event]}"
        for event, condition in conditions.items()
    ]
