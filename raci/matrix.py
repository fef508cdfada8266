"""The sheet, pure: its grid with merged cells, and the lint of an edition."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Role

from .models import Duty, Mark, Sharing

#: Words before which the head of a column is broken, as in the source: 広域 組合, ヘルプ デスク, HW/NW 保守.
TAILS = ("組合", "団体", "デスク", "保守")


def head_lines(name: str) -> list[str]:
    """The name of a role as the head of its narrow column."""
    tail = next((t for t in TAILS if name.endswith(t) and name != t), "")
    return [name.removesuffix(tail), tail] if tail else [name]


@dataclass(frozen=True)
class Cell:
    """A merged cell over `rows` rows. `parts` are its text, broken before a bracket at its end."""

    text: str
    rows: int = 1

    @property
    def parts(self) -> tuple[str, ...]:
        at = self.text.find("(")
        return (self.text[:at], self.text[at:]) if at > 0 and self.text.endswith(")") else (self.text,)


@dataclass(frozen=True)
class Row:
    """One row as the sheet shows it; a cell that is merged into the one above is None.

    `marks` has one mark ("" for none) for each role, in the order in which the roles were given.
    """

    duty: Duty
    category: Cell | None
    section: Cell | None
    marks: tuple[tuple[Role, str], ...]

    @property
    def is_child(self) -> bool:
        return self.duty.parent_id is not None

    def mark_of(self, role: Role | None) -> str:
        return next((mark for r, mark in self.marks if r == role), "")


@dataclass(frozen=True)
class Filter:
    """What a reader picks; empty picks everything. `role` alone only emphasises, with `marks` it narrows."""

    role: Role | None = None
    cycles: Collection[str] = ()
    marks: Collection[str] = ()
    word: str = ""
    keys: Collection[int] | None = None

    def takes(self, row: Row, category: str, section: str) -> bool:
        duty = row.duty
        found = [mark for role, mark in row.marks if mark and self.role in (None, role)]
        texts = (str(duty.number), category, section, duty.work, duty.note)
        return (
            (not self.cycles or duty.cycle in self.cycles)
            and (not self.marks or any(mark in self.marks for mark in found))
            and (not self.word or any(self.word.casefold() in text.casefold() for text in texts))
            and (self.keys is None or duty.key in self.keys)
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.cycles or self.marks or self.word or self.keys is not None)


class Grouped(Protocol):
    """What stands in groups: a duty, or a row of a draft."""

    category: str
    section: str


def resolved(duties: Sequence[Grouped]) -> list[tuple[str, str]]:
    """Category and section of each row in full; blank means as above.

    A section that is nothing but a bracket is the second line of the one above: the source broke the cell
    業務処理 / (年次・月次・随時) over rows 27 and 28.
    """
    names: list[tuple[str, str]] = []
    first = 0  # the row at which the section began
    for at, duty in enumerate(duties):
        if duty.category or not names:
            names.append((duty.category, duty.section))
            first = at
        elif duty.section.startswith("(") and duty.section.endswith(")"):
            category, section = names[-1][0], names[-1][1] + duty.section
            names[first:] = [(category, section)] * (at - first + 1)
        elif duty.section:
            names.append((names[-1][0], duty.section))
            first = at
        else:
            names.append(names[-1])
    return names


def grid(
    duties: Sequence[Duty], roles: Sequence[Role], marks: Mapping[int, Mapping[int, str]]
) -> list[list[Row]]:
    """The sheet's rows, grouped by category; `duties` in their order, `marks` by duty id and role id."""
    names = resolved(duties)
    starts = [at for at, duty in enumerate(duties) if at == 0 or duty.category]
    groups = []
    for start, end in zip(starts, [*starts[1:], len(duties)], strict=True):
        rows = []
        for at in range(start, end):
            own = marks.get(duties[at].pk, {})
            begins = at == start or names[at] != names[at - 1]
            length = next((n for n in range(at, end) if names[n] != names[at]), end) - at
            rows.append(
                Row(
                    duties[at],
                    Cell(names[at][0], end - start) if at == start else None,
                    Cell(names[at][1], length) if begins else None,
                    tuple((role, own.get(role.pk, "")) for role in roles),
                )
            )
        groups.append(rows)
    return groups


def narrowed(groups: Sequence[Sequence[Row]], by: Filter) -> list[list[Row]]:
    """The rows that `by` takes, un-merged: each says its category and section. All rows stay merged."""
    if not by.is_narrow:
        return [list(rows) for rows in groups]
    rows = [row for group in groups for row in group]
    names = resolved([row.duty for row in rows])
    taken = [
        replace(row, category=Cell(category), section=Cell(section))
        for row, (category, section) in zip(rows, names, strict=True)
        if not row.duty.is_heading and by.takes(row, category, section)
    ]
    return [taken] if taken else []


@dataclass(frozen=True)
class Finding:
    """What the lint found; a blocker keeps the edition from being published.

    On one duty, No. `number` with business key `key`; number 0 is the whole edition. `aspect` says what of
    it is meant (marks, cycle, schedule, followups, sharing, signers, procedure, team)."""

    number: int
    sentence: str
    is_blocker: bool = False
    key: int = 0
    aspect: str = ""

    def __str__(self) -> str:
        return f"No.{self.number} {self.sentence}" if self.number else self.sentence


@dataclass(frozen=True)
class Said:
    """What the lint reads of a row, stored or not. `marks` are all of its marks, in any order."""

    key: int
    number: int
    cycle: str
    sharing: str
    is_heading: bool
    marks: Collection[str]


def lint(duties: Iterable[Duty]) -> list[Finding]:
    """Duties (with their assignments) that nobody could close, or that leave open who does what, and when."""
    rows = (
        Said(d.key, d.number, d.cycle, d.sharing, d.is_heading, [a.mark for a in d.assignments.all()])
        for d in duties
    )
    return [finding for row in rows for finding in findings_of(row)]


def findings_of(row: Said) -> Iterator[Finding]:
    """What one row says against itself."""

    def found(aspect: str, sentence: str, *, is_blocker: bool = False) -> Finding:
        return Finding(row.number, sentence, is_blocker, row.key, aspect)

    mains = sum(mark == Mark.MAIN for mark in row.marks)
    if row.is_heading:
        if row.cycle or row.marks:
            yield found("cycle", _("見出し行に周期か担当区分があります。"), is_blocker=True)
        return
    if not mains:
        yield found("marks", _("主担当(◎)がないため、誰も完了にできません。"), is_blocker=True)
    if mains > 1 and row.sharing == Sharing.ONE:
        yield found("sharing", _("主担当(◎)が複数ありますが、分け方が決まっていません。"))
    if not row.cycle:
        yield found("cycle", _("周期がありません。"))


def blockers(duties: Iterable[Duty]) -> list[Finding]:
    return [finding for finding in lint(duties) if finding.is_blocker]
