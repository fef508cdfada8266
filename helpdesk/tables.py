"""The columns of the lists of inquiries and of FAQ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_short
from opsdesk.lib.tables import FastTable
from opsdesk.lib.templatetags import ui
from opsdesk.lib.templatetags.dates import hm
from raci.models import Mark
from raci.outline import line_of
from tasks.caseplace import address
from tasks.casetable import PILLS
from tasks.choices import all_teams
from tasks.models import Case, Task

from .models import Channel, Faq, IncomingMail, Inquiry

COLUMNS = (
    "case__number", "case__kind", "case__title", "case__state", "organization_id", "channel", "caller",
    "category", "received_at", "is_waiting", "answered_at",
)  # fmt: skip
CHUNK = 500


def light(queryset: Any) -> Any:
    return queryset.select_related("case").only(*COLUMNS)


class InquiryTable(FastTable):
    """`now` and `today` of the person who looks."""

    caption = gettext_lazy("受付の一覧")
    number = tables.Column(verbose_name=gettext_lazy("番号"), orderable=False, empty_values=())
    received = tables.Column(verbose_name=gettext_lazy("受付"), order_by="received_at", empty_values=())
    organization = tables.Column(verbose_name=gettext_lazy("団体"), orderable=False, empty_values=())
    caller = tables.Column(verbose_name=gettext_lazy("連絡者"), orderable=False, empty_values=())
    title = tables.Column(verbose_name=gettext_lazy("件名"), orderable=False, empty_values=())
    turn = tables.Column(verbose_name=gettext_lazy("担当"), orderable=False, empty_values=())
    due = tables.Column(verbose_name=gettext_lazy("回答期限"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())

    class Meta:
        model = Inquiry
        fields = ()
        empty_text = gettext_lazy("この条件に合う受付はありません。")

    def __init__(self, data: Any, *, now: datetime, today: date, **options: Any) -> None:
        super().__init__(data, **options)
        self.now, self.today = now, today
        teams = all_teams()
        self.towns = {t.organization_id: t.organization_name for t in teams}
        self.teams = {t.pk: t.name for t in teams}
        self.roles: dict[int, str] = {}
        for team in teams:  # the newest of a role comes first
            if not team.is_member:
                self.roles.setdefault(team.role_id, team.name)

    def paginate(self, *args: Any, **options: Any) -> None:
        super().paginate(*args, **options)
        self.complete(self.page.rows)

    def export_rows(self) -> Iterator[Inquiry]:
        rows = iter(super().export_rows())
        while chunk := list(islice(rows, CHUNK)):
            yield from self.complete(chunk)

    def complete(self, rows: Iterable[Any]) -> list[Any]:
        """Give each its open steps (duty, lead, who, due), in one statement."""
        found = {row.case_id: row for row in rows}
        for row in found.values():
            row.steps = []
        steps = Task.objects.open().filter(case__in=list(found), is_withdrawn=False).order_by("due_at", "pk")
        names = steps.values_list("case_id", "duty_id", "lead_id", "assignee__name", "due_at")
        for case, *step in names if found else ():
            found[case].steps.append(step)
        return list(found.values())

    def render_number(self, record: Inquiry) -> SafeString:
        case = record.case
        return format_html('<a href="{}" class="nw" data-open>{}</a>', address(case), case.number)

    def value_number(self, record: Inquiry) -> str:
        return record.case.number

    def render_received(self, record: Inquiry) -> SafeString:
        day = timezone.localdate(record.received_at)
        words = f"{era_short(day, self.today)} {hm(record.received_at)} {Channel(record.channel).label}"
        return format_html('<time datetime="{}">{}</time>', day.isoformat(), words)

    def value_received(self, record: Inquiry) -> datetime:
        return record.received_at

    def render_organization(self, record: Inquiry) -> str:
        return self.towns.get(record.organization_id or 0, "")

    def render_caller(self, record: Inquiry) -> str:
        return record.caller

    def render_title(self, record: Inquiry) -> str:
        return record.case.title

    def render_turn(self, record: Any) -> str:
        return "、".join(dict.fromkeys(self._who(*step[:3]) for step in record.steps))

    def _who(self, duty: int, lead: int | None, assignee: str | None) -> str:
        roles = line_of(duty).roles_with(Mark.MAIN)
        team = self.teams.get(lead or 0) or "・".join(n for pk, n in self.roles.items() if pk in roles)
        return f"{assignee}({team})" if assignee else team

    def value_due(self, record: Any) -> datetime | None:
        return record.steps[0][3] if record.steps and record.is_waiting else None

    def render_due(self, record: Any) -> SafeString | str:
        due = self.value_due(record)
        if due is None:
            return ""
        day = timezone.localdate(due)
        kind = "over" if due < self.now else "today" if day == self.today else "soon"
        words = {"over": _("超過 "), "today": _("今日 "), "soon": ""}[kind]
        shown = hm(due) if kind == "today" else era_short(day, self.today)
        return format_html('<span class="due due-{}">{}{}</span>', kind, words, shown)

    def render_state(self, record: Inquiry) -> SafeString:
        return ui.pill(self._pill(record), self.value_state(record))

    def _pill(self, record: Inquiry) -> str:
        return "wait" if self._waits(record) else PILLS[record.case.state]

    def _waits(self, record: Inquiry) -> bool:
        return record.is_waiting and record.case.state == Case.State.OPEN

    def value_state(self, record: Inquiry) -> str:
        return _("未回答") if self._waits(record) else str(Case.State(record.case.state).label)


class FaqTable(FastTable):
    caption = gettext_lazy("FAQの一覧")
    question = tables.Column(verbose_name=gettext_lazy("質問"), orderable=False, empty_values=())
    category = tables.Column(verbose_name=gettext_lazy("分類"), empty_values=())
    answer = tables.Column(verbose_name=gettext_lazy("回答"), orderable=False, empty_values=())
    state = tables.Column(verbose_name=gettext_lazy("状態"), orderable=False, empty_values=())

    class Meta:
        model = Faq
        fields = ()
        empty_text = gettext_lazy("この条件に合うFAQはありません。")

    def render_question(self, record: Faq) -> SafeString:
        return format_html(
            '<a href="{}" data-open>{}</a>', reverse("helpdesk:faq", args=[record.pk]), record.question
        )

    def value_question(self, record: Faq) -> str:
        return record.question

    def render_category(self, record: Faq) -> str:
        return record.category

    def render_answer(self, record: Faq) -> str:
        return record.answer if len(record.answer) <= 120 else record.answer[:119] + "…"

    def value_answer(self, record: Faq) -> str:
        return record.answer

    def render_state(self, record: Faq) -> SafeString:
        return ui.pill("done" if record.is_published else "", self.value_state(record))

    def value_state(self, record: Faq) -> str:
        return _("公開") if record.is_published else _("下書き")


class QuarantineTable(FastTable):
    """Mails that wait for a person, the newest first. `now` of who looks."""

    caption = gettext_lazy("保留のメール")
    came = tables.Column(verbose_name=gettext_lazy("受信"), order_by="pk", empty_values=())
    sender = tables.Column(verbose_name=gettext_lazy("差出人"), orderable=False, empty_values=())
    subject = tables.Column(verbose_name=gettext_lazy("件名"), orderable=False, empty_values=())
    reason = tables.Column(verbose_name=gettext_lazy("理由"), orderable=False, empty_values=())

    class Meta:
        model = IncomingMail
        fields = ()
        empty_text = gettext_lazy("この条件に合うメールはありません。")

    def __init__(self, data: Any, *, now: datetime, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = timezone.localdate(now)

    def render_came(self, record: IncomingMail) -> SafeString:
        day = timezone.localdate(record.fetched_at)
        words = f"{era_short(day, self.today)} {hm(record.fetched_at)}"
        return format_html('<time datetime="{}" class="nw">{}</time>', record.fetched_at.isoformat(), words)

    def value_came(self, record: IncomingMail) -> datetime:
        return record.fetched_at

    def render_sender(self, record: IncomingMail) -> str:
        return record.sender or _("（読めません）")

    def value_sender(self, record: IncomingMail) -> str:
        return record.sender

    def render_subject(self, record: IncomingMail) -> SafeString:
        url = reverse("helpdesk:quarantined", args=[record.pk])
        return format_html('<a href="{}" data-open>{}</a>', url, record.subject or _("（件名なし）"))

    def value_subject(self, record: IncomingMail) -> str:
        return record.subject

    def render_reason(self, record: IncomingMail) -> str:
        return record.reason

    def value_reason(self, record: IncomingMail) -> str:
        return record.reason
