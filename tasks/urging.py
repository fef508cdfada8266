"""催促: the command that reminds the municipalities which have not acknowledged a published result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.models import Event
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from . import telling
from .acting import COMMENT, authorize, locked, named, when
from .models import Acknowledgement, Publication, Task

CODE = "task.urged"


@command
def urge(task: Task, *, by: Any, team: Team, at: datetime) -> list[Organization]:
    """Remind those that are missing, and nobody else, for a vendor or the union with a mark on the task.

    Returns them. Raises Refusal if nothing is published, nobody is missing, or it was done today already."""
    task = locked(task, at=at)
    authorize(task, by=by, team=team, at=at, marks=COMMENT)
    if team.role.kind == Organization.Kind.MEMBER:
        raise PermissionDenied(_("この作業でこの操作をする権限がありません。"))
    publication = Publication.objects.filter(task=task, is_current=True).first()
    if publication is None:
        raise Refusal(_("公開が取り下げられています。いまは確認を求めていません。"))
    missing = Acknowledgement.objects.missing(timezone.localdate(at)).filter(publication=publication)
    towns = [row.organization for row in missing.select_related("organization")]
    if not towns:
        raise Refusal(_("すべての構成団体が確認済みです。"))
    _require_first_today(task, publication, at)
    record(
        CODE, task, by=by, team=team, at=at, stream=task.organization.code, version=publication.version,
        organizations=[str(town) for town in towns],
    )  # fmt: skip
    publication.task = task
    telling.urged(publication, {town.pk for town in towns}, by=by, at=at)
    return towns


def _require_first_today(task: Task, publication: Publication, at: datetime) -> None:
    """One reminder a day is enough; the task is locked, so that two people don't both."""
    last = Event.objects.about(task).filter(code=CODE, data__version=publication.version).first()
    if last is not None and timezone.localdate(last.at) == timezone.localdate(at):
        raise Refusal(
            _("今日は %(when)s に %(who)s がすでに催促しています。")
            % {"when": when(last.at, at), "who": named(last.actor_name, last.team_name)}
        )
