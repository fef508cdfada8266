"""The columns of the list of requests: the case, then the fields of the chosen duty; in xlsx a row a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_short
from opsdesk.lib.request import Request
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from raci.access import standing_of
from raci.outline import line_of

from .concerned import ids_in, names_of
from .models import Attachment, Task
from .requests import fields_shown
from .requests_columns import columns_for, summary_of
from .restricted import hidden_among
from .words import state_words

#: So many rows are completed with one statement.
CHUNK = 2000
#: So much of a summary stands in a cell.
SHORT = 80


class RequestTable(FastTable):
    """`duty`: the key of the chosen one, whose fields are columns; None: all, each in one cell."""

    caption = gettext_lazy("業務依頼の一覧")
    number = tables.Column(verbose_name=gettext_lazy("番号"), orderable=False, empty_values=())
    title = tables.Column(verbose_name=gettext_lazy("件名"), orderable=False, empty_values=())
    work = tables.Column(verbose_name=gettext_lazy("No.・作業"), orderable=False, empty_values=())
    whom = tables.Column(verbose_name=gettext_lazy("関係団体"), orderable=False, empty_values=())
    raised = tables.Column(verbose_name=gettext_lazy("受付日"), order_by="created_at", empty_values=())
    due = tables.Column(verbose_name=gettext_lazy("期限"), order_by="due_at", empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())
    done = tables.Column(verbose_name=gettext_lazy("実施日"), orderable=False, empty_values=())
    summary = tables.Column(verbose_name=gettext_lazy("内容"), orderable=False, empty_values=())

    class Meta:
        model = Task
        fields = ()
        empty_text = gettext_lazy("この条件に合う業務依頼はありません。")

    def __init__(self, data: Any, *, asker: Request, duty: int | None, **options: Any) -> None:
        self.user, self.today, self.now = asker.user, asker.today, asker.now
        self.standing = standing_of(asker.user, asker.today)
        more = columns_for(fields_shown(duty, self.standing)) if duty else []
        hidden = ("work", "summary") if duty else ()
        super().__init__(data, exclude=hidden, extra_columns=more, **options)
        self.detail = reverse("tasks:detail", args=[0]).partition("0")

    def paginate(self, *args: Any, **options: Any) -> None:
        super().paginate(*args, **options)
        self.complete(self.page.rows)

    def export_rows(self) -> Iterator[Task]:
        """Every request, once for each of its lines: `nth` says which of them the row shows."""
        rows = iter(super().export_rows())
        while chunk := list(islice(rows, CHUNK)):
            for task in self.complete(chunk):
                for nth in range(max(map(len, _lines_of(task)), default=1)):
                    task.nth = nth
                    yield task

    def complete(self, tasks: Sequence[Any]) -> Sequence[Any]:
        """Give each its duty, whom it concerns, what the person may not see of it, and the files they may."""
        files: dict[tuple[int, str], list[Attachment]] = {}
        rows = Attachment.objects.for_audience(self.user, self.today).filter(withdrawn_at=None)
        kept = rows.filter(task__in=[t.pk for t in tasks]).exclude(field_key="").order_by("pk")
        for file in kept.only("pk", "task_id", "field_key", "name") if tasks else ():
            files.setdefault((file.task_id, file.field_key), []).append(file)
        for task in tasks:
            task.duty, ids = line_of(task.duty_id).duty, ids_in(task.concerned)
            task.whom = names_of(ids if task.organization_id == self.standing.union_id else _own(task))
            task.hidden = hidden_among(task, self.standing.teams, ids)
            task.files_of = lambda key, pk=task.pk: files.get((pk, key), [])
            task.nth = 0
        return tasks

    def render_number(self, record: Any) -> SafeString:
        url = f"{self.detail[0]}{record.pk}{self.detail[2]}"
        return format_html('<a class="nw" href="{}">{}</a>', url, self.value_number(record))

    def value_number(self, record: Any) -> str:
        nth = _(" 第%(n)s回") % {"n": record.round} if record.round > 1 else ""
        return f"{record.case.number}{nth}"

    def render_title(self, record: Any) -> str:
        return record.case.title

    def render_work(self, record: Any) -> str:
        return f"No.{record.duty.number} {record.duty.work}"

    def render_whom(self, record: Any) -> str:
        return "、".join(record.whom)

    def render_raised(self, record: Any) -> SafeString:
        return self._day(timezone.localdate(record.created_at))

    def value_raised(self, record: Any) -> date:
        return timezone.localdate(record.created_at)

    def render_due(self, record: Any) -> SafeString:
        return self._day(record.due_on)

    def value_due(self, record: Any) -> datetime:
        return record.due_at

    def _day(self, day: date) -> SafeString:
        return format_html(
            '<time class="nw" datetime="{}">{}</time>', day.isoformat(), era_short(day, self.today)
        )

    def render_state(self, record: Any) -> SafeString:
        return ui.pill(*self._state(record))

    def value_state(self, record: Any) -> str:
        return self._state(record)[1]

    def _state(self, record: Any) -> tuple[str, str]:
        return ("na", _("取り下げ")) if record.is_withdrawn else state_words(record, self.now)

    def render_done(self, record: Any) -> str | SafeString:
        return self._day(record.done_on) if record.done_on else ""

    def value_done(self, record: Any) -> date | None:
        return record.done_on

    def render_summary(self, record: Any) -> str:
        words = self.value_summary(record)
        return f"{words[:SHORT]}…" if len(words) > SHORT else words

    def value_summary(self, record: Any) -> str:
        return summary_of(record, record.hidden)


def _own(task: Any) -> frozenset[int]:
    return frozenset({task.organization_id})


def _lines_of(task: Any) -> Iterator[list[Any]]:
    """The tables of lines among the answers that the person may see."""
    for key, value in task.answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict) and key not in task.hidden:
            yield value
