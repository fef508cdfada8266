"""The process of its own in which opsdesk.lib.sheets reads a workbook: bytes in, lines of JSON out.

Run as a script, without Django. Each line is a list: ["sheet", title], ["row", n, [[column, value], …]],
["merged", r1, c1, r2, c2], and at last ["end"], or ["no", code, {…}] where the workbook is refused.
A value is text, a number or true/false; a day is {"day": "2026-11-24"}, an instant {"at": "…"}.
"""

import contextlib
import io
import json
import math
import re
import resource
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import MERGE_TAG, ROW_TAG, WorkSheetParser
from openpyxl.worksheet.merge import MergeCells
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

MOST_BYTES = 300 * 2**20  # of address space, the interpreter included
MOST_SECONDS = 9  # of computing; the parent waits a little longer
MOST_CELLS = 200_000  # that hold something
MOST_CHARACTERS = 20_000_000
MOST_MERGED = 20_000
EMPTY_ROWS = 4  # times as many <row> elements as rows with something may be looked at
MOST_SHEETS = 100
#: What is counted before anything is parsed: cells with or without something in them, and tags of what holds
#: no cells (formats, names, rules) or stands beside them.
MOST_LOOKED_AT = 500_000
MOST_BESIDE = 150_000
TAGS_OF_CELL = 6  # a text in its place: c, is, t, each opened and closed
TAGS_OF_STRING = 30  # a shared one with its formats and readings (ふりがな)
COUNTED = re.compile(rb"<(?:\w+:)?(c|row|si|mergeCell)(?=[ />\t\r\n])")
CHUNK = 2**18
STRING = f"{{{SHEET_MAIN_NS}}}si"
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class No(Exception):
    """`code` and what its sentence says."""

    def __init__(self, code: str, **said: Any) -> None:
        super().__init__(code)
        self.code, self.said = code, said


class Reader(ExcelReader):
    """openpyxl's, for the parts that are needed here: texts as they stand, sheets by title."""

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = list(_texts(source))

    def sheets(self) -> Iterator[tuple[str, str]]:
        """Title and path of every worksheet, in their order."""
        for sheet, link in self.parser.find_sheets():
            if link.Type.endswith("/worksheet") and link.target in self.valid_files:
                yield str(sheet.name), link.target


def _texts(source: Any) -> Iterator[str]:
    size = 0
    for _event, node in iterparse(source):
        if node.tag == STRING:
            found: Any = Text.from_tree(node)
            text = found.content
            node.clear()
            size += len(text)
            if size > MOST_CHARACTERS:
                raise No("much_text")
            yield text


class Parser(WorkSheetParser):
    """openpyxl's, which looks at a formula no closer than to see that there is one."""

    def parse_formula(self, element: Any) -> str:
        return "="


def read(content: bytes, most_rows: int, most_columns: int) -> Iterator[list[Any]]:
    """The lines of a workbook; raises No."""
    reader = Reader(io.BytesIO(content), read_only=True, keep_links=False)
    counts = {name: counted(reader.archive, name) for name in reader.archive.namelist()}
    for count in counts.values():
        look_at_part(count)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    budget = Budget(most_rows, most_columns)
    found = list(reader.sheets())
    look_at_sheets([(title, counts[path]) for title, path in found], most_rows)
    for title, path in found:
        yield ["sheet", title]
        with reader.archive.open(path) as source:
            yield from _sheet(reader, title, source, budget)
    yield ["end"]


class Count(NamedTuple):
    """How many tags a part has, by kind; about, for one may lie across two chunks."""

    tags: int = 0
    cells: int = 0
    rows: int = 0
    strings: int = 0
    merged: int = 0


def counted(archive: zipfile.ZipFile, name: str) -> Count:
    """Unpacks a part without keeping it."""
    if not name.lower().endswith((".xml", ".rels")):
        return Count()
    tags, kinds = 0, Counter[bytes]()
    with archive.open(name) as source:
        while chunk := source.read(CHUNK):
            tags += chunk.count(b"<")
            kinds.update(COUNTED.findall(chunk))
    return Count(tags, kinds[b"c"], kinds[b"row"], kinds[b"si"], kinds[b"mergeCell"])


