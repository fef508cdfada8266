"""What an uploaded file is, by its content; pictures lose their position, HEIC becomes JPEG. Pure."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from opsdesk.lib.refusal import Refusal

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 20 * 2**20
#: Pictures beyond this are no photographs (a bomb of a few KB can hold gigabytes).
MAX_PIXELS = 120_000_000
NAME_LIMIT = 120
GPS = 0x8825

#: Ending, type and first bytes of what is accepted as it is.
SIGNATURES = (
    ("pdf", "application/pdf", b"%PDF-"),
    ("png", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("jpg", "image/jpeg", b"\xff\xd8\xff"),
    ("gif", "image/gif", b"GIF8"),
    ("tiff", "image/tiff", b"II*\0"),
    ("tiff", "image/tiff", b"MM\0*"),
)
OFFICE = {
    "word/": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/": ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
#: Types that a browser shows in a sandbox; everything else is only downloaded (a PDF reader needs scripts).
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
#: How people may write the ending of each.
ENDINGS = {"jpg": {"jpg", "jpeg", "jpe"}, "tiff": {"tif", "tiff"}, "txt": {"txt", "csv", "tsv", "log"}}


@dataclass(frozen=True)
class Upload:
    """A checked file: its content as it is kept, its type and its name."""

    content: bytes
    content_type: str
    name: str


def judge(name: str, content: bytes) -> Upload:
    """The file as it may be kept; raises Refusal with a sentence that says what to do."""
    shown = safe_name(name)
    if not content:
        raise Refusal(_("「%(name)s」は空です。中身のあるファイルを選んでください。") % {"name": shown})
    if len(content) > MAX_BYTES:
        raise Refusal(
            _("「%(name)s」は %(size)s MB あります。%(limit)s MB までのファイルにしてください。")
            % {"name": shown, "size": f"{len(content) / 2**20:.1f}", "limit": MAX_BYTES // 2**20}
        )
    kind = kind_of(content)
    if kind is None:
        raise Refusal(
            _(
                "「%(name)s」は受け付けられない種類です。PDF、写真(JPEG・PNG・HEIC)、Excel・Word・PowerPoint、CSV・テキストにしてください。"
            )
            % {"name": shown}
        )
    ending, content_type = kind
    try:
        if content_type == "image/heic":
            return Upload(_to_jpeg(content), "image/jpeg", _with_ending(shown, "jpg"))
        if content_type in FORMATS:
            content = _without_position(content, FORMATS[content_type])
    except Exception:  # a decoder raises anything over a broken or wicked file
        raise Refusal(
            _("「%(name)s」は写真として読めません。壊れていないか確かめて、もう一度付けてください。")
            % {"name": shown}
        ) from None
    return Upload(content, content_type, _with_ending(shown, ending))


def accepted(uploaded: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """(field key or "", file) of everything that a form sent as `file` or `file-<key>`.

    All are checked before one is kept; raises Refusal with the errors by field."""
    found, errors = [], {}
    for name in uploaded:
        key = name.removeprefix("file-") if name.startswith("file-") else ""
        for file in uploaded.getlist(name):  # type: ignore[attr-defined]
            found.append((key, file))
            try:
                refuse_size(file)
                judge(file.name, file.read())
            except Refusal as refusal:
                errors[key or "file"] = str(refusal)
    if errors:
        raise Refusal(_("入力内容を確認してください。"), errors=errors)
    return found


def refuse_size(file: Any) -> None:
    """Too big is refused before it is read into memory."""
    if file.size > MAX_BYTES:
        raise Refusal(
            _("「%(name)s」は %(size)s MB あります。%(limit)s MB までのファイルにしてください。")
            % {"name": file.name, "size": f"{file.size / 2**20:.1f}", "limit": MAX_BYTES // 2**20}
        )


def kind_of(content: bytes) -> tuple[str, str] | None:
    """Ending and type by the first bytes (of Office files by what is inside); None if it isn't accepted."""
    for ending, content_type, start in SIGNATURES:
        if content.startswith(start):
            return ending, content_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp", "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"):
        return "jpg", "image/heic"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return _text(content)


def _office(content: bytes) -> tuple[str, str] | None:
    """Word, Excel or PowerPoint without macros; no other archive."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error, OverflowError):
        return None
    if "[Content_Types].xml" not in names or any(n.lower().endswith("vbaproject.bin") for n in names):
        return None
    return next((kind for folder, kind in OFFICE.items() if any(n.startswith(folder) for n in names)), None)


def _text(content: bytes) -> tuple[str, str] | None:
    """UTF-8 (with or without BOM), UTF-16 with BOM or Shift_JIS, without control characters."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", text) or re.match(
            r"\s*<(!doctype|html|svg|\?xml)", text, re.I
        ):
            return None
        return "txt", "text/plain"
    return None


def _open(content: bytes) -> Image.Image:
    """The picture, decoded; raises whatever its decoder does, ValueError if it is too large."""
    from PIL import Image  # many megabytes, for what is rare

    picture = Image.open(io.BytesIO(content))
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError(picture.size)
    picture.load()
    return picture


def _without_position(content: bytes, kind: str) -> bytes:
    """The same file unless it says where it was taken; then saved again without that, in the best quality."""
    picture = _open(content)
    exif = picture.getexif()
    if GPS not in exif and b"exif:GPS" not in content:
        return content
    return _saved(picture, kind)


def _to_jpeg(content: bytes) -> bytes:
    import pillow_heif  # many megabytes, for what is rare

    pillow_heif.register_heif_opener()
    return _saved(_open(content), "JPEG")


def _saved(picture: Image.Image, kind: str) -> bytes:
    """Upright, with colours but without any other data about the picture."""
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(picture)
    if kind == "JPEG" and upright.mode not in ("RGB", "L"):
        upright = upright.convert("RGB")
    out = io.BytesIO()
    options = {"quality": 92} if kind in ("JPEG", "WEBP") else {}
    upright.info = {k: v for k, v in upright.info.items() if k == "icc_profile"}
    upright.save(out, kind, exif=b"", icc_profile=upright.info.get("icc_profile"), **options)
    return out.getvalue()


def safe_name(name: str) -> str:
    """The last part of a path without control and direction characters, cut to a sane length."""
    last = PurePath(name.replace("\\", "/")).name
    clean = re.sub(r'[\x00-\x1f\x7f<>:"|?*/\u200e\u200f\u202a-\u202e\u2066-\u2069]', "_", last).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot:
        return clean[:NAME_LIMIT] or "file"
    return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending[:20]}" if stem else clean[:NAME_LIMIT] or "file"


def _with_ending(name: str, ending: str) -> str:
    """`name` ends as its content says, so that nobody opens a text as a program."""
    said = name.rpartition(".")[2].lower() if "." in name else ""
    return name if said in ENDINGS.get(ending, {ending}) else f"{name}.{ending}"
