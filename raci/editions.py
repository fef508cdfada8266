"""Commands on an edition as a whole: publish, withdraw."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, User
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .matrix import blockers
from .models import Edition


@command
def publish(edition: Edition, *, by: User | None, at: datetime, in_force_on: date) -> Edition:
    """Publish a draft, in force from `in_force_on`; Refusal if it is no draft or nobody could close a duty.

    `by` None is the system (the first edition at the start). Only the first edition may be in force at once:
    what was done under an edition keeps its marks.
    """
    edition = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    if by is not None and not by.can_publish_matrix:
        raise Refusal(_("分担表を公開する権限がありません。"))
    if not edition.is_draft:
        raise Refusal(_("%(edition)sはすでに公開されています。") % {"edition": edition})
    published = Edition.objects.published()
    if published.exists() and in_force_on <= timezone.localdate(at):
        raise Refusal(_("施行日は明日以降の日付にしてください。"))
    if published.filter(in_force_on=in_force_on).exists():
        raise Refusal(_("この施行日の版がすでに公開されています。"))
    duties = edition.duties.prefetch_related("assignments")
    if found := blockers(duties):
        raise Refusal("\n".join(str(f) for f in found))
    edition.state, edition.in_force_on = Edition.State.PUBLISHED, in_force_on
    edition.published_at, edition.published_by = at, by
    edition.save(update_fields=["state", "in_force_on", "published_at", "published_by"])
    record("edition.published", edition, by=by, at=at, stream=stream(), in_force_on=in_force_on)
    return edition


@command
def withdraw(edition: Edition, *, by: User, at: datetime, reason: str) -> Edition:
    """Withdraw a published edition that is not yet in force; raises Refusal if it is, or without a reason."""
    edition = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    if not by.can_publish_matrix:
        raise Refusal(_("分担表を取り下げる権限がありません。"))
    if not reason.strip():
        raise Refusal(
            _("取り下げの理由を書いてください。"), errors={"reason": _("取り下げの理由を書いてください。")}
        )
    if edition.state != Edition.State.PUBLISHED:
        raise Refusal(_("%(edition)sは公開されていません。") % {"edition": edition})
    if edition.in_force_on is None or edition.in_force_on <= timezone.localdate(at):
        raise Refusal(_("施行日を迎えた版は取り下げられません。改定案を作って直してください。"))
    # The model refuses to save a published edition; this is the one move that its trigger lets through.
    Edition.objects.filter(pk=edition.pk, state=Edition.State.PUBLISHED).update(state=Edition.State.WITHDRAWN)
    edition.state = Edition.State.WITHDRAWN
    record("edition.withdrawn", edition, by=by, at=at, stream=stream(), reason=reason)
    return edition


def stream() -> str:
    """Editions belong to the union's stream, also before the union's row exists."""
    union = Organization.objects.filter(kind=Organization.Kind.UNION).values_list("code", flat=True).first()
    return union or Organization.Kind.UNION.value
