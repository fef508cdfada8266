"""What one may pick on 本システムの設定: which edition, confirmed or not, cycle, words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from opsdesk.lib.filters import QuickSearch, QuickSelect
from raci.models import Cycle, Edition

from .readings import DutyLine

STATES = ("open", "confirmed")


class ReadingsFilter(forms.Form):
    """`edition` (its number), `state`, `cycle`, `q`; nonsense is the default."""

    edition = forms.ChoiceField(required=False, widget=QuickSelect(attrs={"class": "in"}))
    state = forms.ChoiceField(required=False, widget=QuickSelect(attrs={"class": "in"}))
    cycle = forms.ChoiceField(required=False, widget=QuickSelect(attrs={"class": "in"}))
    q = forms.CharField(required=False, widget=QuickSearch(attrs={"class": "in", "maxlength": 100}))
    kept: dict[str, str] = {}
    folded: tuple[str, ...] = ()

    def __init__(self, data: Any, *, editions: Sequence[Edition], usual: Edition) -> None:
        found = {str(e.number): e for e in editions}
        self.chosen = found.get(data.get("edition", ""), usual)
        number = str(self.chosen.number)
        state, cycle = data.get("state", ""), data.get("cycle", "")
        super().__init__(
            {
                "edition": number,
                "state": state if state in STATES else "",
                "cycle": cycle if cycle in Cycle.values else "",
                "q": data.get("q", "").strip()[:100],
            }
        )
        self._label("edition", _("版"), [(n, named(e)) for n, e in found.items()])
        self._label(
            "state", _("確認"), [("", _("すべて")), ("open", _("未確認")), ("confirmed", _("確認済"))]
        )
        self._label("cycle", _("周期"), [("", _("すべて")), *((c.value, str(c.label)) for c in Cycle)])
        self.fields["q"].label = _("語句")

    def _label(self, name: str, label: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].label = label
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return self.visible_fields()

    def picked(self, lines: Iterable[DutyLine]) -> list[DutyLine]:
        return [line for line in lines if self._takes(line)]

    def _takes(self, line: DutyLine) -> bool:
        state, cycle, word = self.data["state"], self.data["cycle"], self.data["q"].casefold()
        duty = line.duty
        texts = (duty.work, duty.note, line.rule, line.sharing)
        return (
            (not state or line.is_confirmed == (state == "confirmed"))
            and (not cycle or duty.cycle == cycle)
            and (not word or word == f"no.{duty.number}" or any(word in t.casefold() for t in texts))
        )

    def words(self) -> str:
        """The filter in words, for paper."""
        return " / ".join(
            f"{field.label} {dict(getattr(field.field, 'choices', ())).get(field.value(), field.value())}"
            for field in self.visible_fields()
            if field.value()
        )


def named(edition: Edition) -> str:
    return f"{edition}({edition.get_state_display()})" if edition.is_draft else str(edition)
