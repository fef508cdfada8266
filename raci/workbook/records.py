"""The flat sheet read back: a row a duty, every column known by its head. Pure: cells in, rows out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.lib.sheets import Sheet as Cells
from raci.content import SCHEDULE, Row, canonical
from raci.shapes import is_sound
from raci.soundness import MOST_ROWS

from .layout import DOCUMENTS, LATER, ROLE, TEXTS, WORDS, YES, columns
from .marks import bare, cycle_of, mark_of, number_of
from .sheet import MOST_PROBLEMS, Extra, Problem, Sheet, address

TRUE, FALSE = (YES, "true", "はい"), ("", "0", "false", "いいえ")
FLAGS = ("is_heading", "is_entry", "is_acknowledged", "needs_choice")
WHOLE = ("opens_n", "opens_month", "due_n", "due_month")


def is_flat(cells: Cells) -> bool:
    return {cells.cells.get((1, column)) for column in (1, 2)} == {"key", "number"}


def read(cells: Cells, roles: Mapping[str, str], title: str = "") -> Sheet:
    """The rows of a flat sheet. `roles`: names by code; `title` stands in the addresses of problems."""
    heads = {str(value): column for (row, column), value in cells.cells.items() if row == 1}
    return _Reader(cells, heads, roles, title).read()


@dataclass
class _Reader:
    cells: Cells
    heads: dict[str, int]
    roles: Mapping[str, str]
    title: str
    rows: list[Row] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    extra: dict[str, dict[int, str]] = field(default_factory=dict)  # strange role -> place -> mark
    line: int = 1

    def read(self) -> Sheet:
        missing = [head for head in columns({}) if head not in self.heads and head not in LATER]
        for head in missing:
            self._say("", _("「%(head)s」の列がありません。") % {"head": head}, is_fatal=True)
        self._roles()
        lines = sorted({row for row, _column in self.cells.cells if row > 1})
        for self.line in [] if missing else lines:
            if len(self.rows) > MOST_ROWS or len(self.problems) >= MOST_PROBLEMS:
                self._say("", _("行か問題が多すぎるので、ここで読むのをやめました。"), is_fatal=True)
                break
            self._row()
        at = {head.replace(ROLE, "marks."): column for head, column in self.heads.items()}
        extra = [
            Extra(address(self.title, 1, self.heads[f"{ROLE}{code}"]), code, code, marks, bool(marks))
            for code, marks in self.extra.items()
        ]
        return Sheet(self.rows, self.problems, extra, self.title, self.places, at, is_flat=True)

    def _roles(self) -> None:
        strange = [h.removeprefix(ROLE) for h in self.heads if h.startswith(ROLE)]
        self.extra = {code: {} for code in strange if code not in self.roles}
        for code, name in self.roles.items():
            if f"{ROLE}{code}" not in self.heads:
                words = _("役割「%(name)s」の列がありません。この役割の担当区分は、すべて空白になります。")
                self._say("", words % {"name": name})

    def _row(self) -> None:
        place = len(self.rows)
        row: Row = {"key": self._number("key"), "number": self._number("number") or 0}
        row |= {name: self._text(name) for name in TEXTS}
        row["cycle"] = self._cycle()
        row["marks"] = dict(self._marks(self.roles))
        for code, mark in self._marks(self.extra):
            self.extra[code][place] = mark
        row["parent"] = self._number("parent")
        row |= dict(self._words())
        if self._flag("schedule"):
            row["schedule"] = dict(self._rule())
        row |= dict(self._documents())
        self.rows.append(canonical(row))
        self.places.append(self.line)

    # --- cells --------------------------------------------------------------------------------------

    def _value(self, head: str) -> Any:
        column = self.heads.get(head)
        return self.cells.cells.get((self.line, column)) if column else None

    def _text(self, head: str) -> str:
        value = self._value(head)
        if isinstance(value, float) and value == int(value):
            value = int(value)
        return "" if value is None else str(value)

    def _number(self, head: str) -> int | None:
        value = self._value(head)
        found = number_of(value)
        if found is None and (bare(value) or head == "number"):
            self._say(
                head, _("「%(text)s」を数字にしてください。") % {"text": bare(value)[:20]}, is_fatal=True
            )
        return found

    def _cycle(self) -> str:
        found = cycle_of(self._value("cycle"))
        if found is None:
            words = _("周期「%(text)s」が分かりません。日次・月次・年次・随時・適宜 のどれかにしてください。")
            self._say("cycle", words % {"text": self._text("cycle")[:20]}, is_fatal=True)
        return found or ""

    def _marks(self, roles: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for code in roles:
            head = f"{ROLE}{code}"
            found = mark_of(self._value(head))
            if found is None:
                words = _("「%(text)s」は担当区分の記号ではありません。◎ ○ △ か空白にしてください。")
                self._say(head, words % {"text": self._text(head)[:20]}, is_fatal=True)
            elif found[0]:
                yield code, found[0]

    def _flag(self, head: str) -> bool:
        text = bare(self._value(head)).casefold()
        if text not in (*TRUE, *FALSE):
            self._say(head, _("1 か 0 にしてください。"), is_fatal=True)
        return text in TRUE

    def _words(self) -> Iterator[tuple[str, Any]]:
        for name in WORDS:
            if name in FLAGS:
                yield name, self._flag(name)
            elif text := self._text(name):
                yield name, text

    def _rule(self) -> Iterator[tuple[str, Any]]:
        for name in SCHEDULE:
            head = f"schedule.{name}"
            text = bare(self._value(head))
            if not text:
                continue
            if name == "due_time":
                yield name, text.removesuffix(":00") if text.count(":") == 2 else text
            elif name in WHOLE:
                whole = _whole(text)
                if whole is None:
                    self._say(
                        head, _("「%(text)s」を数字にしてください。") % {"text": text[:20]}, is_fatal=True
                    )
                yield name, whole
            else:
                yield name, text

    def _documents(self) -> Iterator[tuple[str, Any]]:
        for name in DOCUMENTS:
            text, n = self._text(name), 2
            while f"{name}:{n}" in self.heads:
                text, n = text + self._text(f"{name}:{n}"), n + 1
            if not text.strip():
                continue
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                value = None
            if is_sound(name, value):
                yield name, value
            else:
                words = _("設定(JSON)を読めません。この列は、出力したままにしてください。")
                self._say(name, words, is_fatal=True)

    def _say(self, head: str, sentence: str, *, is_fatal: bool = False) -> None:
        cell = address(self.title, self.line, self.heads.get(head, 1))
        self.problems.append(Problem(cell, sentence, is_fatal))


def _whole(text: str) -> int | None:
    """A whole number below zero or above, as a cell gives it: -5, 3.0."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if abs(number) < 10_000 and number == int(number) else None
