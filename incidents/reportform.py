"""The form of a 障害報告書: with what it begins, what was typed, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.lib.refusal import Refusal

from .reportcontent import ITEMS, TEXT, Item, concerned_words, typed_of
from .reportdraft import draft, facts_of
from .reporters import sources_of
from .reportpage import ReportPage

#: Lines of the boxes; the others have four.
ROWS = {"course": 14, "impact": 3, "confirmed": 3, "note": 2}


@dataclass(frozen=True)
class Box:
    item: Item
    value: str
    error: str

    @property
    def is_long(self) -> bool:
        return self.item.kind == TEXT

    @property
    def is_moment(self) -> bool:
        return self.item.kind not in (TEXT, "line")

    @property
    def rows(self) -> int:
        return ROWS.get(self.item.key, 4)


class ReportForm:
    """`is_fresh`: what the case says now, whatever was saved; `typed` and `refusal`: what was refused."""

    def __init__(
        self,
        page: ReportPage,
        *,
        is_fresh: bool = False,
        typed: Mapping[str, str] | None = None,
        refusal: Refusal | None = None,
    ) -> None:
        self.page, self.refusal = page, refusal
        sources = sources_of(page.case)
        self.facts = facts_of(sources)
        self.is_fresh = is_fresh or page.newest is None
        if typed is not None:
            self.typed = typed
        else:
            content = draft(sources, page.today) if self.is_fresh or not page.newest else page.newest.content
            self.typed = typed_of(content)
        self.sent_version = typed.get("version", "") if typed is not None else ""

    @property
    def status(self) -> int:
        if self.refusal is None:
            return 200
        return 422 if self.refusal.errors else 409

    @property
    def is_stale(self) -> bool:
        """Somebody saved meanwhile: the form goes on from the version that they saved."""
        return self.refusal is not None and not self.refusal.errors

    @property
    def version(self) -> str:
        if self.refusal is not None and not self.is_stale:
            return self.sent_version
        return str(self.page.newest.number) if self.page.newest else "0"

    @property
    def boxes(self) -> list[Box]:
        errors = self.refusal.errors if self.refusal else {}
        return [Box(i, self.typed.get(i.key, ""), errors.get(i.key, "")) for i in ITEMS]

    @property
    def short_boxes(self) -> list[Box]:
        return [b for b in self.boxes if not b.is_long]

    @property
    def long_boxes(self) -> list[Box]:
        return [b for b in self.boxes if b.is_long]

    @property
    def error_links(self) -> list[tuple[str, str]]:
        if self.refusal is None:
            return []
        if self.is_stale:
            return [("", str(self.refusal))]
        return [(f"#f-{key}", sentence) for key, sentence in self.refusal.errors.items()]

    @property
    def facts_words(self) -> list[tuple[str, Any]]:
        """What is taken from the case."""
        undecided = _("未定")
        return [
            (_("障害レベル"), self.facts["level"] or undecided),
            (_("影響団体"), concerned_words(self.facts, None)),
            (_("原因区分"), self.facts["cause_kind"] or undecided),
        ]
