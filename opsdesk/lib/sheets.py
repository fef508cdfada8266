"""xlsx in: any workbook, read in a process of its own within limits; what can't be trusted is refused."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from .refusal import Refusal

Value = str | int | float | datetime | date | bool

MAX_BYTES = 20 * 2**20  # of the file
MAX_UNPACKED = 100 * 2**20
MAX_ENTRIES = 1000
#: A part that shrinks by more than this is no text that people wrote (only looked at above a megabyte).
MAX_RATIO = 250
WALL_SECONDS = 10
CHILD = Path(__file__).with_name("sheet_child.py")
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password

SENTENCES = {
    "none": gettext_lazy("Excel ブック(.xlsx)を選んでください。"),
    "old": gettext_lazy(
        "古い形式(.xls)か、パスワードつきのブックです。"
        "パスワードを付けずに .xlsx 形式で保存し直してください。"
    ),
    "big": gettext_lazy("ファイルが大きすぎます。%(most)s MB までのブックにしてください。"),
    "broken": gettext_lazy("ブックとして読めません。Excel で開いて .xlsx 形式で保存し直してください。"),
    "bomb": gettext_lazy("展開すると異常に大きくなるファイルです。取り込めません。"),
    "macros": gettext_lazy("マクロが入っています。マクロなしの .xlsx 形式で保存し直してください。"),
    "links": gettext_lazy(
        "ほかのファイルやデータベースへの外部リンクがあります。リンクを解除し、値だけにして保存し直してください。"
    ),
    "embedded": gettext_lazy("別のファイルが埋め込まれています。取り除いて保存し直してください。"),
    "formula": gettext_lazy(
        "「%(sheet)s」の %(cell)s に数式があります。値に置き換えて保存し直してください。"
    ),
    "many_rows": gettext_lazy(
        "「%(sheet)s」の行が多すぎます。%(most)s 行までにして、下の空の行も削除してください。"
    ),
    "many_columns": gettext_lazy("「%(sheet)s」の列が多すぎます。%(most)s 列までにしてください。"),
    "many_cells": gettext_lazy("「%(sheet)s」のセルが多すぎます。全体で %(most)s セルまでにしてください。"),
    "many_empty": gettext_lazy(
        "「%(sheet)s」までのセルが、空のものも数えて %(most)s を超えます。"
        "要らない列と行を（書式も）削除してください。"
    ),
    "many_sheets": gettext_lazy("シートが多すぎます。%(most)s 枚までにしてください。"),
    "many_merged": gettext_lazy("セルの結合が多すぎます。%(most)s か所までにしてください。"),
    "many_texts": gettext_lazy("ブックの中の文字列が多すぎます。%(most)s 個までにしてください。"),
    "much_beside": gettext_lazy(
        "書式・名前・入力規則などが多すぎます。使っていない書式や規則を削除するか、"
        "値だけを新しいブックに写して保存し直してください。"
    ),
    "much_text": gettext_lazy("文字が多すぎます。"),
    "large": gettext_lazy("大きすぎて読めません。要らないシート・書式・空の行を減らしてください。"),
    "slow": gettext_lazy(
        "%(most)s 秒で読み終わりませんでした。要らないシート・書式・空の行を減らしてください。"
    ),
    "empty": gettext_lazy("読めるシートがありません。"),
}
#: Parts by what stands in their name, and why a workbook with them is refused.
FORBIDDEN = (
    ("vbaproject", "macros"),
    ("/macrosheets/", "macros"),
    ("/dialogsheets/", "macros"),
    ("/externallinks/", "links"),
    ("xl/connections.xml", "links"),
    ("/querytables/", "links"),
    ("/embeddings/", "embedded"),
    ("/activex/", "embedded"),
    ("/ctrlprops/", "embedded"),
)


@dataclass
class Sheet:
    """What stands in one sheet; empty cells are absent, rows and columns count from 1."""

    title: str
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row, column, last ones

    @property
    def max_row(self) -> int:
        return max((row for row, _column in self.cells), default=0)

    @property
    def max_column(self) -> int:
        return max((column for _row, column in self.cells), default=0)

    def row(self, number: int) -> dict[int, Value]:
        """The cells of a row, by column."""
        return {c: value for (r, c), value in self.cells.items() if r == number}

    def rows(self) -> dict[int, dict[int, Value]]:
        """All rows that hold something, by number; cells by column."""
        found: dict[int, dict[int, Value]] = {}
        for (row, column), value in self.cells.items():
            found.setdefault(row, {})[column] = value
        return found


@dataclass
class Workbook:
    """Sheets by title, in the order of the workbook."""

    sheets: dict[str, Sheet] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        return list(self.sheets)


def address(row: int, column: int) -> str:
    """B4."""
    from openpyxl.utils import get_column_letter  # many megabytes, for what is rare

    return f"{get_column_letter(column)}{row}"


def received(file: Any) -> bytes:
    """The bytes of an uploaded file; raises Refusal before a large one is taken into memory."""
    if file.size > MAX_BYTES:
        raise _no("big", most=MAX_BYTES // 2**20)
    return file.read()


def read(content: bytes, *, most_rows: int = 5000, most_columns: int = 200) -> Workbook:
    """The workbook in `content`; raises Refusal with a sentence that says what to do.

    Refused: more than 20 MB (100 MB unpacked), macros, formulas, external links, embedded files, and what
    takes more than 10 seconds or 300 MB to read. Never raises anything else over a file."""
    _look(content)
    book = Workbook()
    is_complete = False
    for line in _lines(content, most_rows, most_columns):
        match line:
            case ["sheet", str(title)]:
                sheet = book.sheets[title] = Sheet(title)
            case ["row", int(row), list(cells)]:
                sheet.cells |= {(row, column): _value(value) for column, value in cells}
            case ["merged", *corners]:
                sheet.merged.append(tuple(corners))
            case ["no", str(code), dict(said)]:
                raise _no(code, **said)
            case ["end"]:
                is_complete = True
    if not is_complete:  # killed by a limit
        raise _no("large")
    if not book.sheets:
        raise _no("empty")
    return book


def _no(code: str, **said: Any) -> Refusal:
    words = {name: f"{value:,}" if isinstance(value, int) else value for name, value in said.items()}
    return Refusal(str(SENTENCES[code]) % words)


def _look(content: bytes) -> None:
    """What can be told from outside, before anything is unpacked."""
    if len(content) > MAX_BYTES:
        raise _no("big", most=MAX_BYTES // 2**20)
    if content.startswith(OLD):
        raise _no("old")
    if not content.startswith(b"PK\x03\x04"):
        raise _no("none")
    if content.count(b"PK\x01\x02") > 2 * MAX_ENTRIES:  # before zipfile makes an object of each
        raise _no("bomb")
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except Exception:  # zipfile raises a dozen kinds over a broken one
        raise _no("broken") from None
    names = [part.filename.lower() for part in parts]
    if "[content_types].xml" not in names:
        raise _no("none")
    for name in names:
        for word, code in FORBIDDEN:
            if word in f"/{name}":
                raise _no(code)
    if len(set(names)) < len(names) or any(part.flag_bits & 1 for part in parts):
        raise _no("broken")
    if len(parts) > MAX_ENTRIES or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _no("bomb")
    if any(part.file_size > 2**20 and part.file_size > MAX_RATIO * part.compress_size for part in parts):
        raise _no("bomb")


def _lines(content: bytes, most_rows: int, most_columns: int) -> list[Any]:
    """What the child says of it, without the last line of one that a limit ended in the middle."""
    command = [sys.executable, "-I", str(CHILD), str(most_rows), str(most_columns)]
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=WALL_SECONDS,
            env={}, check=False, close_fds=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _no("slow", most=WALL_SECONDS) from None
    complete, _newline, _rest = done.stdout.rpartition(b"\n")
    return [json.loads(line) for line in complete.splitlines()]


def _value(value: Any) -> Value:
    if isinstance(value, Mapping):
        if "day" in value:
            return date.fromisoformat(value["day"])
        return datetime.fromisoformat(value["at"])
    return value
