"""Question: opsdesk's own numbers, as Prometheus reads them (text format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import Count, QuerySet

from opsdesk.notices.models import Delivery
from tasks.models import Case, Task

from .health import parts
from .models import Alert, Check, State

Value = int | Mapping[str, int]
#: name → (help, label of the values if there are several)
FAMILIES = {
    "opsdesk_part_up": ("Whether a part of opsdesk is well.", "part"),
    "opsdesk_part_age_seconds": ("Since it last spoke, or how long the oldest thing waits.", "part"),
    "opsdesk_tasks_open": ("Tasks that are open.", ""),
    "opsdesk_tasks_overdue": ("Open tasks past their due time.", ""),
    "opsdesk_cases_open": ("Cases that are open, by kind.", "kind"),
    "opsdesk_alerts_open": ("Alerts that are open, by state.", "state"),
    "opsdesk_checks": ("Active checks, by state.", "state"),
    "opsdesk_mail": ("Letters in the outbox, by state.", "state"),
}


def measured(now: datetime) -> dict[str, Value]:
    """The numbers by family."""
    found = parts(now)
    values: dict[str, Value] = {
        "opsdesk_part_up": {p.name: int(p.is_well) for p in found},
        "opsdesk_part_age_seconds": {p.name: p.seconds for p in found if p.seconds is not None},
    }
    if not found[0].is_well:
        return values
    states = {"waiting": 0, "dead": 0} | _by(Delivery.objects.exclude(state="sent"), "state")
    return values | {
        "opsdesk_tasks_open": Task.objects.open().count(),
        "opsdesk_tasks_overdue": Task.objects.overdue(now).count(),
        "opsdesk_cases_open": _by(Case.objects.open(), "kind"),
        "opsdesk_alerts_open": dict.fromkeys(Alert.Kind.values, 0) | _by(Alert.objects.open(), "state"),
        "opsdesk_checks": dict.fromkeys(State.values, 0) | _by(Check.objects.active(), "state"),
        "opsdesk_mail": states,
    }


def _by(rows: QuerySet, column: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(column).annotate(n=Count("pk")))


def text(values: Mapping[str, Value]) -> str:
    """`values` in the text format; pure."""
    return "".join(f"{line}\n" for name, value in values.items() for line in _family(name, value))


def _family(name: str, value: Value) -> Iterator[str]:
    said, label = FAMILIES[name]
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} gauge"
    if isinstance(value, Mapping):
        yield from (f'{name}{{{label}="{key}"}} {number}' for key, number in sorted(value.items()))
    else:
        yield f"{name} {value}"
