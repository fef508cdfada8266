"""Extra occasions (臨時): a scheduled duty once more, with a reason. Generation makes serial 0 only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.models import Event
from opsdesk.audit.record import command, record
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.days import add_months
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.era import era_short
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.templatetags.dates import hm
from raci.access import rights_of, standing_of
from raci.models import Cycle, Duty, Edition, Schedule, Scope

from . import telling
from .closing import need_reason
from .models import Task
from .moving import FARTHEST, check_day
from .recurrence import Rule, due_at, rule_of

RAISED = "task.extra_raised"
#: The same occasion by the same person within this time is one form sent twice.
TWICE = timedelta(minutes=1)
#: How far back (and, for what opens beforehand, ahead) a period may lie: days, months, years.
DAYS, MONTHS, YEARS = 31, range(-12, 4), range(-2, 2)


@command
def raise_extra(
    duty: Duty,
    *,
    by: Any,
    team: Team,
    at: datetime,
    period: str,
    organization: Organization,
    due_on: date,
    reason: str,
) -> Task:
    """One more task of `duty` for `organization` in `period`: open from today, due on `due_on`.

    It gets the next serial, and the duty of the edition in force on the first day of the period; a later
    edition leaves it alone.

    Raises Refusal (errors by period, organization, due_on, reason); PermissionDenied without ◎ or ○."""
    need_reason(reason, _("臨時に行う理由を入力してください。"))
    today = timezone.localdate(at)
    first = _first(duty, period, organization, today)
    duty, rule = _of_period(first)
    if team not in raisers(duty, by, today):
        raise PermissionDenied(_("臨時の作業を作れるのは、この業務の主担当と支援担当です。"))
    _check_organization(team, organization)
    _check_due(rule, organization, due_on, at)
    earlier = _same(first, by, due_on, reason, at)
    if earlier is not None:
        return earlier
    task = Task.objects.create(
        key=first.key,
        duty=duty,
        organization=organization,
        period=period,
        period_on=first.period_on,
        serial=_last_serial(first) + 1,
        opens_on=today,
        due_on=due_on,
        due_at=due_at(rule, due_on),
        created_at=at,
    )
    record(
        RAISED, task, by=by, team=team, at=at, stream=organization.code, serial=task.serial, period=period,
        due_on=due_on, reason=reason,
    )  # fmt: skip
    telling.opened([task], by=by, at=at)
    return task


def raisers(duty: Duty, user: Any, today: date) -> list[Team]:
    """The person's teams with ◎ or ○ on `duty`, ◎ first; a municipality's ○ starts nothing that is common."""
    standing = standing_of(user, today)
    marks = standing.marks.get(duty.pk, {})
    found = []
    for team in standing.teams:
        is_own = team.role.kind != Organization.Kind.MEMBER or duty.scope == Scope.EACH
        rights = rights_of(marks.get(team.role_id, ""), is_own=is_own)
        if rights.fill:
            found.append((not rights.close, team))
    return [team for _rank, team in sorted(found, key=lambda pair: pair[0])]


def occasions(duty: Duty, organizations: Collection[int], today: date) -> QuerySet[Task]:
    """What the calendar made of `duty` for `organizations` lately: an extra occasion is once more of one."""
    made = Task.objects.filter(key=duty.key, organization__in=organizations, period__in=_periods(duty, today))
    made = made.filter(serial=0).exclude(Q(state=Task.State.SKIPPED) & Q(closed_by=None))
    return made.order_by("-period_on", "organization__position")


def whys(tasks: Collection[Task]) -> dict[int, Event]:
    """By id of an extra occasion among `tasks`: how it was raised. No statement if there is none."""
    ids = [str(task.pk) for task in tasks if task.serial]
    if not ids:
        return {}
    found = Event.objects.filter(object_type=Task._meta.label_lower, object_id__in=ids, code=RAISED)
    return {int(event.object_id): event for event in found}


def _periods(duty: Duty, today: date) -> list[str]:
    if duty.cycle == Cycle.DAILY:
        return [(today - timedelta(n)).isoformat() for n in range(DAYS)]
    if duty.cycle == Cycle.MONTHLY:
        return [f"{add_months(today.replace(day=1), n):%Y-%m}" for n in MONTHS]
    return [FiscalYear(FiscalYear.of(today).year + n).code for n in YEARS]


def _first(duty: Duty, period: str, organization: Organization, today: date) -> Task:
    """The calendar's own task of the period; locked, so that two people at once get two serials."""
    locked = occasions(duty, [organization.pk], today).select_for_update(of=("self",))
    found = locked.filter(period=period).select_related("duty").first()
    if found is None:
        sentence = _("%(who)sには、この期間の作業がまだありません。期間を選び直してください。")
        words = sentence % {"who": organization}
        raise Refusal(words, errors={"period": words})
    return found


def _of_period(first: Task) -> tuple[Duty, Rule]:
    """The duty of the edition in force on the first day of the period, and its rule."""
    edition = Edition.objects.published().filter(in_force_on__lte=first.period_on)
    newest = edition.order_by("-in_force_on", "-pk").first()
    rows = Duty.objects.filter(edition=newest, key=first.key, cycle=first.duty.cycle, scope=first.duty.scope)
    duty = rows.select_related("schedule").first()
    rule = rule_of(duty) if duty else None
    if duty is None or rule is None:
        sentence = _("この期間の分担表には、この業務の予定がありません。")
        raise Refusal(sentence, errors={"period": sentence})
    return duty, rule


def _check_organization(team: Team, organization: Organization) -> None:
    if team.role.kind != Organization.Kind.MEMBER or team.organization_id == organization.pk:
        return
    if organization.kind == Organization.Kind.MEMBER:
        sentence = _("ほかの団体の作業は作れません。")
        raise Refusal(sentence, errors={"organization": sentence})


def _check_due(rule: Rule, organization: Organization, due_on: date, at: datetime) -> None:
    today = timezone.localdate(at)
    calendar = None if rule.days == Schedule.Days.EVERY else calendar_of(organization)
    check_day(due_on, today=today, calendar=calendar, name="due_on")
    said = {"day": era_short(due_on, today), "time": hm(due_at(rule, due_on))}
    sentence = ""
    if due_on - today > FARTHEST:
        sentence = _("%(day)s は先すぎます。今日から1年以内の日付にしてください。") % said
    elif due_at(rule, due_on) <= at:
        sentence = _("%(day)s の期限の時刻 %(time)s は過ぎています。あとの日付にしてください。") % said
    if sentence:
        raise Refusal(sentence, errors={"due_on": sentence})


def _line(first: Task) -> QuerySet[Task]:
    return Task.objects.filter(key=first.key, period=first.period, organization=first.organization_id)


def _last_serial(first: Task) -> int:
    return int(_line(first).aggregate(last=Max("serial"))["last"])


def _same(first: Task, by: Any, due_on: date, reason: str, at: datetime) -> Task | None:
    """What the same person raised a moment ago, with the same words."""
    last = (
        _line(first)
        .filter(serial__gt=0, due_on=due_on, created_at__gt=at - TWICE)
        .order_by("-serial")
        .first()
    )
    event = whys([last]).get(last.pk) if last else None
    return last if event and event.actor_id == by.pk and event.data["reason"] == reason else None
