"""Commands on an incident: its level is judged again, its clock stops and goes on; and what follows from its
steps (sync)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of
from tasks.acting import CLOSE, own_teams
from tasks.caseflow import lock, redate, stream_of, tasks_of
from tasks.casegraph import graph_of
from tasks.clock import Span
from tasks.models import Case, Task
from tasks.recurrence import TOKYO
from tasks.stepdue import Answers

from . import tellings
from .models import Incident, Pause, Stage
from .models.incident import Level

#: Fields of the duties of an incident, by what the sheet's settings call them.
PROVISIONAL, LEVEL, MEANS, NOTICED, CAUSE = (
    "provisional_level",
    "level",
    "channel",
    "noticed_at",
    "cause_kind",
)
#: Nobody is waited for longer than this at once.
LONGEST = timedelta(days=60)


def keep(case: Case, *, by: Any, at: datetime) -> None:
    """What a command on the case calls at its end (tasks.kinds)."""
    sync(case)


def sync(case: Case) -> Incident:
    """Bring the incident of a case in step with its steps; in the transaction of what changed them."""
    incident, _is_new = Incident.objects.get_or_create(case=case, defaults={"raised_at": case.raised_at})
    steps = tasks_of(case)
    done = [t for t in steps if t.state == Task.State.DONE]
    judged = _last(done, LEVEL)
    if judged is None or (
        incident.rejudged_at and judged.closed_at and judged.closed_at > incident.rejudged_at
    ):
        incident.rejudged_at = None
    said = str(judged.answers[LEVEL]) if judged else ""
    incident.is_none = bool(said) and not said[:1].isdigit()
    if incident.rejudged_at is None:
        incident.level = said[:1] if said[:1] in Level.values else ""
    incident.provisional_level = str(_answer(steps, PROVISIONAL))[:1]
    incident.means, incident.cause_kind = str(_answer(steps, MEANS))[:20], str(_answer(done, CAUSE))[:40]
    incident.detected_at = _instant(_answer(steps, NOTICED))
    incident.judged_at = judged.closed_at if judged else None
    graph = graph_of(case.entry.edition_id)
    works = [t for t in done if graph.confirmed_by(t.key)]
    incident.responded_at = min((t.closed_at for t in works if t.closed_at), default=None)
    confirmed = [t for t in steps if graph.confirms(t.key)]
    last = confirmed[-1] if confirmed else None
    is_well = last is not None and last.state == Task.State.DONE and not (last.course or {}).get("ng")
    incident.recovered_at = last.closed_at if last and is_well else None
    incident.stage = _stage(case, steps, graph)
    incident.save()
    return incident


def _stage(case: Case, steps: Sequence[Task], graph: Any) -> int:
    if not case.is_open:
        return Stage.DONE
    found = {_stage_of(t, case, graph) for t in steps if t.is_open}
    return min(found, default=Stage.REPORTED)


def _stage_of(task: Task, case: Case, graph: Any) -> Stage:
    if task.key == case.entry.key:
        return Stage.RECEIVED
    if graph.confirms(task.key):
        return Stage.CONFIRMED
    if graph.confirmed_by(task.key):
        return Stage.HANDLED
    return Stage.JUDGED if task.duty.needs_choice else Stage.REPORTED


def _last(tasks: Sequence[Task], field: str) -> Task | None:
    return next((t for t in reversed(tasks) if t.answers.get(field)), None)


def _answer(tasks: Sequence[Task], field: str) -> Any:
    task = _last(tasks, field)
    return task.answers[field] if task else ""


def _instant(value: Any) -> datetime | None:
    """What a field with a day and a time holds."""
    try:
        found = parse_datetime(str(value)) if value else None
    except ValueError:
        return None
    return timezone.make_aware(found, TOKYO) if found and timezone.is_naive(found) else found


def known(case: Case, answers: Answers) -> Answers:
    """The answers with the level as it was judged again."""
    level = Incident.objects.filter(case=case, rejudged_at__isnull=False).values_list("level", flat=True)
    if not level:
        return answers
    again = str(Level(level[0]).label).removeprefix("レベル")
    return {key: {**of, LEVEL: again} if LEVEL in of else of for key, of in answers.items()}


def stops(case: Case) -> Sequence[Span]:
    return list(Pause.objects.filter(incident__case=case).values_list("since", "until"))


def judges(case: Case, by: Any, at: datetime, steps: Sequence[Task] | None = None) -> list[Team]:
    """The person's teams that may judge an open incident again: those that could close the step that did."""
    judged = _last([t for t in steps or tasks_of(case) if t.state == Task.State.DONE], LEVEL)
    if judged is None or not case.is_open or not str(judged.answers[LEVEL])[:1].isdigit():
        return []
    return own_teams(judged, by, timezone.localdate(at), CLOSE)


