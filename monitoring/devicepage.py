"""Question: what the page of one device shows."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import (
    DateField,
    Exists,
    F,
    OuterRef,
    PositiveIntegerField,
    SmallIntegerField,
    TimeField,
    Value,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.models import Task

from . import windows
from .exporters import label
from .models import Alert, Check, MaintenanceWindow, State
from .standing import BY_RANK, DayOf, days_of, is_stale
from .tables import PILLS

#: Shown, and looked at for the thirty days.
ALERTS, NEWEST = 20, 500


class DevicePage:
    """Each part is found only where the template asks for it; four statements in all."""

    def __init__(self, device: Any, user: Any, *, now: datetime, today: date) -> None:
        self.device, self.user, self.now, self.today = device, user, now, today

    @property
    def state(self) -> tuple[str, str]:
        """The pill of the head."""
        state = BY_RANK[self.device.rank]
        return PILLS[state], str(state.label)

    @property
    def is_stale(self) -> bool:
        return is_stale(self.device.waits_at, self.now)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("システム監視"), reverse("monitoring:devices"))]

    @cached_property
    def checks(self) -> list[Check]:
        """The active ones, each with its `pill` and its limits in words."""
        found = list(self.device.checks.filter(is_active=True).order_by("watch", "name", "pk"))
        for check in found:
            check.device = self.device
            check.pill = PILLS[State(check.state)], check.get_state_display()
            check.limit_words = limits_in_words(check.limits)
            check.late = is_stale(check.next_at, self.now)
        return found

    @cached_property
    def days(self) -> list[DayOf]:
        return days_of(self.device, self._newest, self.now)

    @cached_property
    def _newest(self) -> list[Any]:
        """The alerts that the person reads, the open ones first; `is_mine`: its task may be opened."""
        mine = Task.objects.visible_to(self.user, self.today).filter(pk=OuterRef("task"))
        rows = Alert.objects.visible_to(self.user, self.today).filter(device=self.device)
        open_first = F("recovered_at").desc(nulls_first=True)
        return list(
            rows.annotate(is_mine=Exists(mine))
            .select_related("task__duty")
            .order_by(open_first, "-first_at", "-pk")[:NEWEST]
        )

    @cached_property
    def alerts(self) -> list[Any]:
        """Those that are shown, each with its `pill`."""
        for alert in self._newest[:ALERTS]:
            alert.pill = PILLS[State(alert.state)], alert.get_state_display()
        return self._newest[:ALERTS]

    @cached_property
    def _beside(self) -> list[tuple[Any, ...]]:
        """Its other names (without a rule) and its windows, in one statement."""
        none = (
            Value(""), Value(None, DateField()), Value(None, SmallIntegerField()), Value(None, TimeField()),
            Value(None, PositiveIntegerField()),
        )  # fmt: skip
        columns = ("name", "rule", "on", "n", "starts_at", "minutes")
        active = self.device.windows.filter(is_active=True).order_by()
        names = self.device.names.order_by().values_list("name", *none)
        return sorted(names.union(active.values_list(*columns), all=True), key=lambda row: row[0])

    @property
    def names(self) -> list[str]:
        return [row[0] for row in self._beside if not row[1]]

    @property
    def windows(self) -> list[tuple[str, str]]:
        """(name, when) of each."""
        columns = ("rule", "on", "n", "starts_at", "minutes")
        found = [
            (r[0], MaintenanceWindow(**dict(zip(columns, r[1:], strict=True)))) for r in self._beside if r[1]
        ]
        return [(name, windows.in_words(window)) for name, window in found]


#: Names of quantities, where a limit is on another thing than the answer is about.
QUANTITIES = {"seconds": gettext_lazy("応答の秒数")}


def limits_in_words(limits: dict[str, dict[str, float]]) -> str:
    """応答の秒数 注意 3・異常 10."""
    words = {"warning": _("注意"), "critical": _("異常")}
    found = []
    for name, by in limits.items():
        parts = "・".join(f"{words[key]} {by[key]:g}" for key in words if key in by)
        found.append(f"{QUANTITIES.get(name) or label(name)} {parts}")
    return "、".join(found)
