"""What every list's FilterSet stands on: light fields, dates as people write them, the filter in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .era import era_date, read_date


def flat(attrs: dict[str, Any]) -> SafeString:
    """Attributes as they stand in a tag, with a blank before each."""
    return mark_safe(
        "".join(
            f" {escape(key)}" if value is True else f' {escape(key)}="{escape(value)}"'
            for key, value in attrs.items()
            if value is not False and value is not None
        )
    )


class QuickInput(forms.TextInput):
    """An <input> drawn without a template: a list's filter has a dozen of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html(
            '<input type="{}" name="{}" value="{}"{}>',
            self.input_type,
            name,
            "" if value is None else value,
            flat(self.build_attrs(self.attrs, attrs)),
        )


class QuickSearch(QuickInput):
    input_type = "search"


class QuickSelect(forms.Select):
    """A <select> drawn without a template for each of its options."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = [(str(code), label) for code, label in self.choices]
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flat(self.build_attrs(self.attrs, attrs)),
            mark_safe("".join([option(code, label, code == chosen) for code, label in options])),
        )


def option(code: str, label: Any, is_chosen: bool) -> str:
    return f'<option value="{escape(code)}"{" selected" if is_chosen else ""}>{escape(label)}</option>'


class EraDateField(forms.Field):
    """令和8年11月20日, R8.11.20, 2026/11/20, 20261120, full-width too; what can't be read gets a sentence."""

    widget = QuickInput(attrs={"class": "in", "inputmode": "text", "autocomplete": "off", "maxlength": 40})

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        try:
            return read_date(str(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class Date(django_filters.Filter):
    field_class = EraDateField


class Word(django_filters.CharFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = QuickSearch(attrs={"class": "in", "maxlength": 100})
        super().__init__(*args, **{"widget": widget, "max_length": 100, **kwargs})


class Number(django_filters.Filter):
    """A whole number; full-width digits too."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = QuickInput(attrs={"class": "in num", "inputmode": "numeric", "autocomplete": "off"})
        super().__init__(*args, **{"widget": widget, "min_value": 0, "max_value": 9999, **kwargs})


class Choice(django_filters.ChoiceFilter):
    """One of a few; `choices` may be set by the FilterSet's own __init__."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, **{"widget": QuickSelect(attrs={"class": "in"}), "empty_label": _("すべて"), **kwargs}
        )


#: Forms that were drawn, by everything that decides how they look.
DRAWN: dict[tuple[Any, ...], SafeString] = {}
MOST_DRAWN = 256


class ListFilter(django_filters.FilterSet):
    """A FilterSet that always shows its list: what can't be understood is left out and gets a sentence.

    `folded` names the fields that stand behind 「詳しい条件」."""

    folded: tuple[str, ...] = ()

    @classmethod
    def keeps(cls, query: QueryDict) -> bool:
        """Whether for a minute only the words in the URL, the day and who asks decide what is asked: neither
        the time nor what the database holds does."""
        return False

    @property
    def order_by(self) -> str | tuple[str, ...]:
        """The columns by which the list is sorted unless the URL names some; (): as the queryset is."""
        return ()

    def kept(self) -> dict[str, str]:
        """What the filter's form carries along: the sort."""
        sort = self.data.get("sort", "")
        return {"sort": sort} if sort else {}

    def is_used(self, name: str) -> bool:
        return bool(self.data.get(name))

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form.visible_fields() if field.name not in self.folded]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form.visible_fields() if field.name in self.folded]

    @property
    def is_unfolded(self) -> bool:
        return any(self.is_used(name) for name in self.folded)

    def drawn(self, target: str) -> SafeString:
        """The form as ui/_filter.html draws it; with the same values and choices drawn once a process."""
        choices = [tuple(field.choices) for field in self.form.fields.values() if hasattr(field, "choices")]
        values = [(name, self.data.get(name, "")) for name in (*self.form.fields, "sort")]
        action = self.request.path if self.request else ""
        looks = (type(self), target, action, get_language(), *choices, *values)
        if looks not in DRAWN:
            if len(DRAWN) >= MOST_DRAWN:
                DRAWN.clear()
            drawn = render_to_string("ui/_filter.html", {"filter": self, "target": target, "action": action})
            DRAWN[looks] = mark_safe(drawn)
        return DRAWN[looks]

    def faults(self) -> list[tuple[str, str]]:
        """(id of the field, sentence) for everything that wasn't understood."""
        return [
            (self.form[name].id_for_label, f"{self.form[name].label}: {sentence}")
            for name, sentences in self.form.errors.items()
            for sentence in sentences
        ]

    def words(self) -> str:
        """The filter in words, for paper and workbook: 「状態: 期限超過、団体: 汐見市」; "" without one."""
        return "、".join(
            f"{self.form.fields[name].label}: {in_words(self.form.fields[name], value)}"
            for name, value in self.form.cleaned_data.items()
            if value not in (None, "")
        )


def in_words(field: forms.Field, value: Any) -> str:
    """A cleaned value as people read it."""
    if isinstance(value, date):
        return era_date(value)
    choices: Iterable[tuple[Any, Any]] = getattr(field, "choices", ())
    return str(dict(choices).get(value, value))
