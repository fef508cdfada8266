"""The acts of the grid that save nothing: rows added, moved and retired, folded and unfolded, blocks pasted.

Each changes what is typed and gives what the page says besides: `say` for screen readers, the id to `focus`,
`faults` by "<key>.<column>", `errors` as (href, sentence)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.lib.request import whole_number
from raci.draftsheet import MARKS, Line, insert, move, renumber, retire
from raci.pasting import Fault, columns_of, paste

from .draftform import ALL, CHANGED, Typed
from .draftpage import Draft, errors_of
from .gridrows import TEXT_LABELS, gap_at

Act = Callable[[Draft, Typed, int, Mapping[str, str]], dict[str, Any]]


def _insert(typed: Typed, key: int | None, *, below: bool) -> dict[str, Any]:
    line = insert(typed.sheet, key, below=below)
    typed.editing.add(line.key)
    said = _("No.%(number)s の行を追加しました。") % {"number": line.row["number"]}
    return {"say": said, "focus": f"c-{line.key}-work"}


def _above(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    return _insert(typed, key, below=False) if typed.sheet.line(key) else {}


def _below(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    """Without a row: at the end."""
    return _insert(typed, key if typed.sheet.line(key) else None, below=True)


def _moved(typed: Typed, key: int, step: int) -> dict[str, Any]:
    if typed.sheet.line(key) is None:
        return {}
    typed.opened.add(key)
    done = move(typed.sheet, key, step)
    said = _("行を移しました。") if done else _("これ以上は移せません。")
    return {"say": said, "focus": f"{'up' if step < 0 else 'down'}-{key}"}


def _up(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    return _moved(typed, key, -1)


def _down(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    return _moved(typed, key, 1)


def _retire(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    if typed.sheet.line(key) is None:
        return {}
    typed.editing.discard(key)
    retire(typed.sheet, key)
    return {"say": _("廃止にしました。保存するまでは戻せます。"), "focus": f"restore-{key}"}


def _restore(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    if typed.sheet.line(key) is None:
        return {}
    typed.opened.add(key)
    retire(typed.sheet, key, is_retired=False)
    return {"say": _("廃止をやめました。"), "focus": f"edit-{key}"}


def _edit(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    """Open the texts of a row, or fold them again."""
    if typed.sheet.line(key) is None:
        return {}
    typed.editing ^= {key}
    typed.opened.add(key)
    return {"focus": f"c-{key}-work" if key in typed.editing else f"edit-{key}"}


def _renumber(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    renumber(typed.sheet)
    return {"say": _("No. を上から順に振り直しました。"), "focus": "renumber"}


def _open(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    """Show the rows of a gap; of a sheet that is too long, from there on."""
    gap = gap_at(typed, draft.looks(typed, {}), key)
    typed.opened |= set(gap)
    if typed.view == ALL:
        typed.start = key
    return {"focus": f"edit-{key}"}


def _show(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    """変更のある行 / すべて."""
    typed.view, typed.start = (ALL if key else CHANGED), 0
    typed.opened = set()
    return {"focus": f"show-{key}"}


def _paste(draft: Draft, typed: Typed, key: int, data: Mapping[str, str]) -> dict[str, Any]:
    """A block of cells; the row is given by its key, or by its No. in `paste_number`."""
    column, text = data.get("paste_column", ""), data.get("paste", "")
    codes = [role.code for role in draft.roles]
    line = typed.sheet.line(key) or _numbered(typed, data.get("paste_number", ""))
    if line is None:
        sentence = _("貼り付けを始める行の No. を入力してください。")
        return {"errors": [("#paste-number", sentence)], "pasted": text}
    try:
        found = paste(typed.sheet, line.key, column if column in columns_of(codes) else "number", text, codes)
    except ValueError as error:
        return {"errors": [("#paste", str(error))], "pasted": text}
    faults = {f"{fault.key}.{fault.column}": _of_cell(typed, draft, fault) for fault in found}
    typed.opened.add(line.key)
    said = _("貼り付けました。まだ保存していません。")
    return {"say": said, "faults": faults, "errors": errors_of(faults, draft.roles)}


def _numbered(typed: Typed, text: str) -> Line | None:
    number = whole_number(text.strip())
    return next((x for x in typed.sheet.lines if number and x.row["number"] == number), None)


def _of_cell(typed: Typed, draft: Draft, fault: Fault) -> str:
    names = {f"{MARKS}{role.code}": role.name for role in draft.roles}
    line = typed.sheet.line(fault.key)
    column = names.get(fault.column) or TEXT_LABELS[fault.column]
    return f"No.{line.row['number'] if line else ''} {column}: {fault.sentence}"


ACTS: dict[str, Act] = {
    "above": _above,
    "below": _below,
    "up": _up,
    "down": _down,
    "retire": _retire,
    "restore": _restore,
    "edit": _edit,
    "renumber": _renumber,
    "open": _open,
    "show": _show,
    "paste": _paste,
}
