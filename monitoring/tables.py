"""The columns of the lists of devices and of heartbeats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_short
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from opsdesk.lib.templatetags.dates import hm
from raci.outline import Line

from .models import Device, Heartbeat, State
from .standing import BY_RANK, is_stale

PILLS = {
    State.DOWN: "bad",
    State.LATE: "bad",
    State.WARNING: "warn",
    State.UNKNOWN: "na",
    State.UP: "done",
}


def pill_of(state: str) -> SafeString:
    return ui.pill(PILLS[State(state)], str(State(state).label))


def moment(at: datetime | None, today: date) -> SafeString | str:
    """11/24(火) 10:05."""
    if at is None:
        return "—"
    day = timezone.localdate(at)
    words = f"{era_short(day, today)} {hm(at)}"
    return format_html('<time datetime="{}" class="nw">{}</time>', at.isoformat(timespec="minutes"), words)


class DeviceTable(FastTable):
    """`now` and `today` of who looks; rows as monitoring.standing.ranked gives them."""

    caption = gettext_lazy("機器の一覧")
    state = tables.Column(verbose_name=gettext_lazy("状態"), order_by=("rank", "name", "pk"), empty_values=())
    name = tables.Column(verbose_name=gettext_lazy("機器"), order_by=("name", "pk"), empty_values=())
    alert = tables.Column(verbose_name=gettext_lazy("いまの警報"), orderable=False, empty_values=())
    kind = tables.Column(verbose_name=gettext_lazy("種類"), orderable=False, empty_values=())
    organization = tables.Column(verbose_name=gettext_lazy("団体"), orderable=False, empty_values=())
    address = tables.Column(verbose_name=gettext_lazy("アドレス"), orderable=False, empty_values=())
    checks = tables.Column(verbose_name=gettext_lazy("監視項目"), orderable=False, empty_values=())
    ok = tables.Column(verbose_name=gettext_lazy("最後の正常"), orderable=False, empty_values=())

    class Meta:
        model = Device
        fields = ()
        empty_text = gettext_lazy(
            "この条件に合う機器はありません。機器と監視項目は管理画面の「監視」で登録します。"
        )

    def __init__(self, data: Any, *, now: datetime, today: date, **options: Any) -> None:
        super().__init__(data, **options)
        self.now, self.today = now, today

    def render_state(self, record: Any) -> SafeString:
        old = is_stale(record.waits_at, self.now)
        more = format_html(' <span class="due due-over">{}</span>', _("更新なし")) if old else ""
        return format_html("{}{}", pill_of(BY_RANK[record.rank]), more)

    def value_state(self, record: Any) -> str:
        return str(BY_RANK[record.rank].label)

    def render_name(self, record: Any) -> SafeString:
        url = reverse("monitoring:device", args=[record.pk])
        return format_html('<a href="{}" data-open>{}</a>', url, record.name)

    def value_name(self, record: Any) -> str:
        return record.name

    def render_alert(self, record: Any) -> str:
        return record.alert_title or ""

    def render_kind(self, record: Any) -> str:
        return str(Device.Kind(record.kind).label)

    def render_organization(self, record: Any) -> str:
        return str(record.organization or _("共通"))

    def render_address(self, record: Any) -> str:
        return record.address

    def render_checks(self, record: Any) -> int:
        return record.checks_number

    def render_ok(self, record: Any) -> SafeString | str:
        return moment(record.ok_at, self.today)

    def value_ok(self, record: Any) -> datetime | None:
        return record.ok_at


class HeartbeatTable(FastTable):
    """`lines` by duty key of the edition in force."""

    caption = gettext_lazy("完了通知の一覧")
    name = tables.Column(verbose_name=gettext_lazy("名称"), orderable=False, empty_values=())
    duty = tables.Column(verbose_name=gettext_lazy("業務"), orderable=False, empty_values=())
    organization = tables.Column(verbose_name=gettext_lazy("団体"), orderable=False, empty_values=())
    planned = tables.Column(verbose_name=gettext_lazy("予定・猶予"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())
    succeeded = tables.Column(verbose_name=gettext_lazy("最後の成功"), orderable=False, empty_values=())
    failed = tables.Column(verbose_name=gettext_lazy("最後の失敗"), orderable=False, empty_values=())

    class Meta:
        model = Heartbeat
        fields = ()
        empty_text = gettext_lazy(
            "完了通知はありません。定期作業の完了をプログラムから受け取るときは、管理者が管理画面で登録します。"
        )

    def __init__(self, data: Any, *, lines: Mapping[int, Line], today: date, **options: Any) -> None:
        super().__init__(data, **options)
        self.lines, self.today = lines, today

    def render_name(self, record: Heartbeat) -> str:
        return record.name

    def render_duty(self, record: Heartbeat) -> str:
        line = self.lines.get(record.key)
        return f"No.{line.number} {line.section} {line.short}" if line else ""

    def render_organization(self, record: Heartbeat) -> str:
        return str(record.organization or _("共通"))

    def render_planned(self, record: Heartbeat) -> str:
        return _("%(time)s から%(grace)s分") % {"time": f"{record.planned_at:%H:%M}", "grace": record.grace}

    def render_state(self, record: Any) -> SafeString:
        if record.alert_state:
            return pill_of(record.alert_state)
        return pill_of(State.UP if record.succeeded_at else State.UNKNOWN)

    def value_state(self, record: Any) -> str:
        state = record.alert_state or (State.UP if record.succeeded_at else State.UNKNOWN)
        return str(State(state).label)

    def render_succeeded(self, record: Heartbeat) -> SafeString | str:
        return moment(record.succeeded_at, self.today)

    def value_succeeded(self, record: Heartbeat) -> datetime | None:
        return record.succeeded_at

    def render_failed(self, record: Heartbeat) -> SafeString | str:
        return moment(record.failed_at, self.today)

    def value_failed(self, record: Heartbeat) -> datetime | None:
        return record.failed_at
