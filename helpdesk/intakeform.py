"""The form of the reception: what stands in it, what is wrong, and the registration that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.calendar.book import calendar_of
from opsdesk.lib.era import era_short
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import whole_number
from raci.models import Duty
from raci.outline import outline_of
from tasks.raising import members_on
from tasks.stepdue import due_of

from .around import Around
from .models import Channel, Contact, Faq, Inquiry
from .models.contact import digits_of, is_number
from .reception import ANSWERING

NAMES = (
    "channel", "phone", "organization", "caller", "title", "text", "first", "answer", "original", "contact",
    "faq", "keep", "started", "token",
)  # fmt: skip
#: The field of the form that stands for a field of 54.
FIELDS = {"subject": "title", "content": "text", "concerns": "organization", "text": "answer"}
#: A call that began longer ago has been forgotten in a window.
LONGEST = timedelta(hours=12)
DRAFTS = 9


class IntakeForm:
    """`typed`: what was sent, by NAMES; `duty`: 54 of the edition in force; `draft`: of which window."""

    def __init__(
        self,
        duty: Duty,
        user: Any,
        *,
        now: datetime,
        today: date,
        typed: Mapping[str, str] | None = None,
        draft: int = 1,
        refusal: Refusal | None = None,
    ) -> None:
        self.duty, self.user, self.now, self.today, self.number = duty, user, now, today, draft
        self.values: dict[str, str] = {"channel": Channel.PHONE.value, "first": "no", **(typed or {})}
        self.refusal = refusal
        named = refusal.errors if refusal else {}
        self.errors = {FIELDS.get(key, key): sentence for key, sentence in named.items()}

    @classmethod
    def of(cls, duty: Duty, request: Any, **options: Any) -> IntakeForm:
        """With what was sent."""
        post = request.POST
        typed = {name: post[name] for name in NAMES if name in post}
        return cls(duty, request.user, now=request.now, today=request.today, typed=typed, **options)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    # --- what stands in it ---

    @property
    def channels(self) -> list[tuple[int, str, str, bool]]:
        chosen = self.value("channel")
        return [(n, c.value, str(c.label), c == chosen) for n, c in enumerate(Channel, 1)]

    @cached_property
    def members(self) -> list[Organization]:
        return members_on(self.today)

    @cached_property
    def town(self) -> Organization | None:
        return next((o for o in self.members if o.code == self.value("organization")), None)

    @property
    def is_first(self) -> bool:
        return self.value("first") == "yes"

    @cached_property
    def contact(self) -> Contact | None:
        """Who was chosen."""
        known = Contact.objects.visible_to(self.user, self.today).active().select_related("organization")
        if (pk := whole_number(self.value("contact"))) is not None:
            return known.filter(pk=pk).first()
        return None

    @cached_property
    def known_caller(self) -> Contact | None:
        """Nobody was chosen (the draft of another window): the contact with just that number and name."""
        digits = digits_of(self.value("phone"))
        if self.town is None or not digits:
            return None
        known = Contact.objects.active().filter(organization=self.town, phone_key=digits)
        return next((c for c in known[:5] if self.value("caller").startswith(c.name)), None)

    @cached_property
    def faq(self) -> Faq | None:
        pk = whole_number(self.value("faq"))
        return Faq.objects.published().filter(pk=pk).first() if pk is not None else None

    @cached_property
    def token(self) -> str:
        """The same form sent twice registers one case."""
        return self.value("token")[:32] or uuid4().hex

    @cached_property
    def received_at(self) -> datetime:
        """When the first word was typed, by the server's clock; else now."""
        try:
            found = parse_datetime(self.value("started"))
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or not self.now - LONGEST <= found <= self.now:
            return self.now
        return found

    @property
    def started(self) -> str:
        return self.received_at.isoformat()

    @property
    def draft(self) -> str:
        return f"intake-{self.number}"

    @property
    def next_draft(self) -> int:
        return self.number % DRAFTS + 1

    @cached_property
    def around(self) -> Around:
        return Around(
            self.user, self.today, contact=self.contact, search=self.value("phone") or self.value("caller"),
            town=self.town, text=" ".join((self.value("title"), self.value("text"))),
        )  # fmt: skip

    @property
    def answer_due(self) -> str:
        """11/26(木): when 55 will be due."""
        line = outline_of(self.duty.edition_id).keys.get(ANSWERING)
        if line is None:
            return ""
        due = due_of(line.duty.standard_due, self.now, calendar_of(), {}, line.key)
        return era_short(due.date(), self.today)

    @property
    def waiting_count(self) -> int:
        return Inquiry.objects.visible_to(self.user, self.today).waiting().count()

    @property
    def error_links(self) -> list[tuple[str, str]]:
        return [(f"#i-{name}", sentence) for name, sentence in self.errors.items()]

    # --- what the person asks for ---

    def pick(self, contact: Contact) -> None:
        """Take over who calls."""
        self.values |= {
            "contact": str(contact.pk), "phone": contact.phone, "caller": str(contact),
            "organization": contact.organization.code,
        }  # fmt: skip
        self.__dict__.pop("contact", None)

    def use(self, faq: Faq) -> None:
        """Answer with it at once."""
        self.values |= {"faq": str(faq.pk), "answer": faq.answer, "first": "yes"}

    def check(self) -> None:
        """Raises Refusal with what the form itself has to say (errors by its own names)."""
        errors = {}
        if self.town is None:
            errors["organization"] = _("団体を選んでください。")
        if self.value("phone").strip() and not is_number(self.value("phone")):
            errors["phone"] = _("電話番号は数字とハイフンで入力してください。")
        if not self.value("caller").strip():
            errors["caller"] = _("連絡者を入力してください。")
        if not self.value("title").strip():
            errors["title"] = _("件名を入力してください。")
        if not self.value("text").strip():
            errors["text"] = _("内容を入力してください。")
        if self.is_first and not self.value("answer").strip():
            errors["answer"] = _("一次回答で完結したときは、回答の内容を入力してください。")
        if errors:
            raise Refusal(_("入力内容を確認してください。"), errors=errors)

    def given(self) -> dict[str, Any]:
        """What inbox.register takes, after check()."""
        return {
            "organization": self.town, "channel": self.value("channel"),
            "caller": self.value("caller").strip(),
            "title": self.value("title").strip(), "text": self.value("text"), "received_at": self.received_at,
            "contact": self.contact or self.known_caller, "phone": self.value("phone").strip(),
            "token": self.token,
            "first_answer": self.value("answer") if self.is_first else None,
            "faq": self.faq if self.is_first else None, "original_number": self.value("original").strip(),
        }  # fmt: skip

    @property
    def stranger(self) -> Contact | None:
        """The contact that the tick 連絡先に登録する asks for."""
        if not self.value("keep") or self.contact or self.known_caller or self.town is None:
            return None
        name, _bracket, rest = self.value("caller").strip().replace("（", "(").partition("(")
        department = rest.rstrip(")）").strip()
        return Contact(
            organization=self.town, name=name.strip()[:100], department=department[:100],
            phone=self.value("phone").strip()[:40],
        )  # fmt: skip
