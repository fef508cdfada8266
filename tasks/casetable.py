"""The columns of the list of cases: whom a case concerns, which steps are open, whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

import django_tables2 as tables
from django.db.models import BigIntegerField, DateTimeField, Value
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.accounts.models import Organization
from opsdesk.lib.era import era_short
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from raci.access import Standing
from raci.models import CaseKind, Mark
from raci.outline import line_of

from .caseplace import address
from .choices import all_teams
from .models import Case, Concern, Task

COLUMNS = ("number", "title", "kind", "state", "reporter_id", "raised_at", "closed_at", "entry_id")
PILLS = {
    Case.State.OPEN.value: "run",
    Case.State.CLOSED.value: "done",
    Case.State.WITHDRAWN.value: "na",
    Case.State.DUPLICATE.value: "na",
}
CHUNK = 500


def light_cases(queryset: Any) -> Any:
    return queryset.only(*COLUMNS)


class CaseTable(FastTable):
    """`standing`, `now` and `today` of the person who looks; a municipality reads no other one's name."""

    caption = gettext_lazy("案件の一覧")
    number = tables.Column(verbose_name=gettext_lazy("番号"), orderable=False, empty_values=())
    title = tables.Column(verbose_name=gettext_lazy("件名"), orderable=False, empty_values=())
    kind = tables.Column(verbose_name=gettext_lazy("種類"), orderable=False, empty_values=())
    reporter = tables.Column(verbose_name=gettext_lazy("依頼元"), orderable=False, empty_values=())
    concerns = tables.Column(verbose_name=gettext_lazy("関係団体"), orderable=False, empty_values=())
    steps = tables.Column(verbose_name=gettext_lazy("現在の作業"), orderable=False, empty_values=())
    due = tables.Column(verbose_name=gettext_lazy("期限"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())
    raised = tables.Column(verbose_name=gettext_lazy("起票日"), order_by="raised_at", empty_values=())

    class Meta:
        model = Case
        fields = ()
        empty_text = gettext_lazy("この条件に合う案件はありません。")

    def __init__(self, data: Any, *, standing: Standing, now: datetime, today: date, **options: Any) -> None:
        super().__init__(data, **options)
        self.standing, self.now, self.today = standing, now, today
        teams = all_teams()
        self.names = {t.organization_id: t.organization_name for t in teams}
        self.members = {t.organization_id for t in teams if t.is_member}
        self.team_names = {t.pk: t.name for t in teams}
        self.role_names = {t.role_id: t.name for t in reversed(teams) if not t.is_member}
        self.own = {t.organization_id for t in standing.teams}
        self.is_narrow = all(t.role.kind == Organization.Kind.MEMBER for t in standing.teams)

    def paginate(self, *args: Any, **options: Any) -> None:
        super().paginate(*args, **options)
        self.complete(self.page.rows)

    def export_rows(self) -> Iterator[Case]:
        rows = iter(super().export_rows())
        while chunk := list(islice(rows, CHUNK)):
            yield from self.complete(chunk)

    def complete(self, cases: Iterable[Any]) -> list[Any]:
        """Give each its municipalities and its open steps, in one statement."""
        found = {case.pk: case for case in cases}
        for case in found.values():
            case.places, case.turns = [], []
        for pk, organization, duty, lead, due in _around(list(found)) if found else ():
            if duty:
                found[pk].turns.append((organization, duty, lead, due))
            else:
                found[pk].places.append(organization)
        return list(found.values())

    def is_hidden(self, organization: int) -> bool:
        """Another municipality, to a municipality."""
        return self.is_narrow and organization in self.members and organization not in self.own

    def named(self, organizations: Iterable[int]) -> str:
        """汐見市、他団体 2件, in the order of the municipalities."""
        wanted = set(organizations)
        shown = [name for pk, name in self.names.items() if pk in wanted and not self.is_hidden(pk)]
        hidden = sum(self.is_hidden(pk) for pk in wanted)
        return "、".join([*shown, *([_("他団体 %(n)s件") % {"n": hidden}] if hidden else [])])

    def render_number(self, record: Case) -> SafeString:
        return format_html('<a href="{}" class="nw" data-open>{}</a>', address(record), record.number)

    def value_number(self, record: Case) -> str:
        return record.number

    def render_title(self, record: Case) -> str:
        return record.title

    def render_kind(self, record: Case) -> str:
        return str(CaseKind(record.kind).label)

    def render_reporter(self, record: Any) -> str:
        if record.reporter_id is None:
            return ""
        return _("他団体") if self.is_hidden(record.reporter_id) else self.names.get(record.reporter_id, "")

    def render_concerns(self, record: Any) -> str:
        if len(record.places) > 1 and set(record.places) == self.members and not self.is_narrow:
            return _("全団体")
        return self.named(record.places)

    def steps_of(self, record: Any) -> list[str]:
        """No.52 プログラム変更: パッケージ保守; of other municipalities how many."""
        shown = sorted(turn for turn in record.turns if not self.is_hidden(turn[0]))
        hidden = len(record.turns) - len(shown)
        words = list(dict.fromkeys(self._step(*turn) for turn in shown))
        return [*words, *([_("他団体 %(n)s件") % {"n": hidden}] if hidden else [])]

    def _step(self, organization: int, duty: int, lead: int | None, _due: Any) -> str:
        line = line_of(duty)
        if organization in self.members:
            who = self.names[organization]
        elif lead in self.team_names:
            who = self.team_names[lead]
        else:
            roles = line.roles_with(Mark.MAIN)
            who = "・".join(name for pk, name in self.role_names.items() if pk in roles)
        return f"No.{line.number} {line.short}: {who}"

    def render_steps(self, record: Any) -> SafeString:
        lines = self.steps_of(record)
        more = _(" ほか%(n)s件") % {"n": len(lines) - 3} if len(lines) > 3 else ""
        return format_html("{}{}", "、".join(lines[:3]), more)

    def value_steps(self, record: Any) -> str:
        return "、".join(self.steps_of(record))

    def due_of(self, record: Any) -> datetime | None:
        dues = [due for place, _duty, _lead, due in record.turns if not self.is_hidden(place)]
        return min(dues, default=None)

    def render_due(self, record: Any) -> SafeString | str:
        due = self.due_of(record)
        if due is None:
            return ""
        day = timezone.localdate(due)
        over = format_html(' <span class="due due-over">{}</span>', _("超過")) if due < self.now else ""
        return format_html(
            '<time datetime="{}" class="nw">{}</time>{}', day.isoformat(), era_short(day, self.today), over
        )

    def value_due(self, record: Any) -> datetime | None:
        return self.due_of(record)

    def render_state(self, record: Case) -> SafeString:
        return ui.pill(PILLS[record.state], str(Case.State(record.state).label))

    def value_state(self, record: Case) -> str:
        return str(Case.State(record.state).label)

    def render_raised(self, record: Case) -> SafeString:
        day = timezone.localdate(record.raised_at)
        return format_html(
            '<time datetime="{}" class="nw">{}</time>', day.isoformat(), era_short(day, self.today)
        )

    def value_raised(self, record: Case) -> date:
        return timezone.localdate(record.raised_at)


def _around(cases: list[int]) -> Any:
    """(case, organization, duty or 0, lead, due) of whom they concern and of their open steps."""
    none = Value(0, BigIntegerField()), Value(None, BigIntegerField()), Value(None, DateTimeField())
    concerns = Concern.objects.filter(case__in=cases).order_by()
    steps = Task.objects.open().filter(case__in=cases, is_withdrawn=False).order_by()
    return concerns.values_list("case_id", "organization_id", *none).union(
        steps.values_list("case_id", "organization_id", "duty_id", "lead_id", "due_at"), all=True
    )
