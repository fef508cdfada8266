"""The timeline of any object: event codes become sentences, by the tables that apps register when ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.functional import Promise

from .models import Event

Label = str | Promise
Words = Label | Callable[[Event], str]


@dataclass(frozen=True)
class Sentence:
    """How a code reads: `kind` is one word (完了), `title` says what happened, `text` what the person wrote.

    `tone` is "", ok, info, wait or bad."""

    kind: Label
    title: Words
    text: Words = ""
    tone: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of a timeline, as templates/ui/_timeline.html takes it."""

    at: datetime
    kind: str
    title: str
    who: str
    text: str
    tone: str
    code: str


_sentences: dict[str, Sentence] = {}


def register(sentences: Mapping[str, Sentence]) -> None:
    """Add an app's codes; raises ValueError for a code that another sentence has already."""
    for code, sentence in sentences.items():
        if _sentences.setdefault(code, sentence) is not sentence:
            raise ValueError(f"two sentences for {code}")


def codes() -> frozenset[str]:
    """Every code that has a sentence."""
    return frozenset(_sentences)


def entry(event: Event) -> Entry:
    """`event` in words; a code without a sentence (of a version that is gone) shows itself."""
    sentence = _sentences.get(event.code) or Sentence(event.code, event.code)
    return Entry(
        at=event.at,
        kind=str(sentence.kind),
        title=_say(sentence.title, event),
        who=" ".join(part for part in (event.team_name, event.actor_name) if part),
        text=_say(sentence.text, event),
        tone=sentence.tone,
        code=event.code,
    )


def entries(events: Iterable[Event]) -> list[Entry]:
    return [entry(event) for event in events]


def timeline_of(obj: models.Model, *, limit: int | None = None) -> list[Entry]:
    """What happened to `obj`, newest first; one statement."""
    return entries(Event.objects.about(obj)[:limit])


def _say(words: Words, event: Event) -> str:
    return words(event) if callable(words) else str(words)
