"""What an inquiry keeps in step with its case, however that was raised. Inside the commands of `tasks`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from raci.models import CaseKind
from tasks import kinds
from tasks.models import Case, Concern, Task

from . import faqs
from .models import Channel, Inquiry
from .panel import panel_of
from .reception import ANSWERING, RECEIVING, RECORDING, YES

CHANNELS = {str(channel.label): channel.value for channel in Channel}
FACTS = ["channel", "organization", "caller", "is_first_answer"]


def register() -> None:
    """Called when the app is ready."""
    kinds.register(
        kinds.Kind(
            CaseKind.INQUIRY,
            opened=opened,
            task_closed=task_closed,
            changed=changed,
            panel=panel_of,
            hints=lambda: reverse("helpdesk:faq_hints"),
            home=lambda: kinds.Home(_("受付"), reverse("helpdesk:inquiries")),
        )  # fmt: skip
    )


def opened(case: Case, *, by: Any, at: datetime) -> None:
    """A case of the kind 問合せ begins: by whatever way, its inquiry is there."""
    step = case.steps.filter(key=RECEIVING).order_by("pk").first()
    inquiry = Inquiry(case_id=case.pk, received_at=at)  # `case` keeps no copy that grows old
    _read(inquiry, case, step.answers if step else {})
    inquiry.save(force_insert=True)


def task_closed(task: Task, *, by: Any, at: datetime) -> None:
    """54 says how it came and whether the first answer was enough; 55 answers; 56 may propose a FAQ."""
    inquiry = Inquiry.objects.select_related("case").filter(case=task.case_id).first()
    if inquiry is None:  # its case is older than this app
        return
    is_done = task.state == Task.State.DONE
    if task.key == RECEIVING and is_done:
        _received(inquiry, task, at)
    elif task.key == ANSWERING:
        inquiry.category = str(task.answers.get("kind") or "") if is_done else ""
        _settle(inquiry, at if is_done else None)
    elif task.key == RECORDING and is_done and task.answers.get("faq_candidate") == YES:
        faqs.propose(inquiry, by=by, at=at)


def changed(case: Case, *, by: Any, at: datetime) -> None:
    """A closing of 54 or 55 that was undone: it waits for an answer again."""
    open_steps = case.steps.open().filter(is_withdrawn=False, key__in=(RECEIVING, ANSWERING))
    if open_steps.exists():
        Inquiry.objects.filter(case=case, is_waiting=False).update(is_waiting=True, answered_at=None)


def catch_up(using: str) -> int:
    """Inquiries that were raised before this app was there get their row; returns how many."""
    found = 0
    for case in Case.objects.using(using).filter(kind=CaseKind.INQUIRY, inquiry=None).iterator(500):
        with transaction.atomic(using=using):
            opened(case, by=None, at=case.raised_at)
            for task in case.steps.exclude(state=Task.State.OPEN).filter(is_withdrawn=False).order_by("pk"):
                if task.key != RECORDING:  # its FAQ would be proposed today
                    task_closed(task, by=None, at=task.closed_at or case.raised_at)
        found += 1
    return found


def _received(inquiry: Inquiry, task: Task, at: datetime) -> None:
    _read(inquiry, inquiry.case, task.answers)
    inquiry.save(update_fields=FACTS)
    if inquiry.is_first_answer:
        _settle(inquiry, at)


def _settle(inquiry: Inquiry, answered_at: datetime | None) -> None:
    """It waits for no answer any more; `answered_at` None: none was needed (対象外)."""
    inquiry.is_waiting, inquiry.answered_at = False, answered_at
    inquiry.save(update_fields=["is_waiting", "answered_at", "category"])


def _read(inquiry: Inquiry, case: Case, answers: dict[str, Any]) -> None:
    """What the answers of 54 say; the municipality is 依頼元, else the only one that it concerns."""
    inquiry.channel = CHANNELS.get(str(answers.get("channel", "")), inquiry.channel)
    inquiry.caller = str(answers.get("caller") or inquiry.caller)[:200]
    said = answers.get("answered_at_once")
    inquiry.is_first_answer = None if said is None else said == YES
    towns = Concern.objects.filter(case=case).values_list("organization_id", flat=True)[:2]
    inquiry.organization_id = case.reporter_id or (towns[0] if len(towns) == 1 else None)
