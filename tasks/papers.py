"""Comments, files, signatures and history of a task, in one statement."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    F,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from opsdesk.audit.models import Event
from opsdesk.lib.statement import Statement
from raci.access import standing_of

from .models import Attachment, Audience, Comment, Signature, Task
from .models.comment import ears_of

#: More than this is not shown on one page.
LIMIT, EVENTS = 300, 50
AUDIENCE_CSS = {Audience.ALL.value: "all", Audience.MEMBER.value: "org", Audience.INTERNAL.value: "in"}


class Paper(NamedTuple):
    """A row of the three tables in one shape; what a kind hasn't is empty."""

    what: str
    pk: int
    at: datetime
    by: str
    team: str
    text: str
    audience: str
    place: str
    content_type: str
    size: int
    team_id: int
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
    def position(self) -> int:
        """Of a signature: whose it is in the order."""
        return int(self.place)

    @property
    def is_proxy(self) -> bool:
        """Of a signature: given for another team."""
        return self.size == 1

    @property
    def kb(self) -> int:
        return max(1, round(self.size / 1024))


@dataclass
class Papers:
    comments: list[Paper] = field(default_factory=list)
    files: list[Paper] = field(default_factory=list)
    signatures: list[Paper] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def signature(self, position: int) -> Paper | None:
        """The signature that stands."""
        return next((s for s in self.signatures if s.position == position and s.gone_at is None), None)

    def files_of(self, key: str) -> list[Paper]:
        return [f for f in self.files if f.place == key and f.gone_at is None]


def papers_of(task: Task, user: Any, today: date, unseen: Collection[str]) -> Papers:
    """What `user` may read of them; comments newest first, files and signatures in their order. And the
    newest events, one more than EVENTS if there are more, whoever may read them.

    `unseen`: keys of the fields that `user` may not see (restricted.hidden); their files aren't there."""
    rows = ROWS.ask(ears_of(standing_of(user, today)), task=task.pk, name=str(task.pk))
    found = [Paper(*row) for row in rows]
    papers = [p for p in found if p.what != "event"][:LIMIT]
    return Papers(
        comments=[p for p in papers if p.what == "comment"],
        files=[p for p in papers if p.what == "file" and p.place not in unseen][::-1],
        signatures=[p for p in papers if p.what == "signature"][::-1],
        events=sorted((_event(p) for p in found if p.what == "event"), key=lambda e: -e.pk),
    )


def _event(row: Paper) -> Event:
    """The event that a row stands for, with what its sentence is made of."""
    return Event(
        pk=row.pk,
        at=row.at,
        actor_name=row.by,
        team_name=row.team,
        code=row.audience,
        data=json.loads(row.text),
    )


def _rows(ears: tuple[int, ...] | None, *, task: int, name: str) -> QuerySet[Any]:
    comments = _newest(Comment.objects.heard_by(ears).filter(task=task), LIMIT)
    files = _newest(Attachment.objects.heard_by(ears).filter(task=task), LIMIT)
    signatures = Signature.objects.filter(task=task)
    none, nobody, never = Value(""), Value(None, CharField()), Value(None, DateTimeField())
    return (
        _shaped(comments, "comment", F("text"), F("audience"), none, none, _number(0), never, nobody, none)
        .union(
            _shaped(
                files,
                "file",
                F("name"),
                F("audience"),
                F("field_key"),
                F("content_type"),
                F("size"),
                F("withdrawn_at"),
                F("withdrawn_by__name"),
                F("withdrawn_reason"),
            ),  # fmt: skip
            _shaped(
                signatures,
                "signature",
                none,
                none,
                Cast("position", CharField()),
                none,
                Case(When(is_proxy=True, then=1), default=0, output_field=BigIntegerField()),
                F("void_at"),
                nobody,
                F("void_reason"),
            ),  # fmt: skip
            _events(_newest(Event.objects.about(Task(pk=name)), EVENTS + 1)),
            all=True,
        )
        .order_by("-p_at", "-p_pk")
    )


ROWS = Statement(_rows)


def _newest(rows: QuerySet[Any], most: int) -> QuerySet[Any]:
    """Each kind by itself: many comments leave the history there."""
    return rows.model.objects.filter(pk__in=rows.order_by("-pk").values("pk")[:most])


def _events(rows: QuerySet[Event]) -> QuerySet[Any]:
    """In the same shape: the code for the audience, what is known for the text."""
    none, nobody, never = Value(""), Value(None, CharField()), Value(None, DateTimeField())
    return _shaped(
        rows, "event", F("data"), F("code"), none, none, _number(0), never, nobody, none,
        by=F("actor_name"), team=F("team_name"), team_id=_number(0),
    )  # fmt: skip


def _number(n: int) -> Value:
    return Value(n, BigIntegerField())


def _shaped(
    rows: QuerySet[Any],
    what: str,
    text: Any,
    audience: Any,
    place: Any,
    kind: Any,
    size: Any,
    gone_at: Any,
    gone_by: Any,
    why: Any,
    by: Any = None,
    team: Any = None,
    team_id: Any = None,
) -> QuerySet[Any]:
    columns = {
        "p_what": Value(what, CharField()),
        "p_pk": F("pk"),
        "p_at": F("at"),
        "p_by": by or Coalesce(F("by__name"), Value(_("メール"))),  # nobody with an account wrote it
        "p_team": team or F("team__name"),
        "p_text": Cast(text, TextField()),
        "p_audience": Cast(audience, CharField()),
        "p_place": Cast(place, CharField()),
        "p_type": Cast(kind, CharField()),
        "p_size": size,
        "p_team_id": team_id or F("team_id"),
        "p_gone_at": gone_at,
        "p_gone_by": gone_by,
        "p_why": Cast(why, TextField()),
    }
    return rows.order_by().annotate(**columns).values_list(*columns)
