"""What closing and revising give out to be acknowledged, what reopening takes back; inside their beats."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from opsdesk.accounts.models import Organization, Team
from raci.definition import definition_of

from . import telling
from .models import Acknowledgement, Audience, Publication, Task


def publish(
    task: Task,
    *,
    by: Any,
    team: Team,
    at: datetime,
    is_proxy: bool = False,
    files: Collection[int] | None = None,
    **revision: Any,
) -> Publication:
    """The next version of the locked `task`, with a row for each municipality that is to acknowledge it.

    `files` are ids of attachments, None for all that everybody may read; `revision`: reason and settles."""
    task.publications.filter(is_current=True).update(is_current=False)
    last = task.publications.aggregate(last=Max("version"))["last"] or 0
    if files is None:
        files = standing_files(task)
    publication = Publication.objects.create(
        task=task, duty=task.duty, version=last + 1, answers=task.answers, files=sorted(files),
        published_at=at, published_by=by, published_for=team, is_proxy=is_proxy, **revision,
    )  # fmt: skip
    asked = list(concerned(task, team, timezone.localdate(at)))
    Acknowledgement.objects.bulk_create(
        Acknowledgement(publication=publication, organization=organization) for organization in asked
    )
    telling.published(publication, {town.pk for town in asked}, by=by, at=at)
    return publication


def standing_files(task: Task) -> list[int]:
    """Ids of the files that everybody who sees the task may read."""
    rows = task.attachments.filter(withdrawn_at=None, audience=Audience.ALL)
    return list(rows.values_list("pk", flat=True))


def concerned(task: Task, team: Team, today: date) -> QuerySet[Organization]:
    """Municipalities that are members on `today` and have a mark on the duty; of a task that is one
    municipality's that one, of a case those it concerns; none that published the result itself (`team`)."""
    kinds = {a.role.kind for a in definition_of(task.duty_id).assignments}
    if Organization.Kind.MEMBER not in kinds:
        return Organization.objects.none()
    members = Organization.objects.filter(
        Q(left_on=None) | Q(left_on__gte=today), kind=Organization.Kind.MEMBER, joined_on__lte=today
    )
    if task.organization.kind == Organization.Kind.MEMBER:
        members = members.filter(pk=task.organization_id)
    if task.case is not None:
        members = members.filter(concerns__case=task.case)
    return members.exclude(pk=team.organization_id).order_by("position", "pk")


def withdraw(task: Task, *, at: datetime, reason: str) -> int:
    """Take the current version of the locked `task` back: nobody need acknowledge it any more. Its version,
    or 0 if nothing was published; it stays readable."""
    publication = task.publications.filter(is_current=True).first()
    if publication is None:
        return 0
    publication.is_current, publication.withdrawn_at, publication.withdrawn_reason = False, at, reason
    publication.save(update_fields=["is_current", "withdrawn_at", "withdrawn_reason"])
    return publication.version
