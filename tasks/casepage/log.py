"""The timeline of a case: events of it and of the steps that the person sees, with notes and files. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import entry
from opsdesk.lib.request import whole_number
from tasks.models import Case, CommentKind, Task

from .papers import Paper, Papers

#: The node of a note by its kind: round, filled, a diamond.
TONES = {
    CommentKind.PROGRESS.value: "",
    CommentKind.JUDGEMENT.value: "info",
    CommentKind.CONTACT.value: "",
    CommentKind.RECOVERY.value: "ok",
    CommentKind.REQUEST.value: "wait",
    CommentKind.ANSWER.value: "ok",
}
#: What the filter shows, by its value in the address: kinds of notes, or "file" and "step".
SHOWS: Mapping[str, frozenset[str]] = {
    "": frozenset(),
    "decided": frozenset({CommentKind.JUDGEMENT.value, CommentKind.RECOVERY.value}),
    "told": frozenset({CommentKind.CONTACT.value, CommentKind.REQUEST.value, CommentKind.ANSWER.value}),
    "note": frozenset(CommentKind.values),
    "file": frozenset({"file"}),
    "step": frozenset({"step"}),
}
#: Events that name another case, and under which name.
NAMING = {"case.linked": "to", "case.joined": "source", "case.duplicate": "of"}


@dataclass(frozen=True)
class Entry:
    """One line. `what`: a kind of note, "file" or "step"; `paper` is its note or file."""

    pk: int
    at: datetime
    what: str
    kind: str
    tone: str
    title: str
    who: str
    text: str
    step: Any = None
    paper: Paper | None = None
    corrected: Paper | None = None
    is_corrected: bool = False


@dataclass(frozen=True)
class Eyes:
    """What decides who reads which entry: organizations of a municipality's people (None: they read all),
    numbers of the cases they may open, names of teams that they don't read, the person's id."""

    own: Collection[int] | None
    numbers: Collection[str]
    others: Collection[str]
    me: int


def entries_of(events: Iterable[Event], steps: Mapping[str, Any], papers: Papers, eyes: Eyes) -> list[Entry]:
    """Newest first; what the person may not read is not among them and counts for nothing.

    `steps`: those that the person sees, by their id as text; `events` newest first."""
    corrected = {p.corrects for p in papers.notes.values()}
    found = []
    for event in events:
        step = steps.get(event.object_id) if event.object_type == Task._meta.label_lower else None
        if _may_read(event, papers, eyes):
            found.append(_entry(event, step, papers, eyes, corrected))
    return found


def _may_read(event: Event, papers: Papers, eyes: Eyes) -> bool:
    data = event.data
    if "comment" in data and data["comment"] not in papers.notes:
        return False
    if "attachment" in data and data["attachment"] not in papers.files:
        return False
    if event.code == "task.acknowledged" and eyes.own is not None and data["organization"] not in eyes.own:
        return False
    if event.code in ("case.linked", "case.joined"):
        named = data[NAMING[event.code]]
        return named in eyes.numbers or named.startswith("No.")
    return True


def _entry(event: Event, step: Any, papers: Papers, eyes: Eyes, corrected: Collection[int]) -> Entry:
    if (note := papers.notes.get(event.data.get("comment", 0))) is not None:
        return Entry(
            event.pk, event.at, note.kind, note.kind_label, TONES[note.kind], "", _who(note.by, note.team),
            note.text, step, note, papers.notes.get(note.corrects), note.pk in corrected,
        )  # fmt: skip
    said = entry(_masked(event, eyes))
    file = papers.files.get(event.data.get("attachment", 0))
    is_kept = file is not None and not event.code.endswith("withdrawn")
    what = "file" if file else "step"
    title = "" if is_kept else said.title
    return Entry(
        event.pk, event.at, what, said.kind, said.tone, title, _whose(event, eyes), said.text, step,
        file if is_kept else None,
    )  # fmt: skip


def _masked(event: Event, eyes: Eyes) -> Event:
    """Without the number of a case that the person may not open."""
    name = NAMING.get(event.code)
    if name is None or event.data[name] in eyes.numbers or event.data[name].startswith("No."):
        return event
    return Event(code=event.code, at=event.at, data={**event.data, name: _("ほかの案件")})


def _whose(event: Event, eyes: Eyes) -> str:
    """Who did it; a municipality doesn't read another one's people, nor those of whom no team is known."""
    is_unknown = eyes.own is not None and event.actor_name and not event.team_name
    if event.team_name in eyes.others:
        return _("他団体")
    return "" if is_unknown and event.actor_id != eyes.me else _who(event.actor_name, event.team_name)


def _who(person: str, team: str) -> str:
    if not person:
        return _("システム")
    return f"{person}({team})" if team else person


@dataclass(frozen=True)
class Log:
    """One page of the timeline. `total` is of what the filter shows; `previous`, `next`: numbers of pages."""

    entries: list[Entry]
    total: int
    show: str
    is_oldest_first: bool
    page: int
    previous: int
    next: int
    is_whole: bool


SIZE = 50


def page_of(entries: Sequence[Entry], query: Mapping[str, str]) -> Log:
    """The part that the address asks for: `show`, `order=old`, `page` (from 1), or `page=all`."""
    show = query.get("show", "") if query.get("show", "") in SHOWS else ""
    kept = [e for e in entries if not show or e.what in SHOWS[show]]
    is_old = query.get("order") == "old"
    if is_old:
        kept.reverse()
    asked, last = query.get("page", ""), max(1, -(-len(kept) // SIZE))
    is_whole = asked == "all"
    page = max(1, min(whole_number(asked) or 1, last))
    part = kept if is_whole else kept[(page - 1) * SIZE : page * SIZE]
    more = 0 if is_whole or page == last else page + 1
    return Log(part, len(kept), show, is_old, page, 0 if is_whole else page - 1, more, is_whole)


def own_case_numbers(case: Case, linked: Iterable[Case]) -> set[str]:
    """Numbers that the person may read: of the case and of those beside it."""
    return {case.number, *(c.number for c in linked)}