@command
def rejudge(case: Case, *, level: str, by: Any, team: Team, at: datetime, reason: str) -> Incident:
    """Judge the level of an open incident again, with a reason: what is open is due anew, all are told."""
    case = lock(case.pk)
    if team not in judges(case, by, at):
        raise PermissionDenied(_("この障害のレベルを見直す権限がありません。"))
    incident = Incident.objects.select_for_update().get(case=case)
    _refuse_level(incident, level, reason)
    before, incident.level, incident.rejudged_at = incident.level, level, at
    incident.save(update_fields=["level", "rejudged_at"])
    moved = redate(case)
    record(
        "incident.rejudged", case, by=by, team=team, at=at, stream=stream_of(case), before=before,
        after=level, reason=reason, moved=[t.pk for t in moved],
    )  # fmt: skip
    tellings.rejudged(case, before=before, after=level, reason=reason, by=by, team=team, at=at)
    return incident


def _refuse_level(incident: Incident, level: str, reason: str) -> None:
    errors: dict[str, str] = {}
    if level not in Level.values:
        errors["level"] = _("障害レベルを選んでください。")
    elif level == incident.level:
        errors["level"] = _("いまと同じレベルです。変えるレベルを選んでください。")
    if not reason.strip():
        errors["reason"] = _("見直す理由を入力してください。")
    if errors:
        raise Refusal(_("入力内容を確認してください。"), errors=errors)


def stoppers(case: Case, by: Any, at: datetime, steps: Sequence[Task] | None = None) -> list[Team]:
    """The person's teams that may stop the clock: ◎ of an open step that is due by level, and the union."""
    if not case.is_open:
        return []
    today = timezone.localdate(at)
    clocked = [t for t in steps or tasks_of(case) if t.is_open and "by_level" in t.duty.standard_due]
    found = [team for t in clocked for team in own_teams(t, by, today, CLOSE)]
    union = [t for t in standing_of(by, today).teams if t.role.kind == Organization.Kind.UNION]
    return list(dict.fromkeys([*found, *(union if clocked else [])]))


@command
def pause(case: Case, *, until: datetime, by: Any, team: Team, at: datetime, reason: str) -> Pause:
    """先方待ち: the clock stands still until `until`, or until somebody lets it go on."""
    case = lock(case.pk)
    if team not in stoppers(case, by, at):
        raise PermissionDenied(_("この障害の時計を止める権限がありません。"))
    incident = Incident.objects.select_for_update().get(case=case)
    if incident.pauses.filter(since__lte=at, until__gt=at).exists():
        raise Refusal(_("この障害の時計は、すでに止まっています。"))
    errors: dict[str, str] = {
        **({} if reason.strip() else {"reason": _("だれの何を待つのかを入力してください。")}),
        **_wrong_end(until, at),
    }
    if errors:
        raise Refusal(_("入力内容を確認してください。"), errors=errors)
    made = Pause.objects.create(incident=incident, since=at, until=until, reason=reason, by=by, team=team)
    redate(case)
    record(
        "incident.paused", case, by=by, team=team, at=at, stream=stream_of(case), until=until, reason=reason
    )
    return made


def _wrong_end(until: datetime, at: datetime) -> dict[str, str]:
    if until <= at:
        return {"until": _("再開の予定は、いまより後の日時にしてください。")}
    if until - at > LONGEST:
        return {"until": _("再開の予定は %(days)s 日以内にしてください。") % {"days": LONGEST.days}}
    return {}


@command
def resume(case: Case, *, by: Any, team: Team, at: datetime) -> Pause:
    """The clock goes on; what is open is due by how long it really stood still."""
    case = lock(case.pk)
    if team not in stoppers(case, by, at):
        raise PermissionDenied(_("この障害の時計を動かす権限がありません。"))
    running = (
        Pause.objects.select_for_update().filter(incident__case=case, since__lte=at, until__gt=at).first()
    )
    if running is None:
        raise Refusal(_("この障害の時計は止まっていません。"))
    running.until = at
    running.save(update_fields=["until"])
    redate(case)
    record("incident.resumed", case, by=by, team=team, at=at, stream=stream_of(case), since=running.since)
    return running
