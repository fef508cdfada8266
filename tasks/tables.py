"""The columns of the list behind every count."""

from datetime import date, datetime, timedelta
from typing import Any

import django_tables2 as tables
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_date, era_short
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from opsdesk.lib.templatetags.dates import hm
from raci.access import Standing
from raci.models import Cycle, Mark, Sharing

from .filters import next_signer
from .models import Attachment, Task
from .words import period_short, state_words

#: What a row shows, and nothing else, is fetched.
COLUMNS = (
    "key",
    "period",
    "period_on",
    "serial",
    "due_on",
    "due_at",
    "state",
    "is_caught_up",
    "saved_at",
    "outcome",
    "done_on",
    "closed_at",
    "lead_id",
    "duty__number",
    "duty__work",
    "duty__cycle",
    "duty__sharing",
    "organization__short_name",
    "organization__kind",
    "assignee__name",
)


def with_rows(queryset: Any) -> Any:
    """What the columns need: names, the number of files, and whose signature comes next."""
    return (
        queryset.select_related("duty", "organization", "assignee")
        .only(*COLUMNS)
        .annotate(
            files=Coalesce(Subquery(_files()), 0, output_field=IntegerField()),
            waits_for=next_signer("role__name"),
        )
    )


def _files() -> Any:
    rows = Attachment.objects.filter(withdrawn_at=None, task=OuterRef("pk")).order_by().values("task")
    return rows.annotate(n=Count("pk")).values("n")


def state_of(task: Any, now: datetime) -> tuple[str, str]:
    """(kind of the pill, word) of a row from with_rows."""
    return state_words(task, now, task.waits_for or "")


