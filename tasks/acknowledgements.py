"""Questions about what tasks published: its versions, who acknowledged them, who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from opsdesk.accounts.models import Organization
from raci.access import Standing

from .models import Acknowledgement, Publication, Task


@dataclass(frozen=True)
class Ack:
    """What one version asks of one municipality; `question` and `reply` are ids of comments."""

    pk: int
    organization: int
    name: str
    at: datetime | None
    by: str
    question: int | None
    reply: int | None

    @property
    def is_asking(self) -> bool:
        """Its question waits for a reply."""
        return self.at is None and self.question is not None and self.reply is None


@dataclass(frozen=True)
class Version:
    """One version; `acks` without municipalities that left and owe nothing."""

    number: int
    is_current: bool
    reason: str
    at: datetime
    by: str
    team: str
    is_proxy: bool
    withdrawn_at: datetime | None
    withdrawn_reason: str
    files: Sequence[int]
    settles: Sequence[int]
    acks: list[Ack] = field(default_factory=list)

    @property
    def given(self) -> int:
        return sum(a.at is not None for a in self.acks)

    @property
    def missing(self) -> list[Ack]:
        return [a for a in self.acks if a.at is None]

    def of(self, organizations: set[int]) -> Ack | None:
        """What it asks of one of mine, first what is still missing."""
        mine = [a for a in self.acks if a.organization in organizations]
        return next((a for a in mine if a.at is None), mine[0] if mine else None)


def versions_of(task: Task, today: date) -> list[Version]:
    """Every version with its acknowledgements, the newest first; one statement."""
    a = "acknowledgements__"
    rows = (
        Publication.objects.filter(task=task)
        .order_by("-version", f"{a}organization__position", f"{a}pk")
        .values_list(
            "version", "is_current", "reason", "published_at", "published_by__name", "published_for__name",
            "is_proxy", "withdrawn_at", "withdrawn_reason", "files", "settles",
            f"{a}pk", f"{a}organization_id", f"{a}organization__short_name", f"{a}acknowledged_at",
            f"{a}acknowledged_by__name", f"{a}question_id", f"{a}reply_id", f"{a}organization__left_on",
        )
    )  # fmt: skip
    found: dict[int, Version] = {}
    for row in rows:
        version: Any = row[:11]
        pk, organization, name, at, by, question, reply, left_on = row[11:]
        number = version[0]
        if number not in found:
            found[number] = Version(*version)
        if pk is not None and (at is not None or left_on is None or left_on >= today):
            found[number].acks.append(Ack(pk, organization, name, at, by or "", question, reply))
    return list(found.values())


def own_organizations(standing: Standing) -> set[int] | None:
    """The municipalities of somebody who is in nothing else; None for everybody else."""
    if any(team.role.kind != Organization.Kind.MEMBER for team in standing.teams):
        return None
    return {team.organization_id for team in standing.teams}


def unacknowledged(queryset: QuerySet[Any], standing: Standing, today: date) -> Any:
    """Tasks whose published result is to be acknowledged still: by mine, for vendors and the union by any."""
    missing = Acknowledgement.objects.missing(today)
    own = own_organizations(standing)
    if own is not None:
        missing = missing.filter(organization__in=own)
    return queryset.filter(pk__in=missing.values("publication__task"))


def counts(today: date) -> dict[str, Any]:
    """Annotations of tasks: `acks_given` of `acks_asked` by the current version; 0 of 0 without any."""
    rows = Acknowledgement.objects.current().counted(today).filter(publication__task=OuterRef("pk"))
    rows = rows.order_by().values("publication__task")

    def number(value: Count) -> Case:
        counted = Coalesce(Subquery(rows.annotate(n=value).values("n")), 0)
        return Case(When(state=Task.State.DONE, then=counted), default=0, output_field=IntegerField())

    return {"acks_asked": number(Count("pk")), "acks_given": number(Count("acknowledged_at"))}


@dataclass(frozen=True)
class Published:
    """A published result on a dashboard, for the task `pk`: who is missing, how many said so."""

    pk: int
    duty: int
    edition: int
    period_on: date
    case: str  # its number, of a step of one
    number: int
    at: datetime
    by: str
    team: str
    reason: str
    acks: list[Ack] = field(default_factory=list)

    @property
    def given(self) -> int:
        return sum(a.at is not None for a in self.acks)

    @property
    def missing(self) -> list[Ack]:
        return [a for a in self.acks if a.at is None]


def published_among(tasks: QuerySet[Any], today: date, most: int) -> tuple[list[Published], int]:
    """The current publications of `tasks`, the oldest first, at most `most`; and how many there are. One
    statement."""
    wanted = Publication.objects.filter(is_current=True, task__in=tasks.order_by().values("pk"))
    first = wanted.order_by("published_at", "pk").values("pk")[:most]
    total = wanted.order_by().values("is_current").annotate(n=Count("pk")).values("n")
    p = "publication__"
    rows = (
        Acknowledgement.objects.counted(today)
        .filter(publication__in=first)
        .annotate(total=Subquery(total))
        .order_by(f"{p}published_at", f"{p}pk", "organization__position", "pk")
        .values_list(
            "total", f"{p}task_id", f"{p}task__duty_id", f"{p}task__duty__edition_id", f"{p}task__period_on",
            Coalesce(f"{p}task__case__number", Value("")),
            f"{p}version", f"{p}published_at", f"{p}published_by__name", f"{p}published_for__name",
            f"{p}reason", "pk", "organization_id", F("organization__short_name"), "acknowledged_at",
            "acknowledged_by__name", "question_id", "reply_id",
        )
    )  # fmt: skip
    found: dict[int, Published] = {}
    total_number = 0
    for total_number, task, *own, pk, organization, name, at, by, question, reply in rows:  # noqa: B007
        published = found.setdefault(task, Published(task, *own))
        published.acks.append(Ack(pk, organization, name, at, by or "", question, reply))
    return list(found.values()), total_number
