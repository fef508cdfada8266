"""The columns of the bell's list and of the outbox, and their filters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_short
from opsdesk.lib.filters import Choice, ListFilter
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from opsdesk.lib.templatetags.dates import day_of, hm

from .models import Delivery, Notice
from .words import telling_of

UNREAD, ALL = "unread", "all"


class NoticeFilter(ListFilter):
    """Unread ones, unless all are asked for."""

    state = Choice(
        label=gettext_lazy("表示"),
        choices=[(UNREAD, gettext_lazy("未読")), (ALL, gettext_lazy("すべて"))],
        empty_label=None,
        method="by_state",
    )

    def __init__(self, data: Any, *args: Any, **options: Any) -> None:
        given = data.copy()
        given["state"] = data.get("state") or UNREAD
        super().__init__(given, *args, **options)

    @property
    def order_by(self) -> str:
        return "-at"

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.unread() if value == UNREAD else queryset  # type: ignore[attr-defined]


class NoticeTable(FastTable):
    """Each row opens what it tells of: a button of the form around the table, since opening is reading."""

    caption = gettext_lazy("通知")
    at = tables.Column(verbose_name=gettext_lazy("日時"), order_by="pk", empty_values=())
    kind = tables.Column(verbose_name=gettext_lazy("種別"), orderable=False, empty_values=())
    title = tables.Column(verbose_name=gettext_lazy("内容"), orderable=False, empty_values=())
    read = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())

    class Meta:
        model = Notice
        fields = ()
        order_by = "-at"
        empty_text = gettext_lazy("未読の通知はありません。")

    def __init__(self, data: Any, *, now: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = day_of(now)

    def row_open(self, record: Any) -> str:
        return "<tr>" if record.read_at else '<tr class="unread">'

    def render_at(self, record: Notice) -> SafeString:
        return moment(record.created_at, self.today)

    def value_at(self, record: Notice) -> datetime:
        return record.created_at

    def render_kind(self, record: Notice) -> SafeString:
        urgent = format_html(" {}", ui.pill("bad", _("至急"))) if record.is_urgent else ""
        return format_html('<span class="tag">{}</span>{}', telling_of(record.code).kind, urgent)

    def value_kind(self, record: Notice) -> str:
        return str(telling_of(record.code).kind)

    def render_title(self, record: Notice) -> SafeString:
        text = telling_of(record.code).text(record.data)
        return format_html(
            '<button class="btn-link n-open" data-open formaction="{}">{}</button>{}',
            reverse("notices:open", args=[record.pk]),
            telling_of(record.code).title(record.data),
            format_html('<p class="small muted">{}</p>', text) if text else "",
        )

    def value_title(self, record: Notice) -> str:
        telling = telling_of(record.code)
        return " ".join(part for part in (telling.title(record.data), telling.text(record.data)) if part)

    def render_read(self, record: Notice) -> SafeString:
        return ui.pill("", _("既読")) if record.read_at else ui.pill("run", _("未読"))

    def value_read(self, record: Notice) -> str:
        return _("既読") if record.read_at else _("未読")


PILLS = {
    Delivery.State.WAITING.value: "wait",
    Delivery.State.SENT.value: "done",
    Delivery.State.DEAD.value: "bad",
}


class OutboxFilter(ListFilter):
    state = Choice(label=gettext_lazy("状態"), choices=Delivery.State.choices)

    @property
    def order_by(self) -> str:
        return "-at"


class OutboxTable(FastTable):
    """Whom a letter goes to and what became of it; what it says is none of an administrator's business."""

    caption = gettext_lazy("メールの送信")
    at = tables.Column(verbose_name=gettext_lazy("作成"), order_by="pk", empty_values=())
    person = tables.Column(
        verbose_name=gettext_lazy("宛先"), accessor="person__name", orderable=False, empty_values=()
    )
    kind = tables.Column(verbose_name=gettext_lazy("種別"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())
    attempts = tables.Column(verbose_name=gettext_lazy("送信回数"), orderable=False)
    next = tables.Column(verbose_name=gettext_lazy("次の送信"), orderable=False, empty_values=())
    error = tables.Column(
        verbose_name=gettext_lazy("最後の誤り"), accessor="last_error", orderable=False, default=""
    )
    action = tables.Column(
        verbose_name=gettext_lazy("操作"),
        orderable=False,
        empty_values=(),
        exclude_from_export=True,
        attrs={"td": {"class": "no-print", "data-l": ""}, "th": {"class": "no-print"}},
    )

    class Meta:
        model = Delivery
        fields = ()
        order_by = "-at"
        empty_text = gettext_lazy("この条件に合うメールはありません。")

    def __init__(self, data: Any, *, now: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = day_of(now)

    def render_at(self, record: Delivery) -> SafeString:
        return moment(record.created_at, self.today)

    def value_at(self, record: Delivery) -> datetime:
        return record.created_at

    def render_person(self, record: Delivery) -> SafeString:
        return format_html('{}<p class="small muted">{}</p>', _name(record), record.address)

    def value_person(self, record: Delivery) -> str:
        return f"{_name(record)} <{record.address}>"

    def render_kind(self, record: Delivery) -> str:
        return str(telling_of(record.code).kind)

    def render_state(self, record: Delivery) -> SafeString:
        return ui.pill(PILLS[record.state], record.get_state_display())

    def value_state(self, record: Delivery) -> str:
        return record.get_state_display()

    def render_next(self, record: Delivery) -> SafeString | str:
        return moment(record.next_at, self.today) if record.state == Delivery.State.WAITING else ""

    def value_next(self, record: Delivery) -> datetime | str:
        return record.next_at if record.state == Delivery.State.WAITING else ""

    def render_action(self, record: Delivery) -> SafeString | str:
        if record.state != Delivery.State.DEAD:
            return ""
        return format_html(
            '<button class="btn btn-s" name="only" value="{}">{}<span class="vh">: {} {}</span></button>',
            record.pk,
            _("送り直す"),
            _name(record),
            self.render_at(record),
        )


def _name(record: Delivery) -> str:
    """Who gets it; a letter of the help desk goes to somebody without an account."""
    return record.person.name if record.person else _("問合せの連絡者")


def moment(at: datetime, today: Any) -> SafeString:
    day = day_of(at)
    words = hm(at) if day == today else f"{era_short(day, today)} {hm(at)}"
    return format_html('<time datetime="{}" class="nw">{}</time>', at.isoformat(), words)
