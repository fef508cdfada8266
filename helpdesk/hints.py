"""FAQ that may answer what is being typed: which words of it count, and how well each FAQ holds them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count

from opsdesk.lib.folding import excerpt, fold

from .models import Faq

#: Runs of letters, digits, kanji or katakana say something; hiragana between them rarely does.
_RUNS = re.compile(r"[0-9A-Za-zＡ-Ｚａ-ｚ０-９]{2,}|[ァ-ヶー]{2,}|[一-龠々]{2,}")
_KANJI = re.compile(r"[一-龠々]{3,}")
WORDS = 12
#: Looked at, of those that hold any word.
LOOK = 200
#: Offered, on F2 to F4.
SHOWN = 3


@dataclass(frozen=True)
class Hint:
    """One FAQ that is offered; question and answer in pieces (text, whether it is a hit)."""

    pk: int
    key: str
    question: list[tuple[str, bool]]
    answer: list[tuple[str, bool]]
    text: str
    uses: int


def words_of(text: str) -> list[str]:
    """What of `text` is worth looking for, folded, the longest first: 督促状, 再印刷, then pairs."""
    runs = _RUNS.findall(text[:2000])
    parts = [a + b for run in runs if _KANJI.fullmatch(run) for a, b in pairwise(run)]
    found = dict.fromkeys(sorted(map(fold, runs), key=len, reverse=True))
    return list({**found, **dict.fromkeys(map(fold, parts))})[:WORDS]


def score(words: Sequence[str], question: str, folded: str) -> int:
    """How well a FAQ holds `words`: longer ones count more, and those in the question twice."""
    asked = fold(question)
    return sum(len(w) * (2 if w in asked else 1) for w in words if w in folded)


def hints_for(text: str) -> tuple[list[Hint], list[str]]:
    """(at most SHOWN published FAQ, the words that they were found by)."""
    words = words_of(text)
    if not words:
        return [], []
    rows = list(Faq.objects.published().holding(words).annotate(uses=Count("answered"))[:LOOK])
    rows.sort(key=lambda f: (-score(words, f.question, f.folded), -f.uses, f.pk))
    best = rows[:SHOWN]
    held = [w for w in words if any(w in f.folded for f in best)]
    return [_hint(faq, n, held) for n, faq in enumerate(best)], held[:4]


def _hint(faq: Faq, n: int, words: Sequence[str]) -> Hint:
    return Hint(
        pk=faq.pk,
        key=f"F{n + 2}",
        question=excerpt(faq.question, words, width=300),
        answer=excerpt(faq.answer, words, width=160),
        text=faq.answer,
        uses=faq.uses,  # type: ignore[attr-defined]
    )
