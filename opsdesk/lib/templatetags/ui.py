"""The small parts of a page: icons, marks ◎○△, chips, pills, bars; tables call them as plain functions."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django_tables2 import Table
from django_tables2.columns import BoundColumn

register = template.Library()

MARKS = {
    "main": ("p", "◎", gettext_noop("主担当")),
    "support": ("s", "○", gettext_noop("支援担当")),
    "related": ("r", "△", gettext_noop("関連担当")),
}
CYCLES = {
    "daily": ("d", gettext_noop("日次")),
    "monthly": ("m", gettext_noop("月次")),
    "yearly": ("y", gettext_noop("年次")),
    "on_demand": ("z", gettext_noop("随時")),
    "as_needed": ("t", gettext_noop("適宜")),
}
CHECKED, DISABLED = mark_safe(" checked"), mark_safe(" disabled")
PILLS = ("", "run", "wait", "done", "bad", "warn", "na")


@register.simple_tag
def icon(name: str) -> SafeString:
    """The symbol `name` of the sprite, hidden from screen readers: words stand beside it."""
    return format_html(
        '<svg class="i" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>',
        static("img/sprite.svg"),
        name,
    )


@register.simple_tag
def mark(code: str | None) -> SafeString:
    """◎, ○ or △ with its spoken name; an empty cell stays empty."""
    return _mark(code, get_language()) if code else mark_safe("")


@cache
def _mark(code: str, _language: str | None) -> SafeString:
    letter, sign, name = MARKS[code]
    return format_html(
        '<span class="mark mark-{}" role="img" aria-label="{}">{}</span>', letter, _(name), sign
    )


@register.simple_tag(name="cycle_chip")
def cycle(code: str | None) -> SafeString:
    """The chip 日次, 月次, 年次, 随時 or 適宜; headings have none."""
    return _cycle(code, get_language()) if code else mark_safe("")


@cache
def _cycle(code: str, _language: str | None) -> SafeString:
    letter, name = CYCLES[code]
    return format_html('<span class="cyc cyc-{}">{}</span>', letter, _(name))


@register.simple_tag
def pill(kind: str, text: str) -> SafeString:
    """A state as word and shape; `kind` is one of PILLS ("" is 未着手)."""
    if kind not in PILLS:
        raise ValueError(f"no such pill: {kind}")
    return format_html('<span class="{}">{}</span>', f"pill pill-{kind}" if kind else "pill", text)


@register.simple_tag
def bar(done: int, total: int) -> SafeString:
    """How much of `total` is `done`: a bar with its numbers. SVG attributes give the widths, for the CSP."""
    part = round(100 * done / total) if total else 0
    return format_html(
        '<span class="bar-n">'
        '<svg class="pb" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="10" class="pb-b"/><rect width="{}" height="10" class="pb-f"/></svg>'
        "<span>{}/{}</span></span>",
        part,
        done,
        total,
    )


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """A form field in the house's look; Django itself adds aria-describedby and aria-invalid."""
    widget = field.field.widget
    if getattr(widget, "input_type", None) in ("checkbox", "radio", "file", "hidden"):
        return field.as_widget()
    if widget.attrs.get("autocomplete") == "current-password":
        field.help_text = ""  # allauth's is a link to a page that this house does not offer
    own = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"in {own}".strip(), "placeholder": False})


@register.simple_tag
def radios(name: str, place: str, choices: Iterable[Any]) -> SafeString:
    """Radio buttons in their labels; ids begin with `place`. `choices` are hashable and have value, words,
    css, hint, is_chosen and is_off."""
    return _radios(name, place, tuple(choices))


@lru_cache(1024)
def _radios(name: str, place: str, choices: tuple[Any, ...]) -> SafeString:
    return format_html_join(
        "",
        '<label{}><input type="radio" name="{}" value="{}" id="{}-{}"{}{}>{}{}</label>',
        (
            (
                format_html(' class="{}"', choice.css) if choice.css else "",
                name,
                choice.value,
                place,
                n,
                CHECKED if choice.is_chosen else "",
                DISABLED if choice.is_off else "",
                choice.words,
                format_html('<span class="muted">{}</span>', choice.hint) if choice.hint else "",
            )
            for n, choice in enumerate(choices, 1)
        ),
    )


PLACE = ("page", "after", "before")  # where in the list one is: another order begins at its first page


@register.simple_tag
def sort_by(table: Table, column: BoundColumn) -> str:
    """The query of the table's page in another order, from its beginning."""
    query = table.request.GET.copy()
    for key in PLACE:
        query.pop(key, None)
    query[table.prefixed_order_by_field] = str(column.order_by_alias.next)
    return f"?{query.urlencode()}"


@register.filter
def nums(value: int | str | None) -> str:
    """1234567 → 1,234,567; nothing → —."""
    return f"{value:,}" if isinstance(value, int) else "—"
