"""What an inquiry adds to the page of its case: its facts, the answers, the form that answers."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.lib.era import era_short
from opsdesk.lib.templatetags.dates import hm
from raci.models import Sharing
from tasks.acting import CLOSE
from tasks.kinds import Panel
from tasks.models import Audience, CommentKind

from .canned import canned_now
from .models import Canned, Faq, Inquiry


def panel_of(page: Any) -> Panel | None:
    """Of a tasks.casepage.CasePage; None for a case that is older than this app."""
    rows = Inquiry.objects.select_related("contact", "organization", "faq")
    made = Faq.objects.filter(source=OuterRef("pk"))
    parts = JSONObject(pk="pk", question="question", is_published="is_published")
    inquiry = rows.annotate(proposal=Subquery(made.values_list(parts)[:1])).filter(case=page.case).first()
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
        found = [a for a in self.page.audiences if a.value != Audience.INTERNAL]
        found.sort(key=lambda a: a.value != Audience.MEMBER)
        typed = self.page.typed.get("audience")
        chosen = typed if typed in [a.value for a in found] else found[0].value if found else ""
        return [(a.value, a.label, a.value == chosen) for a in found]

    @cached_property
    def canned(self) -> list[Canned]:
        return canned_now() if self.answerers else []

    @property
    def hand_over_url(self) -> str:
        """Where the lead goes to another ◎ team, by a team with ◎ on the answering step."""
        steps = [s for s in self.page.open_steps if s.duty.sharing == Sharing.ANY and self.page.own(s, CLOSE)]
        return reverse("tasks:assign", args=[steps[0].pk]) if steps else ""

    @cached_property
    def askers(self) -> list[Team]:
        """Teams of 依頼元, that ask once more after the end."""
        case = self.page.case
        if case.is_open:
            return []
        return [t for t in self.page.standing.teams if t.organization_id == case.reporter_id]

    @property
    def faq(self) -> dict[str, Any] | None:
        """What came of it ({"pk", "question", "is_published"}), for who answers or once it is published."""
        found: dict[str, Any] | None = self.inquiry.proposal  # type: ignore[attr-defined]
        return found if found and (found["is_published"] or self.answerers) else None
