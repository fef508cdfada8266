"""Commands on an edition as a whole: publish, withdraw."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Membership, Organization, Team, User
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .matrix import blockers
from .models import Edition


@command
def publish(
    edition: Edition, *, by: User | None, at: datetime, in_force_on: date, version: int | None = None
) -> Edition:
    """Publish a draft, in force from `in_force_on`; Refusal if it is no draft or nobody could close a duty.

    `by` None is the system (the first edition at the start); `version` the one that the person saw. Who saved
    last leaves the publishing to another, if there is one. Only the first edition may be in force at once:
    what was done under an edition keeps its marks.
    """
    edition = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    if not edition.is_draft:
        raise Refusal(_("%(edition)sはすでに%(state)sされています。") % _words(edition))
    if version is not None and version != edition.version:
        raise Refusal(
            _("表示したあとに改定案が保存されています。画面を開き直し、内容を確かめてから公開してください。")
        )
    if by is not None:
        can = set(publishers(timezone.localdate(at)).values_list("pk", flat=True))
        if sentence := hindered(edition, by, can):
            raise Refusal(sentence)
    published = Edition.objects.published()
    if published.exists() and in_force_on <= timezone.localdate(at):
        raise Refusal(_("施行日は明日以降の日付にしてください。"))
    if published.filter(in_force_on=in_force_on).exists():
        raise Refusal(_("この施行日の版がすでに公開されています。"))
    duties = list(edition.duties.prefetch_related("assignments"))
    if not duties:
        raise Refusal(_("行のない分担表は公開できません。"))
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
    if not publishers(timezone.localdate(at)).filter(pk=by.pk).exists():
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


def publishers(today: date) -> QuerySet[User]:
    """Who may publish on `today`: people of the union with that right."""
    of_union = Membership.objects.on(today).filter(
        team__in=Team.objects.on(today), team__role__kind=Organization.Kind.UNION
    )
    return User.objects.filter(is_active=True, can_publish_matrix=True, memberships__in=of_union).distinct()


def hindered(edition: Edition, by: User, can: Collection[int]) -> str:
    """Why `by` may not publish this draft, as a sentence, "" if nothing; `can`: the ids of publishers()."""
    if by.pk not in can:
        return _("分担表を公開する権限がありません。")
    if edition.saved_by_id == by.pk and len(can) > 1:
        return _(
            "最後に保存した人は公開できません。公開できるほかの人に、内容を確かめて公開してもらってください。"
        )
    return ""


def _words(edition: Edition) -> dict[str, str]:
    return {"edition": str(edition), "state": edition.get_state_display()}


def stream() -> str:
    """Editions belong to the union's stream, also before the union's row exists."""
    union = Organization.objects.filter(kind=Organization.Kind.UNION).values_list("code", flat=True).first()
    return union or Organization.Kind.UNION.value
