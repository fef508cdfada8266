"""Questions: whose mail it is, and to which inquiry it belongs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from email.utils import parseaddr

from django.conf import settings

from opsdesk.accounts.models import Organization
from tasks.models import Case
from tasks.posting import writes

from .letters import Letter
from .models import Contact, IncomingMail, SentMail

NUMBER = re.compile(r"\b[A-Z]{2,6}-[A-Z]\d{1,2}-\d{4,6}\b")


def own_addresses() -> set[str]:
    """Addresses that are ours: what comes from them is our own letter."""
    found = {parseaddr(a)[1].lower() for a in (settings.DESK_ADDRESS, settings.DEFAULT_FROM_EMAIL)}
    return found - {""}


def contacts_of(sender: str) -> list[Contact]:
    rows = Contact.objects.active().filter(email_key=sender) if sender else Contact.objects.none()
    return list(rows.select_related("organization").order_by("pk"))


def case_of(letter: Letter, organization: Organization) -> Case | None:
    """The case of the inquiry that it answers, if `organization` may write there: by what it refers to,
    and only without that by the number in its subject, which anybody can type."""
    for case in _candidates(letter):
        if writes(case, organization):
            return case
    return None


def _candidates(letter: Letter) -> Iterator[Case]:
    if letter.references:
        sent = SentMail.objects.filter(message_id__in=letter.references).order_by("-pk")
        yield from _cases(sent.values_list("case", flat=True))
        came = IncomingMail.objects.filter(message_id__in=letter.references).exclude(inquiry=None)
        yield from _cases(came.order_by("-pk").values_list("inquiry__case", flat=True))
    numbers = NUMBER.findall(unicodedata.normalize("NFKC", letter.subject))[:5]
    if numbers:
        yield from Case.objects.filter(number__in=numbers, inquiry__isnull=False).order_by("-pk")


def _cases(ids: object) -> Iterator[Case]:
    keys = list(dict.fromkeys(ids))  # type: ignore[call-overload]
    found = Case.objects.in_bulk(keys)
    yield from (found[key] for key in keys)
