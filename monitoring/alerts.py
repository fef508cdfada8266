"""Commands: an alert is raised (once while it is open), it recovers, somebody confirms it.

Raising opens a task of its row (57–60) for who has ◎ there; a storm opens at most STORM of them a device."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.accounts.streams import stream_of
from opsdesk.audit.record import command, record
from raci.models import Mark
from tasks.caseflow import stream_of as stream_of_case
from tasks.cases import raise_by_system
from tasks.models import Case, Task
from tasks.raising import members_on

from . import windows
from .findings import SAID_LIMIT, TITLE_LIMIT, Finding, fingerprint
from .models import KEYS, Alert, AlertEvent, Device, Source, State, Watch
from .reach import line_on

#: Alerts that one device (or, of unknown devices, one source) may raise within CALM; the last is the storm's.
STORM, CALM = 10, timedelta(hours=1)
#: How bad; the worse one stays.
WEIGHT = {State.WARNING.value: 1, State.LATE.value: 2, State.DOWN.value: 3}


@command
def raise_alert(finding: Finding, *, by: Any, at: datetime) -> Alert | None:
    """The open alert of the finding, new or counted up; None while its device is under maintenance.

    Every event is kept, the same `ref` of a source once. `by` is None: a machine speaks."""
    _lock(finding.device, finding.source)
    if (there := _told_before(finding)) is not None:
        return there.alert
    if finding.device is not None and windows.current(finding.device, at):
        _keep(finding, None, at)
        return None
    alert = _open(finding.fingerprint) or _storm_of(finding, at)
    if alert is None:
        alert = _new(finding, by=by, at=at)
    else:
        _count(alert, finding, at)
    _keep(finding, alert, at)
    return alert


@command
def recover(
    mark: str,
    *,
    by: Any,
    at: datetime,
    said: str = "",
    source: Source | None = None,
    device: Device | None = None,
    ref: str = "",
) -> Alert | None:
    """It is fine again: the open alert of the fingerprint `mark` ends; None if there is none.

    Part of a storm is only noted; the storm ends with its last part."""
    _lock(device, source)
    twice = AlertEvent.objects.filter(source=source, ref=ref) if ref and source else None
    if twice is not None and (there := twice.select_related("alert").first()) is not None:
        return there.alert
    alert = _open(mark) or _open(_storm_mark(device, source))
    if alert is None:
        return None
    AlertEvent.objects.create(
        alert=alert, device=device, source=source, kind=AlertEvent.Kind.RECOVERED, fingerprint=mark, at=at,
        said=said[:SAID_LIMIT], ref=ref[:200],
    )  # fmt: skip
    if alert.is_storm and _still_bad(alert):
        return alert
    alert.recovered_at = at
    alert.save(update_fields=["recovered_at"])
    record("alert.recovered", alert, by=by, at=at, stream=stream_of(alert.organization), said=said[:200])
    _note("case.alert_recovered", alert, by=by, at=at)
    return alert


def count_again(mark: str, at: datetime) -> bool:
    """A check found the same once more: counted, without an event of its own; False if no alert is open."""
    rows = Alert.objects.open().filter(fingerprint=mark)
    return bool(rows.update(count=F("count") + 1, last_at=at))


@command
def confirm(alert: Alert, *, by: Any, team: Team, at: datetime, note: str = "") -> Alert:
    """確認した: who saw it first, with a word; a second one changes nothing."""
    alert = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if alert.seen_at is None:
        alert.seen_by, alert.seen_at, alert.seen_note = by, at, note.strip()[:200]
        alert.save(update_fields=["seen_by", "seen_at", "seen_note"])
        record(
            "alert.confirmed", alert, by=by, team=team, at=at, stream=stream_of(alert.organization),
            note=alert.seen_note,
        )  # fmt: skip
    return alert


def known_of(case: Case) -> dict[str, Any]:
    """What the alerts of a case know for the incident that it opens (一次受付): by field key of row 15."""
    alert = case.alerts.order_by("pk").first()
    if alert is None:
        return {}
    return {
        "caller": _("システム監視(%(watch)s)") % {"watch": alert.get_watch_display()},
        "channel": "監視",
        "noticed_at": timezone.localtime(alert.first_at).isoformat(timespec="minutes"),
        "content": _content(alert),
    }


def _lock(device: Device | None, source: Source | None) -> None:
    """One event of a device (or a source) after the other: else two open the same alert twice."""
    if device is not None:
        Device.objects.select_for_update().get(pk=device.pk)
    elif source is not None:
        Source.objects.select_for_update().get(pk=source.pk)


def _told_before(finding: Finding) -> AlertEvent | None:
    if not (finding.ref and finding.source):
        return None
    rows = AlertEvent.objects.filter(source=finding.source, ref=finding.ref[:200])
    return rows.select_related("alert").first()


def _open(mark: str) -> Alert | None:
    return Alert.objects.open().filter(fingerprint=mark).select_for_update(of=("self",)).first()


def _keep(finding: Finding, alert: Alert | None, at: datetime) -> None:
    AlertEvent.objects.create(
        alert=alert, device=finding.device, source=finding.source, fingerprint=finding.fingerprint, at=at,
        said=finding.said[:SAID_LIMIT], evidence=dict(finding.evidence), ref=finding.ref[:200],
    )  # fmt: skip


def _count(alert: Alert, finding: Finding, at: datetime) -> None:
    alert.count += 1
    alert.last_at = max(alert.last_at, at)
    if not alert.is_storm:
        alert.said = finding.said[:SAID_LIMIT]
        alert.state = max(alert.state, finding.state, key=lambda state: WEIGHT[state])
    alert.save(update_fields=["count", "last_at", "said", "state"])


def _storm_mark(device: Device | None, source: Source | None) -> str:
    return fingerprint("storm", device.pk if device else "", source.pk if source and not device else "")


def _storm_of(finding: Finding, at: datetime) -> Alert | None:
    """The storm's alert, if one is open that takes this finding too."""
    if finding.device is None and finding.source is None:
        return None
    return _open(_storm_mark(finding.device, finding.source)) if _is_storm(finding, at) else None


