"""Questions about a task's fields: which a team may fill in, what they begin with, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.calendar.book import calendar_beside
from opsdesk.calendar.days import last_of_month
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib.statement import Statement
from raci.definition import definition_of
from raci.models import Cycle, Mark, Sharing

from .answers import Field, Reading, Setting, carried, fields_of, is_empty, read
from .asked import namer
from .choices import all_teams, member_names
from .models import Attachment, Task
from .restricted import hidden_from
from .signing_order import signed_roles


def task_fields(task: Task) -> tuple[Field, ...]:
    return fields_of(definition_of(task.duty_id).fields)


def editable(
    task: Task, team: Team, frozen: frozenset[int] | None = None, *, is_revision: bool = False
) -> set[str]:
    """Keys of the fields that `team` may fill in; `frozen`: roles whose signature stands (asked for if None).

    A field of a signer is the signer's alone until signed. On a common task a municipality's ○ fills in only
    its own fields; `filled_by` and `named_by` name roles that fill a field in whatever their mark. What the
    team may not see it does not fill in.
    """
    if not task.is_open and not is_revision:
        return set()
    definition = definition_of(task.duty_id)
    if frozen is None:
        frozen = signed_roles(task) if task.duty.sharing == Sharing.SIGNERS else frozenset()
    fills = definition.mark_of(team.role_id) in (Mark.MAIN, Mark.SUPPORT)
    is_guest = (
        team.role.kind == Organization.Kind.MEMBER
        and task.organization.kind == Organization.Kind.UNION
        and definition.mark_of(team.role_id) != Mark.MAIN
    )
    found = set()
    unseen = hidden_from(task, team)
    for f in task_fields(task):
        row = f.row
        if row.signer_role_id:
            mine = row.signer_role_id == team.role_id and team.role_id not in frozen
        else:
            mine = (fills and not is_guest) or team.role.code in row.options.get("filled_by", ())
            mine = mine or namer(row, task.answers) == team.role.code
        if mine and f.key not in unseen and not row.options.get("is_shown"):
            found.add(f.key)
    return found


def unnamed(task: Task) -> dict[str, str]:
    """Errors by field of answers in whose place somebody else is still to put another one (わからない)."""
    found = {}
    for f in task_fields(task):
        if role := namer(f.row, task.answers):
            names = {t.role_code: t.name for t in all_teams()}
            found[f.key] = _("%(label)sは%(who)sが決めます。「%(value)s」のままでは完了にできません。") % {
                "label": f.row.label,
                "who": names.get(role, role),
                "value": task.answers[f.key],
            }
    return found


def _filed(*, task: int) -> QuerySet[Any]:
    return Attachment.objects.filter(task=task, withdrawn_at=None).order_by().values_list("field_key")


FILED = Statement(_filed)


def setting_of(task: Task, today: date, files: frozenset[str] | None = None, calendar: Any = None) -> Setting:
    """What the rules look at; `files` and `calendar` are asked for if not given."""
    if files is None:
        files = frozenset(key for (key,) in FILED.ask(task=task.pk))
    return Setting(
        today=today,
        calendar=calendar or calendar_beside(task, task.organization),
        limit_percent=task.organization.unpatched_limit_percent,
        period=period_of(task),
        files=files,
        organizations=member_names(),
        known=_known(task),
    )


def _known(task: Task) -> dict[str, tuple[str, Any]]:
    """Answers of other steps of the case that a finding looks at, with their labels."""
    names = [f.row.finding.get("ne", "") for f in task_fields(task) if f.row.finding]
    if task.case is None or not any("." in name for name in names):
        return {}
    found = {}
    for step in task.case.steps.filter(is_withdrawn=False).order_by("pk"):
        for f in task_fields(step):
            if f"{step.key}.{f.key}" in names and f.key in step.answers:
                found[f"{step.key}.{f.key}"] = (f.row.label, step.answers[f.key])
    return found


def reading_of(
    task: Task, raw: Mapping[str, Any], today: date, files: frozenset[str] | None = None
) -> Reading:
    return read(task_fields(task), raw, setting_of(task, today, files), stored=task.answers)


def period_of(task: Task) -> tuple[date, date]:
    """First and last day of the task's period."""
    first = task.period_on
    if task.duty.cycle == Cycle.MONTHLY:
        return first, last_of_month(first.year, first.month)
    if task.duty.cycle == Cycle.YEARLY:
        return first, FiscalYear.of(first).ends_on
    return first, first


def start_answers(task: Task, previous: Mapping[str, Any]) -> dict[str, Any]:
    """What an untouched form begins with: defaults, what is carried over, lines of the work before."""
    found = {**carried(task_fields(task), previous), **task.answers}
    if task.saved_at is None and task.is_open:
        for f in task_fields(task):
            rule = f.row.options.get("prefill")
            if rule and is_empty(found.get(f.key)):
                found[f.key] = _prefilled(task, rule)
    return found


def _prefilled(task: Task, rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    keys = [rule["key"], *([rule["settled_by"]] if "settled_by" in rule else [])]
    rows = list(
        Task.objects.filter(key__in=keys, period=task.period)
        .order_by("organization__position", "pk")
        .only("key", "state", "answers")
    )
    if "settled_by" in rule and not any(
        t.key == rule["settled_by"] and t.state == Task.State.DONE for t in rows
    ):
        return []
    lines = [
        {column: line[column] for column in rule["columns"] if column in line}
        for t in rows
        if t.key == rule["key"]
        for line in t.answers.get(rule["field"], ())
    ]
    return sorted(lines, key=lambda line: str(line.get("process_on", "")))
