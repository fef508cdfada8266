"""The filter of the list of changes."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.filters import Choice, Date, ListFilter, Word
from opsdesk.lib.folding import fold
from opsdesk.lib.keyset import CappedCount
from opsdesk.lib.request import Request
from raci.access import Standing, standing_of

from .changes import Stage
from .choices import by_code, teams_for
from .filters import MAIN, duties_marked
from .models import Case, Concern, Task
from .requests import holding, naming
from .requests_filter import WORDS, midnight


class ChangeFilter(ListFilter):
    """Each row also says how many changes of each stage there are: `n0` to `n3`, whatever stage is shown."""

    stage = Choice(label=_("段階"), choices=Stage.choices, field_name="stage")
    organization = Choice(label=_("関係団体"), choices=(), method="by_organization")
    team = Choice(label=_("いまの担当"), choices=(), method="by_team")
    raised_from = Date(label=_("起票日（から）"), method="by_raised_from")
    raised_to = Date(label=_("起票日（まで）"), method="by_raised_to")
    q = Word(label=_("語句"), method="by_words")

    def __init__(self, data: Any, queryset: QuerySet, *, request: Request) -> None:
        super().__init__(data, queryset, request=request)
        self.teams = by_code(teams_for(self.standing))
        names = [(team.code, team.name) for team in self.teams.values()]
        self.filters["team"].extra["choices"] = names
        members = [(team.code, team.name) for team in self.teams.values() if team.is_member]
        self.filters["organization"].extra["choices"] = members

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.request.user, self.request.today)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        values = dict(self.form.cleaned_data)
        stage = values.pop("stage", "")
        for name, value in values.items():
            queryset = self.filters[name].filter(queryset, value)
        counts = {f"n{s.value}": CappedCount(queryset.filter(stage=s.value)) for s in Stage}
        return self.filters["stage"].filter(queryset.annotate(**counts), stage)

    def by_organization(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet:
        pk = self.teams[value].organization_id
        return queryset.filter(Exists(Concern.objects.filter(case=OuterRef("pk"), organization=pk)))

    def by_team(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet:
        """An open step is the team's: ◎, of a municipality on its own steps and the common ones."""
        team = self.teams[value]
        steps = Task.objects.open().filter(case=OuterRef("pk"), is_withdrawn=False)
        steps = steps.filter(duty__in=duties_marked(team.role_id, MAIN))
        if team.is_member:
            steps = steps.filter(organization__in=[team.organization_id, self.standing.union_id])
        return queryset.filter(Exists(steps))

    def by_raised_from(self, queryset: QuerySet[Case], name: str, value: date) -> QuerySet:
        return queryset.filter(raised_at__gte=midnight(value))

    def by_raised_to(self, queryset: QuerySet[Case], name: str, value: date) -> QuerySet:
        return queryset.filter(raised_at__lt=midnight(value + timedelta(1)))

    def by_words(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet:
        """In the number, the title and what the steps say that the person may read."""
        seen = Task.objects.visible_to(self.request.user, self.request.today).filter(case=OuterRef("pk"))
        for word in fold(value).split()[:WORDS]:
            queryset = queryset.filter(Q(naming(word, "pk")) | Q(Exists(seen.filter(holding(word)))))
        return queryset
