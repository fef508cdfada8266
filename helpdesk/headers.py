"""Pure: the header lines of a mail: broken MIME words, raw Japanese, RFC 2231 names, addresses and ids."""

from __future__ import annotations

import base64
import quopri
import re
from email.message import Message
from email.utils import parseaddr
from urllib.parse import unquote_to_bytes

from . import charsets

#: Longer header lines are cut: nobody writes them.
LIMIT = 10_000
WORD = re.compile(rb"=\?([A-Za-z0-9_.:*-]{1,40})\?([BbQq])\?([^?\r\n]*)\?=")
ID = re.compile(r"<([^<>\s]{1,240})>")
ADDRESS = re.compile(r"[^@\s<>\"(),;:]{1,64}@[A-Za-z0-9.-]{1,180}")
#: As many ancestors of an answer as are looked for.
REFERENCES = 50


def raw(message: Message, name: str) -> bytes:
    """The bytes of the first header line `name`, unfolded; b"" without it."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            line = str(value).encode("ascii", "surrogateescape")[:LIMIT]
            return re.sub(rb"\r?\n[ \t]*|\r", b" ", line).strip()
    return b""


def text(message: Message, name: str) -> str:
    return decoded(raw(message, name))


def decoded(line: bytes) -> str:
    """`line` with its MIME words; those beside each other in one charset are joined before they are read,
    since many programs cut a character in two."""
    parts: list[tuple[str, bytes]] = []
    end = 0
    for found in WORD.finditer(line):
        between = line[end : found.start()]
        if between.strip() or not end:
            parts.append(("", between))
        charset = found[1].split(b"*")[0].decode("ascii").lower()
        content = unbase64(found[3]) if found[2] in b"Bb" else quopri.decodestring(found[3], header=True)
        if parts and parts[-1][0] == charset:
            parts[-1] = (charset, parts[-1][1] + content)
        else:
            parts.append((charset, content))
        end = found.end()
    parts.append(("", line[end:]))
    return " ".join("".join(charsets.read(content, charset) for charset, content in parts).split())


def unbase64(content: bytes) -> bytes:
    """As much of it as can be read: foreign characters are left out, a missing end too."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def address(message: Message, name: str) -> tuple[str, str]:
    """(address in small letters, name) of the first in the line; ("", …) if it is none."""
    line = raw(message, name)[:1000].decode("latin-1")
    try:
        shown, found = parseaddr(line)
    except RecursionError:  # it reads "((((" by calling itself
        shown, found = "", ""
    if not ADDRESS.fullmatch(found):
        there = ADDRESS.search(line)
        found = there[0] if there else ""
    return charsets.CONTROL.sub("", found).lower(), decoded(shown.encode("latin-1"))[:200]


def ids(message: Message, name: str) -> list[str]:
    """Message-IDs without their brackets, in order, the last REFERENCES."""
    return ID.findall(charsets.read(raw(message, name)))[-REFERENCES:]


def parameter(message: Message, header: str, name: str) -> str:
    """A parameter of a header line, in pieces and with a charset (RFC 2231), or with MIME words in it."""
    pattern = rb";\s*" + name.encode() + rb"(?:\*(\d{1,3}))?(\*)?\s*=\s*(\"[^\"]*\"|[^;]*)"
    found = re.findall(pattern, raw(message, header), re.IGNORECASE)
    pieces = sorted((int(n or 0), star, value.strip(b'" ')) for n, star, value in found)
    if not any(star for _n, star, _value in pieces):
        return decoded(b"".join(value for _n, _star, value in pieces))
    charset, content = b"", b""
    for number, star, value in pieces:
        if number == 0 and star and value.count(b"'") >= 2:
            charset, _language, value = value.split(b"'", 2)
        content += unquote_to_bytes(value) if star else value
    return charsets.read(content, charset.decode("ascii", "replace"))
