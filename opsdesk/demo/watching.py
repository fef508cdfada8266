"""What is watched: the devices with their checks, thirty days of answers, and the alerts of devices.json."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from monitoring.alerts import raise_alert, recover
from monitoring.exporters import in_words
from monitoring.findings import Finding, fingerprint
from monitoring.models import AllowedNetwork, Check, CheckDay, Device, Heartbeat, Sample, State, Watch
from monitoring.registry import keep, rename
from opsdesk.accounts.models import User
from opsdesk.calendar.days import Calendar
from tasks import progress
from tasks.models import Task

from . import field
from .people import Cast, content

TOKYO = ZoneInfo("Asia/Tokyo")
DAYS = 30
PORT = {"port": field.PORT}
Asked = tuple[str, str, dict[str, Any], dict[str, Any]]
#: What is asked, by the key of devices.json: method, name, settings, limits. field.py answers.
ASKED: dict[str, Asked] = {
    "ping": ("tcp", "疎通", PORT, {}),
    "rtt": ("tcp", "疎通・遅延", PORT, {"seconds": {"warning": 1, "critical": 3}}),
    "web": ("http", "ログイン画面の応答", {"url": field.URL}, {"seconds": {"warning": 3}}),
    "svc": ("tcp", "サービス稼働", PORT, {}),
    "cpu": ("exporter", "CPU・メモリ・ディスク", PORT, {"disk": {"warning": 80, "critical": 90}}),
}  # fmt: skip
#: What is asked where none of these is.
CARD: Asked = ("tcp", "管理カードの応答", PORT, {})
CARDS = {"ups", "snmp"}
#: How often a device was measured before the demonstration began.
MEASURED = timedelta(hours=2)
STATES = {"critical": State.DOWN}
CLOSER, CLOSES = "kudo.ren", time(9, 20)
STAYS = 16  # days that a warning under observation stays open


class Watching:
    """The devices, and their alerts in the order of time; `do_until` goes on."""

    def __init__(self, cast: Cast, calendar: Calendar, now: datetime) -> None:
        self.cast, self.calendar, self.now = cast, calendar, now
        self.today = timezone.localdate(now)
        self.codes: dict[str, Device] = {}
        self.agenda = sorted(self._steps(), key=lambda step: step[0])

    def make(self) -> None:
        """The devices with their checks, and the scanner's heartbeat."""
        for row in content("devices")["devices"]:
            self.codes[row["code"]] = self._device(row)
        beat = Heartbeat(name="ウイルススキャン", key=7, planned_at=time(7, 0), grace=90, closes=True)
        beat.fills = {"definition_update": "OK", "scheduled_scan": "OK", "detections": "0"}
        beat.fails = {"scheduled_scan": "NG"}
        keep(beat, by=None, at=self.now)
        for network in field.NETWORKS:
            row = AllowedNetwork(network=network, ports=str(field.PORT), allows_ping=False, note="模擬機器")
            keep(row, by=None, at=self.now)
        days = [self.today - timedelta(days=n) for n in range(DAYS)]
        CheckDay.objects.bulk_create(
            CheckDay(check_of=check, on=day, good=288) for check in Check.objects.all() for day in days
        )
        self._measure()

    def _device(self, row: dict[str, Any]) -> Device:
        owner = None if row["organization"] == "union" else self.cast.organization[row["organization"]]
        device = Device(
            name=f"{row['code']} {row['name']}", kind=row["kind"], address=field.here(row["address"])
        )
        device.organization, device.note = owner, row.get("os", "")
        keep(device, by=None, at=self.now)
        rename(device, [row["code"]], by=None, at=self.now)
        asked = [ASKED[key] for key in row["checks"] if key in ASKED]
        for check in asked or [CARD] * bool(CARDS & set(row["checks"])):
            self._check(device, *check)
        return device

    def _check(self, device: Device, kind: str, name: str, params: Any, limits: Any) -> None:
        params = {k: v.format(address=device.address) if isinstance(v, str) else v for k, v in params.items()}
        check = Check(device=device, kind=kind, name=name, params=params, limits=limits, interval=300)
        check.watch = Watch.PERFORMANCE if kind == "exporter" else Watch.LIVENESS
        keep(check, by=None, at=self.now)
        values = {"seconds": 0.012}
        said = "0.012秒で応答"
        if kind == "exporter":
            values = field.load_of(device.address, self.now.timestamp())
            said = in_words(values)
        Check.objects.filter(pk=check.pk).update(
            state=State.UP, last_at=self.now, last_ok_at=self.now, last_value=values.get("seconds"),
            last_said=said, next_at=self.now + field.NEVER,
        )  # fmt: skip

    def _measure(self) -> None:
        """What the exporters said until now."""
        moments = [self.now - MEASURED * n for n in range(1, DAYS * 12)]
        Sample.objects.bulk_create(
            (
                Sample(check_of=check, quantity=quantity, at=at, value=value)
                for check in Check.objects.filter(kind="exporter").select_related("device")
                for at in moments
                for quantity, value in field.load_of(check.device.address, at.timestamp()).items()
            ),
            batch_size=2000,
        )

    def _steps(self) -> Iterator[tuple[datetime, str, Any]]:
        """Those that no case of cases.json tells of, and that are no incident."""
        for row in content("devices")["alerts"]:
            if row.get("case") or row["answers"]["判断"] == "障害":
                continue
            day = self.today + timedelta(days=row["day"])
            begun = datetime.combine(day, time.fromisoformat(row["time"]), TOKYO)
            closed = self._closing(begun)
            over = row.get("recovered")
            ended = datetime.combine(day, time.fromisoformat(over), TOKYO) if over else closed
            steps = [(begun, "raise"), (closed, "close")]
            if over or row["answers"]["判断"] == "問題なし" or row["day"] < -STAYS:
                steps.append((max(ended, begun), "recover"))
            yield from ((moment, act, row) for moment, act in steps if moment <= self.now)

    def _closing(self, begun: datetime) -> datetime:
        """Forty minutes later in working hours, else in the next morning."""
        soon = begun + timedelta(minutes=40)
        if self.calendar.is_business_day(begun.date()) and time(8, 30) <= begun.time() <= time(16, 30):
            return soon
        day = begun.date() if begun.time() < time(8, 30) else begun.date() + timedelta(days=1)
        return datetime.combine(self.calendar.next_business_day(day), CLOSES, TOKYO)

    def do_until(self, until: datetime) -> None:
        while self.agenda and self.agenda[0][0] <= until:
            moment, act, row = self.agenda.pop(0)
            getattr(self, f"_{act}")(row, moment)

    def _raise(self, row: dict[str, Any], at: datetime) -> None:
        raise_alert(
            Finding(
                fingerprint=fingerprint("demo", row["key"]), watch=row["watch"], title=row["message"],
                said=" ".join(str(value) for value in row["log"].values()),
                state=STATES.get(row["severity"], State.WARNING), device=self.codes[row["device"]],
                evidence=row["log"],
            ),
            by=None,
            at=at,
        )  # fmt: skip

    def _recover(self, row: dict[str, Any], at: datetime) -> None:
        recover(fingerprint("demo", row["key"]), by=None, at=at, device=self.codes[row["device"]])

    def _close(self, row: dict[str, Any], at: datetime) -> None:
        answers = {"judgement": row["answers"]["判断"], "content": row["answers"]["内容"]}
        task = Task.objects.open().filter(alerts__fingerprint=fingerprint("demo", row["key"])).first()
        if task is not None:
            by: User = self.cast.user[CLOSER]
            progress.close(task, by=by, team=self.cast.team["hwnw"], at=at, answers=answers)
