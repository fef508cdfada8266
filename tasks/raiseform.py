"""The form that raises or reports a case: what it asks, what stands in it, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.calendar.book import calendar_of
from opsdesk.lib.era import era_date
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.templatetags.dates import hm
from raci.models import CaseKind, Duty, DutyField, FieldKind, FollowUp, Scope
from raci.outline import outline_of

from . import kinds
from .aftermath import Next, course, roles_by_id
from .asked import Field, Reading
from .catalogue import report_verb
from .following import Following
from .forms import Choice, Drawn, Lines, Shown, draw
from .raising import closes_at_once, concerns_field, fields_asked, members_on, read_asked
from .stepdue import due_of

#: The field that says again what the title says.
SUBJECT = "subject"


class RaiseForm:
    """`teams`: for which the person may raise, `team` the one that is chosen; `typed` and `refusal` as on a
    task's page; `start`: what the form begins with ({"title", "answers", "concerns"})."""

    is_report = False
    path = "tasks:raise"

    def __init__(
        self,
        duty: Duty,
        teams: Sequence[Team],
        *,
        team: Team,
        now: datetime,
        today: date,
        typed: Mapping[str, Any] | None = None,
        refusal: Refusal | None = None,
        start: Mapping[str, Any] | None = None,
        blanks: int = 1,
    ) -> None:
        self.duty, self.teams, self.team, self.now, self.today = duty, teams, team, now, today
        self.typed, self.refusal, self.blanks = typed or {}, refusal, blanks
        self.start = start or {}
        self.errors: Mapping[str, str] = refusal.errors if refusal else {}
        self.is_member = team.role.kind == Organization.Kind.MEMBER

    @cached_property
    def is_now(self) -> bool:
        """登録する: raised and closed in one act."""
        return closes_at_once(self.duty, self.team)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return fields_asked(self.duty, everything=self.is_now)

    @property
    def hints_url(self) -> str:
        """Where known answers to such a case are looked up while it is written; "" if nowhere."""
        return kinds.of(self.duty.case_kind).hints()

    @property
    def kind(self) -> str:
        return str(CaseKind(self.duty.case_kind).label)

    # whom it concerns

    @cached_property
    def own_field(self) -> Field | None:
        """The field of the duty that asks whom it concerns."""
        return concerns_field(self.fields)

    @property
    def asks_concerns(self) -> bool:
        return not self.is_member and self.own_field is None

    @cached_property
    def members(self) -> list[Choice]:
        chosen = self.typed.get("concerns", self.start.get("concerns", ()))
        return [Choice(o.code, o.code in chosen, label=o.short_name) for o in members_on(self.today)]

    # the fields

    @cached_property
    def editable(self) -> set[str]:
        return {f.key for f in self.fields if not f.row.options.get("is_shown") and f.key not in self.silent}

    @cached_property
    def silent(self) -> dict[str, Any]:
        """Answers that nobody is asked: a municipality raises for itself, and the title is asked once."""
        found: dict[str, Any] = {f.key: self.title for f in self.fields if f.key == SUBJECT}
        if self.own_field is not None and self.is_member:
            code = self.team.organization.code
            many = self.own_field.row.options["organizations"] == "many"
            found[self.own_field.key] = [code] if many else code
        return found

    @cached_property
    def values(self) -> dict[str, Any]:
        defaults = {f.key: f.row.options["default"] for f in self.fields if "default" in f.row.options}
        return {**defaults, **self.start.get("answers", {}), **self.typed.get("answers", {}), **self.silent}

    @cached_property
    def reading(self) -> Reading:
        return read_asked(self.fields, self.values, self.now)

    @cached_property
    def drawn(self) -> Drawn:
        errors = {key: sentence for key, sentence in self.errors.items() if key not in self.silent}
        drawn = draw(
            [f for f in self.fields if f.key in self.editable],
            values=self.values,
            editable=self.editable,
            reading=self.reading,
            errors=errors,
            previous={},
            files={},
            blanks=self.blanks,
        )
        for group in drawn.groups:
            for f in group.fields:
                self._ask(f)
        places = {"title": "#title", "concerns": "#concerns", "chosen": "#links", "links": "#links"}
        drawn.errors = [
            (places.get(key, href), sentence)
            for (href, sentence), key in zip(drawn.errors, errors, strict=True)
        ]
        return drawn

    def _ask(self, f: Shown | Lines) -> None:
        if isinstance(f, Shown):
            f.is_needed = f.is_needed and self.is_needed(f.row)
            return
        f.shown.is_needed = f.shown.is_needed and self.is_needed(f.shown.row)
        required = [c for c in f.columns if c.is_required]
        f.needed = {c.key for c in required if self.is_needed(c)}
        f.later = {c.key for c in required} - f.needed

    def is_needed(self, row: DutyField) -> bool:
        """A field, or a column, that only closing needs isn't needed to raise."""
        return self.is_now or row.is_asked

    @property
    def has_files(self) -> bool:
        return any(f.kind == FieldKind.FILE for f in self.fields)

    # what comes of it

    @cached_property
    def edges(self) -> list[tuple[FollowUp, Any]]:
        """Edges that a closing in the same act may choose, with the duties to which they lead."""
        if not self.is_now:
            return []
        outline = outline_of(self.duty.edition_id)
        kinds = (FollowUp.Kind.CHOSEN, FollowUp.Kind.LINKED)
        edges = (e for e in outline.followups.get(self.duty.key, ()) if e.kind in kinds)
        return [(e, outline.keys[e.target_key]) for e in edges if e.target_key in outline.keys]

    @property
    def choices(self) -> list[dict[str, Any]]:
        picked = self.typed.get("then", set())
        return [
            {
                "value": f"{edge.kind}-{line.key}",
                "label": f"No.{line.number} {line.work}",
                "is_linked": edge.kind == FollowUp.Kind.LINKED,
                "is_chosen": f"{edge.kind}-{line.key}" in picked,
            }
            for edge, line in self.edges
        ]

    @property
    def wrong_choices(self) -> list[str]:
        return [self.errors[key] for key in ("chosen", "links") if key in self.errors]

    @property
    def following(self) -> Following:
        picked = self.typed.get("then", set())
        keys: dict[str, set[int]] = {}
        for edge, line in self.edges:
            if f"{edge.kind}-{line.key}" in picked:
                keys.setdefault(edge.kind, set()).add(line.key)
        links = dict.fromkeys(keys.get(FollowUp.Kind.LINKED, ()))
        return Following(chosen=frozenset(keys.get(FollowUp.Kind.CHOSEN, ())), links=links)

    @cached_property
    def course(self) -> list[Next]:
        return course(self.duty.edition_id, self.duty.key, roles_by_id())

    @property
    def marks(self) -> list[tuple[str, str]]:
        """(mark, role) of the duty: by which anybody may raise it."""
        marks = outline_of(self.duty.edition_id).lines[self.duty.pk].marks
        return [(marks[pk], role.name) for pk, role in roles_by_id().items() if pk in marks]

    @property
    def due(self) -> str:
        """When its first step will be due, given what stands in the form."""
        if self.duty.standard_due.get("at_once"):
            return _("直ちに")
        where = self.team.organization if self.is_member and self.duty.scope == Scope.EACH else None
        answers = {self.duty.key: self.reading.answers}
        due = due_of(self.duty.standard_due, self.now, calendar_of(where), answers, self.duty.key)
        return f"{era_date(due.date(), with_weekday=True)} {hm(due)}"

    @property
    def title(self) -> str:
        return str(self.typed.get("title", self.start.get("title", "")))

    @cached_property
    def token(self) -> str:
        """The same form sent twice raises one case."""
        return self.typed.get("token") or uuid4().hex

    @property
    def draft(self) -> str:
        return f"{'report' if self.is_report else 'raise'}-{self.duty.number}-{self.team.pk}"

    @property
    def submit(self) -> str:
        return _("登録する") if self.is_now else _("起票する")


class ReportForm(RaiseForm):
    """通報・問合せ: for whoever receives it; only what they can't do without must be there."""

    is_report = True
    path = "tasks:report"

    @cached_property
    def is_now(self) -> bool:
        return False

    def is_needed(self, row: DutyField) -> bool:
        return bool(row.options.get("multiline"))

    @property
    def submit(self) -> str:
        return report_verb(self.duty)
