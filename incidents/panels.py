"""What an incident adds to the page of its case: its level, its clock and its reckoning, its recovery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from opsdesk.lib.templatetags.dates import era_dt
from tasks.kinds import Home, Part
from tasks.models import Acknowledgement, Task

from .deadlines import Reckoning, reckon
from .handling import judges, stoppers
from .models import Incident, Pause
from .models.incident import Level

#: What a level looks like (opsdesk.lib.templatetags.ui.PILLS).
LOOKS = {"1": "bad", "2": "warn", "3": "run", "4": ""}


def home() -> Home:
    return Home(_("障害"), reverse("incidents:list"))


@dataclass(frozen=True)
class Clock:
    """An open step that is due by level: what is left of its time, and how its due was reckoned."""

    step: Any
    look: str
    words: str
    used: str
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class Recovered:
    """What one municipality says to the confirmed recovery."""

    name: str
    look: str
    words: str
    text: str


class IncidentPage:
    """`page`: the page of its case."""

    def __init__(self, page: Any) -> None:
        self.page = page

    @cached_property
    def incident(self) -> Incident | None:
        return Incident.objects.filter(case=self.page.case).first()

    @cached_property
    def pauses(self) -> list[Pause]:
        return list(Pause.objects.filter(incident__case=self.page.case).select_related("by", "team"))

    @property
    def level(self) -> str:
        return self.incident.level if self.incident else ""

    @property
    def level_words(self) -> str:
        return str(Level(self.level).label) if self.level else ""

    @property
    def look(self) -> str:
        return LOOKS.get(self.level, "")

    @property
    def running(self) -> Pause | None:
        """The pause in which the clock stands still now."""
        return next((p for p in self.pauses if p.is_running(self.page.now)), None)

    @property
    def detected(self) -> str:
        at = self.incident.detected_at if self.incident else None
        return era_dt(at) if at else ""

    @property
    def lasted(self) -> str:
        """From when it was noticed until it was well again, or until now."""
        incident = self.incident
        if incident is None or incident.is_none:
            return ""
        start = incident.detected_at or incident.raised_at
        end = incident.recovered_at or (self.page.now if self.page.case.is_open else self.page.case.closed_at)
        return span(max(end - start, timedelta()))

    @property
    def is_well(self) -> bool:
        return bool(self.incident and self.incident.recovered_at)

    @cached_property
    def clocks(self) -> list[Clock]:
        found = []
        stood = [(p.since, p.until) for p in self.pauses]
        for step in self.page.open_steps:
            calendar = self.page.calendars[step.organization_id]
            rule = step.duty.standard_due
            reckoning = reckon(rule, step.created_at, calendar, self.page.known, step.key, stood)
            if reckoning is not None:
                found.append(_clock(step, reckoning, calendar, self.page.now, self.pauses))
        return found

    @cached_property
    def judges(self) -> list[Team]:
        return judges(self.page.case, self.page.user, self.page.now, self.page.standing_steps)

    @cached_property
    def stoppers(self) -> list[Team]:
        return stoppers(self.page.case, self.page.user, self.page.now, self.page.standing_steps)

    @cached_property
    def recovery(self) -> list[Recovered]:
        """What the municipalities say to the last confirmation; a municipality reads its own."""
        graph = self.page.graph
        asked = [s for s in self.page.steps if graph.confirms(s.key) and s.state == Task.State.DONE]
        if not asked:
            return []
        rows = Acknowledgement.objects.filter(publication__task=asked[-1].pk, publication__is_current=True)
        own = self.page.own_organizations
        rows = rows.select_related("organization", "acknowledged_by").order_by("organization__position", "pk")
        return [_recovered(row) for row in rows if own is None or row.organization_id in own]


def parts_of(page: Any) -> Sequence[Part]:
    found = IncidentPage(page)
    return [
        Part("sub", "incidents/_sub.html", found),
        Part("pills", "incidents/_pills.html", found),
        Part("acts", "incidents/_acts.html", found),
        Part("aside", "incidents/_clock.html", found),
        Part("aside", "incidents/_recovery.html", found),
    ]


def _recovered(row: Any) -> Recovered:
    if row.acknowledged_at is None:
        return Recovered(str(row.organization), "wait", _("未確認"), "")
    who = str(row.acknowledged_by or "")
    return Recovered(str(row.organization), "done", _("確認済み"), f"{era_dt(row.acknowledged_at)} {who}")


def _clock(step: Any, reckoning: Reckoning, calendar: Any, now: datetime, pauses: Sequence[Pause]) -> Clock:
    left = reckoning.left(now, calendar)
    is_over = left < timedelta() or now > reckoning.due
    look = "over" if is_over else "today" if now > reckoning.half else "soon"
    words = _("%(span)s 超過") if is_over else _("あと %(span)s")
    used = span(reckoning.used(now, calendar))
    return Clock(step, look, words % {"span": span(abs(left))}, used, lines_of(reckoning, pauses))


def lines_of(reckoning: Reckoning, pauses: Sequence[Pause] = ()) -> list[tuple[str, str]]:
    """How a due was reckoned, a line each: (name, words)."""
    clock = _("24時間") if reckoning.is_around else _("開庁時間(8:30〜17:15)")
    limit = (
        _("%(n)s時間") % {"n": reckoning.hours}
        if reckoning.hours
        else _("%(n)s開庁日") % {"n": reckoning.days}
    )
    found = [
        (_("始まり"), era_dt(reckoning.start)),
        (_("目標"), _("レベル%(level)s %(limit)s以内、%(clock)s") % {
            "level": reckoning.level, "limit": limit, "clock": clock,
        }),
    ]  # fmt: skip
    reasons = {(p.since, p.until): p.reason for p in pauses}
    for begins, ends in reckoning.stops:
        words = _("%(since)sから%(until)sまで %(reason)s") % {
            "since": era_dt(begins), "until": era_dt(ends), "reason": reasons.get((begins, ends), ""),
        }  # fmt: skip
        found.append((_("先方待ち"), words))
    return [*found, (_("半分"), era_dt(reckoning.half)), (_("期限"), era_dt(reckoning.due))]


def span(of: timedelta) -> str:
    """2日3時間, 1時間53分, 5分."""
    minutes = int(of.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(d)s日%(h)s時間") % {"d": days, "h": hours}
    return _("%(h)s時間%(m)s分") % {"h": hours, "m": rest} if hours else _("%(m)s分") % {"m": rest}
