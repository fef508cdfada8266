"""Contact: somebody who calls, by name, number and address (連絡先)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opsdesk.accounts.models import Organization
from opsdesk.lib.folding import fold
from raci.access import standing_of

#: As few digits as find somebody.
DIGITS = 4


def digits_of(text: str) -> str:
    """Only the digits of a number as people write it, half-width: 0123456712."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c in "0123456789")


def is_number(text: str) -> bool:
    """Nothing but digits and what stands between them."""
    return bool(re.fullmatch(r"[0-9 ()+‐‑‒–—―−ー.-]+", unicodedata.normalize("NFKC", text.strip())))


class ContactQuerySet(models.QuerySet):
    def visible_to(self, user: Any, today: date):
        """The vendors and the union know everybody who calls; a municipality its own people."""
        standing = standing_of(user, today)
        if any(t.role.kind != Organization.Kind.MEMBER for t in standing.teams):
            return self.all()
        return self.filter(organization__in=[t.organization_id for t in standing.teams])

    def active(self):
        return self.filter(is_active=True)

    def matching(self, text: str):
        """Those whose number begins or ends with the digits of `text`, or whose name, kana, department or
        address holds each of its words; nobody for fewer than four digits, or no word at all."""
        if is_number(text):
            digits = digits_of(text)
            if len(digits) < DIGITS:
                return self.none()
            return self.filter(Q(phone_key__startswith=digits) | Q(phone_tail__startswith=digits[::-1]))
        words = fold(text).split()[:4]
        return self.filter(*(Q(folded__contains=word) for word in words)) if words else self.none()


class Contact(models.Model):
    """`phone_key` holds the digits, `phone_tail` the same from the end: people say the last four.

    `email_key` and `folded` are for comparing; `derive` fills them."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("団体")
    )
    name = models.CharField(_("氏名"), max_length=100)
    kana = models.CharField(_("かな"), max_length=100, blank=True, default="")
    department = models.CharField(_("所属"), max_length=100, blank=True, default="")
    phone = models.CharField(_("電話番号"), max_length=40, blank=True, default="")
    extension = models.CharField(_("内線"), max_length=20, blank=True, default="")
    fax = models.CharField(_("FAX番号"), max_length=40, blank=True, default="")
    email = models.EmailField(_("メールアドレス"), blank=True, default="")
    note = models.CharField(
        _("覚え"), max_length=200, blank=True, default="", help_text=_("例: 電話は9〜16時が希望")
    )
    is_active = models.BooleanField(_("使う"), default=True)
    phone_key = models.CharField(max_length=40, blank=True, default="", editable=False, db_index=True)
    phone_tail = models.CharField(max_length=40, blank=True, default="", editable=False, db_index=True)
    email_key = models.CharField(max_length=254, blank=True, default="", editable=False, db_index=True)
    folded = models.TextField(blank=True, default="", editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("連絡先")
        verbose_name_plural = _("連絡先")
        ordering = ["organization", "kana", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name", "department", "phone_key"],
                name="contact_once",
                violation_error_message=_("同じ連絡先がすでに登録されています。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.department})" if self.department else self.name

    def derive(self) -> None:
        """Fill what is compared from what people wrote."""
        self.phone_key = digits_of(self.phone)
        self.phone_tail = self.phone_key[::-1]
        self.email_key = self.email.strip().lower()
        self.folded = fold(" ".join((self.name, self.kana, self.department, self.email)))

    def clean(self) -> None:
        self.derive()
