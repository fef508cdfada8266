"""The columns of the list of changes, under a head for each stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_short
from opsdesk.lib.keyset import CAP
from opsdesk.lib.request import Request
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui

from .caselinks import case_url
from .changes import Stage, course_of, steps_for
from .concerned import ids_in, names_of
from .models import Case
from .requests_table import CHUNK

#: The pill of each stage.
PILLS = {Stage.ENTRY: "", Stage.WORK: "run", Stage.CONFIRMATION: "wait", Stage.OVER: "done"}


class ChangeTable(FastTable):
    caption = gettext_lazy("変更の一覧")
    number = tables.Column(verbose_name=gettext_lazy("番号"), orderable=False, empty_values=())
    title = tables.Column(verbose_name=gettext_lazy("件名"), orderable=False, empty_values=())
    works = tables.Column(verbose_name=gettext_lazy("作業の種類"), orderable=False, empty_values=())
    whom = tables.Column(verbose_name=gettext_lazy("関係団体"), orderable=False, empty_values=())
    planned = tables.Column(verbose_name=gettext_lazy("予定日"), orderable=False, empty_values=())
    stage = tables.Column(verbose_name=gettext_lazy("段階"), orderable=False, empty_values=())
    turn = tables.Column(verbose_name=gettext_lazy("いまの担当"), orderable=False, empty_values=())
    due = tables.Column(verbose_name=gettext_lazy("期限"), orderable=False, empty_values=())
    round = tables.Column(verbose_name=gettext_lazy("回"), orderable=False, empty_values=())
    raised = tables.Column(verbose_name=gettext_lazy("起票日"), orderable=False, empty_values=())

    class Meta:
        model = Case
        fields = ()
        empty_text = gettext_lazy("この条件に合う変更はありません。")

    def __init__(self, data: Any, *, asker: Request, **options: Any) -> None:
        super().__init__(data, **options)
        self.user, self.today, self.now = asker.user, asker.today, asker.now
        self.head: int | None = None

    def paginate(self, *args: Any, **options: Any) -> None:
        super().paginate(*args, **options)
        self.complete(self.page.rows)

    def export_rows(self) -> Iterator[Case]:
        rows = iter(super().export_rows())
        while chunk := list(islice(rows, CHUNK)):
            yield from self.complete(chunk)

    def complete(self, cases: Sequence[Any]) -> Sequence[Any]:
        """Give each how far it is, by the steps that the person may read, and names of whom it concerns."""
        steps = steps_for(cases, self.user, self.today)
        for case in cases:
            case.course = course_of(case, steps[case.pk], self.now)
            case.whom = names_of(ids_in(case.concerned))
        return cases

    def body(self) -> SafeString:
        self.head = None
        return super().body()

    def row_open(self, record: Any) -> str:
        """Before the first row of a stage its name and how many there are."""
        if record.stage == self.head:
            return "<tr>"
        self.head = record.stage
        counted = getattr(record, f"n{record.stage}")
        count = _("%(n)s件以上") % {"n": CAP} if counted > CAP else _("%(n)s件") % {"n": counted}
        words = format_html('{} <span class="cnt">{}</span>', Stage(record.stage).label, count)
        head = '<tr class="stage"><th scope="rowgroup" colspan="{}">{}</th></tr><tr>'
        return format_html(head, len(self.columns), words)

    def render_number(self, record: Any) -> SafeString:
        return format_html('<a class="nw" href="{}">{}</a>', case_url(record), record.number)

    def value_number(self, record: Any) -> str:
        return record.number

    def render_title(self, record: Any) -> str:
        return record.title

    def render_works(self, record: Any) -> str:
        return "、".join(record.course.works)

    def render_whom(self, record: Any) -> str:
        return "、".join(record.whom)

    def render_planned(self, record: Any) -> SafeString | str:
        planned = record.course.planned
        return (
            format_html('{} <span class="cnt">{}</span>', self._day(planned.on), planned.label)
            if planned
            else ""
        )

    def value_planned(self, record: Any) -> date | None:
        return record.course.planned.on if record.course.planned else None

    def render_stage(self, record: Any) -> SafeString:
        return ui.pill(self._kind(record), self.value_stage(record))

    def _kind(self, record: Any) -> str:
        return PILLS[Stage(record.stage)] if record.state in (Case.State.OPEN, Case.State.CLOSED) else "na"

    def value_stage(self, record: Any) -> str:
        """The stage; of one that ended otherwise how."""
        return str(Stage(record.stage).label if record.is_open else record.get_state_display())

    def render_turn(self, record: Any) -> str:
        if record.is_open and not record.course.turn:
            return _("ほかの団体")
        return "、".join(record.course.turn)

    def render_due(self, record: Any) -> SafeString | str:
        course = record.course
        if course.due_on is None:
            return ""
        late = format_html(' <span class="due due-over">{}</span>', _("超過")) if course.is_late else ""
        return format_html("{}{}", self._day(course.due_on), late)

    def value_due(self, record: Any) -> date | None:
        return record.course.due_on

    def render_round(self, record: Any) -> str:
        return _("第%(n)s回") % {"n": record.course.round} if record.course.round > 1 else ""

    def value_round(self, record: Any) -> int:
        return record.course.round

    def render_raised(self, record: Any) -> SafeString:
        return self._day(timezone.localdate(record.raised_at))

    def value_raised(self, record: Any) -> date:
        return timezone.localdate(record.raised_at)

    def _day(self, day: date) -> SafeString:
        words = era_short(day, self.today)
        return format_html('<time class="nw" datetime="{}">{}</time>', day.isoformat(), words)
