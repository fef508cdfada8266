"""The columns and the filters of the lists of unknown names and of the rules for logs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.filters import Choice, ListFilter, Word
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui

from .models import LogRule, UnknownName
from .tables import moment

STATES = (
    ("new", gettext_lazy("未登録")),
    ("ignored", gettext_lazy("対象外")),
    ("any", gettext_lazy("すべて")),
)


class UnknownFilter(ListFilter):
    state = Choice(label=gettext_lazy("状態"), choices=STATES, empty_label=None, method="by_state")
    q = Word(label=gettext_lazy("ホスト名"), field_name="name", lookup_expr="icontains")

    def __init__(self, data: Any, queryset: QuerySet, **options: Any) -> None:
        data = data.copy()
        data["state"] = data.get("state") or "new"
        super().__init__(data, queryset, **options)

    @property
    def order_by(self) -> str:
        return "-last"

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset if value == "any" else queryset.filter(ignored_at__isnull=value == "new")


class UnknownTable(FastTable):
    """`is_editor` says whether the person may adopt them."""

    caption = gettext_lazy("未登録の機器の一覧")
    name = tables.Column(verbose_name=gettext_lazy("ホスト名"), orderable=False, empty_values=())
    source = tables.Column(verbose_name=gettext_lazy("送信元"), orderable=False, empty_values=())
    count = tables.Column(verbose_name=gettext_lazy("件数"), orderable=False, empty_values=())
    last = tables.Column(verbose_name=gettext_lazy("最後の受信"), order_by="last_at", empty_values=())
    said = tables.Column(verbose_name=gettext_lazy("最後の内容"), orderable=False, empty_values=())

    class Meta:
        model = UnknownName
        fields = ()
        empty_text = gettext_lazy("未登録の機器はありません。")

    def __init__(self, data: Any, *, today: date, is_editor: bool, **options: Any) -> None:
        super().__init__(data, **options)
        self.today, self.is_editor = today, is_editor

    def render_name(self, record: UnknownName) -> SafeString | str:
        if not self.is_editor:
            return record.name
        return format_html(
            '<a href="{}" data-open>{}</a>', reverse("monitoring:adopt", args=[record.pk]), record.name
        )

    def value_name(self, record: UnknownName) -> str:
        return record.name

    def render_source(self, record: UnknownName) -> str:
        return str(record.source)

    def render_count(self, record: UnknownName) -> str:
        return f"{record.count:,}"

    def value_count(self, record: UnknownName) -> int:
        return record.count

    def render_last(self, record: UnknownName) -> SafeString | str:
        return moment(record.last_at, self.today)

    def value_last(self, record: UnknownName) -> datetime:
        return record.last_at

    def render_said(self, record: UnknownName) -> str:
        return record.said


class RuleFilter(ListFilter):
    q = Word(label=gettext_lazy("名称・文字"), method="by_words")

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:5]:
            queryset = queryset.filter(name__icontains=word) | queryset.filter(text__icontains=word)
        return queryset


class RuleTable(FastTable):
    """`is_editor` says whether the person may change them."""

    caption = gettext_lazy("ログのルールの一覧")
    name = tables.Column(verbose_name=gettext_lazy("名称"), orderable=False, empty_values=())
    device = tables.Column(verbose_name=gettext_lazy("機器"), orderable=False, empty_values=())
    what = tables.Column(verbose_name=gettext_lazy("当たる行"), orderable=False, empty_values=())
    often = tables.Column(verbose_name=gettext_lazy("警報にする回数"), orderable=False, empty_values=())
    quiet = tables.Column(verbose_name=gettext_lazy("終わり"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())

    class Meta:
        model = LogRule
        fields = ()
        empty_text = gettext_lazy("ルールはまだありません。受信した行は保存だけされます。")

    def __init__(self, data: Any, *, is_editor: bool, **options: Any) -> None:
        super().__init__(data, **options)
        self.is_editor = is_editor

    def render_name(self, record: LogRule) -> SafeString | str:
        if not self.is_editor:
            return record.name
        return format_html(
            '<a href="{}" data-open>{}</a>', reverse("monitoring:rule", args=[record.pk]), record.name
        )

    def value_name(self, record: LogRule) -> str:
        return record.name

    def render_device(self, record: LogRule) -> str:
        return str(record.device or _("すべて"))

    def render_what(self, record: LogRule) -> str:
        text = f"/{record.text}/" if record.is_pattern else f"「{record.text}」" if record.text else ""
        return " ".join(filter(None, (text, record.program, str(record.get_level_display()))))

    def render_often(self, record: LogRule) -> str:
        return _("%(minutes)s分に%(count)s回") % {"minutes": record.minutes, "count": record.count}

    def render_quiet(self, record: LogRule) -> str:
        return _("%(minutes)s分なければ") % {"minutes": record.quiet}

    def render_state(self, record: LogRule) -> SafeString:
        kind = (
            "warn" if record.is_active and record.state == "warning" else "bad" if record.is_active else "na"
        )
        return ui.pill(kind, self.value_state(record))

    def value_state(self, record: LogRule) -> str:
        return str(record.get_state_display()) if record.is_active else _("無効")
