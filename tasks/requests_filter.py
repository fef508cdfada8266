"""The filter of the list of requests."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.filters import Choice, Date, ListFilter, Word
from opsdesk.lib.folding import fold
from opsdesk.lib.request import Request
from raci.access import Standing, standing_of

from .choices import teams_for
from .models.case import concerning
from .models.task import TaskQuerySet
from .requests import duties_for, holding, naming

STATES = (
    ("open", _("未完了")),
    ("overdue", _("期限超過")),
    ("done", _("完了")),
    ("skipped", _("対象外")),
    ("dropped", _("取り下げ")),
)
#: So many words are searched for, more are left out.
WORDS = 5


class RequestFilter(ListFilter):
    duty = Choice(label=_("業務"), choices=(), method="by_duty")
    state = Choice(label=_("状態"), choices=STATES, method="by_state")
    organization = Choice(label=_("関係団体"), choices=(), method="by_organization")
    raised_from = Date(label=_("受付日（から）"), method="by_raised_from")
    raised_to = Date(label=_("受付日（まで）"), method="by_raised_to")
    q = Word(label=_("語句"), method="by_words")
    due_from = Date(label=_("期限（から）"), field_name="due_on", lookup_expr="gte")
    due_to = Date(label=_("期限（まで）"), field_name="due_on", lookup_expr="lte")
    done_from = Date(label=_("実施日（から）"), field_name="done_on", lookup_expr="gte")
    done_to = Date(label=_("実施日（まで）"), field_name="done_on", lookup_expr="lte")
    folded = ("due_from", "due_to", "done_from", "done_to")

    def __init__(self, data: Any, queryset: QuerySet, *, request: Request) -> None:
        super().__init__(data, queryset, request=request)
        lines = duties_for(self.standing)
        self.filters["duty"].extra["choices"] = [(str(key), str(line.duty)) for key, line in lines.items()]
        members = [team for team in teams_for(self.standing) if team.is_member]
        self.organizations = {team.code: team.organization_id for team in members}
        self.filters["organization"].extra["choices"] = [(t.code, t.organization_name) for t in members]

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.request.user, self.request.today)

    @property
    def order_by(self) -> str:
        return "-raised"

    def by_duty(self, queryset: TaskQuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(key=int(value))

    def by_state(self, queryset: TaskQuerySet, name: str, value: str) -> QuerySet:
        if value == "dropped":
            return queryset.filter(is_withdrawn=True)
        if value == "overdue":
            return queryset.overdue(self.request.now)
        return queryset.filter(state=value, is_withdrawn=False)

    def by_organization(self, queryset: TaskQuerySet, name: str, value: str) -> QuerySet:
        """Its own steps, and the common ones of cases that concern it."""
        pk = self.organizations[value]
        common = Q(organization=self.standing.union_id) & Q(concerning(pk))
        return queryset.filter(Q(organization=pk) | common)

    def by_raised_from(self, queryset: TaskQuerySet, name: str, value: date) -> QuerySet:
        return queryset.filter(created_at__gte=midnight(value))

    def by_raised_to(self, queryset: TaskQuerySet, name: str, value: date) -> QuerySet:
        return queryset.filter(created_at__lt=midnight(value + timedelta(1)))

    def by_words(self, queryset: TaskQuerySet, name: str, value: str) -> QuerySet:
        """In the number, the title and what the task says: answers, remark, reason."""
        for word in fold(value).split()[:WORDS]:
            queryset = queryset.filter(Q(naming(word, "case_id")) | Q(holding(word)))
        return queryset


def midnight(day: date) -> datetime:
    """When that day begins here."""
    return timezone.make_aware(datetime.combine(day, time()))
