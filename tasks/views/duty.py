"""One duty: what the sheet says of it, our settings beside it, the days to come and the last results."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, signed_in
from opsdesk.accounts.models import Organization, Role
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.days import Calendar
from opsdesk.lib.request import Request
from raci import words
from raci.access import Standing, standing_of
from raci.confirmations import covered_of, history_of
from raci.content import fingerprint
from raci.matrix import resolved
from raci.models import Duty, DutyField, FollowUp
from tasks.coming import MANY, coming
from tasks.extra import raisers
from tasks.models import Task
from tasks.procedures import may_read
from tasks.recurrence import in_words, rule_of
from tasks.words import period_short, state_words

from .matrix import edition_on


@allow(signed_in, label=gettext_lazy("業務の詳細"))
@require_GET
def duty(request: Request, number: int) -> HttpResponse:
    """No. `number` of the edition in force; results only as far as the person may see them."""
    edition = edition_on(request.today)
    rows = list(edition.duties.select_related("schedule", "parent").order_by("position")) if edition else []
    own = next((d for d in rows if d.number == number), None)
    if own is None:
        raise Http404
    standing = standing_of(request.user, request.today)
    category, section = resolved(rows)[rows.index(own)]
    return render(
        request,
        "tasks/duty.html",
        {
            "title": own.work,
            "crumbs": [
                (_("ダッシュボード"), "/"),
                (_("作業分担表"), f"{reverse('tasks:matrix')}#n{own.number}"),
                (f"No.{own.number}", ""),
            ],
            "aside_label": _("予定と結果"),
            "edition": edition,
            "duty": own,
            "category": category,
            "section": section,
            "children": [d for d in rows if d.parent_id == own.pk],
            "has_team": bool(standing.teams),
            "may_raise": rule_of(own) is not None and bool(raisers(own, request.user, request.today)),
            "may_read": may_read(own, request.user, request.today),
            "confirmations": _confirmations(own),
            **_definition(own, rows),
            **_times(own, standing, request),
        },
    )


def _definition(own: Duty, rows: list[Duty]) -> dict[str, Any]:
    """Marks and settings, in words."""
    by_key = {d.key: d for d in rows}
    fields = list(_fields(own))
    edges = list(FollowUp.objects.filter(duty__edition=own.edition_id).order_by("duty__position", "position"))
    for edge in edges:
        edge.duty = next(d for d in rows if d.pk == edge.duty_id)
    every = DutyField.objects.filter(duty__edition=own.edition_id, parent=None)
    labels = words.labels_of(every.values_list("duty__key", "key", "label"))
    roles = {r.code: r.name for r in Role.objects.all()}
    rule = rule_of(own)
    return {
        "assignments": own.assignments.select_related("role").order_by("role__position"),
        "sharing": words.sharing_in_words(own, own.signers.select_related("role").order_by("position")),
        "rule": in_words(rule) if rule else "",
        "standard_due": words.standard_due_in_words(own, labels),
        "register": words.REGISTERS.get(own.register, ""),
        "fields": [_field(f, labels, roles) for f in fields],
        "after": [_edge(e, by_key.get(e.target_key), labels) for e in edges if e.duty_id == own.pk],
        "before": [
            _edge(e, e.duty, labels) for e in edges if e.target_key == own.key and e.duty_id != own.pk
        ],
    }


def _confirmations(own: Duty) -> dict[str, Any]:
    """The one that holds for the settings of this edition, and all that people said of the duty's."""
    if own.is_heading:
        return {}
    history = history_of(own.key)
    of_these = [c for c in history if c.fingerprint == fingerprint(covered_of(own))]
    holds = of_these[0] if of_these and not of_these[0].is_withdrawal else None
    return {"holds": holds, "history": [(c, c in of_these) for c in history]}


def _fields(own: Duty) -> Iterable[DutyField]:
    fields = own.fields.filter(parent=None).select_related("signer_role").order_by("position")
    for field in fields.prefetch_related("columns__signer_role"):
        field.duty = own
        for column in field.columns.all():
            column.duty, column.parent = own, field
        yield field


def _field(field: DutyField, labels: words.Labels, roles: dict[str, str]) -> dict[str, Any]:
    return {
        "field": field,
        "need": words.need_in_words(field, labels),
        "finding": words.finding_in_words(field, labels),
        "notes": words.options_in_words(field, labels, roles),
        "columns": [_field(c, labels, roles) for c in field.columns.all()] if field.kind == "lines" else [],
    }


def _edge(edge: FollowUp, other: Duty | None, labels: words.Labels) -> dict[str, Any]:
    """Between scheduled duties an edge opens nothing, the calendar does; the later one waits (先行待ち)."""
    kind = _("周期どおり") if other and rule_of(other) else edge.get_kind_display()
    return {"edge": edge, "other": other, "kind": kind, "condition": words.condition_in_words(edge, labels)}


def _times(own: Duty, standing: Standing, request: Request) -> dict[str, Any]:
    """The next days by the rule, the open tasks and the last results, those that the person may see."""
    visible = Task.objects.visible_to(request.user, request.today).filter(key=own.key)
    visible = visible.select_related("duty", "organization", "closed_by")
    closed = visible.exclude(state=Task.State.OPEN).order_by("-due_at", "-pk")[:MANY]
    return {
        "coming": [
            (o, period_short(Task(duty=own, period_on=o.period_on), request.today))
            for o in coming(rule_of(own), calendar_for(standing), request.today)
        ],
        "open": [_line(task, request) for task in visible.open().order_by("due_at", "pk")[:MANY]],
        "results": [_line(task, request) for task in closed],
    }


def _line(task: Task, request: Request) -> dict[str, Any]:
    kind, text = state_words(task, request.now)
    return {"task": task, "period": period_short(task, request.today), "kind": kind, "text": text}


def calendar_for(standing: Standing) -> Calendar:
    """The person's own: a municipality's, else the union's."""
    member = next((t.organization for t in standing.teams if t.role.kind == Organization.Kind.MEMBER), None)
    return calendar_of(None if standing.is_union else member)
