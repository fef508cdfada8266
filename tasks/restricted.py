"""Question: which fields of a task a person may not see (`restricted_to`); one rule for every place.

A field with `restricted_to` is seen by people of these roles only. A municipality counts on its own tasks, on
common ones outside of cases, and on those of a case that concerns it or that it reported; nobody else counts,
the union neither, unless the field names their role.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from opsdesk.accounts.models import Organization, Team
from raci.access import Standing, standing_of
from raci.definition import definition_of
from raci.models import DutyField

from .models import Concern, Task


def allows(row: DutyField, roles: Iterable[str]) -> bool:
    """The rule: whether people of `roles` (codes) see the field."""
    return "restricted_to" not in row.options or not set(row.options["restricted_to"]).isdisjoint(roles)


def restricted(duty_id: int) -> list[DutyField]:
    """The fields of a duty that not everybody sees who sees its tasks."""
    return [f for f in definition_of(duty_id).fields if "restricted_to" in f.options]


def hidden(task: Task, user: Any, today: date) -> frozenset[str]:
    """Keys of the fields of `task` that `user` may not see; asks nothing where no field is restricted."""
    return _hidden(task, standing_of(user, today).teams) if restricted(task.duty_id) else frozenset()


def hidden_among(task: Task, teams: Iterable[Team], concerned: Collection[int]) -> frozenset[str]:
    """The same of a row whose case is known to concern these organizations (ids): asks nothing."""
    return _hidden(task, teams, concerned)


def hidden_from(task: Task, team: Team) -> frozenset[str]:
    """Keys of the fields of `task` that people of `team` may not see."""
    return _hidden(task, [team])


def _hidden(task: Task, teams: Iterable[Team], concerned: Collection[int] | None = None) -> frozenset[str]:
    rows = restricted(task.duty_id)
    if not rows:
        return frozenset()
    roles = {team.role.code for team in teams if _counts(task, team, concerned)}
    return frozenset(row.key for row in rows if not allows(row, roles))


def _counts(task: Task, team: Team, concerned: Collection[int] | None) -> bool:
    """Whether the team's role counts on this task: of a municipality where it has to do with it."""
    if team.role.kind != Organization.Kind.MEMBER or team.organization_id == task.organization_id:
        return True
    if task.organization.kind != Organization.Kind.UNION:
        return False
    if task.case is None or task.case.reporter_id == team.organization_id:
        return True
    if concerned is not None:
        return team.organization_id in concerned
    return Concern.objects.filter(case=task.case_id, organization=team.organization_id).exists()


def open_answers(duty_id: int, organization_id: int, answers: Any, standing: Standing) -> Any:
    """`answers` of a task outside of cases without the fields that the person may not see."""
    rows = restricted(duty_id)
    if not rows or not answers:
        return answers
    at = (organization_id, standing.union_id)
    roles = {
        t.role.code
        for t in standing.teams
        if t.role.kind != Organization.Kind.MEMBER or t.organization_id == at[0] or at[0] == at[1]
    }
    return without(answers, {row.key for row in rows if not allows(row, roles)})


def without(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """`values` by field key (or by `<field key>.<row>.<column>`) without those of `keys`."""
    gone = set(keys)
    return {where: value for where, value in values.items() if where.partition(".")[0] not in gone}


def public_findings(duty_id: int, findings: Mapping[str, str]) -> dict[str, str]:
    """Findings that everybody may read who sees the task: none of a restricted field, none that names one."""
    return findings_without(duty_id, findings, {row.key for row in restricted(duty_id)})


def findings_without(duty_id: int, findings: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """`findings` without those of the fields `keys` and without those whose sentence says their values."""
    gone = set(keys)
    if not gone:
        return dict(findings)
    for row in definition_of(duty_id).fields:
        rule = row.finding or {}
        if {rule.get("ne"), rule.get("over_percent_of")} & gone:
            gone.add(row.key)
    return without(findings, gone)
