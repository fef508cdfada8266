"""Commands on the 障害報告書: save the next version, send one (its step closes or is revised)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from tasks import closing, evidence, revising
from tasks.acting import locked, named, when
from tasks.models import Audience, Case, Task

from . import reportcontent
from .models import IncidentReport
from .reportdraft import facts_of
from .reporters import FIELD, senders, sends_report, sources_of, writers


@command
def save(
    task: Task,
    *,
    by: Any,
    team: Team,
    at: datetime,
    typed: Mapping[str, str],
    version: int | None = None,
) -> IncidentReport:
    """The next version with what was `typed` (by key), and what the case says now.

    `version`: the number of the newest version that the person saw (0: none). Raises Refusal with errors by
    key, or if somebody saved meanwhile; the same content once more is no new version."""
    task = locked(task, at=at)
    if not sends_report(task) or team not in writers(task, by, timezone.localdate(at)):
        raise PermissionDenied(_("障害報告書を書く権限がありません。"))
    last = _last(task)
    if version is not None and version != (last.number if last else 0):
        raise _changed(last, at)
    kept, errors = reportcontent.read(typed, timezone.make_naive(at))
    closing.refuse(errors)
    content = {**kept, **facts_of(sources_of(_case(task)))}
    if last is not None and last.content == content:
        return last
    made = IncidentReport.objects.create(
        task=task, number=last.number + 1 if last else 1, content=content, team=team, by=by, at=at
    )
    record(
        "incident_report.saved", made, by=by, team=team, at=at, stream=task.organization.code,
        number=made.number, case=_case(task).number,
    )  # fmt: skip
    return made


@command
def send(task: Task, *, by: Any, team: Team, at: datetime, version: int, reason: str = "") -> IncidentReport:
    """Send the newest version, which is `version`: its workbook becomes the file of the step, which closes
    (or, if it is closed, is revised for `reason`).

    `reason` is that of 代行, too. Raises Refusal if something needed is missing, or nothing is saved."""
    task = locked(task, at=at)
    teams, _is_proxy = senders(task, by, timezone.localdate(at))
    if not sends_report(task) or team not in teams:
        raise PermissionDenied(_("障害報告書を送れるのは主担当(◎)だけです。"))
    report = _ready(task, version, at)
    attach(report, by=by, team=team, at=at, reason=reason)
    if task.is_open:
        closing.close(task, by=by, team=team, at=at, answers={}, reason=reason)
    else:
        revising.revise(task, by=by, team=team, at=at, answers={}, reason=reason)
    report.sent_at, report.sent_by = at, by
    report.publication = task.publications.filter(is_current=True).first()
    report.save(update_fields=["sent_at", "sent_by", "publication"])
    record(
        "incident_report.sent", report, by=by, team=team, at=at, stream=task.organization.code,
        number=report.number, case=_case(task).number,
    )  # fmt: skip
    return report


def _ready(task: Task, version: int, at: datetime) -> IncidentReport:
    """The newest version, if it may be sent."""
    report = _last(task)
    if report is None:
        raise Refusal(_("まだ保存されていません。障害報告書を書いて保存してから送ってください。"))
    if report.number != version:
        raise _changed(report, at)
    if report.publication is not None and report.publication.is_current:
        raise Refusal(_("第%(n)s版は、すでに送られています。") % {"n": report.number})
    closing.refuse(reportcontent.missing(report.content))
    return report


def attach(report: IncidentReport, *, by: Any, team: Team, at: datetime, reason: str) -> None:
    """Its workbook as a file of the step, once; others read no names of municipalities in it."""
    name = file_name(report)
    there = report.task.attachments.filter(field_key=FIELD, name=name, withdrawn_at=None)
    if not there.exists():
        from .reportbook import book_of  # with the library that writes it: megabytes, for what is rare

        file = SimpleUploadedFile(name, book_of(report, _case(report.task).number, own=set()))
        evidence.attach(
            report.task, by=by, team=team, at=at, file=file, field_key=FIELD, audience=Audience.ALL,
            reason=reason,
        )  # fmt: skip


def file_name(report: IncidentReport) -> str:
    return _("障害報告書_%(case)s_第%(n)s版.xlsx") % {
        "case": _case(report.task).number,
        "n": report.number,
    }


def _case(task: Task) -> Case:
    if task.case is None:
        raise Refusal(_("案件の作業ではありません。"))
    return task.case


def _last(task: Task) -> IncidentReport | None:
    rows = IncidentReport.objects.of(task).select_related("by", "team", "publication", "task__case")
    return rows.first()


def _changed(last: IncidentReport | None, at: datetime) -> Refusal:
    if last is None:
        return Refusal(_("表示したあとに障害報告書が変わっています。画面を開き直してください。"))
    return Refusal(
        _(
            "%(when)s に %(who)s が第%(n)s版を保存しています。入力した内容は残っています。"
            "第%(n)s版と見くらべて、もう一度保存してください。"
        )
        % {"when": when(last.at, at), "who": named(last.by, last.team), "n": last.number}
    )
