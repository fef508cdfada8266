"""Question: what stands beside the form of the reception while somebody is on the phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property

from opsdesk.accounts.models import Organization
from tasks.models import Case, Concern

from .hints import Hint, hints_for
from .models import Contact, Inquiry
from .reception import INCIDENT

PEOPLE, RECENT, INCIDENTS = 6, 5, 5
COLUMNS = (
    "case__number",
    "case__title",
    "case__state",
    "channel",
    "received_at",
    "is_waiting",
    "answered_at",
)


class Around:
    """`contact`: who was chosen; `search`: what was typed to find somebody; `town`: the municipality."""

    def __init__(
        self,
        user: Any,
        today: date,
        *,
        contact: Contact | None,
        search: str,
        town: Organization | None,
        text: str,
    ) -> None:
        self.user, self.today = user, today
        self.contact, self.search, self.town, self.text = contact, search, town, text

    @cached_property
    def people(self) -> list[Contact]:
        """Whom the number or name may be; nobody once one is chosen."""
        if self.contact is not None or not self.search.strip():
            return []
        known = Contact.objects.visible_to(self.user, self.today).active()
        return list(known.matching(self.search).select_related("organization")[:PEOPLE])

    @property
    def visible(self) -> Any:
        return Inquiry.objects.visible_to(self.user, self.today).select_related("case")

    @cached_property
    def recent(self) -> Sequence[Inquiry]:
        """The last ones of the person, else of the municipality."""
        if self.contact is not None:
            return self.visible.filter(contact=self.contact)[:RECENT]
        return self.visible.filter(organization=self.town)[:RECENT] if self.town else []

    @cached_property
    def waiting(self) -> Sequence[Inquiry]:
        """The municipality's unanswered ones, the oldest first."""
        if self.town is None:
            return []
        rows = self.visible.waiting().filter(organization=self.town)
        return rows.order_by("received_at", "pk")[:RECENT]

    @cached_property
    def incidents(self) -> Sequence[Any]:
        """Open incidents that a call may join, those of the municipality first."""
        rows = Case.objects.visible_to(self.user, self.today).open().filter(entry__key=INCIDENT)
        own = Concern.objects.filter(case=OuterRef("pk"), organization=self.town)
        rows = rows.annotate(is_own=Exists(own) if self.town else Q(pk__isnull=True))
        return rows.prefetch_related("concerns__organization").order_by("-is_own", "-raised_at")[:INCIDENTS]

    @cached_property
    def faq(self) -> tuple[list[Hint], list[str]]:
        return hints_for(self.text)

    @property
    def hints(self) -> list[Hint]:
        return self.faq[0]

    @property
    def words(self) -> list[str]:
        return self.faq[1]
