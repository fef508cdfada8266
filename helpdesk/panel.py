"""What an inquiry adds to the page of its case: its facts, the answers, the form that answers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.lib.era import era_short
from opsdesk.lib.templatetags.dates import hm
from raci.models import Sharing
from tasks.acting import FILL
from tasks.kinds import Panel
from tasks.models import Audience, CommentKind

from .models import Canned, Faq, Inquiry


def panel_of(page: Any) -> Panel | None:
    """Of a tasks.casepage.CasePage; None for a case that is older than this app."""
    rows = Inquiry.objects.select_related("contact", "organization", "faq")
    inquiry = rows.filter(case=page.case).first()
    if inquiry is None:
        return None
    found = InquiryPanel(inquiry, page)
    return Panel("helpdesk/_inquiry.html", {"inquiry": found, "script": "js/answer.js"})


class InquiryPanel:
    """`page`: of the case, with the person, the moment and the rights."""

    def __init__(self, inquiry: Inquiry, page: Any) -> None:
        self.inquiry, self.page = inquiry, page

    @property
    def facts(self) -> list[tuple[str, str]]:
        i = self.inquiry
        contact = i.contact
        found = [
            (_("手段"), str(i.get_channel_display())),
            (_("連絡者"), i.caller),
            (_("電話番号"), i.phone or (contact.phone if contact else "")),
            (_("メール"), contact.email if contact else ""),
            (_("受付"), self._when(i.received_at)),
            (_("原本番号"), i.original_number),
            (_("区分"), i.category),
            (_("使ったFAQ"), i.faq.question if i.faq else ""),
            (_("回答"), self._answered()),
        ]
        return [(label, value) for label, value in found if value]

    def _when(self, at: Any) -> str:
        return f"{era_short(at, self.page.today)} {hm(at)}"

    def _answered(self) -> str:
        i = self.inquiry
        if i.answered_at is not None:
            words = self._when(i.answered_at)
            return words + (_(" 一次回答で完結") if i.is_first_answer else "")
        if i.is_waiting and self.page.case.is_open:
            due = min((t.step.due_at for t in self.page.turns), default=None)
            return _("未回答") + (_(" 期限 %(due)s") % {"due": self._when(due)} if due else "")
        return ""

    @property
    def answers(self) -> list[Any]:
        """The answers that the person reads, the oldest first; those put right only as they stand now."""
        notes = self.page.papers.notes
        corrected = {n.corrects for n in notes.values()}
        found = [n for n in notes.values() if n.kind == CommentKind.ANSWER and n.pk not in corrected]
        return sorted(found, key=lambda n: n.pk)

    @cached_property
    def answerers(self) -> list[Team]:
        return [t for t in self.page.writers if t.role.kind != Organization.Kind.MEMBER]

    @property
    def audiences(self) -> list[tuple[str, str, bool]]:
        """団体限り first, where there is a municipality; never 内部."""
        found = [a for a in self.page.audiences if a["value"] != Audience.INTERNAL]
        found.sort(key=lambda a: a["value"] != Audience.MEMBER)
        typed = self.page.typed.get("audience")
        chosen = typed if typed in [a["value"] for a in found] else found[0]["value"] if found else ""
        return [(a["value"], str(a["label"]), a["value"] == chosen) for a in found]

    @cached_property
    def canned(self) -> list[Canned]:
        return list(Canned.objects.filter(is_active=True)) if self.answerers else []

    @property
    def hand_over_url(self) -> str:
        """Where the lead goes to another ◎ team, by who has the answering step."""
        steps = [s for s in self.page.open_steps if s.duty.sharing == Sharing.ANY and self.page.own(s, FILL)]
        return reverse("tasks:assign", args=[steps[0].pk]) if steps else ""

    @cached_property
    def askers(self) -> list[Team]:
        """Teams of 依頼元, that ask once more after the end."""
        case = self.page.case
        if case.is_open:
            return []
        return [t for t in self.page.standing.teams if t.organization_id == case.reporter_id]

    @cached_property
    def faq(self) -> Faq | None:
        """What came of it, for who edits the FAQ or once it is published."""
        rows = Faq.objects.filter(source=self.inquiry)
        return (rows if self.answerers else rows.published()).first()
