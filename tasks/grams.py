"""The index of the search: pairs of neighbouring letters, by which rows that may hold a word are found.

Two letters make a Japanese word, and trigrams find none of two (docs/decisions/0005). The database makes the
pairs itself, so that the index is in step whatever writes: PostgreSQL a GIN index over a function, SQLite an
FTS5 table without content that triggers fill. It only proposes: what a row holds is looked at again.

On SQLite a migration that alters tasks_searchtext makes the table anew, and the triggers are gone with the
old one: `remove` before it, `install` after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from django.db import connection

#: More rows than this may hold the words: then they are met soon when all are walked, the newest first.
MOST = 10_000


def candidates(words: Sequence[str]) -> list[int] | None:
    """Ids of rows that may hold all of `words` (folded), of one word in their own text; None: too many.

    One statement. A word of one letter proposes nothing and excludes nothing."""
    pairs = sorted({pair for word in words for pair in pairs_of(word)})
    if not pairs:
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = OWN if len(words) == 1 else EVERY
            cursor.execute(
                f"SELECT id FROM tasks_searchtext WHERE tasks_grams({text}) @> %s LIMIT %s", [pairs, MOST + 1]
            )
        else:
            cursor.execute(
                "SELECT rowid FROM tasks_searchgrams WHERE tasks_searchgrams MATCH %s LIMIT %s",
                [_match(pairs, "own : " if len(words) == 1 else ""), MOST + 1],
            )
        found = [row[0] for row in cursor.fetchall()]
    return found if len(found) <= MOST else None


def pairs_of(text: str) -> Iterator[str]:
    """Two neighbouring letters each; a blank ends a word."""
    return (a + b for a, b in pairwise(text) if " " not in (a, b))


def _match(pairs: Sequence[str], column: str) -> str:
    return f"{column}({' AND '.join(pair.encode().hex() for pair in pairs)})"


OWN, EVERY = "folded", "folded || ' ' || context"
POSTGRES = (
    # its cost keeps the planner from looking at the pairs of each row instead of into the index
    """
CREATE FUNCTION tasks_grams(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT a || b), '{}')
    FROM unnest(string_to_array($1, NULL), (string_to_array($1, NULL))[2:]) AS pair (a, b)
    WHERE a <> ' ' AND b <> ' '
$$""",
    *(
        # what waits to be sorted in is read through by every search: little
        f"CREATE INDEX {name} ON tasks_searchtext USING gin (tasks_grams({text})) "
        "WITH (gin_pending_list_limit = 256)"
        for name, text in (("search_text_own", OWN), ("search_text_every", EVERY))
    ),
)


#: The same function, planned once a connection instead of once a row that is written.
KEPT_PLAN = """
CREATE OR REPLACE FUNCTION tasks_grams(text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(DISTINCT a || b), '{}')
        FROM unnest(string_to_array($1, NULL), (string_to_array($1, NULL))[2:]) AS pair (a, b)
        WHERE a <> ' ' AND b <> ' '
    );
END $$"""

#: Letters a piece: finding the nth letter of a text takes SQLite n steps.
PIECE = 250


def _pairs(text: str) -> str:
    """SQL: the pairs of `text`, each as the hexadecimal digits of its bytes. A trigger takes no WITH."""
    blocks = _count(f"length({text}) / {PIECE}")
    pieces = f"SELECT substr({text}, key * {PIECE} + 1, {PIECE + 1}) AS piece FROM {blocks}"
    pair = "substr(piece, key + 1, 2)"
    return (  # the LIMIT has each piece made once
        f"(SELECT group_concat(DISTINCT hex({pair})) FROM ({pieces} LIMIT -1), {_count('length(piece)')}"
        f" WHERE length({pair}) = 2 AND instr({pair}, ' ') = 0)"
    )


def _count(last: str) -> str:
    """SQL: a table whose `key` runs from 0 to `last`."""
    return f"json_each('[0' || replace(hex(zeroblob({last})), '00', ',0') || ']')"


def _entry(row: str, command: str = "") -> str:
    """SQL: puts the row into the index, or with `command` takes it out; it must say again what it said."""
    into, value = ("tasks_searchgrams, ", f"'{command}', ") if command else ("", "")
    return (
        f"INSERT INTO tasks_searchgrams ({into}rowid, own, context) "
        f"VALUES ({value}{row}.id, {_pairs(f'{row}.folded')}, {_pairs(f'{row}.context')})"
    )


NEW, OLD = _entry("NEW"), _entry("OLD", "delete")
SQLITE = (
    "CREATE VIRTUAL TABLE tasks_searchgrams USING fts5 "
    "(own, context, content='', detail='column', tokenize='ascii')",
    "INSERT INTO tasks_searchgrams (rowid, own, context) "
    f"SELECT id, {_pairs('folded')}, {_pairs('context')} FROM tasks_searchtext",
    f"CREATE TRIGGER tasks_searchtext_insert AFTER INSERT ON tasks_searchtext BEGIN {NEW}; END",
    f"CREATE TRIGGER tasks_searchtext_delete AFTER DELETE ON tasks_searchtext BEGIN {OLD}; END",
    "CREATE TRIGGER tasks_searchtext_update AFTER UPDATE OF folded, context ON tasks_searchtext "
    f"WHEN OLD.folded <> NEW.folded OR OLD.context <> NEW.context BEGIN {OLD}; {NEW}; END",
)


def install(schema_editor: Any) -> None:
    """Make the index, of what is there as well."""
    for sql in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(sql, params=None)


def remove(schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in ("INDEX search_text_own", "INDEX search_text_every", "FUNCTION tasks_grams(text)"):
            schema_editor.execute(f"DROP {name}", params=None)
        return
    for event in ("insert", "update", "delete"):
        schema_editor.execute(f"DROP TRIGGER tasks_searchtext_{event}", params=None)
    schema_editor.execute("DROP TABLE tasks_searchgrams", params=None)
