"""What the page of a mail shows: how it came, what it says, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes

from opsdesk.accounts.models import Organization
from opsdesk.lib.refusal import Refusal

from . import charsets, letters
from .letters import Letter
from .models import IncomingMail
from .threads import contacts_of

#: Characters of header lines and of a text that can't be read that are shown.
HEAD_LIMIT, RAW_LIMIT = 20_000, 20_000


@dataclass(frozen=True)
class MailPage:
    """`letter` is None where the mail can't be read; then `text` is its bytes as they are."""

    mail: IncomingMail
    letter: Letter | None
    head: str
    text: str
    towns: Sequence[Organization]
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    known: str = ""

    @classmethod
    def of(
        cls,
        mail: IncomingMail,
        *,
        towns: Sequence[Organization],
        typed: Mapping[str, str],
        refusal: Refusal | None,
    ) -> MailPage:
        raw = bytes(mail.raw)
        try:
            letter = letters.read(raw)
        except letters.Unreadable:
            letter = None
        text = letter.text if letter else charsets.read(raw[:RAW_LIMIT])
        return cls(mail, letter, _head(raw), text, towns, typed, refusal, _town_of(mail.sender))

    @property
    def is_held(self) -> bool:
        return self.mail.state == IncomingMail.State.QUARANTINED

    @property
    def errors(self) -> list[tuple[str, str]]:
        """For the summary."""
        if self.refusal is None:
            return []
        found = [(f"#m-{name}", sentence) for name, sentence in self.refusal.errors.items() if name in OWN]
        return found or [("", str(self.refusal))]

    @property
    def wrong(self) -> Mapping[str, str]:
        return self.refusal.errors if self.refusal else {}

    @property
    def chosen(self) -> str:
        """The id of the municipality in the form: what was typed, else the one of a sender that is known."""
        return self.typed.get("organization", self.known)


#: Fields of the forms of this page.
OWN = {"organization", "reason"}


def _town_of(sender: str) -> str:
    """The id of the municipality of whose contacts `sender` is one, "" if there is none or more than one."""
    found = {contact.organization_id for contact in contacts_of(sender)}
    return str(found.pop()) if len(found) == 1 else ""


def _head(raw: bytes) -> str:
    """The header lines as they came."""
    lines = message_from_bytes(raw[:HEAD_LIMIT]).raw_items()
    text = b"\n".join(f"{k}: {v}".encode("utf-8", "surrogateescape") for k, v in lines)
    return charsets.read(text)
