"""Commands and questions of procedures (手順書): save a new version, withdraw one, which was in force."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.statement import Statement
from raci.access import standing_of
from raci.editions import stream
from raci.models import Duty, Edition, Mark

from .models import Procedure, ProcedureFile
from .models.procedure import end_of
from .uploads import MAX_BYTES, Upload, judge

#: Of one version.
FILES_LIMIT, TEXT_LIMIT, LINES_LIMIT, REASON_LIMIT = 20, 50_000, 2000, 200


def may_read(duty: Duty, user: Any, today: date) -> bool:
    """Any mark on the duty (of the edition in force), and the union."""
    standing = standing_of(user, today)
    return standing.is_union or bool(standing.marks.get(duty.pk))


def editors(duty: Duty, user: Any, today: date) -> list[Team]:
    """The user's teams that may write the procedure of `duty`: those with ◎, and the union's."""
    standing = standing_of(user, today)
    marks = standing.marks.get(duty.pk, {})
    return [
        t
        for t in standing.teams
        if marks.get(t.role_id) == Mark.MAIN or t.role.kind == Organization.Kind.UNION
    ]


def current_of(key: int) -> Procedure | None:
    """The version in force now."""
    return Procedure.objects.of(key).current().first()


def version_on(key: int, day: date) -> int | None:
    """The id of the version by which work was done on `day`."""
    return next((pk for (pk,) in IN_FORCE.ask(key=key, end=end_of(day))), None)


def _in_force(*, key: int, end: datetime) -> QuerySet[Any]:
    return Procedure.objects.in_force_until(key, end).values_list("pk")


IN_FORCE = Statement(_in_force)


@command
def save(
    duty: Duty,
    *,
    by: Any,
    team: Team,
    at: datetime,
    text: str,
    reason: str = "",
    files: Sequence[Any] = (),
    keep: Collection[int] = (),
    version: int | None = None,
) -> Procedure:
    """A new version with `text`, the files `keep` (ids) of the newest one and new `files`.

    `version` is the number of the newest version that the person saw (0: none). Raises Refusal with errors
    for `text`, `reason` and `file`, and if somebody saved meanwhile."""
    _require(duty, by, team, at)
    uploads = _judged(files)
    Duty.objects.select_for_update(of=("self",), no_key=True).get(pk=duty.pk)  # one writer after the other
    last = Procedure.objects.of(duty.key).select_related("by").first()
    if version is not None and version != (last.number if last else 0):
        raise Refusal(_stale(last))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = [f for f in last.files.all() if f.pk in keep] if last else []
    _check(text, reason, last, kept, uploads)
    made = Procedure.objects.create(
        key=duty.key, number=last.number + 1 if last else 1, text=text, reason=reason.strip(), team=team,
        by=by, at=at,
    )  # fmt: skip
    _keep_files(made, kept, uploads)
    record(
        "procedure.saved", made, by=by, team=team, at=at, stream=stream(), key=duty.key,
        number=made.number, reason=made.reason, files=[f.sha256 for f in made.files.all()],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
    return made


@command
def withdraw(procedure: Procedure, *, by: Any, team: Team, at: datetime, reason: str) -> Procedure:
    """取り下げる: the version stays readable, the one before is in force again. Refusal without a reason."""
    row = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    duty = duty_of(row.key, timezone.localdate(at))
    if duty is None:
        raise PermissionDenied(_("この業務は、いまの分担表にありません。"))
    _require(duty, by, team, at)
    if row.withdrawn_at is not None:
        raise Refusal(_("この版はすでに取り下げられています。"))
    if not reason.strip():
        sentence = _("取り下げる理由を入力してください。")
        raise Refusal(sentence, errors={"reason": sentence})
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = at, by, reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record(
        "procedure.withdrawn", row, by=by, team=team, at=at, stream=stream(), key=row.key, number=row.number,
        reason=row.withdrawn_reason,
    )  # fmt: skip
    return row


def duty_of(key: int, today: date) -> Duty | None:
    """The duty in the edition in force (or the first one to come)."""
    of_key = Duty.objects.filter(key=key)
    found = of_key.filter(edition__in=Edition.objects.in_force(today).values("pk")).first()
    return found or of_key.filter(edition=Edition.objects.shown_on(today)).first()


def _require(duty: Duty, by: Any, team: Team, at: datetime) -> None:
    if team not in editors(duty, by, timezone.localdate(at)):
        raise PermissionDenied(_("手順書を書けるのは、主担当(◎)と広域組合です。"))


def _judged(files: Iterable[Any]) -> list[Upload]:
    """Every file as it may be kept; raises Refusal with all sentences at `file`."""
    uploads, faults = [], []
    for file in files:
        try:
            if file.size > MAX_BYTES:  # refused before it is read into memory
                raise Refusal(
                    _("「%(name)s」は大きすぎます。%(limit)s MB までのファイルにしてください。")
                    % {"name": file.name, "limit": MAX_BYTES // 2**20}
                )
            uploads.append(judge(file.name, file.read()))
        except Refusal as refusal:
            faults.append(str(refusal))
    if faults:
        raise Refusal(_("入力内容を確認してください。"), errors={"file": " ".join(faults)})
    return uploads


def _check(
    text: str, reason: str, last: Procedure | None, kept: Sequence[ProcedureFile], uploads: Sequence[Upload]
) -> None:
    errors = {}
    if not text.strip() and not kept and not uploads:
        errors["text"] = _("手順を書くか、ファイルを付けてください。")
    elif len(text) > TEXT_LIMIT or text.count("\n") >= LINES_LIMIT:
        errors["text"] = _(
            "手順は%(chars)s文字・%(lines)s行までです。長いものはファイルで付けてください。"
        ) % {
            "chars": f"{TEXT_LIMIT:,}",
            "lines": f"{LINES_LIMIT:,}",
        }
    elif last and text == last.text and not uploads and len(kept) == last.files.count():
        errors["text"] = _("前の版から何も変わっていません。")
    if last and not reason.strip():
        errors["reason"] = _("何を変えたかを入力してください。")
    if len(reason) > REASON_LIMIT:
        errors["reason"] = _("変更の内容は%(n)s文字までにしてください。") % {"n": REASON_LIMIT}
    if len(kept) + len(uploads) > FILES_LIMIT:
        errors["file"] = _("ファイルは%(n)s件までです。") % {"n": FILES_LIMIT}
    if errors:
        raise Refusal(_("入力内容を確認してください。"), errors=errors)


def _keep_files(made: Procedure, kept: Sequence[ProcedureFile], uploads: Sequence[Upload]) -> None:
    """Rows for files that stay, over the same content; content and rows for new ones."""
    for old in kept:
        ProcedureFile.objects.create(
            procedure=made, file=old.file.name, name=old.name, content_type=old.content_type, size=old.size,
            sha256=old.sha256,
        )  # fmt: skip
    for upload in uploads:
        digest = hashlib.sha256(upload.content).hexdigest()
        row = ProcedureFile(
            procedure=made, name=upload.name, content_type=upload.content_type, size=len(upload.content),
            sha256=digest,
        )  # fmt: skip
        row.file.save(
            f"{digest[:32]}.{upload.name.rpartition('.')[2]}", ContentFile(upload.content), save=False
        )
        row.save(force_insert=True)


def _stale(last: Procedure | None) -> str:
    if last is None:
        return _("表示したあとに手順書が変わっています。画面を開き直してください。")
    return _(
        "表示したあとに %(who)s が第%(number)s版を保存しています。入力した内容は残っています。"
        "第%(number)s版と見くらべて、もう一度保存してください。"
    ) % {"who": last.by, "number": last.number}