def look_at_part(count: Count) -> None:
    """Raises No for a part that no sheet of this size needs: it takes longer than anybody waits."""
    if count.strings > MOST_CELLS:
        raise No("many_texts", most=MOST_CELLS)
    if count.merged > MOST_MERGED:
        raise No("many_merged", most=MOST_MERGED)
    within = TAGS_OF_CELL * count.cells + TAGS_OF_STRING * count.strings + 2 * count.rows
    if count.tags - within > MOST_BESIDE:
        raise No("much_beside", most=MOST_BESIDE)


def look_at_sheets(found: list[tuple[str, Count]], most_rows: int) -> None:
    if len(found) > MOST_SHEETS:
        raise No("many_sheets", most=MOST_SHEETS)
    cells = 0
    for title, count in found:
        if count.rows > EMPTY_ROWS * most_rows:
            raise No("many_rows", sheet=title, most=most_rows)
        cells += count.cells
        if cells > MOST_LOOKED_AT:
            raise No("many_empty", sheet=title, most=MOST_LOOKED_AT)


class Budget:
    """What may be read, over all sheets together."""

    def __init__(self, most_rows: int, most_columns: int) -> None:
        self.most_rows, self.most_columns = most_rows, most_columns
        self.cells = self.characters = 0

    def spend(self, value: Any, title: str) -> None:
        self.cells += 1
        self.characters += len(value) if isinstance(value, str) else 1
        if self.cells > MOST_CELLS:
            raise No("many_cells", sheet=title, most=MOST_CELLS)
        if self.characters > MOST_CHARACTERS:
            raise No("much_text")


def _sheet(reader: Reader, title: str, source: Any, budget: Budget) -> Iterator[list[Any]]:
    book: Any = reader.wb
    parser = Parser(
        source, reader.shared_strings, epoch=book.epoch, date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )  # fmt: skip
    seen = 0
    for _event, element in iterparse(source):
        if element.tag == ROW_TAG:
            seen += 1
            if seen > EMPTY_ROWS * budget.most_rows:
                raise No("many_rows", sheet=title, most=budget.most_rows)
            number, cells = parser.parse_row(element)
            element.clear()
            if found := list(_values(cells, title, budget)):
                yield ["row", number, found]
        elif element.tag == MERGE_TAG:
            yield from _merged(MergeCells.from_tree(element), title)


def _values(cells: list[dict[str, Any]], title: str, budget: Budget) -> Iterator[list[Any]]:
    for cell in cells:
        row, column, value, kind = cell["row"], cell["column"], cell["value"], cell["data_type"]
        if kind == "f":
            raise No("formula", sheet=title, cell=f"{get_column_letter(column)}{row}")
        if value is None or value == "":
            continue
        if row > budget.most_rows:
            raise No("many_rows", sheet=title, most=budget.most_rows)
        if column > budget.most_columns:
            raise No("many_columns", sheet=title, most=budget.most_columns)
        value = _plain(value)
        budget.spend(value, title)
        yield [column, value]


def _merged(found: Any, title: str) -> Iterator[list[Any]]:
    if len(found.mergeCell) > MOST_MERGED:
        raise No("many_cells", sheet=title, most=MOST_MERGED)
    for cells in found.mergeCell:
        yield ["merged", cells.min_row, cells.min_col, cells.max_row, cells.max_col]


def _plain(value: Any) -> Any:
    """A value as JSON; a number that is none becomes its text, a time of day or a duration too."""
    if isinstance(value, str):
        return unescaped(value)
    if isinstance(value, datetime):
        if value.time() == time():
            return {"day": value.date().isoformat()}
        return {"at": value.replace(microsecond=0).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)


def unescaped(text: str) -> str:
    """_x000D_ is a carriage return in the format, _x005F_ the low line that keeps such a text a text."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def main() -> None:
    """`most_rows` and `most_columns` are the arguments, the workbook comes on stdin."""
    for what, most in (
        (resource.RLIMIT_AS, MOST_BYTES),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a system that knows no such limit
            resource.setrlimit(what, (most, most))
    try:
        for line in read(sys.stdin.buffer.read(), *map(int, sys.argv[1:3])):
            say(line)
    except No as no:
        say(["no", no.code, no.said])
    except MemoryError:
        say(["no", "large", {}])
    except Exception:  # a parser raises anything over a broken or wicked file
        say(["no", "broken", {}])


def say(line: list[Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
    sys.stdout.flush()
