"""The filter of the list of cases."""

import unicodedata
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.filters import Choice, Date, ListFilter, Number, Word
from opsdesk.lib.request import Request
from raci.access import Standing, standing_of
from raci.models import CaseKind, Mark

from .choices import all_teams, organizations_of, teams_for
from .filters import duties_marked
from .models import Case, Concern, Task

MAIN = frozenset({Mark.MAIN.value})
ANY = "any"
STATES = (*Case.State.choices, (ANY, _("すべて")))
SCOPES = (("turn", _("自分の担当の番")), ("raised", _("自分の担当が起票・依頼")), ("all", _("すべて")))


class CaseFilter(ListFilter):
    state = Choice(label=_("状態"), choices=STATES, empty_label=None, method="by_state")
    kind = Choice(label=_("種類"), choices=CaseKind.choices)
    scope = Choice(label=_("範囲"), choices=SCOPES, empty_label=None, method="by_scope")
    organization = Choice(label=_("関係団体"), choices=(), method="by_organization")
    q = Word(label=_("番号・件名"), method="by_words")
    duty = Number(label=_("起票した業務の No."), field_name="entry__number")
    raised_from = Date(label=_("起票日（から）"), field_name="raised_at__date", lookup_expr="gte")
    raised_to = Date(label=_("起票日（まで）"), field_name="raised_at__date", lookup_expr="lte")
    folded: tuple[str, ...] = ("duty", "raised_from", "raised_to")

    def __init__(self, data: Any, queryset: QuerySet, *, request: Request) -> None:
        data = data.copy()
        data["state"] = data.get("state") or Case.State.OPEN.value
        data["scope"] = data.get("scope") or "all"
        super().__init__(data, queryset, request=request)
        union = {t.organization_id for t in all_teams() if t.kind == "union"}
        places = [o for o in organizations_of(teams_for(self.standing)) if o[2] not in union]
        self.organizations = {code: pk for code, _name, pk in places}
        self.filters["organization"].extra["choices"] = [(code, name) for code, name, _pk in places]

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.request.user, self.request.today)

    @property
    def order_by(self) -> str:
        return "-raised"

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset if value == ANY else queryset.filter(state=value)

    def by_scope(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "all":
            return queryset
        teams = self.standing.teams
        if value == "raised":
            own = [t.organization_id for t in teams]
            return queryset.filter(Q(raised_for__in=[t.pk for t in teams]) | Q(reporter__in=own))
        mine = Q(pk__in=[])
        for team in teams:
            places = [team.organization_id, self.standing.union_id]
            arm = Q(duty_id__in=duties_marked(team.role_id, MAIN))
            mine |= arm & Q(organization__in=places) if team.role.kind == "member" else arm
        steps = Task.objects.open().filter(mine, is_withdrawn=False, case=OuterRef("pk"))
        return queryset.filter(Exists(steps))

    def by_organization(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        of = Concern.objects.filter(case=OuterRef("pk"), organization=self.organizations[value])
        return queryset.filter(Exists(of))

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:5]:
            number = unicodedata.normalize("NFKC", word).upper()
            queryset = queryset.filter(Q(title__icontains=word) | Q(number__contains=number))
        return queryset
