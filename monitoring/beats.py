"""Commands of heartbeats: a batch says start, success or failure; and the question who has been silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.accounts.streams import stream_of
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from opsdesk.notices.outbox import tell
from raci.models import Cycle
from tasks.automatic import close_by_system, main_team, note_by_system, robot
from tasks.filling import start_answers
from tasks.models import Task
from tasks.readers import MAIN, with_marks

from .alerts import raise_alert, recover
from .findings import Finding, fingerprint
from .models import Alert, Heartbeat, State, Watch

LOG_LIMIT = 100 * 1024
#: Of a log, as much as stands in the alert; the whole is on the task.
SHOWN = 2000
DAY = timedelta(days=1)


@command
def start(beat: Heartbeat, *, by: Any, at: datetime) -> str:
    """The work has begun. Returns a sentence for who called."""
    beat = Heartbeat.objects.select_for_update().get(pk=beat.pk)
    beat.started_at = at
    beat.save(update_fields=["started_at"])
    record("heartbeat.started", beat, by=by, at=at, stream=stream_of(beat.organization), name=beat.name)
    return _("開始を記録しました。")


@command
def succeed(beat: Heartbeat, *, by: Any, at: datetime, log: bytes = b"") -> str:
    """The work is done: closes the task with the log as evidence, or says why a person has to.

    The open alerts of the heartbeat end. Returns a sentence for who called."""
    beat = Heartbeat.objects.select_for_update().select_related("organization").get(pk=beat.pk)
    beat.succeeded_at = at
    beat.save(update_fields=["succeeded_at"])
    task = task_of(beat, timezone.localdate(at))
    said = _do(beat, task, beat.fills, log, at=at, closes=beat.closes) if task else _no_task()
    for alert in Alert.objects.open().filter(heartbeat=beat):
        recover(alert.fingerprint, by=by, at=at, said=_("成功の連絡がありました。"))
    record(
        "heartbeat.succeeded", beat, by=by, at=at, stream=stream_of(beat.organization), name=beat.name,
        said=said, task=task.pk if task else None,
    )  # fmt: skip
    return said


@command
def fail(beat: Heartbeat, *, by: Any, at: datetime, log: bytes = b"") -> str:
    """The work went wrong: a finding on its task, with the log; an alert for who has ◎ there."""
    beat = Heartbeat.objects.select_for_update().select_related("organization").get(pk=beat.pk)
    beat.failed_at = at
    beat.save(update_fields=["failed_at"])
    task = task_of(beat, timezone.localdate(at))
    said = _do(beat, task, beat.fails, log, at=at, closes=False) if task else _no_task()
    title = _("%(name)s が失敗しました") % {"name": beat.name}
    shown = log[-SHOWN:].decode("utf-8", "replace").replace("\0", "")
    _alert(beat, task, title, shown, State.DOWN, by=by, at=at)
    record(
        "heartbeat.failed", beat, by=by, at=at, stream=stream_of(beat.organization), name=beat.name,
        said=said, task=task.pk if task else None,
    )  # fmt: skip
    return _("失敗を記録しました。")


def _no_task() -> str:
    return _("記録しました。いま完了にする作業はありません。")


def task_of(beat: Heartbeat, today: date) -> Task | None:
    """The open task that the call is about: due today or later, else the oldest late one if not daily."""
    rows = _tasks(beat).filter(opens_on__lte=today)
    coming = rows.filter(due_on__gte=today).order_by("due_on", "pk").first()
    return coming or rows.exclude(duty__cycle=Cycle.DAILY).order_by("due_on", "pk").first()


def _tasks(beat: Heartbeat) -> Any:
    whose = (
        {"organization": beat.organization}
        if beat.organization
        else {"organization__kind": Organization.Kind.UNION}
    )
    return Task.objects.open().filter(key=beat.key, case=None, **whose).select_related("organization", "duty")


def _do(
    beat: Heartbeat, task: Task, fills: Mapping[str, Any], log: bytes, *, at: datetime, closes: bool
) -> str:
    """Close the task, or only keep what was said on it; a sentence that says which."""
    team, file = main_team(task, at), _file(beat, log, at)
    if team is None:
        return _no_task()
    act: dict[str, Any] = {"by": robot(), "team": team, "at": at, "answers": answers_of(task, fills, at)}
    act |= {"file": file, "field_key": beat.log if file is not None else ""}
    try:
        if closes:
            close_by_system(task, **act)
            return _("記録して、作業を完了にしました。")
        note_by_system(task, **act)
        return _("記録しました。作業は開いたままです。")
    except Refusal as no:
        return _kept(task, act, no)


def _kept(task: Task, act: dict[str, Any], no: Refusal) -> str:
    """What could not be closed keeps its log at least, and says why."""
    why = "; ".join([*no.errors.values()] or [str(no)])
    if act["file"] is not None:
        act["file"].seek(0)
    try:
        note_by_system(task, **{**act, "answers": {}})
    except Refusal as again:
        why = f"{why}; {again}"
    return _("記録しました。作業は開いたままです（%(why)s）。") % {"why": why}


def _file(beat: Heartbeat, log: bytes, at: datetime) -> File | None:
    """The log as an uploaded file, without the control characters that no text may hold."""
    text = log.translate(None, bytes([*range(9), 11, 12, *range(14, 32), 127])).strip()
    if not text:
        return None
    if text.lower().startswith((b"<!doctype", b"<html", b"<svg", b"<?xml")):
        text = b"log:\n" + text
    try:
        text.decode()
    except UnicodeDecodeError:
        text = text.decode("cp932", "replace").encode()
    name = f"{beat.name}-{timezone.localtime(at):%Y%m%d-%H%M%S}.log"
    file = File(BytesIO(text), name)
    file.size = len(text)
    return file


def answers_of(task: Task, fills: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """`fills` as answers: "@today" is the day, "lines.start_result" a column of every line that is empty."""
    found: dict[str, Any] = {}
    for key, value in fills.items():
        field, _dot, column = key.partition(".")
        typed = timezone.localdate(at).isoformat() if value == "@today" else value
        if not column:
            found[field] = typed
            continue
        lines = found.get(field) or start_answers(task, {}).get(field) or []
        found[field] = [{**line, column: line.get(column) or typed} for line in lines]
    return found


def _mark(beat: Heartbeat, task: Task | None) -> str:
    return fingerprint("heartbeat", beat.pk, task.pk if task else "")


def _alert(
    beat: Heartbeat, task: Task | None, title: str, said: str, state: str, *, by: Any, at: datetime
) -> None:
    """The alert of a failure or a silence, told to who has ◎ on the duty, once a state."""
    alert = raise_alert(
        Finding(
            fingerprint=_mark(beat, task), watch=Watch.LOG, title=title, said=said, state=state,
            heartbeat=beat, key=beat.key, task=task, place=beat.organization,
        ),
        by=by,
        at=at,
    )  # fmt: skip
    if alert is not None and task is not None:
        people = {reader.user for reader in with_marks(task, MAIN, timezone.localdate(at))}
        tell(
            "alert.heartbeat", people, obj=alert, at=at, key=f"alert.heartbeat:{alert.pk}:{state}",
            data={"title": title, "number": task.duty.number, "work": task.duty.work, "task": task.pk},
            organization=task.organization_id, is_urgent=True,
        )  # fmt: skip


def watch(now: datetime) -> int:
    """Raise an alert for every heartbeat that has been silent past its time; end those that a person
    settled. Safe to run again. Returns how many are silent."""
    for alert in Alert.objects.open().filter(heartbeat__isnull=False).exclude(task__state=Task.State.OPEN):
        if alert.task_id is not None:
            recover(alert.fingerprint, by=None, at=now, said=_("作業が記録されました。"))
    count = 0
    for beat in Heartbeat.objects.filter(is_active=True).select_related("organization"):
        for task in silent(beat, now):
            count += 1
            if not Alert.objects.open().filter(fingerprint=_mark(beat, task)).exists():
                silence(beat, task, by=None, at=now)
    return count


@command
def silence(beat: Heartbeat, task: Task, *, by: Any, at: datetime) -> None:
    """Nothing was heard until the planned time and the grace after it."""
    title = _("%(name)s の連絡がありません（予定 %(time)s）") % {
        "name": beat.name,
        "time": f"{beat.planned_at:%H:%M}",
    }
    _alert(beat, task, title, "", State.LATE, by=by, at=at)


def silent(beat: Heartbeat, now: datetime) -> list[Task]:
    """The open tasks of today and yesterday whose call should have come by `now`."""
    today = timezone.localdate(now)
    rows = _tasks(beat).filter(due_on__range=(today - DAY, today)).order_by("due_on", "pk")
    return [task for task in rows if deadline(beat, task) < now and not _heard(beat, task)]


def deadline(beat: Heartbeat, task: Task) -> datetime:
    planned = timezone.make_aware(datetime.combine(task.due_on, beat.planned_at))
    return planned + timedelta(minutes=beat.grace)


def _heard(beat: Heartbeat, task: Task) -> bool:
    """A success since the task opened, though a person has still to close it."""
    return beat.succeeded_at is not None and timezone.localdate(beat.succeeded_at) >= task.opens_on
