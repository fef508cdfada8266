"""The filter of the list of incidents."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.filters import Choice, Word
from opsdesk.lib.request import Request
from raci.models import CaseKind
from tasks.casefilters import CaseFilter

from .models import Stage
from .models.incident import Level

NONE = "none"


class IncidentFilter(CaseFilter):
    kind = None  # type: ignore[assignment]
    level = Choice(
        label=_("レベル"),
        choices=[*Level.choices, ("unjudged", _("未判定")), (NONE, _("障害でない"))],
        method="by_level",
    )
    stage = Choice(label=_("段階"), choices=Stage.choices, field_name="incident__stage")
    cause = Word(label=_("原因区分"), field_name="incident__cause_kind", lookup_expr="exact")
    folded: tuple[str, ...] = ("duty", "cause", "raised_from", "raised_to")

    def __init__(self, data: Any, queryset: QuerySet, *, request: Request) -> None:
        super().__init__(data, queryset.filter(kind=CaseKind.INCIDENT), request=request)

    @property
    def order_by(self) -> str:
        return "stage" if self.data["state"] == "open" else "-raised"

    def by_level(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == NONE:
            return queryset.filter(incident__is_none=True)
        if value == "unjudged":
            return queryset.filter(incident__level="", incident__is_none=False)
        return queryset.filter(incident__level=value)
