"""Commands on the FAQ: propose from a closed inquiry, save, publish, withdraw; by who receives inquiries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.accounts import streams
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from tasks.caseflow import stream_of
from tasks.models import CommentKind

from .models import Faq, Inquiry
from .reception import RECEIVING, receivers, receiving

#: How long each part may be.
LIMITS = {"question": 300, "answer": 5000, "category": 40, "keywords": 200}
NEEDED = {
    "question": gettext_lazy("質問を入力してください。"),
    "answer": gettext_lazy("回答を入力してください。"),
}


@command
def propose(inquiry: Inquiry, *, by: Any, at: datetime) -> Faq:
    """A draft made from the words of an inquiry that was closed; once for each."""
    case = inquiry.case
    row = Faq(
        question=case.title[: LIMITS["question"]],
        answer=_answered(inquiry)[: LIMITS["answer"]],
        source=inquiry,
        changed_at=at,
        changed_by=by,
    )
    row.derive()
    found, is_new = Faq.objects.get_or_create(
        source=inquiry,
        defaults={f: getattr(row, f) for f in ("question", "answer", "changed_at", "changed_by", "folded")},
    )
    if is_new:
        record("faq.proposed", found, by=by, at=at, stream=stream_of(case), number=case.number)
    return found


def _answered(inquiry: Inquiry) -> str:
    """The last 回答 that stands, as it was put right; else what was asked, for who writes the answer."""
    notes = inquiry.case.comments.filter(kind=CommentKind.ANSWER, corrections=None).order_by("-pk")
    if (text := notes.values_list("text", flat=True).first()) is not None:
        return text
    step = inquiry.case.steps.filter(key=RECEIVING).order_by("pk").first()
    return str(step.answers.get("content") or "") if step else ""


@command
def save(
    faq: Faq, *, by: Any, at: datetime, words: Mapping[str, str], version: int, publish: bool | None = None
) -> Faq:
    """Keep `words` (question, answer, category, keywords) over the `version` that the person saw, a new one
    without a pk; `publish`: also publish it or take it back. Raises Refusal with errors by field."""
    _require_right(by, at)
    if faq.pk is not None:
        faq = Faq.objects.select_for_update(of=("self",)).get(pk=faq.pk)
        _require_version(faq, version)
    if errors := _wrong(words):
        raise Refusal(_("入力内容を確認してください。"), errors=errors)
    for name in LIMITS:
        setattr(faq, name, words.get(name, "").strip())
    faq.derive()
    faq.is_published = faq.is_published if publish is None else publish
    faq.changed_at, faq.changed_by, faq.version = at, by, faq.version + 1
    _store(faq)
    record(
        "faq.saved", faq, by=by, at=at, stream=_stream(), published=faq.is_published,
        question=faq.question, answer=faq.answer,
    )  # fmt: skip
    return faq


def _store(faq: Faq) -> None:
    names = [*LIMITS, "folded", "is_published", "changed_at", "changed_by", "version"]
    faq.save(**({"update_fields": names} if faq.pk else {"force_insert": True}))


def _wrong(words: Mapping[str, str]) -> dict[str, str]:
    errors = {name: str(s) for name, s in NEEDED.items() if not words.get(name, "").strip()}
    for name, limit in LIMITS.items():
        if len(words.get(name, "")) > limit:
            errors[name] = _("%(limit)s文字までで入力してください。") % {"limit": limit}
    return errors


def _require_right(by: Any, at: datetime) -> None:
    today = timezone.localdate(at)
    if not receivers(receiving(today), by, today):
        raise PermissionDenied(_("FAQを編集できるのは、受付の主担当（◎）だけです。"))


def _require_version(faq: Faq, version: int) -> None:
    if faq.version != version:
        raise Refusal(
            _(
                "このFAQは %(who)s が変更しました。"
                "入力した内容は残っています。確かめて、もう一度保存してください。"
            )
            % {"who": faq.changed_by or _("システム")}
        )


def _stream() -> str:
    """The FAQ is the union's: everybody reads it."""
    return streams.stream_of(None)
