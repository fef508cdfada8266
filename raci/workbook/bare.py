"""The sheet as a customer has it: one sheet, merged or not, without settings. Pure: cells in, rows out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.lib.sheets import Sheet as Cells
from raci.content import Row
from raci.models import Mark
from raci.soundness import MOST_ROWS

from .heads import Head, find, folded
from .layout import TEXTS
from .marks import bare, cycle_of, mark_of, number_of
from .sheet import MOST_PROBLEMS, Extra, Problem, Sheet, address

#: Cells that merged ones may cover in all.
MOST_MERGED = 100_000

NEEDED = {
    "number": "No.",
    "category": "大項目",
    "section": "中項目",
    "work": "作業内容",
    "cycle": "周期",
}


def read(cells: Cells, roles: Mapping[str, str], title: str = "") -> Sheet | None:
    """The rows of one sheet; None if it has no head of the matrix. `roles`: names by code.

    `title` stands in the addresses of problems."""
    head = find(cells, roles)
    return _Reader(cells, head, roles, title).read() if head else None


@dataclass
class _Reader:
    """Rows and problems, gathered while reading."""

    cells: Cells
    head: Head
    roles: Mapping[str, str]
    title: str
    rows: list[Row] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    extra: dict[int, dict[int, str]] = field(default_factory=dict)  # column -> place of the row -> mark
    spoilt: set[int] = field(default_factory=set)  # unknown columns with cells that are no marks
    above: tuple[str, str] = ("", "")
    values: Mapping[tuple[int, int], Any] = field(default_factory=dict)  # of the cells, without merged ones

    def __post_init__(self) -> None:
        self.last_row, self.last_column = self.cells.max_row, self.cells.max_column

    def read(self) -> Sheet:
        self._head_problems()
        self._unmerge()
        if not any(p.is_fatal for p in self.problems):
            for row in range(self.head.after, self.last_row + 1):
                if len(self.rows) > MOST_ROWS or len(self.problems) >= MOST_PROBLEMS:
                    self._say(row, 1, _("行か問題が多すぎるので、ここで読むのをやめました。"), is_fatal=True)
                    break
                self._row(row)
            if not self.rows:
                self._say(
                    self.head.after, 1, _("見出しの下に、No. と作業内容のある行がありません。"), is_fatal=True
                )
        columns = {**self.head.columns, **{f"marks.{code}": at for code, at in self.head.roles.items()}}
        problems = [*self.problems, *self._unread()]
        return Sheet(self.rows, problems, self._extras(), self.title, self.places, columns)

    # --- the head -----------------------------------------------------------------------------------

    def _head_problems(self) -> None:
        for name, words in NEEDED.items():
            if name not in self.head.columns:
                self._say(
                    self.head.first,
                    1,
                    _("「%(name)s」の列が見つかりません。") % {"name": words},
                    is_fatal=True,
                )
        if "note" not in self.head.columns:
            self._say(self.head.first, 1, _("「備考」の列がありません。いまの備考を残します。"))
        for column, words in self.head.doubled:
            self._say(
                self.head.first,
                column,
                _("「%(name)s」の列が二つあります。") % {"name": words},
                is_fatal=True,
            )
        for code, name in self.roles.items():
            if code not in self.head.roles:
                self._say(
                    self.head.first, 1,
                    _(
                        "役割「%(name)s」の列がありません。この役割の担当区分は、すべて空白になります。"
                        "見出しの言葉が違うだけなら、役割の名称に合わせてください。"
                    )
                    % {"name": name},
                )  # fmt: skip

    def _unmerge(self) -> None:
        """A cycle, mark or note that is merged over several rows is that of each; 大項目 reads as above."""
        work, values, budget = self.head.columns.get("work", 0), dict(self.cells.cells), MOST_MERGED
        for r1, c1, r2, c2 in self.cells.merged:
            value = values.get((r1, c1))
            if r1 < self.head.after or c1 <= work or value is None:
                continue
            budget -= (r2 - r1 + 1) * (c2 - c1 + 1)
            if budget < 0:
                self._say(r1, c1, _("結合したセルが大きすぎます。"), is_fatal=True)
                return
            values |= {(r, c): value for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
        self.values = values

    # --- the rows -----------------------------------------------------------------------------------

    def _row(self, row: int) -> None:
        """One line below the head; what is no duty is passed over, and said if it has text."""
        number, work = self._cell(row, "number"), self._text(row, "work")
        if not bare(number) and not work.strip():
            self._no_duty(row)
            return
        if folded(number) in ("no", "no.") and folded(work) == folded(NEEDED["work"]):
            return  # the head again, at the top of a page
        found = number_of(number)
        if found is None or not work.strip():
            self._say(row, self.head.columns["number"], self._why(number, work), is_fatal=bool(work.strip()))
            return
        cycle = cycle_of(self._cell(row, "cycle"))
        if cycle is None:
            self._say(
                row, self.head.columns["cycle"],
                _("周期「%(text)s」が分かりません。日次・月次・年次・随時・適宜 のどれかにしてください。")
                % {"text": self._text(row, "cycle")[:20]}, is_fatal=True,
            )  # fmt: skip
        place = len(self.rows)
        texts = {name: self._text(row, name) for name in TEXTS if name in self.head.columns}
        texts |= self._as_above(texts)
        marks = dict(self._marks(row))
        for column in self.head.unknown:
            self._unknown(row, column, place)
        self.rows.append({"number": found, **texts, "cycle": cycle or "", "marks": marks})
        self.places.append(row)

    def _as_above(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The same text again, as sheets without merged cells have it, is blank: as above."""
        category, section = texts["category"], texts["section"]
        above, self.above = self.above, (category or self.above[0], section or self.above[1])
        if category and category != above[0]:
            self.above = (category, section)
            return {}
        is_same = section and section == above[1]
        return {"category": "", **({"section": ""} if is_same else {})}

    def _why(self, number: Any, work: str) -> str:
        text = bare(number)[:20]
        if not work.strip():
            return _("No. 欄が「%(text)s」で作業内容のない行は、読みません。") % {"text": text}
        if not text:
            return _("作業内容「%(work)s」の行に No. がありません。") % {"work": work[:20]}
        return _("No.「%(text)s」を数字にしてください。") % {"text": text}

    def _marks(self, row: int) -> Iterator[tuple[str, str]]:
        for code, column in self.head.roles.items():
            value = self.values.get((row, column))
            found = mark_of(value)
            if found is None:
                self._say(
                    row, column,
                    _("「%(text)s」は担当区分の記号ではありません。◎ ○ △ か空白にしてください。")
                    % {"text": bare(value)[:20]}, is_fatal=True,
                )  # fmt: skip
                continue
            mark, is_doubtful = found
            if is_doubtful:
                self._say(
                    row, column,
                    _("塗りつぶしの「%(text)s」を %(mark)s として読みました。")
                    % {"text": bare(value), "mark": Mark(mark).glyph},
                )  # fmt: skip
            if mark:
                yield code, mark

    def _unknown(self, row: int, column: int, place: int) -> None:
        found = mark_of(self.values.get((row, column)))
        if found is None:
            self.spoilt.add(column)
        elif found[0]:
            self.extra.setdefault(column, {})[place] = found[0]

    def _no_duty(self, row: int) -> None:
        """Lines below the sheet and remarks between its rows."""
        for column in range(1, self.last_column + 1):
            text = bare(self.values.get((row, column)))
            if text:
                self._say(
                    row, column, _("No. も作業内容もない行「%(text)s」は、読みません。") % {"text": text[:20]}
                )
                return

    # --- what nobody knows --------------------------------------------------------------------------

    def _extras(self) -> list[Extra]:
        return [
            Extra(
                address(self.title, self.head.first, column),
                name,
                marks=self.extra.get(column, {}),
                can_be_role=column not in self.spoilt and bool(self.extra.get(column)),
            )
            for column, name in self.head.unknown.items()
        ]

    def _unread(self) -> Iterator[Problem]:
        """Columns without a head that are not empty."""
        known = {*self.head.columns.values(), *self.head.roles.values(), *self.head.unknown}
        known |= {column for column, _words in self.head.doubled}
        filled = {c for (r, c), value in self.values.items() if r >= self.head.after and bare(value)}
        for column in sorted(filled - known):
            yield Problem(
                address(self.title, self.head.first, column), _("見出しのない列の内容は、読みません。")
            )

    # --- cells --------------------------------------------------------------------------------------

    def _cell(self, row: int, name: str) -> Any:
        column = self.head.columns.get(name)
        return self.values.get((row, column)) if column else None

    def _text(self, row: int, name: str) -> str:
        """The text of a cell as it is; a number that was typed as one, in its digits."""
        value = self._cell(row, name)
        if isinstance(value, float) and value == int(value):
            value = int(value)
        return "" if value is None else str(value)

    def _say(self, row: int, column: int, sentence: str, *, is_fatal: bool = False) -> None:
        self.problems.append(Problem(address(self.title, row, column), sentence, is_fatal))
