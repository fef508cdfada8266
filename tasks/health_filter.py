"""What one may pick on 業務の状態: a fact, a cycle, words; and the team whose load is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from opsdesk.lib.filters import QuickSearch, QuickSelect
from raci.models import Cycle

from .health import FACTS, Health
from .workload import Load

#: How all municipalities together are called in an address.
ALL = "members"


class HealthFilter(forms.Form):
    """`fact`, `cycle`, `q`, `load` (a team's code); nonsense is the default."""

    fact = forms.ChoiceField(required=False, widget=QuickSelect(attrs={"class": "in"}))
    cycle = forms.ChoiceField(required=False, widget=QuickSelect(attrs={"class": "in"}))
    q = forms.CharField(required=False, widget=QuickSearch(attrs={"class": "in", "maxlength": 100}))
    folded: tuple[str, ...] = ()

    def __init__(self, data: Any) -> None:
        self.kept = {"load": data["load"]} if data.get("load") else {}
        super().__init__(
            {
                "fact": data.get("fact", "") if data.get("fact") in FACTS else "",
                "cycle": data.get("cycle", "") if data.get("cycle") in Cycle.values else "",
                "q": data.get("q", "").strip()[:100],
            }
        )
        self._label("fact", _("気になる点"), [("", _("すべて")), *((k, str(w)) for k, w in FACTS.items())])
        self._label("cycle", _("周期"), [("", _("すべて")), *((c.value, str(c.label)) for c in Cycle)])
        self.fields["q"].label = _("語句")

    def _label(self, name: str, label: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].label = label
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return self.visible_fields()

    def picked(self, found: Iterable[Health]) -> list[Health]:
        return [health for health in found if self._takes(health)]

    def _takes(self, health: Health) -> bool:
        fact, cycle, word = self.data["fact"], self.data["cycle"], self.data["q"].casefold()
        duty = health.line.duty
        return (
            (not fact or fact in health.facts)
            and (not cycle or duty.cycle == cycle)
            and (
                not word
                or word == f"no.{duty.number}"
                or any(word in text.casefold() for text in (duty.work, duty.note))
            )
        )

    def words(self) -> str:
        """The filter in words, for paper and workbook."""
        return " / ".join(
            f"{field.label} {dict(getattr(field.field, 'choices', ())).get(field.value(), field.value())}"
            for field in self.visible_fields()
            if field.value()
        )


def load_of(found: Sequence[Load], code: str) -> Load | None:
    """The chosen team's ("members": all municipalities), else that with the most to do."""
    chosen = next((load for load in found if (load.code or ALL) == code), None)
    return chosen or max(found, key=lambda load: load.total.total, default=None)
