"""Replay: two months of a union's work, day by day, through the same commands that people use."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from opsdesk.accounts.models import Team, User
from opsdesk.calendar.book import calendars_of
from opsdesk.calendar.days import Calendar
from raci.models import Cycle, Mark, Sharing
from tasks import progress
from tasks.generation import generate
from tasks.models import Audience, Task

from .acknowledging import MEMBERS, acknowledge
from .answers import Closing, closing_of
from .cases import Cases
from .people import Cast, content
from .placeholders import placeholder
from .watching import Watching

TOKYO = ZoneInfo("Asia/Tokyo")
#: Who closes what closings.json names nobody for, by the role that has ◎.
CLOSERS = {
    "union": ("morishita.yuka", "okabe.hayato"),
    "helpdesk": ("kobayashi.daiki", "yamaguchi.naoko"),
    "operations": ("sato.misaki", "takahashi.ryo"),
    "package": ("shimizu.tetsuya",),
    "hwnw": ("kudo.ren", "matsuo.kana"),
}
#: Of the month that is being prepared: what has been done so far.
LEFT_OPEN = {30: ("save",), 31: (), 36: ("take",)}
#: Signed for 業務運用.
SIGNER = "murakami.satoshi"


def replay(cast: Cast, *, started_on: date, now: datetime) -> None:
    """Generate and close everything from `started_on` to `now`, leaving what is late and what is to do."""
    Replay(cast, now).run(started_on)


class Replay:
    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast, self.now = cast, now
        self.today = timezone.localdate(now)
        self.chance = random.Random(20261120)
        self.calendars = calendars_of(cast.organization.values())
        self.union = self.calendars[cast.organization["union"].pk]
        self.planned: set[int] = set()
        self.agenda: list[tuple[datetime, int, str]] = []
        self.cases = Cases(cast, self.union, now)
        self.watching = Watching(cast, self.union, now)

    def run(self, started_on: date) -> None:
        day = started_on
        self.watching.make()
        while day <= self.today:
            start = datetime.combine(day, time(0, 5), TOKYO)
            if start <= self.now:
                generate(start, force=True)
                self._plan()
                until = min(self.now, start + timedelta(days=1))
                self._do_until(until)
                self.cases.do_until(until)
                self.watching.do_until(until)
            day += timedelta(days=1)

    # what will be done when

    def _plan(self) -> None:
        """Put every new task on the agenda."""
        for task in self._fresh():
            self.planned.add(task.pk)
            for at, act in self._steps(task):
                self.agenda.append((at, task.pk, act))
        self.agenda.sort()

    def _fresh(self) -> QuerySet[Task]:
        """The steps of cases go their own way."""
        fresh = Task.objects.open().filter(case=None).exclude(pk__in=self.planned)
        return fresh.select_related("duty", "organization")

    def _steps(self, task: Task) -> Iterator[tuple[datetime, str]]:
        calendar = self.calendars[task.organization_id]
        if task.duty.cycle == Cycle.DAILY:
            yield from self._daily_steps(task, calendar)
        elif task.duty.sharing == Sharing.SIGNERS:
            yield from self._signing_steps(task, calendar)
        else:
            yield from self._monthly_steps(task, calendar)

    def _daily_steps(self, task: Task, calendar: Calendar) -> Iterator[tuple[datetime, str]]:
        times = content("closings")["typical_close_time"]
        clock = self.chance.choice(times[str(task.duty.number)])
        roll = self.chance.random()
        if task.duty.number == 9 and task.due_on == calendar.previous_business_day(self.today):
            yield at(task.due_on, "08:35"), "take"  # the newest inspection is there to be closed
            return
        recent = calendar.distance(task.due_on, self.today) <= 1
        if task.duty.number == 8 and task.organization.code == "kirihara" and recent:
            return  # still open: one municipality is late
        if task.duty.number == 8 and task.organization.code == "sagisawa" and task.due_on == self.today:
            return
        if roll < 0.03 and not recent:
            yield at(calendar.add_business_days(task.due_on, 1), "09:10"), "close_late"
        else:
            yield at(task.due_on, clock), "close"

    def _signing_steps(self, task: Task, calendar: Calendar) -> Iterator[tuple[datetime, str]]:
        """29: the municipality signs, then 業務運用; in the newest month one is sent back, one missing."""
        signs_on = max(task.opens_on, calendar.add_business_days(task.due_on, -2))
        newest = self._is_newest(task)
        if newest and task.organization.code == "sagisawa":
            return
        yield at(signs_on, "15:20"), "sign_first"
        if newest and task.organization.code == "mizuno":
            yield at(calendar.add_business_days(signs_on, 1), "10:20"), "send_back"
        elif not (newest and task.organization.code == "shirane"):
            yield at(calendar.add_business_days(signs_on, 1), "10:15"), "sign_last"

    def _monthly_steps(self, task: Task, calendar: Calendar) -> Iterator[tuple[datetime, str]]:
        clock = self.chance.choice(content("closings")["typical_close_time"]["default"])
        if self._is_newest(task) and task.duty.number in LEFT_OPEN:
            yield from ((at(task.opens_on, "11:05"), act) for act in LEFT_OPEN[task.duty.number])
            return
        early = self.chance.choice((0, 0, 1, 2))
        day = max(task.opens_on, calendar.add_business_days(task.due_on, -early))
        if self.chance.random() < 0.1:
            day = calendar.add_business_days(task.due_on, 1)
        yield at(task.opens_on, "10:10"), "take"
        yield at(day, clock), "close"

    def _is_newest(self, task: Task) -> bool:
        """Of the month after the demonstration's: its preparation is under way today."""
        return task.period_on.month == self.today.month % 12 + 1

    # doing it

    def _do_until(self, until: datetime) -> None:
        due = [step for step in self.agenda if step[0] <= until]
        self.agenda = self.agenda[len(due) :]
        for moment, pk, act in due:
            task = Task.objects.select_related("duty", "organization").get(pk=pk)
            getattr(self, f"_{act}")(task, moment)

    def _close(self, task: Task, moment: datetime, remark: str = "") -> None:
        by, team = self._closer(task)
        closing = self._closing(task)
        self._files(task, closing, by, team, moment)
        if closing.answers or not closing.files:
            progress.close(
                task,
                by=by,
                team=team,
                at=moment,
                answers=closing.answers,
                remark=remark or closing.remark,
                done_on=timezone.localdate(moment),
            )
        else:
            progress.close(task, by=by, team=team, at=moment, remark=remark or closing.remark)
        if task.duty.is_acknowledged:
            following = self.union.add_business_days(timezone.localdate(moment), 1)
            self.agenda.append((at(following, "10:40"), task.pk, "acknowledge"))

    def _acknowledge(self, task: Task, moment: datetime) -> None:
        if moment + timedelta(hours=2) > self.now:
            return  # nobody works in the future
        acknowledge(self.cast, task, moment, is_newest=self._is_newest(task) and task.duty.number == 28)

    def _close_late(self, task: Task, moment: datetime) -> None:
        reasons = content("closings")["late_reasons"].get(str(task.duty.number), [""])
        self._close(task, moment, self.chance.choice(reasons))

    def _save(self, task: Task, moment: datetime) -> None:
        by, team = self._closer(task)
        progress.take(task, by=by, team=team, at=moment)
        closing = self._closing(task)
        progress.save_answers(task, by=by, team=team, at=moment, answers=closing.answers)
        progress.comment(
            task,
            by=by,
            team=team,
            at=moment + timedelta(minutes=4),
            text="鷺沢村の依頼書が未提出のため、印刷枠を仮に割り付けています。",
            audience=Audience.INTERNAL,
        )

    def _take(self, task: Task, moment: datetime) -> None:
        by, team = self._closer(task)
        progress.take(task, by=by, team=team, at=moment)

    def _sign_first(self, task: Task, moment: datetime) -> None:
        by = self.cast.user[MEMBERS[task.organization.code]]
        team = self.cast.team[task.organization.code]
        closing = self._closing(task)
        self._files(task, closing, by, team, moment)
        progress.sign(task, by=by, team=team, at=moment, answers=closing.answers, remark=closing.remark)

    def _sign_last(self, task: Task, moment: datetime) -> None:
        progress.sign(task, by=self.cast.user[SIGNER], team=self.cast.team["operations"], at=moment)

    def _send_back(self, task: Task, moment: datetime) -> None:
        reason = "「国保税 例月更正」の対象期間が前月のままです。直して、もう一度提出してください。"
        progress.send_back(
            task, by=self.cast.user[SIGNER], team=self.cast.team["operations"], at=moment, to=1, reason=reason
        )

    def _closing(self, task: Task) -> Closing:
        calendar = self.calendars[task.organization_id]
        return closing_of(task, self.chance, calendar, calendar.distance(task.due_on, self.today))

    def _files(self, task: Task, closing: Closing, by: User, team: Team, moment: datetime) -> None:
        for key, name in closing.files.items():
            progress.attach(task, by=by, team=team, at=moment, file=placeholder(name), field_key=key)

    def _closer(self, task: Task) -> tuple[User, Team]:
        """Somebody of the ◎ team, as closings.json says, else by the role; whoever took it closes it."""
        named: Any = content("closings")["closers"].get(str(task.duty.number))
        if isinstance(named, dict):
            named = named[task.organization.code]
        role = task.duty.assignments.filter(mark=Mark.MAIN).values_list("role__code", flat=True)[0]
        if role == "member":
            team = self.cast.team[task.organization.code]
            named = named or [MEMBERS[task.organization.code]]
        else:
            team = self.cast.team[role]
            named = named or CLOSERS[role]
        if task.assignee_id:
            return next(u for u in self.cast.user.values() if u.pk == task.assignee_id), team
        return self.cast.user[self.chance.choice(list(named))], team


def at(day: date, clock: str) -> datetime:
    """`day` at `clock` (8:52) in Tokyo."""
    return datetime.combine(day, time.fromisoformat(clock), TOKYO)
