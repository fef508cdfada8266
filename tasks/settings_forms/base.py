"""A section of a duty's settings: forms over one row of a draft, with rows that can be added and moved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.refusal import Refusal
from raci.content import Row
from tasks.answers import plain, read_number

from .ground import Choice, Ground

#: Rows that a form has at most; more is a slip.
MOST = 60
ACT = re.compile(r"(add|drop|up|down)-([a-z]+)(?:-(\d{1,3}))?")
NONE: Choice = ("", "—")


class SettingsForm(forms.Form):
    """A form that is only looked at while rows are added or moved (`is_quiet`)."""

    use_required_attribute = False

    def __init__(self, *args: Any, is_quiet: bool = False, **kwargs: Any) -> None:
        self.is_quiet = is_quiet
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        if self.is_quiet:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()


class WholeField(forms.CharField):
    """A whole number, full-width or not."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(
            widget=forms.TextInput({"inputmode": "numeric", "class": "in-n", "autocomplete": "off"}), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            number = read_number(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if not self.least <= number <= self.most:
            words = {"least": self.least, "most": self.most}
            raise forms.ValidationError(_("%(least)sから%(most)sまでの数字で入力してください。") % words)
        return number


class ClockField(forms.CharField):
    """A time of day: 17:15, 1715, 17時15分; as `17:15`."""

    SHAPE = re.compile(r"(\d{1,2})(?::|時)?(\d{2})分?|(\d{1,2})時")

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return ""
        match = self.SHAPE.fullmatch(plain(text))
        hour, minute = (int(match[1] or match[3]), int(match[2] or 0)) if match else (99, 99)
        if hour > 23 or minute > 59:
            raise forms.ValidationError(_("時刻は 17:15 のように入力してください。"))
        return f"{hour:02}:{minute:02}"


def select(label: Any, choices: Sequence[Any], **kwargs: Any) -> forms.ChoiceField:
    errors = {
        "required": gettext_lazy("選んでください。"),
        "invalid_choice": gettext_lazy("選び直してください。"),
    }
    return forms.ChoiceField(label=label, choices=choices, error_messages=errors, **kwargs)


def radio(label: Any, choices: Sequence[Any], **kwargs: Any) -> forms.ChoiceField:
    return select(label, choices, widget=forms.RadioSelect, **kwargs)


def many(label: Any, choices: Sequence[Any], **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs
    )


def switch(label: Any, **kwargs: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, **kwargs)


def text(label: Any, most: int, *, required: bool = False, **kwargs: Any) -> forms.CharField:
    """Text is kept as it was typed."""
    errors = {
        "required": gettext_lazy("入力してください。"),
        "max_length": gettext_lazy("%(limit_value)s文字までにしてください。"),
    }
    attrs = {"autocomplete": "off"}
    return forms.CharField(
        label=label, max_length=most, required=required, strip=False, error_messages=errors,
        widget=forms.TextInput(attrs), **kwargs,
    )  # fmt: skip


class Section:
    """One section of the settings. `data` is what was sent; `act` adds, drops or moves a row of it."""

    slug: ClassVar[str]
    title: ClassVar[str | Promise]
    lead: ClassVar[str | Promise]
    template: ClassVar[str]
    beside: ClassVar[str] = ""

    def __init__(self, ground: Ground, data: QueryDict | None = None, act: str = "") -> None:
        self.ground, self.data, self.act = ground, data, act
        self.refused: list[str] = []
        self.build()

    def build(self) -> None:
        """Make the forms."""
        raise NotImplementedError

    @property
    def forms(self) -> list[SettingsForm]:
        raise NotImplementedError

    def row(self) -> Row:
        """The own row with what was sent; after is_valid()."""
        raise NotImplementedError

    def is_valid(self) -> bool:
        return self.data is not None and all(form.is_valid() for form in self.forms)

    def refuse(self, refusal: Refusal) -> None:
        """Show what the command (or a reference) said of the row as a whole."""
        self.refused += [s for s in (refusal.errors or {"": str(refusal)}).values() if s not in self.refused]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(href, sentence) for the summary."""
        found: list[tuple[str, str]] = [("", sentence) for sentence in self.refused]
        for form in self.forms:
            if form.is_bound:
                found += _errors(form)
        return found

    def seen(self) -> Row:
        """The row as the person sees it: what was sent if it can be read, else as it is stored."""
        return self.row() if self.act == "" and self.is_valid() else self.ground.row

    def context(self) -> dict[str, Any]:
        """What stands beside the form."""
        return {}


def _errors(form: SettingsForm) -> Iterable[tuple[str, str]]:
    for name, sentences in form.errors.items():
        if name == NON_FIELD_ERRORS:
            yield from (("", str(s)) for s in sentences)
            continue
        bound = form[name]
        label = form.fields[name].label
        for sentence in sentences:
            yield f"#{bound.id_for_label or bound.auto_id}", f"{label}: {sentence}"


def changed(row: Row, **values: Any) -> Row:
    """A copy of `row` with `values`; None takes a value away."""
    found = {name: value for name, value in row.items() if values.get(name, ...) is not None}
    return found | {name: value for name, value in values.items() if value is not None}


def numbered(data: QueryDict, prefix: str) -> list[dict[str, list[str]]]:
    """The rows that were sent under `<prefix>-<n>-<name>`, in the order of n."""
    shape = re.compile(rf"{prefix}-(\d{{1,4}})-(\w+)")
    rows: dict[int, dict[str, list[str]]] = {}
    for name in data:
        if match := shape.fullmatch(name):
            rows.setdefault(int(match[1]), {})[match[2]] = data.getlist(name)
    return [values for _n, values in sorted(rows.items())][:MOST]


def arranged(rows: list[dict[str, list[str]]], prefix: str, act: str) -> list[dict[str, list[str]]]:
    """`rows` after the act (add-s, drop-s-1, up-s-1, down-s-1); as they are if it means other rows."""
    match = ACT.fullmatch(act)
    if not match or match[2] != prefix:
        return rows
    verb, n = match[1], int(match[3] or 0)
    if verb == "add":
        return [*rows, {}]
    return moved(rows, n, verb)


def moved(rows: Sequence[Any], n: int, verb: str) -> list[Any]:
    """`rows` without the nth (drop), or with it one place up or down."""
    found = list(rows)
    if not 0 <= n < len(found):
        return found
    one = found.pop(n)
    if verb != "drop":
        found.insert(max(0, n - 1) if verb == "up" else n + 1, one)
    return found


def sent(rows: Iterable[Mapping[str, list[str]]], prefix: str) -> QueryDict:
    """Rows as a form's data again, numbered from 0."""
    data = QueryDict(mutable=True)
    for n, row in enumerate(rows):
        for name, values in row.items():
            data.setlist(f"{prefix}-{n}-{name}", values)
    return data


def same(old: Sequence[Any], new: Sequence[Any]) -> list[Any]:
    """`new`, in the order of `old` if it holds the same: choosing has no order."""
    keep = len(old) == len(new) and all(value in old for value in new)
    return list(old) if keep else list(new)
