"""Question: the wall: every device as one tile, the worst first, and how old all of it is.

What is too old is shown as old: a device whose checks nobody ran, and the whole screen where nothing came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.lib.templatetags.dates import hm

from .escalation import escalates_at
from .models import RANK, Alert, Check, Device, Source, State

#: Older than this, the screen says that it stands still.
STALE = timedelta(minutes=3)
TILES, ALERTS = 60, 3
#: The page without JavaScript reveals its own age by CSS, in steps of so many seconds.
STEP = 15
STYLES = {
    State.DOWN: "bad", State.LATE: "bad", State.WARNING: "warn", State.UNKNOWN: "old", State.UP: "ok",
}  # fmt: skip
SIGNS = {"bad": "!", "warn": "▲", "old": "?", "ok": "✓"}


@dataclass(frozen=True)
class Tile:
    """One device: `style` of STYLES, what is said of it, and since when (or of when that is)."""

    pk: int
    name: str
    style: str
    said: str
    since: str
    rank: int

    @property
    def sign(self) -> str:
        return SIGNS[self.style]


class Wallboard:
    """Four statements, however many devices there are."""

    def __init__(self, user: Any, *, now: datetime, today: date) -> None:
        self.user, self.now, self.today = user, now, today

    @cached_property
    def tiles(self) -> list[Tile]:
        """All of them, the worst first, then by name."""
        devices = Device.objects.active().visible_to(self.user, self.today).values_list("pk", "name")
        found = [self._tile(pk, name) for pk, name in devices]
        return sorted(found, key=lambda tile: (tile.rank, tile.name, tile.pk))

    @property
    def shown(self) -> list[Tile]:
        """As many as the screen holds; the last place is that of the rest, if there is one."""
        return self.tiles if len(self.tiles) <= TILES else self.tiles[: TILES - 1]

    @property
    def rest(self) -> int:
        return len(self.tiles) - len(self.shown)

    @property
    def counts(self) -> list[tuple[str, int, str]]:
        """(style, how many, word), the worst first."""
        words = (("bad", _("異常")), ("warn", _("注意")), ("old", _("未取得")), ("ok", _("正常")))
        return [(style, sum(t.style == style for t in self.tiles), word) for style, word in words]

    @cached_property
    def _checks(self) -> dict[int, list[Check]]:
        found: dict[int, list[Check]] = {}
        rows = Check.objects.active().only(
            "device", "name", "state", "since_at", "last_at", "last_ok_at", "next_at", "interval", "grace"
        )
        for check in rows.order_by("device", "name", "pk"):
            found.setdefault(check.device_id, []).append(check)
        return found

    @cached_property
    def _open(self) -> list[Alert]:
        """The open alerts: those that nobody confirmed first, then the newest."""
        rows = Alert.objects.open().visible_to(self.user, self.today).select_related("device", "seen_by")
        found = rows.defer("said").order_by("-first_at", "-pk")[:500]
        return sorted(found, key=lambda a: (a.seen_at is not None, RANK[State(a.state)]))

    @cached_property
    def _alerts_of(self) -> dict[int, list[Alert]]:
        found: dict[int, list[Alert]] = {}
        for alert in self._open:
            if alert.device_id:
                found.setdefault(alert.device_id, []).append(alert)
        return found

    def _tile(self, pk: int, name: str) -> Tile:
        checks, alerts = self._checks.get(pk, []), self._alerts_of.get(pk, [])
        worst = min(alerts, key=lambda a: RANK[State(a.state)], default=None)
        if worst is not None:
            return self._bad(pk, name, State(worst.state), _short(worst, name), worst.first_at)
        bad = [c for c in checks if c.state in (State.DOWN, State.LATE, State.WARNING)]
        if bad:
            check = min(bad, key=lambda c: RANK[State(c.state)])
            return self._bad(pk, name, State(check.state), check.name, check.since_at or self.now)
        last = max((c.last_ok_at for c in checks if c.last_ok_at), default=None)
        if not checks or last is None or any(c.state != State.UP or c.is_late(self.now) for c in checks):
            since = _("%(at)s が最後") % {"at": self._when(last)} if last else _("まだ一度もなし")
            return Tile(pk, name, "old", _("未取得"), since, RANK[State.UNKNOWN])
        return Tile(pk, name, "ok", self._when(last), "", RANK[State.UP])

    def _bad(self, pk: int, name: str, state: State, said: str, since: datetime) -> Tile:
        return Tile(pk, name, STYLES[state], said, self._since(since), RANK[state])

    def _since(self, at: datetime) -> str:
        """10:51から7分; of another day 11/18 から."""
        if timezone.localdate(at) != self.today:
            return _("%(at)s から") % {"at": self._when(at)}
        minutes = int((self.now - at).total_seconds() // 60)
        return _("%(at)sから%(minutes)s分") % {"at": hm(at), "minutes": minutes}

    def _when(self, at: datetime) -> str:
        day = timezone.localdate(at)
        return hm(at) if day == self.today else f"{day.month}/{day.day}"

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """The first few open ones, as the list below the tiles says them."""
        return [self._line(alert) for alert in self._open[:ALERTS]]

    def _line(self, alert: Alert) -> dict[str, Any]:
        if alert.seen_at is not None:
            who, then = f"{alert.seen_by} {hm(alert.seen_at)}", alert.seen_note
        else:
            who = _("未確認 %(time)s") % {"time": waited(self.now - alert.first_at)}
            over = escalates_at(alert)
            words = _("%(at)s に広域組合へ連絡") if over > self.now else _("%(at)s に広域組合へ連絡済み")
            then = words % {"at": self._when(over)}
        return {
            "pk": alert.pk,
            "at": self._when(alert.first_at),
            "name": str(alert.device or ""),
            "said": f"{alert.get_watch_display()} {_short(alert, str(alert.device or ''))}",
            "who": who,
            "then": then,
            "is_unseen": alert.seen_at is None,
        }

    @cached_property
    def fresh_at(self) -> datetime | None:
        """When something last came in: an answer to a check, or an event of a source."""
        checks = Check.objects.active().aggregate(at=Max("last_at"))["at"]
        sources = Source.objects.filter(is_active=True).aggregate(at=Max("last_at"))["at"]
        return max((at for at in (checks, sources) if at), default=None)

    @property
    def age(self) -> int | None:
        """Seconds since then."""
        return max(0, int((self.now - self.fresh_at).total_seconds())) if self.fresh_at else None

    @property
    def age_words(self) -> str:
        return in_words(self.age) if self.age is not None else ""

    @property
    def is_stale(self) -> bool:
        return self.age is None or self.age > STALE.total_seconds()

    @property
    def limit(self) -> int:
        return int(STALE.total_seconds())

    @property
    def left(self) -> int:
        """Seconds for which the page may be taken as fresh, in steps of STEP that the style sheet knows."""
        return 0 if self.is_stale else max(1, -(-(self.limit - (self.age or 0)) // STEP)) * STEP


def _short(alert: Alert, name: str) -> str:
    """The title without the name of the device, which stands beside it."""
    return alert.title.removeprefix(name).strip() or alert.title


def in_words(seconds: int) -> str:
    """20秒前, 4分18秒前, 3時間5分前."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    if hours:
        return _("%(hours)s時間%(minutes)s分前") % {"hours": hours, "minutes": minute}
    if minutes:
        return _("%(minutes)s分%(seconds)s秒前") % {"minutes": minutes, "seconds": second}
    return _("%(seconds)s秒前") % {"seconds": second}


def waited(span: timedelta) -> str:
    """7分, 3時間5分, 15日: as fine as somebody on the other side of the room needs it."""
    hours, minutes = divmod(max(0, int(span.total_seconds() // 60)), 60)
    if hours >= 24:
        return _("%(days)s日") % {"days": hours // 24}
    if hours:
        return _("%(hours)s時間%(minutes)s分") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s分") % {"minutes": minutes}
