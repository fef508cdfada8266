"""The columns and the filter of the list of alerts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.filters import Choice, Date, ListFilter, Word
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from opsdesk.lib.templatetags.dates import hm

from .models import Alert, State, Watch
from .tables import moment, pill_of

OPEN, UNSEEN, OVER, ANY = "open", "unseen", "over", "any"
STATES = (
    (OPEN, gettext_lazy("継続中")),
    (UNSEEN, gettext_lazy("継続中（未確認）")),
    (OVER, gettext_lazy("復旧")),
    (ANY, gettext_lazy("すべて")),
)


def light_alerts(queryset: QuerySet) -> QuerySet:
    """What a row shows, and nothing of the long texts."""
    found = queryset.select_related("device", "source", "task__duty", "seen_by")
    return found.only(
        "state", "watch", "title", "first_at", "last_at", "count", "recovered_at", "seen_at", "seen_note",
        "device__name", "source__name", "task__state", "task__duty__number", "seen_by__name",
    )  # fmt: skip


class AlertFilter(ListFilter):
    state = Choice(label=gettext_lazy("状態"), choices=STATES, empty_label=None, method="by_state")
    watch = Choice(label=gettext_lazy("監視の種類"), choices=Watch.choices)
    q = Word(label=gettext_lazy("内容・機器"), method="by_words")
    since = Date(label=gettext_lazy("検知日（から）"), field_name="first_at__date", lookup_expr="gte")
    until = Date(label=gettext_lazy("検知日（まで）"), field_name="first_at__date", lookup_expr="lte")
    folded = ("since", "until")

    def __init__(self, data: Any, queryset: QuerySet, **options: Any) -> None:
        data = data.copy()
        data["state"] = data.get("state") or OPEN
        super().__init__(data, queryset, **options)

    @property
    def order_by(self) -> str:
        return "-first"

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == ANY:
            return queryset
        if value == OVER:
            return queryset.filter(recovered_at__isnull=False)
        unseen = {"seen_at": None} if value == UNSEEN else {}
        return queryset.filter(recovered_at=None, **unseen)

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:5]:
            queryset = queryset.filter(Q(title__icontains=word) | Q(device__name__icontains=word))
        return queryset


class AlertTable(FastTable):
    """`today` is that of the person who looks."""

    caption = gettext_lazy("警報の一覧")
    title = tables.Column(verbose_name=gettext_lazy("内容"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())
    watch = tables.Column(verbose_name=gettext_lazy("監視"), orderable=False, empty_values=())
    device = tables.Column(verbose_name=gettext_lazy("機器"), orderable=False, empty_values=())
    first = tables.Column(verbose_name=gettext_lazy("検知"), order_by="first_at", empty_values=())
    count = tables.Column(verbose_name=gettext_lazy("回数"), orderable=False, empty_values=())
    recovered = tables.Column(verbose_name=gettext_lazy("復旧"), orderable=False, empty_values=())
    seen = tables.Column(verbose_name=gettext_lazy("確認した人"), orderable=False, empty_values=())
    task = tables.Column(verbose_name=gettext_lazy("作業"), orderable=False, empty_values=())

    class Meta:
        model = Alert
        fields = ()
        empty_text = gettext_lazy("この条件に合う警報はありません。")

    def __init__(self, data: Any, *, today: date, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = today
        self.page_of = reverse("monitoring:alert", args=[0]).replace("0/", "")

    def render_title(self, record: Alert) -> SafeString:
        return format_html('<a href="{}{}/" data-open>{}</a>', self.page_of, record.pk, record.title)

    def value_title(self, record: Alert) -> str:
        return record.title

    def render_state(self, record: Alert) -> SafeString:
        if not record.is_open:
            return ui.pill("done", _("復旧"))
        return pill_of(record.state)

    def value_state(self, record: Alert) -> str:
        return str(State(record.state).label) if record.is_open else _("復旧")

    def render_watch(self, record: Alert) -> str:
        return str(Watch(record.watch).label)

    def render_device(self, record: Alert) -> str:
        return str(record.device or record.source or "")

    def render_first(self, record: Alert) -> SafeString | str:
        return moment(record.first_at, self.today)

    def value_first(self, record: Alert) -> datetime:
        return record.first_at

    def render_count(self, record: Alert) -> str:
        return f"{record.count:,}"

    def value_count(self, record: Alert) -> int:
        return record.count

    def render_recovered(self, record: Alert) -> SafeString | str:
        return moment(record.recovered_at, self.today)

    def value_recovered(self, record: Alert) -> datetime | None:
        return record.recovered_at

    def render_seen(self, record: Alert) -> str:
        if record.seen_at is None:
            return _("未確認") if record.is_open else ""
        return " ".join(filter(None, (str(record.seen_by), hm(record.seen_at), record.seen_note)))

    def render_task(self, record: Alert) -> str:
        if record.task is None:
            return ""
        return f"No.{record.task.duty.number} {record.task.get_state_display()}"
