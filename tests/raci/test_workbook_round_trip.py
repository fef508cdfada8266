"""Export → import finds no difference: for the first edition, for any edition, and through LibreOffice."""

import io
import os
import shutil
import subprocess

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from opsdesk.lib import sheets
from raci.comparison import compare
from raci.content import rows_of
from raci.soundness import faults
from raci.workbook import reading, writing
from raci.workbook.adopting import Base, adopt
from raci.workbook.cells import escaped
from raci.workbook.paper import About
from tests import customer, editions

#: Examples here, and in `make faults`.
FEW, MANY = 30, 1000
SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}

pytestmark = pytest.mark.once


def written(rows, roles=None):
    return writing.write(
        rows, customer.roles() if roles is None else roles, About(3, "運用業務作業分担表", "第3版")
    )


def imported(content, base, names=customer.NAMES, kinds=customer.KINDS):
    sheet = reading.read(sheets.read(content), names)
    return adopt(sheet, Base(base, 60), kinds)


def edited(content, change):
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    return customer.saved(book)


def test_the_first_edition(edition):
    rows = rows_of(edition)
    sheet = imported(written(rows), rows)
    assert (sheet.rows, sheet.problems, sheet.extra_columns) == (rows, [], [])
    assert sheet.is_flat


def check(rows):
    assert faults(rows, set(editions.ROLES)) == {}
    sheet = imported(written(rows, editions.roles()), [], editions.ROLES, editions.KINDS)
    assert [p.sentence for p in sheet.problems] == []
    assert sheet.rows == rows


@pytest.mark.slow
@settings(max_examples=FEW, **SLOW)
@given(editions.editions())
def test_any_edition(rows):
    check(rows)


@pytest.mark.faults
@settings(max_examples=MANY, **SLOW)
@given(editions.editions())
def test_many_editions(rows):
    check(rows)


@pytest.mark.slow
@settings(max_examples=15, **SLOW)
@given(st.data())
def test_what_a_person_changes_on_the_paper_alone_is_what_comes_in(data):
    """One cell of the first sheet: everything else stays, settings and keys too."""
    rows = customer.fixture_rows()
    at = data.draw(st.integers(0, 59))
    work = rows[at]["work"]
    text = work + data.draw(editions.WORKS)[: len(work)]  # reworded; more would be another row

    def change(book):
        book["作業分担表"].cell(at + 5, 4).value = escaped(text)
        book["作業分担表"].cell(at + 5, 4).data_type = "s"

    sheet = imported(edited(written(rows), change), rows)
    assert not sheet.is_flat
    assert sheet.rows == [*rows[:at], {**rows[at], "work": text}, *rows[at + 1 :]]


def test_what_is_changed_on_the_flat_sheet_alone_comes_in():
    def change(book):
        book["データ"]["E9"].value = "クライアントPC(全台)"

    rows = customer.fixture_rows()
    sheet = imported(edited(written(rows), change), rows)
    assert sheet.is_flat and sheet.problems == []
    assert [(d.number, d.aspect, d.after) for d in compare(rows, sheet.rows)] == [
        (8, "work", "クライアントPC(全台)")
    ]


def test_the_same_on_both_is_one_change():
    def change(book):
        book["データ"]["E9"].value = book["作業分担表"]["D12"].value = "クライアントPC(全台)"

    rows = customer.fixture_rows()
    assert len(compare(rows, imported(edited(written(rows), change), rows).rows)) == 1


def test_two_changes_on_two_sheets_are_not_guessed():
    def change(book):
        book["データ"]["E9"].value, book["作業分担表"]["D12"].value = "あ", "い"

    rows = customer.fixture_rows()
    sheet = imported(edited(written(rows), change), rows)
    assert [p.sentence for p in sheet.problems if p.is_fatal][0].startswith(
        "「作業分担表」と「データ」の両方"
    )


def test_either_sheet_alone_is_enough():
    rows = customer.fixture_rows()
    for gone in (["データ", "opsdesk"], ["作業分担表"], ["作業分担表", "opsdesk"], ["opsdesk"]):

        def change(book, gone=gone):
            for title in gone:
                del book[title]

        assert imported(edited(written(rows), change), rows).rows == rows, gone


def test_a_role_that_was_renamed_meanwhile_is_no_difference():
    rows = customer.fixture_rows()
    sheet = imported(written(rows), rows, {**customer.NAMES, "operations": "運用監視"})
    assert (sheet.rows, sheet.problems) == (rows, [])


