"""Question: why is this task here, why is there none; computed from occurrences, tasks and runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.accounts.models import Organization
from opsdesk.audit.models import Event
from opsdesk.lib.era import era_date, era_short
from opsdesk.lib.templatetags.dates import era_dt
from raci.models import Cycle, Duty, Schedule, Scope

from .acting import named
from .expected import Book, Slot
from .extra import whys
from .models import GenerationRun, Task
from .recurrence import Occurrence, rule_of

MADE, LATE, EXTRA, WITHDRAWN = "made", "late", "extra", "withdrawn"
PENDING, NOT_YET, CLOSED, BEFORE, OUTSIDE = "pending", "not_yet", "closed", "before", "outside"
#: Pill and word of each answer.
WORDS = {
    MADE: ("done", gettext_lazy("作成済")),
    LATE: ("warn", gettext_lazy("遡及して作成")),
    EXTRA: ("run", gettext_lazy("臨時")),
    WITHDRAWN: ("na", gettext_lazy("対象外")),
    PENDING: ("bad", gettext_lazy("作成待ち")),
    NOT_YET: ("", gettext_lazy("まだ開いていない")),
    CLOSED: ("na", gettext_lazy("閉庁日のため作成なし")),
    BEFORE: ("na", gettext_lazy("運用開始日より前")),
    OUTSIDE: ("na", gettext_lazy("構成団体でない期間")),
}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One answer: about a period of a duty, with its task if there is one, and what else is to be said."""

    duty: Duty
    period_on: date
    why: str
    note: str = ""
    opens_on: date | None = None
    due_on: date | None = None
    task: Task | None = None

    @property
    def pill(self) -> str:
        return WORDS[self.why][0]

    @property
    def word(self) -> Any:
        return WORDS[self.why][1]

    @property
    def period(self) -> Task:
        """As words.period_short wants it."""
        return self.task or Task(duty=self.duty, period_on=self.period_on)


