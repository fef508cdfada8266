"""A sheet becomes the rows of an edition: matched, completed, checked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from raci.content import Row, canonical
from raci.shapes import strange_roles
from raci.soundness import faults

from .defaults import new, place_under_headings, reconciled, said_of_new
from .matching import kept_groups, match, settled
from .sheet import Problem, Sheet


@dataclass(frozen=True)
class Base:
    """What an import is read against: rows (canonical) and the highest key that any edition ever gave.

    `is_ours`: there is no edition, and the rows are our own readings of the source sheet."""

    rows: list[Row]
    last_key: int
    is_ours: bool = False


def with_roles(sheet: Sheet, chosen: Mapping[int, str]) -> Sheet:
    """`sheet` with the marks of its extra columns; `chosen`: codes of roles by the place of the column."""
    rows = [{**row, "marks": dict(row["marks"])} for row in sheet.rows]
    for at, code in chosen.items():
        for place, mark in sheet.extra_columns[at].marks.items():
            rows[place]["marks"][code] = mark
    return replace(sheet, rows=rows)


def adopt(sheet: Sheet, base: Base, kinds: Mapping[str, str]) -> Sheet:
    """The sheet with rows in the canonical form, all with keys, and what was found or decided on the way.

    `kinds`: the kinds of the roles by their codes."""
    if not sheet.is_sound:
        return sheet
    rows, said = _flat(sheet, base) if sheet.is_flat else _bare(sheet, base, kinds)
    rows = [canonical(row) for row in rows]
    said += _faults(sheet, rows, kinds)
    return replace(sheet, rows=rows, problems=[*sheet.problems, *said])


def _flat(sheet: Sheet, base: Base) -> tuple[list[Row], list[Problem]]:
    """Rows that say their keys: a blank one is new, and one never given can't be right."""
    said, rows = [], [dict(row) for row in sheet.rows]
    is_foreign = base.is_ours  # nothing has a key yet: the keys of another house may stay
    last = max([base.last_key, *(row["key"] or 0 for row in rows if is_foreign)])
    highest = last
    for place, row in enumerate(rows):
        if row["key"] is None:
            last += 1
            row["key"] = last
            said.append(Problem(sheet.cell(place, "key"), _("新しい行です。")))
        elif not 0 < row["key"] <= highest:
            words = _("業務キー %(key)s はまだ使われていません。新しい行は key を空にしてください。")
            said.append(Problem(sheet.cell(place, "key"), words % {"key": row["key"]}, is_fatal=True))
    return rows, said


def _bare(sheet: Sheet, base: Base, kinds: Mapping[str, str]) -> tuple[list[Row], list[Problem]]:
    base_rows = sheet.under if _has_true_keys(sheet.under, base) else base.rows
    found = match(sheet.rows, base_rows)
    said: list[Problem] = []
    rows: list[Row] = []
    last = max(base.last_key, *(row["key"] for row in base_rows)) if base_rows else base.last_key
    for place, row in enumerate(sheet.rows):
        if place in found:
            rows.append(settled(row, found[place]))
            said += [
                Problem(sheet.cell(place, "cycle"), words) for words in reconciled(rows[-1], found[place])
            ]
        else:
            last += 1
            rows.append({**new(row, kinds), "key": last})
            said.append(Problem(sheet.cell(place), said_of_new(rows[-1])))
    for row, cells in zip(rows, kept_groups(sheet.rows, found, base_rows), strict=True):
        row["category"], row["section"] = cells
    new_keys = {row["key"] for place, row in enumerate(rows) if place not in found}
    said += [Problem(sheet.cell(at), words) for at, words in place_under_headings(rows, new_keys)]
    said += _orphans(sheet, rows)
    if base.is_ours:
        said += _dead_ends(sheet, rows)
    return rows, said


def _has_true_keys(rows: Sequence[Row], base: Base) -> bool:
    """Are there rows, with keys that somebody gave?"""
    keys = [row["key"] or 0 for row in rows]
    return bool(keys) and min(keys) > 0 and (base.is_ours or max(keys) <= base.last_key)


def _orphans(sheet: Sheet, rows: Sequence[Row]) -> Iterator[Problem]:
    """A row whose heading is gone stands by itself."""
    headings = {row["key"] for row in rows if row.get("is_heading")}
    for place, row in enumerate(rows):
        if row.get("parent") is not None and row["parent"] not in headings:
            row.pop("parent")
            yield Problem(sheet.cell(place), _("見出し行がなくなったので、どの見出しの下にも置きません。"))


def _dead_ends(sheet: Sheet, rows: Sequence[Row]) -> Iterator[Problem]:
    """Of our own readings, the follow-ups to rows that this sheet has not."""
    keys = {row["key"] for row in rows}
    for place, row in enumerate(rows):
        edges = row.get("followups", [])
        row["followups"] = [edge for edge in edges if edge["target"] in keys]
        if len(row["followups"]) < len(edges):
            yield Problem(sheet.cell(place), _("この表にない行への後続作業を外しました。"))


def _faults(sheet: Sheet, rows: Sequence[Row], kinds: Mapping[str, str]) -> list[Problem]:
    """Why the rows can be no edition, by their cells."""
    place = {row["key"]: at for at, row in enumerate(rows)}
    found = []
    for name, sentence in faults(rows, set(kinds)).items():
        key, _dot, aspect = name.partition(".")
        cell = sheet.cell(place[int(key)], aspect) if key else ""
        found.append(Problem(cell, sentence, is_fatal=True))
    for at, row in enumerate(rows):
        for aspect, sentence in strange_roles(row, kinds):
            words = _("No.%(number)s %(sentence)s") % {"number": row["number"], "sentence": sentence}
            found.append(Problem(sheet.cell(at, aspect), words, is_fatal=True))
    return found
