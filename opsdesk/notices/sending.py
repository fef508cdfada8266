"""Commands on how notices are sent: a person's choice, and dead letters sent again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import User
from opsdesk.accounts.streams import stream_of
from opsdesk.audit.record import command, record
from opsdesk.lib.refusal import Refusal

from .models import Delivery, Setting


@command
def choose_mail(person: User, *, mail: str, by: Any, at: datetime) -> Setting:
    """What `person` wants by mail; raises Refusal for what can't be chosen."""
    if mail not in Setting.Mail.values:
        sentence = _("受け取り方を選んでください。")
        raise Refusal(sentence, errors={"mail": sentence})
    setting, _made = Setting.objects.select_for_update().get_or_create(person=person)
    if setting.mail != mail:
        setting.mail = mail
        setting.save(update_fields=["mail"])
        record("notice.mail_chosen", person, by=by, at=at, stream=stream_of(person.organization), mail=mail)
    return setting


@command
def send_again(ids: Collection[int] | None, *, by: Any, at: datetime) -> int:
    """Let dead letters (all if `ids` is None) be tried anew; returns how many. They keep their Message-ID.

    Raises Refusal if none of them is dead."""
    dead = Delivery.objects.dead() if ids is None else Delivery.objects.dead().filter(pk__in=ids)
    count = dead.update(state=Delivery.State.WAITING, attempts=0, next_at=at, leased_until=None)
    if not count:
        raise Refusal(_("送り直すものがありません。ほかの人が送り直したか、もう届いています。"))
    record("notice.sent_again", by, by=by, at=at, stream=stream_of(by.organization), count=count)
    return count