class TaskTable(FastTable):
    """`standing`, `now` and `today` of the person who looks; `checks`: rows can be chosen."""

    caption = gettext_lazy("作業の一覧")
    pick = tables.Column(
        verbose_name=gettext_lazy("選択"),
        empty_values=(),
        orderable=False,
        exclude_from_export=True,
        attrs={"td": {"class": "pick-col", "data-l": ""}, "th": {"class": "pick-col"}},
    )
    due = tables.Column(verbose_name=gettext_lazy("期限"), order_by="due_at", empty_values=())
    work = tables.Column(verbose_name=gettext_lazy("No.・作業"), orderable=False, empty_values=())
    period = tables.Column(verbose_name=gettext_lazy("対象期間"), orderable=False, empty_values=())
    organization = tables.Column(verbose_name=gettext_lazy("団体"), orderable=False, empty_values=())
    mark = tables.Column(verbose_name=gettext_lazy("担当区分"), orderable=False, empty_values=())
    cycle = tables.Column(verbose_name=gettext_lazy("周期"), orderable=False, empty_values=())
    assignee = tables.Column(verbose_name=gettext_lazy("担当者"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())
    files = tables.Column(
        verbose_name=gettext_lazy("証跡"), orderable=False, empty_values=(), attrs={"td": {"class": "r"}}
    )
    done = tables.Column(verbose_name=gettext_lazy("実施日"), orderable=False, empty_values=())
    action = tables.Column(
        verbose_name=gettext_lazy("操作"),
        orderable=False,
        empty_values=(),
        exclude_from_export=True,
        attrs={"td": {"class": "no-print", "data-l": ""}, "th": {"class": "no-print"}},
    )

    class Meta:
        model = Task
        fields = ()
        empty_text = gettext_lazy("この条件に合う作業はありません。")

    def __init__(
        self,
        data: Any,
        *,
        standing: Standing,
        now: datetime,
        today: date,
        checks: bool = True,
        **options: Any,
    ) -> None:
        hidden = () if checks else ("pick",)
        super().__init__(data, exclude=hidden, **options)
        self.standing, self.now, self.today = standing, now, today
        self.detail = reverse("tasks:detail", args=[0]).partition("0")
        self.common, self.open_word, self.close_word = _("共通"), _("開く"), _("完了にする")

    def may_close(self, task: Task) -> bool:
        """Open, and one of my teams has ◎; where signatures close it the task's own page decides."""
        return (
            task.state == Task.State.OPEN
            and task.duty.sharing != Sharing.SIGNERS
            and self.standing.mark_on(task.duty_id, task.organization_id) == Mark.MAIN
        )

    @property
    def has_checks(self) -> bool:
        """Some row of the page can be closed from the list."""
        return "pick" not in self.exclude and any(map(self.may_close, self.page.rows))

    def url(self, task: Task) -> str:
        before, _zero, after = self.detail
        return f"{before}{task.pk}{after}"

    def render_pick(self, record: Task) -> SafeString:
        if not self.may_close(record):
            return mark_safe("")
        return format_html(
            '<input type="checkbox" name="task" value="{}" aria-label="{}">',
            record.pk,
            _("No.%(number)s %(work)s %(period)s を選ぶ")
            % {"number": record.duty.number, "work": record.duty.work, "period": record.period},
        )

    def render_due(self, record: Task) -> SafeString:
        kind, words = self.due_words(record)
        day = era_short(record.due_on, self.today)
        return format_html(
            '<time datetime="{}" class="nw">{}</time>{}',
            record.due_on.isoformat(),
            day,
            format_html(' <span class="due due-{}">{}</span>', kind, words) if words else "",
        )

    def due_words(self, task: Task) -> tuple[str, str]:
        """(class, words) beside the date of an open task; ("", "") where the date says enough."""
        if task.state != Task.State.OPEN:
            return "", ""
        if task.due_at < self.now:
            return "over", _("超過")
        if task.due_on == self.today:
            return "today", _("今日 %(time)sまで") % {"time": hm(task.due_at)}
        if task.due_on == self.today + timedelta(1):
            return "soon", _("明日 %(time)sまで") % {"time": hm(task.due_at)}
        return "", ""

    def value_due(self, record: Task) -> datetime:
        return record.due_at

    def render_work(self, record: Task) -> SafeString:
        return format_html(
            '<span class="t-work"><span class="no">No.{}</span> <a href="{}">{}</a>{}</span>',
            record.duty.number,
            self.url(record),
            record.duty.work,
            self.extras(record),
        )

    def extras(self, task: Task) -> SafeString:
        return format_html(' <span class="tag">{}</span>', _("遡及")) if task.is_caught_up else mark_safe("")

    def value_work(self, record: Task) -> str:
        return f"No.{record.duty.number} {record.duty.work}"

    def render_period(self, record: Task) -> str:
        return period_short(record, self.today)

    def value_period(self, record: Task) -> str:
        return (
            era_date(record.period_on)
            if record.duty.cycle == Cycle.DAILY
            else period_short(record, self.today)
        )

    def render_organization(self, record: Task) -> str:
        return (
            self.common
            if record.organization_id == self.standing.union_id
            else record.organization.short_name
        )

    def render_mark(self, record: Task) -> SafeString:
        return ui.mark(self.standing.mark_on(record.duty_id, record.organization_id))

    def value_mark(self, record: Task) -> str:
        mark = self.standing.mark_on(record.duty_id, record.organization_id)
        return f"{Mark(mark).glyph} {Mark(mark).label}" if mark else ""

    def render_cycle(self, record: Task) -> SafeString:
        return ui.cycle(record.duty.cycle)

    def value_cycle(self, record: Task) -> str:
        return str(Cycle(record.duty.cycle).label) if record.duty.cycle else ""

    def render_assignee(self, record: Task) -> str:
        return record.assignee.name if record.assignee else ""

    def render_state(self, record: Task) -> SafeString:
        return ui.pill(*state_of(record, self.now))

    def value_state(self, record: Task) -> str:
        return state_of(record, self.now)[1]

    def render_files(self, record: Task) -> str:
        return str(record.files or "")  # type: ignore[attr-defined]

    def value_files(self, record: Task) -> int:
        return record.files  # type: ignore[attr-defined]

    def render_done(self, record: Task) -> str:
        if not record.done_on:
            return ""
        late = _("（遅れ）") if record.was_late else ""
        return f"{era_short(record.done_on, self.today)}{late}"

    def value_done(self, record: Task) -> date | None:
        return record.done_on

    def render_action(self, record: Task) -> SafeString:
        closes = self.may_close(record)
        return format_html(
            '<a class="btn btn-s" href="{}{}" aria-label="{}">{}</a>',
            self.url(record),
            "#close" if closes else "",
            f"{self.close_word if closes else self.open_word}: No.{record.duty.number} {record.duty.work}",
            self.close_word if closes else self.open_word,
        )
