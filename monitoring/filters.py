"""The filters of the lists of devices and of heartbeats."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.filters import Choice, ListFilter, Word
from opsdesk.lib.request import Request
from raci.access import standing_of
from tasks.choices import member_names, organizations_of, teams_for

from .models import RANK, Device, State

SHARED = "common"


class DeviceFilter(ListFilter):
    state = Choice(label=_("状態"), choices=State.choices, method="by_state")
    kind = Choice(label=_("種類"), choices=Device.Kind.choices)
    organization = Choice(label=_("団体"), choices=(), method="by_organization")
    q = Word(label=_("機器名・アドレス"), method="by_words")

    def __init__(self, data: Any, queryset: QuerySet, *, request: Request) -> None:
        super().__init__(data, queryset, request=request)
        own = organizations_of(teams_for(standing_of(request.user, request.today)))
        towns = [(code, name) for code, name, _pk in own if code in member_names()]
        self.filters["organization"].extra["choices"] = [(SHARED, _("共通")), *towns]

    @property
    def order_by(self) -> str:
        return "state"

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(rank=RANK[State(value)])

    def by_organization(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        own = {"organization": None} if value == SHARED else {"organization__code": value}
        return queryset.filter(**own)

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:5]:
            queryset = queryset.filter(Q(name__icontains=word) | Q(address__icontains=word))
        return queryset


class HeartbeatFilter(ListFilter):
    q = Word(label=_("名称"), field_name="name", lookup_expr="icontains")
