"""Question: who writes into a case as a whole, and for whom (公開範囲)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of
from raci.models import CommentAudience

from .acting import FILL, own_teams
from .casegraph import entries_read_by
from .filling import editable
from .models import Audience, Case, Task


def writers(case: Case, user: Any, today: date, concerned: Collection[int]) -> list[Team]:
    """The user's teams that comment and attach: with a mark on a duty of the chain, and 依頼元.

    A municipality's mark counts if the case concerns it; `concerned`: ids of the organizations it does."""
    return [t for t in standing_of(user, today).teams if _writes(t, case, concerned)]


def _writes(team: Team, case: Case, concerned: Collection[int]) -> bool:
    has_mark = case.entry_id in entries_read_by(case.entry.edition_id, team.role_id)
    if team.role.kind == Organization.Kind.MEMBER:
        is_reporter = team.organization_id == case.reporter_id
        return is_reporter or (has_mark and team.organization_id in concerned)
    return has_mark or team.pk == case.raised_for_id


def situation_writers(
    steps: Iterable[Task], user: Any, today: date, concerned: Collection[int]
) -> list[Team]:
    """The user's teams that write the situation: those that fill in an open step (◎ or ○, signers)."""
    found = [t for step in steps for t in fillers(step, user, today, concerned)]
    return list(dict.fromkeys(found))


def fillers(step: Task, user: Any, today: date, concerned: Collection[int]) -> list[Team]:
    """The user's teams that have something to fill in on an open step: on a common one the ○ of a
    municipality has not, but for fields of its own."""
    teams = own_teams(step, user, today, FILL, concerned) if step.is_open else []
    return [t for t in teams if _is_at_home(t, step) or editable(step, t, frozenset())]


def _is_at_home(team: Team, step: Task) -> bool:
    return team.role.kind != Organization.Kind.MEMBER or team.organization_id == step.organization_id


def is_internal(
    steps: Iterable[Task], team: Team, user: Any, today: date, concerned: Collection[int]
) -> bool:
    """Whether a note of `team` is 内部 unless it says otherwise: all that it has open presets it."""
    own = [s for s in steps if s.is_open and team in own_teams(s, user, today, FILL, concerned)]
    return bool(own) and all(s.duty.comment_audience == CommentAudience.INTERNAL for s in own)


def town_of(case: Case, team: Team, concerned: Collection[int]) -> int | None:
    """The id of the municipality of 団体限り: the writer's own, who asked for the case, the only one."""
    if team.role.kind == Organization.Kind.MEMBER:
        return team.organization_id
    if case.reporter is not None and case.reporter.kind == Organization.Kind.MEMBER:
        return case.reporter_id
    return next(iter(concerned)) if len(concerned) == 1 else None


def audiences_for(case: Case, team: Team, concerned: Collection[int], *, internal: bool) -> list[Audience]:
    """What `team` may choose, the preset first: a municipality writes 団体限り."""
    if team.role.kind == Organization.Kind.MEMBER:
        return [Audience.MEMBER, Audience.ALL]
    has_town = town_of(case, team, concerned) is not None
    found = [Audience.ALL, *([Audience.MEMBER] if has_town else []), Audience.INTERNAL]
    return sorted(found, key=lambda a: a != Audience.INTERNAL) if internal else found


def audience_of(
    case: Case, team: Team, audience: str, concerned: Collection[int], *, internal: bool
) -> tuple[str, int | None]:
    """The audience, checked, and the id of the municipality of 団体限り."""
    allowed = audiences_for(case, team, concerned, internal=internal)
    chosen = audience or allowed[0]
    if chosen not in allowed:
        sentence = _("公開範囲を選び直してください。")
        raise Refusal(sentence, errors={"audience": sentence})
    return chosen, town_of(case, team, concerned) if chosen == Audience.MEMBER else None
