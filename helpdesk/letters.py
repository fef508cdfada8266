"""Pure: the bytes of a mail as a Letter. Raises nothing but Unreadable, whatever the bytes are."""

from __future__ import annotations

import email
import html as entities
import re
from dataclasses import dataclass, field
from email.message import Message

import nh3
from django.utils.translation import gettext as _

from . import charsets, headers

#: Bytes of a mail; how many parts it may have, how deep they may stand in each other.
MAX_BYTES, MAX_PARTS, MAX_DEPTH = 25 * 2**20, 200, 10
#: Characters of the text that are kept; the mail itself stays whole.
TEXT_LIMIT = 100_000
#: The header lines that say whether a machine wrote it (RFC 3834).
MANNERS = ("Auto-Submitted", "Precedence", "List-Id", "Return-Path", "X-Auto-Response-Suppress", "X-Loop")
BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)


class Unreadable(Exception):
    """The sentence says what is wrong with it."""


@dataclass(frozen=True)
class File:
    """An attachment, as an upload is: a name, a size, its content."""

    name: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self) -> bytes:
        return self.content


@dataclass(frozen=True)
class Letter:
    """`message_id` and `references` (the oldest first) without brackets, "" and () if there are none.

    `sender` is an address in small letters, "" if it can't be read. `html` is as it came: see `safe`.
    `manners`: the lines of MANNERS that it has."""

    message_id: str
    references: tuple[str, ...]
    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    files: tuple[File, ...]
    manners: dict[str, str]


@dataclass
class _Found:
    """What was found on the way through the parts."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    parts: int = 0


def read(raw: bytes) -> Letter:
    """The mail `raw`."""
    if not raw.strip():
        raise Unreadable(_("中身のないメールです。"))
    if len(raw) > MAX_BYTES:
        raise Unreadable(_("%(limit)sMBを超えるメールです。") % {"limit": MAX_BYTES // 2**20})
    try:
        return _letter(email.message_from_bytes(raw))
    except Unreadable:
        raise
    except RecursionError as error:
        raise Unreadable(_("入れ子が深すぎるメールです。")) from error
    except Exception as error:  # the parser raises anything over a wicked mail
        raise Unreadable(
            _("メールの形が壊れています（%(what)s）。") % {"what": type(error).__name__}
        ) from error


def _letter(message: Message) -> Letter:
    found = _Found()
    _walk(message, found, 0)
    sender, name = headers.address(message, "From")
    html = "\n".join(found.htmls)
    text = "\n".join(found.texts).strip() or plain(html)
    references = headers.ids(message, "References") + headers.ids(message, "In-Reply-To")
    return Letter(
        message_id=next(iter(headers.ids(message, "Message-ID")), ""),
        references=tuple(dict.fromkeys(references)),
        sender=sender,
        sender_name=name,
        subject=headers.text(message, "Subject"),
        text=text[:TEXT_LIMIT],
        html=html[: TEXT_LIMIT * 5],
        files=tuple(found.files),
        manners={n: headers.text(message, n) for n in MANNERS if message.get(n) is not None},
    )


def _walk(part: Message, found: _Found, depth: int) -> None:
    """Take what `part` holds; raises Unreadable for too many parts, or too deep ones."""
    found.parts += 1
    if found.parts > MAX_PARTS:
        raise Unreadable(_("部分が%(limit)sを超えるメールです。") % {"limit": MAX_PARTS})
    if depth > MAX_DEPTH:
        raise Unreadable(_("入れ子が深すぎるメールです。"))
    if part.is_multipart():
        if part.get_content_type() == "message/rfc822":
            found.texts.append(_forwarded(part))
        for inner in part.get_payload():
            if isinstance(inner, Message):
                _walk(inner, found, depth + 1)
        return
    _take(part, found)


def _forwarded(part: Message) -> str:
    inner = part.get_payload(0)
    subject = headers.text(inner, "Subject") if isinstance(inner, Message) else ""
    return "\n---- " + _("転送されたメール") + f" {subject}".rstrip()


def _take(part: Message, found: _Found) -> None:
    """One part without parts: text, HTML or a file."""
    name = headers.parameter(part, "Content-Disposition", "filename")
    name = name or headers.parameter(part, "Content-Type", "name")
    kind, content = part.get_content_type(), _content(part)
    is_file = name or headers.raw(part, "Content-Disposition").lower().startswith(b"attachment")
    if is_file or not kind.startswith("text/"):
        if content and not kind.startswith(("multipart/", "message/delivery")):
            found.files.append(File(name[:200] or _("添付ファイル"), content))
        return
    text = charsets.read(content, headers.parameter(part, "Content-Type", "charset"))
    (found.htmls if kind == "text/html" else found.texts).append(text)


def _content(part: Message) -> bytes:
    if headers.raw(part, "Content-Transfer-Encoding").lower().startswith(b"base64"):
        return headers.unbase64(str(part.get_payload()).encode("ascii", "surrogateescape"))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def plain(html: str) -> str:
    """The words of `html`, a line for each paragraph."""
    words = nh3.clean(BREAKS.sub(r"\g<0>" + "\n", html[: TEXT_LIMIT * 5]), tags=set())
    lines = (line.strip() for line in charsets.clean(entities.unescape(words)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


#: What is left of a mail's HTML: nothing that runs, nothing that is fetched from elsewhere.
TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip


def safe(html: str) -> str:
    """`html` without pictures, styles, scripts and addresses that are no web pages."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
