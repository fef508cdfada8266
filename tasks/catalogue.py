"""Question: what a person may raise, in the words of the matrix, and what will happen then."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from raci.access import Standing
from raci.matrix import resolved
from raci.models import CaseKind, DutyField, Edition
from raci.outline import Line, outline_of
from raci.words import labels_of, standard_due_in_words

from .aftermath import in_short, roles_named, who
from .models import Case
from .raising import closes_at_once, is_reported, raisers

#: How often something was raised counts over these days; the first few are offered at the top.
RECENT = timedelta(365)
OFTEN = 3


@dataclass(frozen=True)
class Offer:
    """One thing that the person may raise. `mark`: the own one, "" for what anybody may report."""

    line: Line
    place: str  # 大項目 and 中項目
    kind: str
    asks: str
    mark: str
    who: str
    due: str
    then: str
    action: str
    url: str

    @property
    def text(self) -> str:
        """What a search looks at."""
        said = (
            f"No.{self.line.number}",
            self.line.work,
            self.line.duty.note,
            self.place,
            self.kind,
            self.asks,
        )
        return fold(" ".join(said))


def edition_now(today: date) -> Edition | None:
    return Edition.objects.in_force(today).first()


def offers(edition: Edition, standing: Standing) -> list[Offer]:
    """What the person may raise at the duties of `edition`, in the sheet's order."""
    lines = list(outline_of(edition.pk).lines.values())
    places = dict(zip((line.key for line in lines), resolved([line.duty for line in lines]), strict=True))
    rows = DutyField.objects.filter(duty__edition=edition, parent=None).order_by("duty", "position")
    fields = list(rows.values_list("duty__key", "key", "label", "is_asked", "columns__is_asked").distinct())
    labels, roles = labels_of((number, key, label) for number, key, label, *_asked in fields), roles_named()
    asked: dict[int, dict[str, None]] = {}
    for number, _key, label, *is_asked in fields:
        if any(is_asked):
            asked.setdefault(number, {})[label] = None
    return [
        _offer(line, standing, _place(*places[line.key]), asked.get(line.key, {}), labels, roles)
        for line in lines
        if line.duty.is_entry and (raisers(line.duty, standing) or is_reported(line.duty))
    ]


def _offer(
    line: Line,
    standing: Standing,
    place: str,
    asked: Iterable[str],
    labels: Mapping[tuple[int, str], str],
    roles: Mapping[int, str],
) -> Offer:
    duty, teams = line.duty, raisers(line.duty, standing)
    url = (
        reverse("tasks:raise", args=[duty.number])
        if teams
        else f"{reverse('tasks:report')}?duty={duty.number}"
    )
    at_once = bool(teams) and closes_at_once(duty, teams[0])
    return Offer(
        line=line,
        place=place,
        kind=str(CaseKind(duty.case_kind).label),
        asks="、".join(asked),
        mark=line.marks.get(teams[0].role_id, "") if teams else "",
        who=who(line, roles),
        due=standard_due_in_words(duty, labels),
        then=in_short(duty.edition_id, duty.key),
        action=_("登録する") if at_once else _("起票する") if teams else _("通報する"),
        url=url,
    )


def _place(category: str, section: str) -> str:
    """運用 / ユーザー管理(通常時), without the breaks of the source's cells."""
    return " / ".join(
        dict.fromkeys("".join(part.split("\n")).strip() for part in (category, section) if part)
    )


def searched(found: Iterable[Offer], words: str) -> list[Offer]:
    """Those in which every word stands; width, case and kana of half width don't matter."""
    wanted = fold(words).split()
    return [offer for offer in found if all(word in offer.text for word in wanted)]


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def grouped(found: Iterable[Offer]) -> list[tuple[str, list[Offer]]]:
    """By 大項目 and 中項目; what anybody may report stands first."""
    rows = list(found)
    reports = [o for o in rows if is_reported(o.line.duty)]
    others = [o for o in rows if not is_reported(o.line.duty)]
    by_place = [(place, list(group)) for place, group in groupby(others, key=lambda o: o.place)]
    return [*([(_("通報・問合せ"), reports)] if reports else []), *by_place]


def often(found: Iterable[Offer], standing: Standing, today: date) -> list[tuple[Offer, int]]:
    """What the person's teams raised most often in a year, with how often."""
    rows: Any = Case.objects.filter(
        raised_for__in=[t.pk for t in standing.teams], raised_at__date__gt=today - RECENT
    )
    counted = dict(rows.order_by().values_list("entry__key").annotate(n=Count("pk")))
    known = [(o, counted[o.line.key]) for o in found if o.line.key in counted]
    return sorted(known, key=lambda pair: -pair[1])[:OFTEN]
