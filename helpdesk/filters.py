"""The filters of the lists of inquiries and of FAQ."""

import unicodedata
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opsdesk.lib.filters import Choice, Date, ListFilter, Number, Word
from opsdesk.lib.folding import fold
from opsdesk.lib.request import Request
from raci.access import Standing, standing_of
from raci.models import Mark
from tasks.choices import all_teams, organizations_of, teams_for
from tasks.filters import duties_marked
from tasks.models import Case, Task

from .models import Channel

MAIN = frozenset({Mark.MAIN.value})
ANY = "any"
STATES = (
    ("waiting", _("未回答")),
    (Case.State.OPEN.value, _("対応中")),
    (Case.State.CLOSED.value, _("完了")),
    (ANY, _("すべて")),
)
SCOPES = (("mine", _("自分")), ("team", _("自分の担当")), ("all", _("すべて")))
UNSORTED = "none"
CATEGORIES = (*((word, word) for word in ("操作", "不具合", "要望", "その他")), (UNSORTED, _("未分類")))


class QuarantineFilter(ListFilter):
    q = Word(label=_("差出人・件名・理由"), method="by_words")

    @property
    def order_by(self) -> str:
        return "-came"

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        has = Q(sender__icontains=value) | Q(subject__icontains=value) | Q(reason__icontains=value)
        return queryset.filter(has)


class InquiryFilter(ListFilter):
    state = Choice(label=_("状態"), choices=STATES, empty_label=None, method="by_state")
    scope = Choice(label=_("範囲"), choices=SCOPES, empty_label=None, method="by_scope")
    organization = Choice(label=_("団体"), choices=(), method="by_organization")
    channel = Choice(label=_("手段"), choices=Channel.choices)
    q = Word(label=_("番号・件名・連絡者"), method="by_words")
    category = Choice(label=_("区分"), choices=CATEGORIES, method="by_category")
    received_from = Date(label=_("受付日（から）"), method="by_first")
    received_to = Date(label=_("受付日（まで）"), method="by_last")
    hour = Number(label=_("受付の時（0〜23）"), field_name="received_at__hour", max_value=23)
    folded = ("category", "received_from", "received_to", "hour")

    def __init__(self, data: Any, queryset: QuerySet, *, request: Request) -> None:
        data = data.copy()
        data["state"] = data.get("state") or "waiting"
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
        """What waits the oldest first, what is looked up the newest."""
        return "received" if self.data["state"] in ("waiting", Case.State.OPEN.value) else "-received"

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "waiting":
            return queryset.waiting()  # type: ignore[attr-defined]
        return queryset if value == ANY else queryset.filter(case__state=value)

    def by_scope(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """自分: assigned to me, or to nobody in my teams; 自分の担当: where a team of mine has the turn."""
        if value == "all":
            return queryset
        mine = Q(pk__in=[])
        for team in self.standing.teams:
            arm = Q(duty_id__in=duties_marked(team.role_id, MAIN))
            mine |= arm & (Q(lead=None) | Q(lead=team))
        steps = Task.objects.open().filter(mine, is_withdrawn=False, case=OuterRef("case"))
        if value == "mine":
            steps = steps.filter(Q(assignee=None) | Q(assignee=self.request.user))
        return queryset.filter(Exists(steps))

    def by_organization(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(organization=self.organizations[value])

    def by_category(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(category="" if value == UNSORTED else value)

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:5]:
            number = unicodedata.normalize("NFKC", word).upper()
            own = Q(case__title__icontains=word) | Q(caller__icontains=word)
            queryset = queryset.filter(own | Q(case__number__contains=number))
        return queryset

    def by_first(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(received_at__date__gte=value)

    def by_last(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(received_at__date__lte=value)


PUBLISHED = (("yes", _("公開")), ("no", _("下書き")))


class FaqFilter(ListFilter):
    q = Word(label=_("語句"), method="by_words")
    category = Choice(label=_("分類"), choices=())
    state = Choice(label=_("状態"), choices=PUBLISHED, method="by_state")

    def __init__(self, data: Any, queryset: QuerySet, *, request: Request) -> None:
        super().__init__(data, queryset, request=request)
        names = queryset.exclude(category="").order_by("category").values_list("category", flat=True)
        self.filters["category"].extra["choices"] = [(name, name) for name in names.distinct()]

    @property
    def order_by(self) -> tuple[str, ...]:
        return ("category",)

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in fold(value).split()[:5]:
            queryset = queryset.filter(folded__contains=word)
        return queryset

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_published=value == "yes")
