"""The command that closes many tasks at once, with a result a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.audit.record import command
from opsdesk.lib.refusal import Refusal

from .acting import CLOSE, locked, own_teams
from .answers import normal
from .closing import close
from .filling import reading_of, start_answers, task_fields
from .models import Outcome, Task

LIMIT = 200


@dataclass(frozen=True)
class Result:
    """What became of one row; `sentence` says why not."""

    task: Task
    is_done: bool
    sentence: str = ""


@command
def close_many(
    tasks: Sequence[Task], *, by: Any, at: datetime, is_confirmed: bool = False, done_on: date | None = None
) -> list[Result]:
    """Close up to 200 tasks as 正常, each for the team of `by` with ◎; an Event each.

    `is_confirmed` is 「全項目を確認した」: open checks and choices count as normal. Others stay open.
    """
    if len(tasks) > LIMIT:
        raise Refusal(_("一度に完了にできるのは %(limit)s 件までです。") % {"limit": LIMIT})
    return [
        _close_one(t, by=by, at=at, is_confirmed=is_confirmed, done_on=done_on)
        for t in sorted(tasks, key=lambda t: t.pk)
    ]


def _close_one(task: Task, *, by: Any, at: datetime, is_confirmed: bool, done_on: date | None) -> Result:
    today = timezone.localdate(at)
    task = locked(task, at=at)  # what somebody saved a moment ago counts
    teams = own_teams(task, by, today, CLOSE)
    if not teams:
        return Result(task, False, _("主担当(◎)ではないため、完了にできません。"))
    if len(teams) > 1:
        return Result(
            task, False, _("どの担当として記録するか選ぶ必要があります。作業の画面を開いてください。")
        )
    if sentence := why_not(task, today, is_confirmed=is_confirmed):
        return Result(task, False, sentence)
    try:
        closed = close(
            task,
            by=by,
            team=teams[0],
            at=at,
            answers=bulk_answers(task),
            outcome=Outcome.NORMAL,
            done_on=done_on,
        )
    except (Refusal, PermissionDenied) as error:
        errors = getattr(error, "errors", {})
        return Result(task, False, " ".join(errors.values()) or str(error))
    return Result(closed, True)


def bulk_answers(task: Task) -> dict[str, Any]:
    """What closing in bulk records: the saved answers, the rest normal."""
    return normal(task_fields(task), start_answers(task, {}))


def why_not(task: Task, today: date, *, is_confirmed: bool = True) -> str:
    """Why `task` can't be closed in bulk, or ""."""
    if not task.is_open:
        return ""  # the command says by whom and when
    if not is_confirmed and reading_of(task, start_answers(task, {}), today).missing:
        return _(
            "必須の項目があります。「全項目を確認した」にチェックを入れるか、作業の画面で記録してください。"
        )
    reading = reading_of(task, bulk_answers(task), today)
    if reading.findings:
        return _("所見があります。作業の画面で記録してください。")
    return " ".join([*reading.errors.values(), *reading.missing.values()])
