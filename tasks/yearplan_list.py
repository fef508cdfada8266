"""The plan as a table: a row for each duty, period and due day; on paper and as xlsx."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_short
from opsdesk.lib.listing import numbered
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from raci.models import Cycle, Mark

from .models import Task
from .words import period_short
from .yearplan import Lot, Plan
from .yearplan_state import PILLS, count_of, word_of
from .yearplan_urls import lots_url


def column(label: Any, **attrs: Any) -> tables.Column:
    return tables.Column(verbose_name=label, empty_values=(), orderable=False, **attrs)


class PlanTable(FastTable):
    """Rows are Lots (`lots`, or all that are due); what is still to come has no link."""

    size = 200
    caption = gettext_lazy("予定の一覧")
    due = column(gettext_lazy("期限"))
    work = column(gettext_lazy("No.・作業"))
    period = column(gettext_lazy("対象期間"))
    organization = column(gettext_lazy("団体"))
    mark = column(gettext_lazy("担当区分"))
    cycle = column(gettext_lazy("周期"))
    opens = column(gettext_lazy("開始"))
    count = column(gettext_lazy("件数"), attrs={"td": {"class": "r"}})
    state = column(gettext_lazy("状態"))

    class Meta:
        fields = ()
        orderable = False
        empty_text = gettext_lazy("この条件の予定はありません。")

    def __init__(self, plan: Plan, lots: Sequence[Lot] | None = None, **options: Any) -> None:
        super().__init__(plan.due if lots is None else lots, **options)
        self.plan = plan

    @classmethod
    def page_of(cls, plan: Plan) -> dict[str, Any]:
        """What _plan_list.html shows of `plan`: the rows of one page."""
        lots, page = numbered(plan.choice.request, plan.due, cls.size)
        return {"table": cls(plan, lots), "page": page}

    def row_open(self, record: Lot) -> str:
        return '<tr class="to-come">' if record.planned else "<tr>"

    def render_due(self, record: Lot) -> SafeString:
        return self._day(record.due_on)

    def value_due(self, record: Lot) -> date:
        return record.due_on

    def render_work(self, record: Lot) -> SafeString:
        line, url = record.line, lots_url(self.plan.choice, [record])
        work = format_html('<a href="{}">{}</a>', url, line.work) if url else escape(line.work)
        return format_html('<span class="no">No.{}</span> {}', line.number, work)

    def value_work(self, record: Lot) -> str:
        return f"No.{record.line.number} {record.line.work}"

    def render_period(self, record: Lot) -> str:
        return period_short(Task(duty=record.line.duty, period_on=record.period_on), self.plan.first)

    def render_organization(self, record: Lot) -> str:
        if record.organizations > 1:
            return _("%(n)s団体") % {"n": record.organizations}
        if self.plan.book.union and record.organization_id == self.plan.book.union.pk:
            return _("共通")
        return self.plan.names.get(record.organization_id, "")

    def render_mark(self, record: Lot) -> SafeString:
        return ui.mark(self._mark(record))

    def value_mark(self, record: Lot) -> str:
        mark = self._mark(record)
        return f"{Mark(mark).glyph} {Mark(mark).label}" if mark else ""

    def _mark(self, record: Lot) -> str:
        return self.plan.choice.standing.mark_on(record.duty_id, record.organization_id)

    def render_cycle(self, record: Lot) -> SafeString:
        return ui.cycle(record.line.cycle)

    def value_cycle(self, record: Lot) -> str:
        return str(Cycle(record.line.cycle).label) if record.line.cycle else ""

    def render_opens(self, record: Lot) -> SafeString:
        return self._day(record.opens_on)

    def value_opens(self, record: Lot) -> date:
        return record.opens_on

    def render_count(self, record: Lot) -> str:
        return f"{record.all:,}"

    def value_count(self, record: Lot) -> int:
        return record.all

    def render_state(self, record: Lot) -> SafeString:
        return ui.pill(PILLS[record.state], self.value_state(record))

    def value_state(self, record: Lot) -> str:
        count = "" if record.planned else count_of(record)
        return f"{word_of(record, self.plan.today)} {count}".rstrip()

    def _day(self, on: date) -> SafeString:
        return format_html(
            '<time datetime="{}" class="nw">{}</time>', on.isoformat(), era_short(on, self.plan.first)
        )
