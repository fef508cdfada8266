"""xlsx: text stays text, dates are dates, too many rows end with a sentence."""

from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from opsdesk.lib import bookwriting, workbook

HEAD = ["名称", "値"]
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x/","y")',
    "=cmd|' /C calc'!A0",
    "\t=1",
    "{=1}",
]


def read(rows, title="x", above=()):
    with workbook.write(rows, title=title, above=above) as file:
        return load_workbook(file).active


def test_it_works():
    rows = [HEAD, ["汐見市", 3], ["桐原市", None], ["", 2.5]]
    sheet = read(rows, title="作業一覧", above=("作業一覧", "条件: なし"))
    assert sheet.title == "作業一覧"
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["作業一覧", None],
        ["条件: なし", None],
        ["名称", "値"],
        ["汐見市", 3],
        ["桐原市", None],
        [None, 2.5],
    ]
    assert sheet["A3"].font.bold
    assert sheet.freeze_panes == "A4"
    assert sheet.page_setup.orientation == "landscape"


@pytest.mark.parametrize("text", FORMULAS)
def test_text_never_becomes_a_formula(text):
    sheet = read([[text, "値"], [text, text]], title="x", above=(text,))
    for cell in (sheet["A1"], sheet["A2"], sheet["A3"], sheet["B3"]):
        assert (cell.value, cell.data_type) == (text, "s")


def test_dates_are_dates_and_instants_local():
    rows = [HEAD, [date(2026, 11, 24), datetime(2026, 11, 24, 8, 15, tzinfo=UTC)]]
    sheet = read(rows, title="x")
    assert sheet["A2"].value == datetime(2026, 11, 24)
    assert sheet["B2"].value == datetime(2026, 11, 24, 17, 15)
    assert sheet["A2"].is_date
    assert sheet["B2"].is_date


def test_too_many_rows_end_with_a_sentence(monkeypatch):
    monkeypatch.setattr(bookwriting, "MOST_ROWS", 3)
    values = [row[0] for row in read([HEAD, *[[i, i] for i in range(5)]], title="x").values]
    assert values == [
        "名称",
        0,
        1,
        2,
        "3件を超えるため、ここまでを出力しました。条件を絞り込んで、もう一度出力してください。",
    ]
    values = [row[0] for row in read([HEAD, *[[i, i] for i in range(3)]], title="x").values]
    assert values == ["名称", 0, 1, 2]


def test_what_no_sheet_can_hold_is_left_out():
    sheet = read([HEAD, ["a\x00b\x0bc", "あ" * 40_000]], title="長い" * 20)
    assert sheet["A2"].value == "abc"
    assert len(sheet["B2"].value) == bookwriting.LONGEST_TEXT
    assert len(sheet.title) == 31


@pytest.mark.django_db  # closing a response looks after the connections
def test_a_download():
    response = workbook.response([HEAD, ["a", 1]], title="x", filename="x.xlsx")
    assert response["Content-Type"] == workbook.CONTENT_TYPE
    assert b"".join(response)[:2] == b"PK"
    response.close()
    assert 'attachment; filename="x.xlsx"' in response["Content-Disposition"]
