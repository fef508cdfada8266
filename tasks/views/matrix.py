"""The matrix as the sheet shows it, with this period's state of each row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, drafter, signed_in
from opsdesk.accounts.models import Organization, Role
from opsdesk.calendar.book import calendar_of
from opsdesk.lib.request import Request
from raci.access import Standing, standing_of
from raci.matrix import Filter, Row, grid, head_lines, narrowed
from raci.models import Assignment, Cycle, Duty, Edition, Mark
from tasks.live import Live, live
from tasks.matrixrows import row_html

STATES = {
    "overdue": gettext_lazy("期限超過あり"),
    "open": gettext_lazy("未完了あり"),
    "done": gettext_lazy("今期は完了"),
}


@allow(signed_in, label=gettext_lazy("作業分担表"))
@require_GET
def matrix(request: Request) -> HttpResponse:
    """All rows of the edition in force, merged as on paper; a narrower pick is un-merged."""
    edition = edition_on(request.today)
    if edition is None:
        return render(request, "tasks/matrix_none.html", {"may_draft": drafter(request)})
    return render(request, "tasks/matrix.html", _context(request, edition))


def _context(request: Request, edition: Edition) -> dict[str, Any]:
    standing = standing_of(request.user, request.today)
    duties = list(edition.duties.select_related("schedule").order_by("position"))
    roles = list(Role.objects.all())
    marks = marks_of(duties)
    states = _live(request, standing, duties)
    picked = Picked.read(request.GET, roles, standing)
    has_live = bool(standing.teams)
    groups = narrowed(grid(duties, roles, marks), picked.filter(states))
    return {
        "edition": edition,
        "may_draft": drafter(request),
        "groups": [_html(rows, states, request.today, has_live=has_live) for rows in groups],
        "has_live": has_live,
        "rows": len(duties),
        "shown": sum(len(rows) for rows in groups),
        "picked": picked,
        "columns": _columns(roles, marks, duties),
        "vendors": sum(r.kind == Organization.Kind.VENDOR for r in roles),
        "seals": [_("承認"), _("確認"), _("作成")],
        "chips": _chips(duties, picked),
        "marks": [(m.value, m.label, m.value in picked.marks) for m in Mark],
        "states": [(code, label, code == picked.state) for code, label in STATES.items()],
        "crumbs": [(_("ダッシュボード"), "/"), (_("作業分担表"), "")],
    }


def _html(rows: list[Row], states: Mapping[int, Live], today: date, *, has_live: bool) -> list[SafeString]:
    return [
        row_html(row, states.get(row.duty.key), today, is_first=row is rows[0], has_live=has_live)
        for row in rows
    ]


@dataclass(frozen=True)
class Picked:
    """What the URL says: emphasised role, cycles, marks, word, state of the rows, height."""

    role: Role | None
    cycles: tuple[str, ...]
    marks: tuple[str, ...]
    word: str
    state: str
    is_high: bool

    @classmethod
    def read(cls, query: QueryDict, roles: Iterable[Role], standing: Standing) -> "Picked":
        """What does not exist is as if it were not there. The role is the person's own unless chosen."""
        own = standing.teams[0].role.code if standing.teams else ""
        role = query.get("role", own)
        return cls(
            next((r for r in roles if r.code == role), None),
            tuple(c for c in Cycle.values if c in query.getlist("cycle")) or tuple(Cycle.values),
            tuple(m for m in Mark.values if m in query.getlist("mark")) or tuple(Mark.values),
            query.get("q", "").strip(),
            query.get("state", "") if query.get("state") in STATES else "",
            query.get("height") == "high",
        )

    def filter(self, states: Mapping[int, Live]) -> Filter:
        return Filter(
            role=self.role,
            cycles=self.cycles if len(self.cycles) < len(Cycle.values) else (),
            marks=self.marks if len(self.marks) < len(Mark.values) else (),
            word=self.word,
            keys=[key for key, state in states.items() if self._takes(state)] if self.state else None,
        )

    def _takes(self, state: Live) -> bool:
        if self.state == "open":
            return state.state in ("open", "overdue")
        return state.kind == "done" if self.state == "done" else state.state == self.state

    @property
    def is_narrow(self) -> bool:
        return self.filter({}).is_narrow


@dataclass(frozen=True)
class Column:
    """A role's column: its head in lines, and how many rows it has."""

    role: Role
    lines: list[str]
    mains: int
    all: int

    @property
    def is_vendor(self) -> bool:
        return self.role.kind == Organization.Kind.VENDOR


def edition_on(today: date) -> Edition | None:
    """The edition in force, or the first one to come while none is."""
    published = Edition.objects.published().order_by("in_force_on")
    return Edition.objects.in_force(today).first() or published.first()


def marks_of(duties: Iterable[Duty]) -> dict[int, dict[int, str]]:
    """Marks by duty id and role id."""
    found: dict[int, dict[int, str]] = {}
    rows = Assignment.objects.filter(duty__in=[d.pk for d in duties]).order_by()
    for duty, role, mark in rows.values_list("duty_id", "role_id", "mark"):
        found.setdefault(duty, {})[role] = mark
    return found


def _live(request: Request, standing: Standing, duties: list[Duty]) -> dict[int, Live]:
    if not standing.teams:
        return {}
    own = next((t.organization for t in standing.teams if t.role.kind == Organization.Kind.MEMBER), None)
    calendar = calendar_of(None if standing.is_union else own)
    return live(duties, request.user, calendar, now=request.now, today=request.today)


def _columns(roles: list[Role], marks: dict[int, dict[int, str]], duties: list[Duty]) -> list[Column]:
    given = [marks.get(d.pk, {}) for d in duties]
    return [
        Column(
            r, head_lines(r.name), sum(m.get(r.pk) == Mark.MAIN for m in given), sum(r.pk in m for m in given)
        )
        for r in roles
    ]


def _chips(duties: list[Duty], picked: Picked) -> list[tuple[str, str, int, bool]]:
    return [
        (c.value, str(c.label), sum(d.cycle == c.value for d in duties), c.value in picked.cycles)
        for c in Cycle
    ]
