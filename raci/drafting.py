"""Commands on a draft: revise (make it from an edition), save its rows, undo the last saving, discard it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Role, User
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .comparison import compare
from .content import Row, canonical, empty, fill, rows_of
from .editions import stream
from .models import Duty, Edition, Saving
from .soundness import faults

#: Savings of a draft that are kept for undoing.
SAVINGS = 50


@command
def revise(based_on: Edition | None, *, by: User, at: datetime, rows: Sequence[Row] | None = None) -> Edition:
    """A new draft with the rows of `based_on`, or with `rows`; keys stay. None: of an empty installation."""
    number = max([*Edition.objects.select_for_update().values_list("number", flat=True), 0]) + 1
    last = max([*Edition.objects.values_list("last_key", flat=True), 0])
    draft = Edition.objects.create(
        number=number,
        based_on=based_on,
        created_at=at,
        last_key=last,
        **({"title": based_on.title} if based_on else {}),
    )
    if rows is None:
        rows = rows_of(based_on) if based_on else []
    rows = _keyed(draft, rows)
    _check(rows)
    fill(draft, rows, roles())
    _keep(draft, rows, by=by, at=at)
    record(
        "edition.revised", draft, by=by, at=at, stream=stream(),
        based_on=based_on.number if based_on else None, rows=len(rows),
    )  # fmt: skip
    return draft


@command
def save(
    draft: Edition, rows: Sequence[Row], *, by: User, at: datetime, version: int | None = None
) -> Edition:
    """Replace the rows of `draft`, all or none; a row without a key is new and gets one never used before.

    `version` is the one that the person saw. Raises Refusal if the draft is none any more, somebody saved
    meanwhile, or the rows can't be an edition (`errors` by "<key>.<aspect>"; of a new row by the key that it
    would have got)."""
    draft = _locked(draft, version)
    before = rows_of(draft)
    rows = _keyed(draft, rows)
    _check(rows)
    differences = compare(before, rows)
    if not differences:
        return draft
    _replace(draft, rows, by=by, at=at)
    record(
        "edition.saved", draft, by=by, at=at, stream=stream(),
        cells=len(differences), rows=sorted({d.number for d in differences}),
    )  # fmt: skip
    return draft


@command
def undo(draft: Edition, *, by: User, at: datetime, version: int | None = None) -> Edition:
    """Go back to the rows before the last saving; Refusal if there is none."""
    draft = _locked(draft, version)
    now, *earlier = draft.savings.order_by("-number")[:2]
    if not earlier:
        raise Refusal(_("元に戻せる保存がありません。"))
    now.delete()
    last = earlier[0]
    empty(draft)
    fill(draft, last.rows, roles())
    draft.version += 1  # a form that shows what was undone is stale
    draft.saved_by, draft.saved_at = by, at
    draft.save(update_fields=["version", "saved_by", "saved_at"])
    record("edition.undone", draft, by=by, at=at, stream=stream(), saved_at=now.saved_at)
    return draft


@command
def discard(draft: Edition, *, by: User, at: datetime, reason: str) -> Edition:
    """Give a draft up. It stays as a record, so that its keys are never given again."""
    draft = _locked(draft, None)
    if not reason.strip():
        words = _("破棄の理由を書いてください。")
        raise Refusal(words, errors={"reason": words})
    draft.state = Edition.State.DISCARDED
    draft.save(update_fields=["state"])
    record("edition.discarded", draft, by=by, at=at, stream=stream(), reason=reason)
    return draft


def roles() -> dict[str, Role]:
    return {role.code: role for role in Role.objects.all()}


def _locked(draft: Edition, version: int | None) -> Edition:
    draft = Edition.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if not draft.is_draft:
        raise Refusal(
            _("%(edition)sは%(state)s済みなので変更できません。改定案を作って直してください。")
            % {"edition": draft, "state": draft.get_state_display()}
        )
    if version is not None and version != draft.version:
        raise Refusal(
            _("%(who)s がこの改定案を先に保存しました。画面を開き直し、違いを確かめてから保存してください。")
            % {"who": draft.saved_by or _("他の人")}
        )
    return draft


def _keyed(draft: Edition, rows: Sequence[Row]) -> list[Row]:
    """The rows in their canonical form, new ones with a key that no edition ever had."""
    given = [canonical({**row, "key": row.get("key") or 0}) for row in rows]
    if any(row["key"] == 0 for row in given):
        every = Edition.objects.select_for_update().order_by("pk").values_list("last_key", flat=True)
        used = Duty.objects.order_by("-key").values_list("key", flat=True)[:1]
        last = max([*every, *used, *(row["key"] for row in given), draft.last_key])
        for row in given:
            if row["key"] == 0:
                last += 1
                row["key"] = last
        draft.last_key = last
        draft.save(update_fields=["last_key"])
    elif (highest := max((row["key"] for row in given), default=0)) > draft.last_key:
        draft.last_key = highest
        draft.save(update_fields=["last_key"])
    return given


def _check(rows: Sequence[Row]) -> None:
    found = faults(rows, set(roles()))
    if found:
        raise Refusal("\n".join(dict.fromkeys(found.values())), errors=found)


def _replace(draft: Edition, rows: list[Row], *, by: User, at: datetime) -> None:
    empty(draft)
    fill(draft, rows, roles())
    draft.version += 1
    _keep(draft, rows, by=by, at=at)


def _keep(draft: Edition, rows: list[Row], *, by: User, at: datetime) -> None:
    """Remember the rows for undoing, and who saved last."""
    draft.saved_by, draft.saved_at = by, at
    draft.save(update_fields=["version", "saved_by", "saved_at"])
    Saving.objects.create(edition=draft, number=draft.version, rows=rows, saved_at=at, saved_by=by)
    old = draft.savings.order_by("-number").values_list("pk", flat=True)[SAVINGS:]
    Saving.objects.filter(pk__in=list(old)).delete()
