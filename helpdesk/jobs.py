"""Jobs of the help desk: beat wakes them, the mailbox and the stored mails say what is to be done."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from imap_tools import ImapToolsError

from . import imap, mailroom

log = logging.getLogger(__name__)


@shared_task(ignore_result=True, soft_time_limit=120, time_limit=140)
def fetch() -> None:
    """Fetch what came and take it in; safe to run again, or twice at once."""
    if not settings.IMAP:
        return
    try:
        imap.fetch(settings.IMAP, timezone.now)
    except (OSError, ImapToolsError, imap.ERROR) as error:  # the next minute tries again
        log.warning("the mailbox can't be read: %s", error)
    mailroom.take_all(timezone.now)
