"""The filter of the list of incidents."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.filters import Choice, Word
from opsdesk.lib.request import Request
from raci.models import CaseKind
from tasks.casefilters import CaseFilter

from . import targets
from .models import Incident, Stage
from .models.incident import Level

NONE, UNJUDGED, UNRECORDED = "none", "unjudged", "未記録"


class IncidentFilter(CaseFilter):
    kind = None  # type: ignore[assignment]
    level = Choice(
        label=_("レベル"),
        choices=[*Level.choices, (UNJUDGED, _("未判定")), (NONE, _("障害でない"))],
        method="by_level",
    )
    stage = Choice(label=_("段階"), choices=Stage.choices, field_name="incident__stage")
    cause = Word(label=_("原因区分"), method="by_cause")
    target = Choice(label=_("目標時間"), choices=targets.CHOICES, method="by_target")
    folded: tuple[str, ...] = ("duty", "cause", "target", "raised_from", "raised_to")

    def __init__(self, data: Any, queryset: QuerySet, *, request: Request) -> None:
        super().__init__(data, queryset.filter(kind=CaseKind.INCIDENT), request=request)

    @property
    def order_by(self) -> str:
        return "stage" if self.data["state"] == "open" else "-raised"

    def by_level(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == NONE:
            return queryset.filter(incident__is_none=True)
        if value == UNJUDGED:
            return queryset.filter(incident__level="", incident__is_none=False)
        return queryset.filter(incident__level=value)

    def by_cause(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(incident__cause_kind="" if value == UNRECORDED else value)

    def by_target(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        found = targets.filtered(Incident.objects.order_by(), value, self.request.now)
        return queryset.filter(pk__in=found.values("case"))