@dataclass(frozen=True)
class Ledger:
    """The answers for one organization in [first, last], about `duties` (ids: a duty of each edition)."""

    book: Book
    organization: Organization
    duties: frozenset[int]
    first: date
    last: date
    tasks: QuerySet[Task]  # those that the person may see
    now: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @cached_property
    def last_run(self) -> GenerationRun | None:
        return GenerationRun.objects.order_by("-pk").first()

    def entries(self) -> list[Entry]:
        """In order of No. and day. Three statements; a fourth where there are extra occasions."""
        if self.book.union is None or self.book.union.operation_starts_on is None:
            return []
        asked = [entry for slot in self._slots() for entry in self._of_slot(slot)]
        keys = {duty.key for rows in self.book.duties.values() for duty in rows if duty.pk in self.duties}
        found = self._answered(asked, self._tasks(asked, keys))
        return sorted(found, key=lambda e: (e.duty.number, e.period_on, e.task.serial if e.task else 0))

    def _slots(self) -> Iterator[Slot]:
        """A slot for each edition, also where the organization was no member: that is an answer."""
        is_union = self.organization.kind == Organization.Kind.UNION
        calendar = self.book.calendars[self.organization.pk]
        for edition, first, last in self.book.spans:
            for duty in self.book.duties.get(edition.pk, ()):
                rule = rule_of(duty)
                if duty.pk in self.duties and rule and (duty.scope == Scope.COMMON) == is_union:
                    start = self.book.starts_on(self.organization)
                    yield Slot(duty, rule, calendar, first, last, start, (self.organization,))

    def _of_slot(self, slot: Slot) -> Iterator[Entry]:
        if slot.duty.cycle != Cycle.DAILY:
            for o in slot.occurrences(*slot.periods(self.first, self.last)):
                if o.opens_on <= self.last and o.due_on >= self.first:
                    yield self._of(slot, o)
            return
        first, last = max(self.first, slot.first), min(self.last, slot.last or self.last)
        open_days = {o.period_on: o for o in slot.occurrences(first, last)}
        for n in range((last - first).days + 1):
            day = first + DAY * n
            yield self._of(slot, open_days[day]) if day in open_days else self._closed(slot, day)

    def _of(self, slot: Slot, o: Occurrence) -> Entry:
        entry = Entry(slot.duty, o.period_on, PENDING, "", slot.opening(o), o.due_on)
        member = self.organization
        if member.kind == Organization.Kind.MEMBER and not self._is_member(o.period_on):
            return replace(entry, why=OUTSIDE, note=self._membership(), opens_on=o.opens_on)
        if o.due_on < slot.starts_on:
            note = _("運用開始日は %(day)s です。") % {"day": era_date(slot.starts_on)}
            return replace(entry, why=BEFORE, note=note, opens_on=o.opens_on)
        if slot.opening(o) > self.today:
            note = _("%(day)s に作成されます。") % {"day": era_short(slot.opening(o), self.today)}
            return replace(entry, why=NOT_YET, note=note)
        return entry

    def _closed(self, slot: Slot, day: date) -> Entry:
        assert slot.rule.days == Schedule.Days.BUSINESS
        return Entry(slot.duty, day, CLOSED, slot.calendar.reason_closed(day))

    def _is_member(self, day: date) -> bool:
        left_on = self.organization.left_on
        return self.organization.joined_on <= day and (left_on is None or day <= left_on)

    def _membership(self) -> str:
        joined, left = self.organization.joined_on, self.organization.left_on
        if left is None:
            return _("%(day)s に加入しました。") % {"day": era_date(joined)}
        return _("%(joined)s から %(left)s まで構成団体でした。") % {
            "joined": era_date(joined),
            "left": era_date(left),
        }

    def _answered(self, asked: list[Entry], tasks: list[Task]) -> list[Entry]:
        """`asked` with the tasks that are there, and the tasks that nobody asked for."""
        runs = _runs({task.created_at for task in tasks})
        why = whys(tasks)
        by_period: dict[tuple[int, date], list[Task]] = {}
        for task in tasks:
            by_period.setdefault((task.key, task.period_on), []).append(task)
        found = []
        for entry in asked:
            mine = by_period.pop((entry.duty.key, entry.period_on), [])
            if not any(task.serial == 0 for task in mine):
                found.append(self._without_task(entry))
            found += [
                self._with_task(task, runs, why, is_expected=entry.why in (PENDING, NOT_YET)) for task in mine
            ]
        rest = [task for left in by_period.values() for task in left]
        return found + [self._with_task(task, runs, why, is_expected=False) for task in rest]

    def _tasks(self, asked: list[Entry], keys: set[int]) -> list[Task]:
        days = {entry.period_on for entry in asked}
        wanted = Q(opens_on__lte=self.last, due_on__gte=self.first) | Q(period_on__in=days)
        mine = self.tasks.filter(wanted, organization=self.organization, key__in=keys)
        rows = mine.select_related("duty", "closed_by").defer("answers", "remark").order_by("pk")
        asked_for = {(entry.duty.key, entry.period_on) for entry in asked}
        return [
            task
            for task in rows
            if (task.key, task.period_on) in asked_for
            or (task.opens_on <= self.last and task.due_on >= self.first)
        ]

    def _with_task(
        self, task: Task, runs: dict[datetime, GenerationRun], raised: dict[int, Event], *, is_expected: bool
    ) -> Entry:
        why = LATE if task.is_caught_up else EXTRA if task.serial else MADE
        notes = [_raised(raised[task.pk]) if task.pk in raised else self._made(task, runs)]
        if task.moved_from:
            moved = {"from": era_short(task.moved_from, self.today), "to": era_short(task.due_on, self.today)}
            notes.append(_("移動: 期限を %(from)s から %(to)s に移しました。") % moved)
        if task.state == Task.State.SKIPPED:
            why = WITHDRAWN
            notes.append(_("理由: %(reason)s") % {"reason": task.reason})
        elif not is_expected and not task.serial and not task.moved_from:
            notes.append(_("いまの分担表・開庁日では予定がありません（作成のあとに変わりました）。"))
        return Entry(task.duty, task.period_on, why, " ".join(notes), task.opens_on, task.due_on, task)

    def _made(self, task: Task, runs: dict[datetime, GenerationRun]) -> str:
        run = runs.get(task.created_at)
        if run is None or task.serial:
            return _("%(at)s に作成。") % {"at": era_dt(task.created_at)}
        sentence = _("%(at)s の自動作成（全%(n)s件）で作成。")
        return sentence % {"at": era_dt(task.created_at), "n": f"{run.created:,}"}

    def _without_task(self, entry: Entry) -> Entry:
        if entry.why != PENDING:
            return entry
        return replace(
            entry, note=_("自動作成がまだ作っていません。%(last)s") % {"last": last_words(self.last_run)}
        )


def _raised(event: Event) -> str:
    """Of an extra occasion: when it was made, by whom and why."""
    return _("%(at)s に %(who)s が作成。臨時の理由: %(reason)s") % {
        "at": era_dt(event.at),
        "who": named(event.actor_name, event.team_name),
        "reason": event.data["reason"],
    }


def _runs(instants: Iterable[datetime]) -> dict[datetime, GenerationRun]:
    """Runs by the instant that their tasks carry."""
    return {run.started_at: run for run in GenerationRun.objects.filter(started_at__in=instants)}


def last_words(run: GenerationRun | None) -> str:
    """What the last run did, in a sentence."""
    if run is None:
        return _("自動作成はまだ一度も動いていません。")
    at = {"at": era_dt(run.finished_at or run.started_at), "n": f"{run.refused or run.created:,}"}
    if run.error:
        return _("最後の自動作成（%(at)s）は失敗しました。") % at
    if run.refused:
        return _("最後の自動作成（%(at)s）は、%(n)s件が上限を超えるので止まりました。") % at
    if run.finished_at is None:
        return _("最後の自動作成（%(at)s）は途中で止まりました。") % at
    return _("最後の自動作成は %(at)s（作成 %(n)s件）です。") % at
