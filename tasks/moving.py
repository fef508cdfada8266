"""Commands that move a due day, and that settle the tasks due on a day that was closed, a result a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.days import Calendar
from opsdesk.lib.era import era_short
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of

from .acting import (
    CLOSE,
    locked,
    main_teams,
    own_teams,
    proxy_teams,
    require_open,
    require_version,
    store,
)
from .bulk import LIMIT, Result
from .closing import need_reason, skip
from .models import Task

LEAVE, PREVIOUS, NEXT, GIVEN, SKIP = "leave", "previous", "next", "given", "skip"
#: Nobody moves a task further than this.
FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Choice:
    """What shall become of one task: `act` is one of the words above, `to` the day of GIVEN."""

    task: Task
    act: str
    version: int
    to: date | None = None
    wrong: str = ""  # why the day that was typed can't be read


@command
def move(
    task: Task, *, to: date, by: Any, team: Team, at: datetime, reason: str, version: int | None = None
) -> Task:
    """期限を移す: due on `to` at the same time of day; it opens no later than that. For the union's people.

    Raises Refusal for a day that is past, closed for the task's organization, or over a year away;
    PermissionDenied if `team` isn't the union's, or `by` isn't in it today."""
    task = locked(task, at=at)
    require_open(task, at)
    require_version(task, version, at)
    need_reason(reason, _("期限を移す理由を入力してください。"))
    today = timezone.localdate(at)
    if team.role.kind != Organization.Kind.UNION or team not in standing_of(by, today).teams:
        raise PermissionDenied(_("期限を移せるのは広域組合の担当者です。"))
    _check_day(task, to, today)
    before = {"opens_on": task.opens_on, "due_on": task.due_on, "due_at": task.due_at}
    task.moved_from = None if to == task.moved_from else task.moved_from or task.due_on
    task.due_at = _same_time(task.due_at, to)
    task.due_on, task.opens_on = to, min(task.opens_on, to)
    store(task, "moved_from", "due_on", "due_at", "opens_on", at=at)
    record(
        "task.moved", task, by=by, team=team, at=at, stream=task.organization.code, reason=reason,
        before=before, due_on=to, opens_on=task.opens_on,
    )  # fmt: skip
    return task


def _check_day(task: Task, to: date, today: date) -> None:
    if to == task.due_on:
        raise _wrong("to", _("期限はもう %(day)s です。"), to, today)
    if to - task.due_on > FARTHEST:
        raise _wrong("to", _("%(day)s は先すぎます。いまの期限から1年以内の日付にしてください。"), to, today)
    check_day(to, today=today, calendar=calendar_of(task.organization), name="to")


def check_day(day: date, *, today: date, calendar: Calendar | None, name: str) -> None:
    """Raises Refusal, with `name` as the field to blame, for a day that is past, or closed in `calendar`."""
    if day < today:
        raise _wrong(name, _("%(day)s は過ぎています。今日からの日付にしてください。"), day, today)
    if calendar is not None and not calendar.is_business_day(day):
        sentence = _("%(day)s は閉庁日です（%(why)s）。開庁日にしてください。")
        raise _wrong(name, sentence, day, today, why=calendar.reason_closed(day))


def _wrong(name: str, sentence: str, day: date, today: date, **said: str) -> Refusal:
    words = sentence % {"day": era_short(day, today), **said}
    return Refusal(words, errors={name: words})


def _same_time(instant: datetime, day: date) -> datetime:
    local = timezone.localtime(instant)
    return local.replace(year=day.year, month=day.month, day=day.day)


@command
def settle(choices: Sequence[Choice], *, by: Any, at: datetime, reason: str) -> list[Result]:
    """Move, skip or leave up to 200 tasks; an Event for each that changed, a result for each that should."""
    if len(choices) > LIMIT:
        raise Refusal(_("一度に決められるのは %(limit)s 件までです。") % {"limit": LIMIT})
    need_reason(reason, _("理由を入力してください。"))
    wanted = sorted((c for c in choices if c.act != LEAVE), key=lambda c: c.task.pk)
    return [_settle_one(c, by=by, at=at, reason=reason) for c in wanted]


def _settle_one(choice: Choice, *, by: Any, at: datetime, reason: str) -> Result:
    try:
        if choice.act == SKIP:
            team = _skipping_team(choice.task, by, timezone.localdate(at))
            return Result(
                skip(choice.task, by=by, team=team, at=at, reason=reason, version=choice.version), True
            )
        team = union_team(by, timezone.localdate(at))
        to = _day(choice)
        return Result(
            move(choice.task, to=to, by=by, team=team, at=at, reason=reason, version=choice.version), True
        )
    except (Refusal, PermissionDenied) as no:
        return Result(choice.task, False, str(no))


def _day(choice: Choice) -> date:
    """The day that was chosen; raises Refusal if none was."""
    if choice.act == GIVEN:
        if choice.to is None:
            raise Refusal(choice.wrong or _("移す先の日付を入力してください。"))
        return choice.to
    calendar, due_on = calendar_of(choice.task.organization), choice.task.due_on
    step = calendar.next_business_day if choice.act == NEXT else calendar.previous_business_day
    return step(due_on + timedelta(days=1 if choice.act == NEXT else -1))


def union_team(by: Any, today: date) -> Team:
    """The union's team of `by`; PermissionDenied without one."""
    for team in standing_of(by, today).teams:
        if team.role.kind == Organization.Kind.UNION:
            return team
    raise PermissionDenied(_("期限を移せるのは広域組合の担当者です。"))


def _skipping_team(task: Task, by: Any, today: date) -> Team:
    """The own team with ◎, else one for which the union acts."""
    teams = main_teams(task, own_teams(task, by, today, CLOSE)) or main_teams(
        task, proxy_teams(task, by, today)
    )
    if not teams:
        raise PermissionDenied(_("対象外にできる担当がありません。"))
    return teams[0]
