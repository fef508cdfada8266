"""Pure: bytes of a mail as text, whatever charset they are in and whatever they say they are in.

Japanese mail names ISO-2022-JP and sends Microsoft's characters (①, ㈱, 髙, half-width kana), which Python's
codec refuses; so JIS is turned into Shift_JIS and read as cp932. Nothing here raises."""

from __future__ import annotations

import re

JIS = ("iso-2022-jp", "iso2022jp", "iso_2022_jp", "iso2022-jp", "csiso2022jp", "cp5022")
SHIFT_JIS = {
    "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "cp932", "ms932", "csshiftjis",
    "cswindows31j", "x-ms-cp932",
}  # fmt: skip
EUC = {
    "euc-jp", "eucjp", "euc_jp", "x-euc-jp", "cp51932", "eucjp-ms", "eucjp-win", "x-euc", "ujis",
}  # fmt: skip
#: Other charsets that are taken at their word: no codec that runs away or warns over hostile bytes.
KNOWN = re.compile(
    r"utf-?8|utf-7|utf-16(le|be)?|iso-8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|gb2312|gbk|gb18030"
    r"|big5|euc-kr|ks_c_5601-1987|koi8-r"
)
#: Escape sequences of ISO-2022-JP: what the bytes after them are (Basic, Kanji, half-width kana, eXtended).
ESCAPES = {
    b"\x1b(B": "B", b"\x1b(J": "B", b"\x1b$B": "K", b"\x1b$@": "K", b"\x1b(I": "I", b"\x1b$(D": "X",
    b"\x1b$(B": "K", b"\x1b$(@": "K",
}  # fmt: skip
PIECES = re.compile(rb"(\x1b\$\([BD@]|\x1b[($][BJI@])")
#: Characters that no text has: they show as nothing and break what keeps the text.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def read(raw: bytes, charset: str = "") -> str:
    """The text of `raw`; lines end with \\n, no control characters, no half characters."""
    return clean(_decode(raw, charset.strip().strip("\"'").lower()))


def clean(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", lines).encode("utf-8", "replace").decode("utf-8")


def _decode(raw: bytes, charset: str) -> str:
    if charset.startswith(JIS) or b"\x1b$" in raw or b"\x1b(" in raw:
        return from_jis(raw)
    if charset in SHIFT_JIS | EUC and not _is_utf8(raw):
        return raw.decode("cp932", "replace") if charset in SHIFT_JIS else from_euc(raw)
    if KNOWN.fullmatch(charset):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeError):
            pass
    return _guess(raw)


def _is_utf8(raw: bytes) -> bool:
    """Not plain ASCII, and UTF-8 whatever it says: in another charset that happens hardly ever."""
    try:
        return not raw.isascii() and len(raw.decode("utf-8")) <= len(raw) * 2 // 3
    except UnicodeDecodeError:
        return False


def _guess(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        found = (raw.decode("cp932", "replace"), from_euc(raw))
        return min(found, key=_oddity)


def _oddity(text: str) -> int:
    """How little it looks like Japanese: broken characters, private ones, half-width kana."""
    broken = text.count("\ufffd") * 4
    kana = sum("\uff61" <= c <= "\uff9f" for c in text)
    private = sum("\ue000" <= c <= "\uf8ff" or "\x80" <= c < "\xa0" for c in text)
    return broken + kana + private * 2


def from_jis(raw: bytes) -> str:
    """ISO-2022-JP with all that Microsoft put into it."""
    found, mode = [], "B"
    for piece in PIECES.split(raw):
        if piece in ESCAPES:
            mode = ESCAPES[piece]
            continue
        head, *lines = re.split(rb"(?=[\r\n])", piece)
        found += [_piece(head, mode), *(_piece(line, "B") for line in lines)]
        mode = "B" if lines else mode  # a line ends what was begun on it
    return "".join(found)


def _piece(raw: bytes, mode: str) -> str:
    if mode == "B":
        return raw.decode("cp932", "replace")
    if mode == "I":
        return bytes(b | 0x80 if 0x21 <= b <= 0x5F else b for b in raw).decode("cp932", "replace")
    if mode == "X":
        three = b"".join(b"\x8f" + bytes(b | 0x80 for b in raw[i : i + 2]) for i in range(0, len(raw), 2))
        return three.decode("euc_jp", "replace")
    return "".join(_kanji(raw[i : i + 2]) for i in range(0, len(raw), 2))


def _kanji(pair: bytes) -> str:
    """Two bytes of JIS X 0208 with the rows of NEC and IBM."""
    if len(pair) < 2 or not all(0x21 <= b <= 0x7E for b in pair):
        return pair.decode("cp932", "replace") if max(pair) >= 0x80 else pair.decode("ascii")
    high, low = pair
    first = (high + 1) // 2 + (0x70 if high < 0x5F else 0xB0)
    second = low + (0x1F if low < 0x60 else 0x20) if high % 2 else low + 0x7E
    return bytes([first, second]).decode("cp932", "replace")


EUC_PIECES = re.compile(rb"\x8f[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|[\xa1-\xfe]{2}|[\x00-\x7f]+|.", re.DOTALL)


def from_euc(raw: bytes) -> str:
    """EUC-JP with the rows of NEC and IBM."""
    return "".join(_euc(piece) for piece in EUC_PIECES.findall(raw))


def _euc(piece: bytes) -> str:
    if piece[0] < 0x80:
        return piece.decode("ascii")
    if piece[0] == 0x8F and len(piece) == 3:
        return piece.decode("euc_jp", "replace")
    if piece[0] == 0x8E and len(piece) == 2:
        return piece[1:].decode("cp932", "replace")
    return _kanji(bytes(b & 0x7F for b in piece)) if len(piece) == 2 else "\ufffd"