def test_a_row_without_a_key_is_new_and_a_key_never_given_is_refused():
    def change(key):
        def to(book):
            book["データ"].append([key, 61, None, None, "新しい業務", None, "随時"])

        return to

    rows = customer.fixture_rows()
    sheet = imported(edited(written(rows), change(None)), rows)
    assert (sheet.rows[60]["key"], sheet.problems[0].cell) == (61, "データ!A62")
    sheet = imported(edited(written(rows), change(77)), rows)
    assert ["業務キー 77" in p.sentence for p in sheet.problems] == [True]
    sheet = imported(edited(written(rows), change(5)), rows)
    assert ["業務キー 5 の行が二つ" in p.sentence for p in sheet.problems] == [True]


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("fields", "[1]"),
        ("fields", '[{"key":"x"}]'),
        ("fields", '[{"key":"x","label":"x","kind":"text","options":{"shell":"rm"}}]'),
        ("fields", '[{"key":"x","label":"x","kind":"text","required_if":{}, "hint":7}]'),
        ("fields", '[{"key":"x","label":"x","kind":"text","options":{"filled_by":["nobody"]}}]'),
        ("signers", '{"role":"union"}'),
        ("followups", '[{"target":[],"kind":"auto"}]'),
        ("followups", "[" * 100_00),
        ("standard_due", '{"business_days":NaN}'),
        ("standard_due", "ほげ"),
        ("standard_due", '{"business_days":%s}' % ("9" * 9000)),
        ("schedule", "たぶん"),
        ("schedule.opens_n", "x"),
        ("schedule.due_time", "25:00"),
        ("scope", "everybody"),
        ("sharing", "none"),
        ("parent", "x"),
        ("parent", "60"),
        ("is_heading", "?"),
        ("cycle", "週次"),
        ("role:union", "×"),
        ("number", ""),
        ("key", "x"),
    ],
)
def test_a_setting_that_is_none_is_refused_by_its_cell(head, value):
    def change(book):
        sheet = book["データ"]
        column = next(c.column for c in sheet[1] if c.value == head)
        sheet.cell(2, column).value = value
        sheet.cell(2, column).data_type = "s"

    rows = customer.fixture_rows()
    sheet = imported(edited(written(rows), change), rows)
    assert not sheet.is_sound
    assert all(p.cell.startswith("データ!") for p in sheet.problems)


def test_a_head_that_is_gone():
    def change(book):
        book["データ"].delete_cols(20)

    rows = customer.fixture_rows()
    assert "の列がありません" in imported(edited(written(rows), change), rows).problems[0].sentence


def test_a_book_of_a_newer_opsdesk_is_refused():
    def change(book):
        book["opsdesk"]["B1"].value = 2

    with pytest.raises(sheets.Refusal, match="新しい版"):
        imported(edited(written(customer.fixture_rows()), change), [])


# --- LibreOffice ----------------------------------------------------------------------------------------


def converted(content, to, folder):
    """What LibreOffice makes of a workbook; its profile stays in `folder`."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "LibreOffice is missing: apt-get install libreoffice-calc"
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "book.xlsx").write_bytes(content)
    subprocess.run(
        [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to]
        + ["--outdir", str(folder), str(folder / "in" / "book.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
        env={**os.environ, "HOME": str(folder)},
    )
    return (folder / f"book.{to.split(':')[0]}").read_bytes()


@pytest.mark.slow
def test_libreoffice_makes_a_pdf_of_it(tmp_path):
    pages = PdfReader(io.BytesIO(converted(written(customer.fixture_rows()), "pdf", tmp_path))).pages
    text = [page.extract_text() for page in pages[:2]]
    assert "運用業務作業分担表" in text[0] and "障害回復報告" in text[0] and "年間イベント" not in text[0]
    assert "年間イベント" in text[1]
    assert all("周期" in t and "第3版" in t for t in text)  # heads and version on every page
    width, height = (float(pages[0].mediabox[n]) for n in (2, 3))
    assert (round(width), round(height)) == (1191, 842)  # A3, landscape


@pytest.mark.slow
def test_libreoffice_writes_it_back_without_a_difference(tmp_path):
    rows = customer.fixture_rows()
    odd = ["=1+1", "+81", "007", " 前後 ", "改行\nあり", "\ufa19葛\U000e0101\ue000", "_x0041_"]
    for row, text in zip(rows, odd, strict=False):
        row["work"] = text
    sheet = imported(converted(written(rows), "xlsx:Calc MS Excel 2007 XML", tmp_path), rows)
    assert sheet.problems == []
    assert compare(rows, sheet.rows) == []
    assert sheet.rows == rows


@pytest.mark.slow
def test_libreoffice_saves_the_customers_sheet(tmp_path):
    content = converted(customer.book(), "xlsx:Calc MS Excel 2007 XML", tmp_path)
    sheet = imported(content, customer.fixture_rows())
    assert (sheet.problems, sheet.rows) == ([], customer.fixture_rows())
