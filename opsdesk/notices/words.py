"""How a notice reads and where it leads, by the tables that upper apps register when ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Label = str | Promise


@dataclass(frozen=True)
class Telling:
    """How a code reads: `kind` is one word (完了); `title`, `text` and `url` are made of the notice's data.

    `url` is called with (object_id, data) and gives the address behind it, "" if there is none. `letter` is
    what a letter says besides the title. `is_digest`: also for who wants the morning's digest only."""

    kind: Label
    title: Callable[[Mapping[str, Any]], str]
    url: Callable[[str, Mapping[str, Any]], str] = lambda object_id, data: ""
    text: Callable[[Mapping[str, Any]], str] = lambda data: ""
    letter: Callable[[Mapping[str, Any]], str] | None = None
    is_digest: bool = False

    def letter_of(self, data: Mapping[str, Any]) -> str:
        return (self.letter or self.text)(data)


_tellings: dict[str, Telling] = {}


def register(tellings: Mapping[str, Telling]) -> None:
    """Add an app's codes; raises ValueError for a code that another telling has already."""
    for code, telling in tellings.items():
        if _tellings.setdefault(code, telling) is not telling:
            raise ValueError(f"two tellings for {code}")


def codes() -> frozenset[str]:
    return frozenset(_tellings)


def telling_of(code: str) -> Telling:
    """The words of `code`; a code of a version that is gone shows itself."""
    return _tellings.get(code) or Telling(code, lambda data: code)
