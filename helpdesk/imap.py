"""The mailbox: what lies in it is stored and only then moved away; where we stop between, it comes again."""

from __future__ import annotations

import contextlib
import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from . import mailroom
from .letters import MAX_BYTES

logger = logging.getLogger(__name__)
#: Where what was stored goes, in the mailbox; some servers want a prefix before it.
DONE = "opsdesk"
#: Seconds that the server may be silent; mails of one run.
TIMEOUT, BATCH = 20, 200
#: What imaplib raises, besides OSError.
ERROR = imaplib.IMAP4.error
#: The first of one's own namespaces, as the server names it: (("INBOX." ".")) …
PERSONAL = re.compile(rb'\(\("([^"\\]*)"')
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def fetch(place: Mapping[str, Any], clock: Callable[[], datetime]) -> int:
    """Store what lies in the mailbox `place` (settings.IMAP), at most BATCH mails; how many are new.

    Raises OSError, ERROR or ImapToolsError if the server can't be used."""
    box = _connected(place)
    try:
        box.login(place["user"], place["password"], place["folder"])
        done = _done(box)
        found = sum(_tried(box, uid, done, clock) for uid in box.uids("ALL")[:BATCH])
        box.logout()
    finally:
        with contextlib.suppress(OSError):  # after the logout it is closed: to TLS that is an error
            box.client.shutdown()
    return found


def _connected(place: Mapping[str, Any]) -> BaseMailBox:
    host, port = place["host"], place["port"]
    if place["scheme"] == "imap":
        return MailBoxUnencrypted(host, port, timeout=TIMEOUT)
    kind = MailBox if place["scheme"] == "imaps" else MailBoxStartTls
    return kind(host, port, timeout=TIMEOUT, ssl_context=ssl.create_default_context())


def _done(box: BaseMailBox) -> str:
    """The folder DONE by its whole name; it is made if it isn't there."""
    name = _prefix(box) + DONE
    if not box.folder.exists(name):
        box.folder.create(name)
    return name


def _prefix(box: BaseMailBox) -> str:
    """What the server wants before the name of a folder of one's own (INBOX.), "" if nothing."""
    _status, able = box.client.capability()  # servers say more of it after the login
    if b"NAMESPACE" not in able[0].upper().split():
        return ""
    _status, answer = box.client.namespace()
    found = PERSONAL.match(answer[0]) if isinstance(answer[0], bytes) else None
    return found[1].decode("ascii", "replace") if found else ""


def _tried(box: BaseMailBox, uid: str, done: str, clock: Callable[[], datetime]) -> bool:
    """As _take; a mail that the server refuses to give or to move stays, and those behind it come."""
    try:
        return _take(box, uid, done, clock)
    except imaplib.IMAP4.abort:  # the connection is gone
        raise
    except (ERROR, ImapToolsError) as error:
        logger.warning("the mail %s stays in the mailbox: %s", uid, error)
        return False


def _take(box: BaseMailBox, uid: str, done: str, clock: Callable[[], datetime]) -> bool:
    """Store the mail `uid`, then move it; whether it was new."""
    raw = _raw(box, uid)
    if raw is None:  # somebody else took it away meanwhile
        return False
    is_new = mailroom.store(raw, at=clock()) is not None
    box.move([uid], done)
    return is_new


def _raw(box: BaseMailBox, uid: str) -> bytes | None:
    """Its bytes; of one that is too big only as many as show that it is."""
    found = SIZE.search(b" ".join(_parts(box, uid, "(RFC822.SIZE)")))
    limit = f"<0.{MAX_BYTES + 1}>" if found and int(found[1]) > MAX_BYTES else ""
    bodies = [p for p in _parts(box, uid, f"(BODY.PEEK[]{limit})", bodies=True) if p is not None]
    return bodies[0] if bodies else None


def _parts(box: BaseMailBox, uid: str, what: str, *, bodies: bool = False) -> list[bytes]:
    """What the server says of `uid`: its lines, or the literals that it sends."""
    _status, answer = box.client.uid("FETCH", uid, what)
    if bodies:
        return [part[1] for part in answer if isinstance(part, tuple)]
    return [part if isinstance(part, bytes) else part[0] for part in answer if part]
