"""Question: what the page of a change shows beside what every case shows.

The planned day with what it falls on, impact and roll-back, the works with their answers and files, and what
each municipality confirmed, round by round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.calendar.days import Calendar
from opsdesk.lib.era import era_short
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import FieldKind
from raci.outline import line_of

from .acknowledgements import own_organizations
from .asked import Field, fields_of
from .changedays import day_fields
from .changeground import ground_of
from .changes import Planned, confirmations, planned_in, turn_of, work_names
from .choices import all_teams
from .concerned import masked
from .forms import text_of
from .models import Attachment, Case, Task
from .restricted import hidden_among
from .words import state_words

#: (label, text) of an answer.
Said = tuple[str, str]


@dataclass(frozen=True)
class Work:
    """One round of one work. `days`: when it was done; `said`: its other answers."""

    task: int
    number: int
    name: str
    round: int
    who: str
    pill: tuple[str, str]
    days: list[Said]
    said: list[Said]
    files: list[Any]


@dataclass(frozen=True)
class Cell:
    """What one municipality said in one round; `words`: by whom and when, or until when."""

    pill: tuple[str, str] = ("", "")
    words: str = ""
    comment: str = ""
    task: int = 0


@dataclass(frozen=True)
class Confirming:
    """A confirming duty: `rounds` are the columns, each row a municipality with its cells."""

    number: int
    work: str
    rounds: range
    rows: list[tuple[str, list[Cell]]]


@dataclass
class Panel:
    planned: Planned | None = None
    clashes: list[str] = field(default_factory=list)
    impact: list[Said] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    confirmings: list[Confirming] = field(default_factory=list)


def panel_of(
    case: Case,
    steps: Sequence[Task],
    user: Any,
    *,
    now: datetime,
    today: date,
    concerned: Sequence[int],
    files: Mapping[int, list[Any]] | None = None,
    calendars: Mapping[int, Calendar] | None = None,
) -> Panel:
    """The panels of a change, in three statements at most.

    `files` (by the step's id, with pk and name) and `calendars` (by organization) are asked for if not given.

    `steps`: those that `user` may read and that stand, in the order of opening, with `organization`, `case`
    and `closed_by`; `concerned`: ids of whom the case concerns."""
    asker = _Asker(case, user, now, today, frozenset(concerned), calendars)
    confirming = confirmations(line_of(case.entry_id).duty.edition_id)
    entry = [s for s in steps if s.duty_id == case.entry_id]
    works = [s for s in steps if s.duty_id != case.entry_id and s.duty_id not in confirming]
    planned = next(filter(None, map(planned_in, entry)), None)
    files = asker.files(works) if files is None else files
    return Panel(
        planned,
        asker.clashes(planned) if planned else [],
        asker.impact(entry),
        [asker.work(step, files.get(step.pk, [])) for step in works],
        asker.confirmings([s for s in steps if s.duty_id in confirming]),
    )


@dataclass(frozen=True)
class _Asker:
    case: Case
    user: Any
    now: datetime
    today: date
    concerned: frozenset[int]
    calendars: Mapping[int, Calendar] | None = None

    def clashes(self, planned: Planned) -> list[str]:
        """Of a day to come, while the change is open."""
        if not self.case.is_open or planned.on < self.today:
            return []
        first, place = planned.on.replace(day=1), planned.step.organization_id
        ground = ground_of(first, planned.on, [place], self.user, self.today, self.calendars)
        return ground.clashes(planned.on, place, self.today)

    def impact(self, entry: Sequence[Task]) -> list[Said]:
        """What the entry says, but for its days: 種別, 内容, 影響する団体, リスクと切戻し; each once."""
        said = (one for step in entry for one in self.said(step))
        return list(dict.fromkeys(said))

    def said(self, step: Task) -> list[Said]:
        """Its answers in words, without days and files, without what the person may not see."""
        unseen = hidden_among(step, standing_of(self.user, self.today).teams, self.concerned)
        left = {row.key for row in day_fields(step.duty_id)} | unseen
        fields = [f for f in fields_of(definition_of(step.duty_id).fields) if f.key not in left]
        own = own_organizations(standing_of(self.user, self.today))
        given = ((f, masked(f.row, step.answers.get(f.key), own)) for f in fields)
        return [(f.row.label, words) for f, value in given if (words := _words(f, value))]

    def work(self, step: Task, files: list[Any]) -> Work:
        line = line_of(step.duty_id)
        days = [(r.label, text_of(r, step.answers.get(r.key))) for r in day_fields(step.duty_id)]
        return Work(
            step.pk,
            line.number,
            work_names(line.duty.edition_id).get(step.key) or line.short,
            step.round,
            str(step.closed_by or "、".join(turn_of(step))),
            state_words(step, self.now),
            [(label, words) for label, words in days if words],
            self.said(step),
            files,
        )

    def files(self, steps: Sequence[Task]) -> dict[int, list[Attachment]]:
        found: dict[int, list[Attachment]] = {}
        rows = Attachment.objects.for_audience(self.user, self.today).filter(withdrawn_at=None)
        for file in rows.filter(task__in=[s.pk for s in steps]).order_by("pk") if steps else ():
            found.setdefault(file.task_id or 0, []).append(file)
        return found

    def confirmings(self, steps: Sequence[Task]) -> list[Confirming]:
        keys = dict.fromkeys(step.key for step in steps)
        return [self._confirming([s for s in steps if s.key == key]) for key in keys]

    def _confirming(self, steps: Sequence[Task]) -> Confirming:
        line = line_of(steps[0].duty_id)
        rounds = range(1, max(s.round for s in steps) + 1)
        names = {t.organization_id: t.organization_name for t in all_teams()}
        places = [pk for pk in names if any(s.organization_id == pk for s in steps)]
        rows = [
            (names[pk], [self._cell([s for s in steps if s.organization_id == pk], n) for n in rounds])
            for pk in places
        ]
        return Confirming(line.number, line.work, rounds, rows)

    def _cell(self, steps: Sequence[Task], n: int) -> Cell:
        """A confirmation of round `n`; without one the OK of before holds, or it is asked later."""
        step = next((s for s in steps if s.round == n), None)
        if step is None:
            if any(s.round < n for s in steps):
                return Cell(("na", _("引継ぎ")), _("前の回のOKを引き継ぎ"))
            return Cell(words=_("次の回へ移行"))
        if step.is_open:
            return Cell(
                ("wait", _("未確認")), _("期限 %(day)s") % {"day": self._on(step.due_on)}, task=step.pk
            )
        if step.state == Task.State.SKIPPED:
            return Cell(("na", _("対象外")), self._by(step), step.reason, step.pk)
        is_ng = bool((step.course or {}).get("ng"))
        said = {f.row.label: words for f in self._texts(step) if (words := step.answers.get(f.key))}
        pill = ("bad", _("NG")) if is_ng else ("done", _("OK"))
        return Cell(pill, self._by(step), "\n".join(map(str, said.values())), step.pk)

    def _texts(self, step: Task) -> list[Field]:
        unseen = hidden_among(step, standing_of(self.user, self.today).teams, self.concerned)
        fields = fields_of(definition_of(step.duty_id).fields)
        return [f for f in fields if f.kind == FieldKind.TEXT and f.key not in unseen]

    def _by(self, step: Task) -> str:
        day = self._on(step.done_on or step.closed_on or step.due_on)
        return f"{day} {step.closed_by or ''}".strip()

    def _on(self, day: date) -> str:
        return era_short(day, self.today)


def _words(f: Field, value: Any) -> str:
    """An answer in words; lines row by row."""
    if f.kind == FieldKind.FILE:
        return ""
    if f.columns:
        rows = (
            " ".join(filter(None, (text_of(c, row.get(c.key)) for c in f.columns))) for row in value or ()
        )
        return "\n".join(rows)
    return text_of(f.row, value)
