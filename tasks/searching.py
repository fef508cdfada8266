"""Question: what a person finds by a few words or a number, as far as they may read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.lib.folding import excerpt, fold
from raci.models import Duty, Edition
from raci.outline import outline_of

from .caseplace import address
from .grams import candidates
from .models import Audience, SearchText, Task
from .words import period_short

#: Longest query; most of its words that count; fewest characters that make a word worth searching.
MOST, WORDS, LEAST = 100, 8, 2
#: A case by its number, in full or in short: INC-R8-0012, inc-r8-12, R8-12.
CASE = re.compile(r"((?:[a-z]{3}-)?[a-z][0-9]{1,2})-([0-9]{1,4})")
NUMBER = re.compile(r"(?:no\.? ?)?([0-9]{1,4})")
Pieces = list[tuple[str, bool]]
#: When the published editions were read, and (in force on, id) of each; for so many seconds.
_editions: tuple[float, tuple[tuple[date, int], ...]] | None = None
KEEP = 60.0


@dataclass(frozen=True)
class Asked:
    """A query as it was read: `words` are folded, `number` is a No.; `wrong` says why nothing is searched."""

    text: str
    words: tuple[str, ...] = ()
    number: int | None = None
    wrong: str = ""


def read(text: str) -> Asked:
    """What `text` asks for."""
    if len(text) > MOST:
        return Asked(text, wrong=_("検索する言葉は %(most)s 文字以内にしてください。") % {"most": MOST})
    folded = fold(text).strip()
    match = NUMBER.fullmatch(folded)
    number = int(match[1]) if match else None
    words = tuple(dict.fromkeys(map(_padded, folded.split())))[:WORDS]
    if words and max(map(len, words)) < LEAST:
        wrong = "" if number is not None else _("2文字以上の言葉を入力してください。")
        return Asked(text, number=number, wrong=wrong)
    return Asked(text, words, number)


def _padded(word: str) -> str:
    """inc-r8-0012 for inc-r8-12; other words as they are."""
    match = CASE.fullmatch(word)
    return f"{match[1]}-{int(match[2]):04}" if match else word


@dataclass(frozen=True)
class DutyHit:
    """A row of the matrix; `is_exact`: its number was asked for."""

    duty: Duty
    work: Pieces
    note: Pieces
    is_exact: bool


def duties_found(asked: Asked, today: date) -> list[DutyHit]:
    """Rows of the edition in force that hold all the words, the one of the number first."""
    edition = _shown_on(today) if asked.words or asked.number is not None else None
    if edition is None:
        return []
    found = [
        DutyHit(duty, excerpt(duty.work, asked.words), excerpt(duty.note, asked.words), is_exact)
        for duty, folded in _folded_duties(edition)
        if (is_exact := duty.number == asked.number)
        or (asked.words and asked.number is None and all(word in folded for word in asked.words))
    ]
    return sorted(found, key=lambda hit: not hit.is_exact)


def _shown_on(today: date) -> int | None:
    """The id of what Edition.shown_on gives; a new one shows in every process after a minute."""
    global _editions
    if _editions is None or monotonic() - _editions[0] > KEEP:
        rows = Edition.objects.published().order_by("in_force_on", "pk").values_list("in_force_on", "pk")
        _editions = monotonic(), tuple(rows)
    begun = [pk for day, pk in _editions[1] if day <= today]
    return begun[-1] if begun else next((pk for _day, pk in _editions[1]), None)


@lru_cache(maxsize=16)
def _folded_duties(edition_id: int) -> tuple[tuple[Duty, str], ...]:
    """The rows of a published edition with what is searched in them; it never changes."""
    return tuple(
        (line.duty, fold(f"No.{line.number} {line.work} {line.section} {line.duty.note}"))
        for line in outline_of(edition_id).lines.values()
    )


def forget() -> None:
    """Drop what is kept; tests that roll their database back call it."""
    global _editions
    _folded_duties.cache_clear()
    _editions = None


def texts_found(asked: Asked, user: Any, today: date, kind: str = "") -> QuerySet[SearchText]:
    """Records, comments and files with all the words that `user` may read, newest first; asks the index."""
    rows = SearchText.objects.visible_to(user, today).holding(asked.words)
    if (ids := candidates(asked.words)) is not None:
        rows = rows.among(ids)
    if kind in SearchText.Kind.values:
        rows = rows.filter(kind=kind)
    return rows.select_related("task__duty", "task__organization", "task__case", "case").defer(
        "folded", "context"
    )


@dataclass(frozen=True)
class Hit:
    """A row of the results. `number` is INC-R8-0012 or No.29; `period` and `organization` are "" for a case,
    `organization` for common tasks too; `audience` is "" for everybody who sees the place."""

    kind: str
    label: str
    url: str
    number: str
    title: str
    period: str
    organization: str
    audience: str
    at: datetime
    text: Pieces


#: Where on the page of a task the words stand.
PLACE = {SearchText.Kind.COMMENT.value: "#comments", SearchText.Kind.FILE.value: "#files"}


def hits(rows: Iterable[SearchText], asked: Asked, today: date) -> list[Hit]:
    """As they are shown: the case whose number was asked for stands first on its page."""
    found = [_hit(row, asked.words, today) for row in rows]
    return sorted(found, key=lambda hit: fold(hit.number) not in asked.words)


def _hit(row: SearchText, words: Sequence[str], today: date) -> Hit:
    place = _of_task(row.task, row.kind, today) if row.task else _of_case(row)
    return Hit(
        kind=row.kind,
        label=str(SearchText.Kind(row.kind).label),
        audience=str(Audience(row.audience).label) if row.audience != Audience.ALL else "",
        at=row.at,
        text=excerpt(row.text, words),
        **place,
    )


def _of_task(task: Task, kind: str, today: date) -> dict[str, str]:
    is_own = task.organization.kind == Organization.Kind.MEMBER
    return {
        "url": reverse("tasks:detail", args=[task.pk]) + PLACE.get(kind, ""),
        "number": f"No.{task.duty.number}",
        "title": task.duty.work,
        "period": task.case.number if task.case else period_short(task, today),
        "organization": str(task.organization) if is_own else "",
    }


def _of_case(row: Any) -> dict[str, str]:
    return {
        "url": address(row.case),
        "number": row.case.number,
        "title": row.case.title,
        "period": "",
        "organization": "",
    }
