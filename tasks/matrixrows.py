"""The rows of the matrix as HTML: the sheet's cells, kept because they never change, and the live ones."""

from datetime import date
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opsdesk.lib.era import era_short
from opsdesk.lib.templatetags.ui import pill
from raci.matrix import Row

from .live import Live

EMPTY = mark_safe('<td class="c-st x"></td><td class="c-st2 x"></td>')


def row_html(row: Row, state: Live | None, today: date, *, is_first: bool, has_live: bool) -> SafeString:
    """One <tr>. `is_first` of its group; `state` None: nothing that the person may see."""
    cells = mark_safe("")
    if has_live:
        cells = EMPTY if state is None or state.is_empty else live_cells(row.duty.number, state, today)
    duty = row.duty
    texts = (duty.number, duty.work, duty.note, duty.cycle, get_language())
    return format_html("{}{}</tr>", _sheet_cells(row, is_first, texts), cells)


@lru_cache(maxsize=2048)
def _sheet_cells(row: Row, is_first: bool, _texts: tuple[object, ...]) -> SafeString:
    """From <tr> to 備考. Rows are equal by their duty's id alone, so its texts are part of the key."""
    return mark_safe(render_to_string("tasks/_matrix_row.html", {"row": row, "is_first": is_first}).strip())


def live_cells(number: int, state: Live, today: date) -> SafeString:
    """次の期限 and 状況; the state leads to the list behind it."""
    due = format_html('<span class="nw">{}</span>', state.words)
    if state.due_on:
        late = " due-over" if state.is_overdue else ""
        due = format_html(
            '<time class="nw{}" datetime="{}">{}</time>', late, state.due_on, era_short(state.due_on, today)
        )
    shown = pill(state.kind, state.text) if state.text else mark_safe("")
    if state.state:
        shown = format_html(
            '<a class="plain" href="{}?duty={}&amp;state={}&amp;scope=all" aria-label="{}">{}</a>',
            reverse("tasks:list"),
            number,
            state.state,
            _("No.%(number)s %(state)s") % {"number": number, "state": state.text},
            shown,
        )
    return format_html('<td class="c-st x">{}</td><td class="c-st2 x">{}</td>', due, shown)
