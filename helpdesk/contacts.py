"""Commands on what the desk has at hand: a contact (連絡先), a canned sentence (定型文)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts import streams
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from . import canned
from .models import Canned, Contact
from .reception import receivers, receiving

NOUNS = {Contact: "contact", Canned: "canned"}


@command
def keep(row: Contact | Canned, *, by: Any, at: datetime) -> Contact | Canned:
    """Store `row`, a new one or a changed one: by an administrator or who receives inquiries.

    Raises Refusal with errors by field."""
    _require_right(by, at)
    verb = "changed" if row.pk else "added"
    try:
        row.full_clean()
    except ValidationError as error:
        found = {name: " ".join(sentences) for name, sentences in error.message_dict.items()}
        raise Refusal(" ".join(error.messages), errors=found) from error
    try:
        with transaction.atomic():
            row.save(update_fields=_names(row) if row.pk else None)
    except IntegrityError as error:  # somebody was faster
        raise Refusal(_("同じ内容がすでに登録されています。")) from error
    transaction.on_commit(canned.forget)
    record(f"{NOUNS[type(row)]}.{verb}", row, by=by, at=at, stream=_stream(row), **_shown(row))
    return row


def _names(row: Contact | Canned) -> list[str]:
    return [f.name for f in row._meta.concrete_fields if not f.primary_key]


def _stream(row: Contact | Canned) -> str:
    return streams.stream_of(row.organization if isinstance(row, Contact) else None)


def _shown(row: Contact | Canned) -> dict[str, Any]:
    """The columns that people write."""
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.editable}


def _require_right(by: Any, at: datetime) -> None:
    today = timezone.localdate(at)
    if not by.is_staff and not receivers(receiving(today), by, today):
        raise PermissionDenied(_("連絡先を登録できるのは、受付の主担当（◎）と管理者だけです。"))
