"""The options of a field, each as a control: what it is called, for which kinds, how it is read and written.

An option whose stored value its control could not write stays as it is and is only named (`is_said`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from raci.content import Row
from raci.models import FieldKind as K
from raci.words import PATTERNS

from .base import NONE, WholeField, many, same, select, switch, text
from .ground import Choice, Ground, with_current

TOP, COLUMN = "top", "column"


@dataclass(frozen=True)
class Place:
    """Where the field stands: `beside` are the other fields (columns) of the same list, `outer` of a column
    those of the duty."""

    ground: Ground
    kind: str
    beside: Sequence[Row]
    outer: Sequence[Row] = ()

    @property
    def where(self) -> str:
        return COLUMN if self.outer else TOP

    def siblings(self, *kinds: str) -> list[Choice]:
        return [(f["key"], f["label"]) for f in self.beside if f["kind"] in kinds]


@dataclass(frozen=True)
class Option:
    """A switch; the other shapes of options say what else they are. Rare ones are folded away."""

    name: str
    label: str | Promise
    kinds: frozenset[str]
    where: tuple[str, ...] = (TOP, COLUMN)
    hint: str | Promise = ""
    is_rare: bool = False

    def offered(self, place: Place) -> bool:
        return place.kind in self.kinds and place.where in self.where

    def is_said(self, value: Any) -> bool:
        return value is True

    def control(self, place: Place, value: Any) -> forms.Field:
        return switch(self.label, help_text=self.hint)

    def initial(self, value: Any) -> Any:
        return value

    def value(self, given: Any, stored: Any) -> Any:
        """What is stored for what was given; None for nothing."""
        return given or None


@dataclass(frozen=True)
class Text(Option):
    most: int = 100

    def is_said(self, value: Any) -> bool:
        return isinstance(value, str)

    def control(self, place: Place, value: Any) -> forms.Field:
        return text(self.label, self.most, help_text=self.hint)


@dataclass(frozen=True)
class Whole(Option):
    def is_said(self, value: Any) -> bool:
        return type(value) is int

    def control(self, place: Place, value: Any) -> forms.Field:
        return WholeField(label=self.label, help_text=self.hint, required=False, least=-(10**12), most=10**12)

    def value(self, given: Any, stored: Any) -> Any:
        return given


@dataclass(frozen=True)
class Pick(Option):
    """One of the choices that the place has; `is_key`: the key of a duty, a number."""

    choices: Callable[[Place], list[Choice]] = field(default=lambda place: [])
    none: str | Promise = NONE[1]
    is_key: bool = False

    def is_said(self, value: Any) -> bool:
        return type(value) is int if self.is_key else isinstance(value, str)

    def control(self, place: Place, value: Any) -> forms.Field:
        choices = with_current(self.choices(place), value)
        return select(self.label, [(NONE[0], self.none), *choices], required=False, help_text=self.hint)

    def initial(self, value: Any) -> Any:
        return "" if value is None else str(value)

    def value(self, given: Any, stored: Any) -> Any:
        return (int(given) if self.is_key else given) if given else None


@dataclass(frozen=True)
class Picks(Option):
    """Some of the choices that the place has."""

    choices: Callable[[Place], list[Choice]] = field(default=lambda place: [])

    def is_said(self, value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)

    def control(self, place: Place, value: Any) -> forms.Field:
        choices = self.choices(place)
        for one in value or ():
            choices = with_current(choices, one)
        return many(self.label, choices, help_text=self.hint)

    def value(self, given: Any, stored: Any) -> Any:
        return same(stored or (), given) or None


def _kinds(*kinds: str) -> frozenset[str]:
    return frozenset(str(k) for k in kinds)


def _roles(place: Place) -> list[Choice]:
    return place.ground.role_choices


def _fields(*kinds: str) -> Callable[[Place], list[Choice]]:
    return lambda place: place.siblings(*kinds)


VALUES = _kinds(K.TEXT, K.NUMBER, K.DATE, K.CHOICE)
EVERY = VALUES | _kinds(K.CHECK, K.FILE, K.LINES)

#: In the order in which the form shows them. Those of choices (skips, named_by) stand at the choices, prefill
#: has a form of its own.
OPTIONS: tuple[Option, ...] = (
    Option("multiline", _("何行も書ける"), _kinds(K.TEXT)),
    Option(
        "shows_in_year", _("年間予定・月間予定に出す"), _kinds(K.TEXT), (TOP,), is_rare=True,
        hint=_("サービスの停止など、その月の予定として書かれたとおりに出します。"),
    ),
    Pick(
        "pattern", _("書き方"), _kinds(K.TEXT),
        choices=lambda place: [(code, str(words)) for code, words in PATTERNS.items()], none=_("決めない"),
    ),
    Text("unit", _("単位"), _kinds(K.NUMBER), hint=_("例 件、台、部"), most=10),
    Picks(
        "sum_of", _("次の数の合計になる"), _kinds(K.NUMBER), (TOP,),
        hint=_("合計と合わないと完了にできません。"), choices=_fields(K.NUMBER),
    ),
    Option("business_day", _("開庁日だけ"), _kinds(K.DATE)),
    Option("in_period", _("対象期間の中だけ"), _kinds(K.DATE)),
    Option("time", _("時刻も書く"), _kinds(K.DATE)),
    Pick("not_before", _("この日付以降"), _kinds(K.DATE), choices=_fields(K.DATE), none=_("決めない")),
    Pick(
        "organizations", _("構成団体から選ぶ"), _kinds(K.CHOICE), none=_("選択肢から選ぶ"),
        choices=lambda place: [("one", str(_("構成団体から一つ"))), ("many", str(_("構成団体から複数")))],
    ),
    Pick(
        "instead_of", _("この明細の代わりになる"), _kinds(K.CHECK), (TOP,), choices=_fields(K.LINES),
        hint=_("付けると明細がなくても完了にできます(例 今月は依頼なし)。"), none=_("代わりにならない"),
    ),
    Option("carry_over", _("前回の値から始まる"), VALUES, (TOP,)),
    Text("default", _("はじめの値"), _kinds(K.TEXT, K.CHOICE), (TOP,)),
    Whole("default", _("はじめの値"), _kinds(K.NUMBER), (TOP,)),
    Option("is_shown", _("表示だけ(記入しない)"), VALUES, is_rare=True),
    Pick(
        "shows", _("並べて表示する業務"), EVERY, (TOP,), is_key=True, is_rare=True, none=_("表示しない"),
        choices=lambda place: place.ground.duties(),
        hint=_("同じ期間のその業務の記入を、この項目の横に出します。"),
    ),
    Picks(
        "filled_by", _("◎ でなくても記入できる役割"), EVERY, (TOP,), choices=_roles, is_rare=True,
        hint=_("○ の担当は、この項目だけ記入できるようになります。"),
    ),
    Picks(
        "restricted_to", _("見てよい役割"), EVERY, (TOP,), choices=_roles, is_rare=True,
        hint=_("選んだ役割だけが答えを見られます。何も選ばなければ、この作業を見られる人全員です。"),
    ),
)  # fmt: skip
#: Every option that some form of ours writes.
OURS = frozenset(o.name for o in OPTIONS) | {"skips", "named_by", "prefill"}


def offered(place: Place) -> list[Option]:
    """The options of the place, those first without which another makes no sense."""
    return [option for option in OPTIONS if option.offered(place)]