def _is_storm(finding: Finding, at: datetime) -> bool:
    """Whether the device (the source) has raised all it may: the next alert is the storm's."""
    whose = Q(device=finding.device) if finding.device else Q(device=None, source=finding.source)
    if finding.device is None and finding.source is None:
        return False
    return Alert.objects.filter(whose, first_at__gt=at - CALM).count() >= STORM - 1


def _still_bad(storm: Alert) -> bool:
    last = storm.events.values("fingerprint").annotate(last=Max("pk")).values("last")
    return storm.events.filter(pk__in=last, kind=AlertEvent.Kind.BAD).exists()


def _new(finding: Finding, *, by: Any, at: datetime) -> Alert:
    """A new alert; its task is the one of the same fault if that is still open, else a new case's."""
    is_storm = _is_storm(finding, at)
    device = finding.device
    place = device.organization if device else finding.place
    alert = Alert(
        fingerprint=_storm_mark(device, finding.source) if is_storm else finding.fingerprint,
        state=finding.state,
        watch=finding.watch,
        key=finding.key or KEYS[Watch(finding.watch)],
        title=_storm_title(finding) if is_storm else finding.title[:TITLE_LIMIT],
        said=finding.said[:SAID_LIMIT],
        organization=place if place and place.kind == Organization.Kind.MEMBER else None,
        device=device,
        check_of=finding.check,
        source=finding.source,
        heartbeat=finding.heartbeat,
        is_storm=is_storm,
        first_at=at,
        last_at=at,
    )
    before = _before(alert)
    alert.task = finding.task or (before.task if before else None)
    alert.case = before.case if before and not finding.task else None
    if alert.task is None and alert.heartbeat is None:
        _raise(alert, by=by, at=at)
    alert.save()
    record(
        "alert.raised", alert, by=by, at=at, stream=stream_of(alert.organization), title=alert.title,
        state=alert.state, case=alert.case.number if alert.case else "",
    )  # fmt: skip
    if before and alert.case:
        _note("case.alert_again", alert, by=by, at=at)
    return alert


def _storm_title(finding: Finding) -> str:
    name = str(finding.device or finding.source or "")
    return _("%(name)s の警報が多発しています(まとめ)") % {"name": name[: TITLE_LIMIT - 30]}


def _before(alert: Alert) -> Alert | None:
    """The last alert of the same fault whose task nobody has closed yet."""
    rows = Alert.objects.filter(fingerprint=alert.fingerprint, task__state=Task.State.OPEN)
    return rows.filter(case__isnull=False).select_related("case", "task").order_by("-pk").first()


def _raise(alert: Alert, *, by: Any, at: datetime) -> None:
    """Open the case of the row, for the team with ◎; without a team there is the alert alone."""
    today = timezone.localdate(at)
    line = line_on(today, alert.key)
    roles = line.roles_with(Mark.MAIN) if line else []
    team = Team.objects.on(today).filter(role__in=roles).select_related("role", "organization").first()
    concerns = [alert.organization] if alert.organization else members_on(today)
    if line is None or team is None or not concerns or not line.duty.is_entry:
        return
    alert.case = raise_by_system(
        line.duty, by=by, team=team, at=at, title=alert.title, concerns=concerns,
        answers={"content": _content(alert)},
    )  # fmt: skip
    alert.task = alert.case.steps.get()


def _content(alert: Alert) -> str:
    return "\n".join(part for part in (alert.title, alert.said) if part)


def _note(code: str, alert: Alert, *, by: Any, at: datetime) -> None:
    """The case's timeline says it too."""
    if alert.case is not None:
        record(code, alert.case, by=by, at=at, stream=stream_of_case(alert.case), title=alert.title)
