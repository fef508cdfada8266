"""Notes, files and signatures of a case and of those of its steps that the person sees: one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, CharField, DateTimeField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from tasks.models import Attachment, Audience, Case, Comment, CommentKind, Signature
from tasks.papers import AUDIENCE_CSS

#: More than this is not read.
LIMIT = 2000


class Paper(NamedTuple):
    """A note or a file; `task_id` is 0 on the case itself, `corrects` the note that it puts right, or 0."""

    what: str
    pk: int
    task_id: int
    at: datetime
    by: str
    team: str
    team_id: int
    text: str
    kind: str
    audience: str
    place: str
    size: int
    corrects: int
    gone_at: datetime | None
    gone_by: str | None
    gone_why: str

    @property
    def audience_label(self) -> str:
        return str(Audience(self.audience).label)

    @property
    def audience_css(self) -> str:
        return AUDIENCE_CSS[self.audience]

    @property
    def kind_label(self) -> str:
        return str(CommentKind(self.kind).label)

    @property
    def name(self) -> str:
        """Of a file."""
        return self.text

    @property
    def kb(self) -> int:
        return max(1, round(self.size / 1024))


@dataclass
class Papers:
    notes: dict[int, Paper] = field(default_factory=dict)
    files: dict[int, Paper] = field(default_factory=dict)
    signed: dict[int, set[int]] = field(default_factory=dict)  # positions of what stands, by the step's id

    def files_of(self, task_id: int) -> dict[str, list[Paper]]:
        """Files of a step that stand, by the key of their field."""
        found: dict[str, list[Paper]] = {}
        for file in self.files.values():
            if file.task_id == task_id and file.gone_at is None:
                found.setdefault(file.place, []).append(file)
        return found


def papers_of(case: Case, steps: Collection[int], ears: tuple[int, ...] | None) -> Papers:
    """What people of the municipalities `ears` (None: of all) may read on the case and on `steps`."""
    at = Q(case=case) | Q(task__in=list(steps))
    rows = _notes(Comment.objects.heard_by(ears).filter(at)).union(
        _files(Attachment.objects.heard_by(ears).filter(at)),
        _signatures(Signature.objects.filter(task__in=list(steps), void_at=None)),
        all=True,
    )
    found = Papers()
    for paper in (Paper(*row) for row in rows.order_by("p_at", "p_pk")[:LIMIT]):
        if paper.what == "signature":
            found.signed.setdefault(paper.task_id, set()).add(int(paper.place))
        else:
            (found.notes if paper.what == "note" else found.files)[paper.pk] = paper
    return found


def _notes(rows: QuerySet[Any]) -> QuerySet[Any]:
    none, never = Value(""), Value(None, DateTimeField())
    return _shaped(
        rows, "note", text=F("text"), kind=F("kind"), place=none, size=_number(0),
        corrects=Coalesce(F("corrects_id"), _number(0)), gone_at=never, gone_by=Value(None, CharField()),
        gone_why=none,
    )  # fmt: skip


def _files(rows: QuerySet[Any]) -> QuerySet[Any]:
    return _shaped(
        rows, "file", text=F("name"), kind=Value(""), place=F("field_key"), size=F("size"),
        corrects=_number(0), gone_at=F("withdrawn_at"), gone_by=F("withdrawn_by__name"),
        gone_why=F("withdrawn_reason"),
    )  # fmt: skip


def _signatures(rows: QuerySet[Any]) -> QuerySet[Any]:
    none, never = Value(""), Value(None, DateTimeField())
    return _shaped(
        rows, "signature", text=none, kind=none, audience=none, place=F("position"), size=_number(0),
        corrects=_number(0), gone_at=never, gone_by=Value(None, CharField()), gone_why=none,
    )  # fmt: skip


def _number(n: int) -> Value:
    return Value(n, BigIntegerField())


def _shaped(rows: QuerySet[Any], what: str, **of: Any) -> QuerySet[Any]:
    columns = {
        "p_what": Value(what, CharField()),
        "p_pk": F("pk"),
        "p_task": Coalesce(F("task_id"), _number(0)),
        "p_at": F("at"),
        "p_by": F("by__name"),
        "p_team": F("team__name"),
        "p_team_id": F("team_id"),
        "p_text": Cast(of["text"], TextField()),
        "p_kind": Cast(of["kind"], CharField()),
        "p_audience": Cast(of.get("audience", F("audience")), CharField()),
        "p_place": Cast(of["place"], CharField()),
        "p_size": of["size"],
        "p_corrects": of["corrects"],
        "p_gone_at": of["gone_at"],
        "p_gone_by": of["gone_by"],
        "p_gone_why": Cast(of["gone_why"], TextField()),
    }
    return rows.order_by().annotate(**columns).values_list(*columns)
