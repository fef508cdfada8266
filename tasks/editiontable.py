"""改定履歴: the columns of the list of editions, and its filter."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_date
from opsdesk.lib.filters import Choice, ListFilter
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from opsdesk.lib.templatetags.dates import day_of
from raci.changes import changes, read_ahead
from raci.models import Edition

from .draftpage import Counted, counted

PILLS = {
    Edition.State.DRAFT.value: "run",
    Edition.State.PUBLISHED.value: "done",
    Edition.State.WITHDRAWN.value: "na",
    Edition.State.DISCARDED.value: "na",
}


class EditionFilter(ListFilter):
    state = Choice(label=gettext_lazy("状態"), choices=Edition.State.choices, method="by_state")

    @property
    def order_by(self) -> str:
        return "-number"

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(state=value)


class EditionTable(FastTable):
    """`in_force`: the pk of the edition that holds today; `is_drafter`: whether drafts can be worked on."""

    caption = gettext_lazy("改定履歴")
    number = tables.Column(verbose_name=gettext_lazy("版"), order_by="number", empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())
    in_force_on = tables.Column(verbose_name=gettext_lazy("施行日"), orderable=False, empty_values=())
    base = tables.Column(verbose_name=gettext_lazy("元の版"), orderable=False, empty_values=())
    changed = tables.Column(verbose_name=gettext_lazy("元の版からの変更"), orderable=False, empty_values=())
    who = tables.Column(verbose_name=gettext_lazy("公開・最終保存"), orderable=False, empty_values=())
    action = tables.Column(
        verbose_name=gettext_lazy("操作"),
        orderable=False,
        empty_values=(),
        exclude_from_export=True,
        attrs={"td": {"class": "no-print", "data-l": ""}, "th": {"class": "no-print"}},
    )

    class Meta:
        model = Edition
        fields = ()
        empty_text = gettext_lazy("この条件に合う版はありません。")

    def __init__(self, data: Any, *, in_force: int | None, is_drafter: bool, **options: Any) -> None:
        super().__init__(data, **options)
        self.in_force, self.is_drafter = in_force, is_drafter

    def paginate(self, *args: Any, **options: Any) -> None:
        super().paginate(*args, **options)
        self._read(self.page.rows)

    def export_rows(self) -> Any:
        rows = list(super().export_rows())
        self._read(rows)
        return rows

    def _read(self, rows: Any) -> None:
        """The rows of all editions of the page at once."""
        read_ahead({edition for row in rows for edition in (row, row.based_on) if edition and row.based_on})

    def render_number(self, record: Edition) -> SafeString:
        link = '<a class="t-work" href="{}" data-open>{}</a>'
        return format_html(link, reverse("tasks:edition", args=[record.number]), record)

    def value_number(self, record: Edition) -> str:
        return str(record)

    def words(self, record: Edition) -> str:
        return _("施行中") if record.pk == self.in_force else str(record.get_state_display())

    def render_state(self, record: Edition) -> SafeString:
        return ui.pill(PILLS[record.state], self.words(record))

    def value_state(self, record: Edition) -> str:
        return self.words(record)

    def render_in_force_on(self, record: Edition) -> str:
        return era_date(record.in_force_on) if record.in_force_on else "—"

    def value_in_force_on(self, record: Edition) -> Any:
        return record.in_force_on

    def render_base(self, record: Edition) -> str:
        return str(record.based_on) if record.based_on else "—"

    def render_changed(self, record: Edition) -> SafeString | str:
        if record.based_on is None:
            return "—"
        url = f"{reverse('tasks:edition_compare')}?old={record.based_on.number}&new={record.number}"
        return format_html('<a href="{}">{}</a>', url, counted_words(counted(changes(record))))

    def value_changed(self, record: Edition) -> str:
        return counted_words(counted(changes(record))) if record.based_on else ""

    def render_who(self, record: Edition) -> str:
        by, at = record.published_by, record.published_at
        if record.state in (Edition.State.DRAFT, Edition.State.DISCARDED):
            by, at = record.saved_by, record.saved_at
        day = era_date(day_of(at)) if at else ""
        return " ".join(part for part in (str(by) if by else _("システム"), day) if part)

    def render_action(self, record: Edition) -> SafeString:
        words = _("編集する") if record.is_draft and self.is_drafter else _("開く")
        return format_html(
            '<a class="btn btn-s" href="{}" aria-label="{}: {}">{}</a>',
            reverse("tasks:edition", args=[record.number]),
            words,
            record,
            words,
        )


def counted_words(found: Counted) -> str:
    """変更 8か所 6行、新しい行 1、廃止 2; 変更なし."""
    parts = []
    if found.cells:
        parts.append(_("変更 %(cells)sか所 %(rows)s行") % {"cells": found.cells, "rows": found.rows})
    for count, word in ((found.added, _("新しい行")), (found.retired, _("廃止")), (found.moved, _("移動"))):
        if count:
            parts.append(f"{word} {count}")
    return "、".join(parts) or _("変更なし")
