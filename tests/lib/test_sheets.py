"""Any workbook is read or refused with a sentence, in a process of its own, within its limits."""

import io
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from types import SimpleNamespace

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from opsdesk.lib import sheets, workbook
from opsdesk.lib.refusal import Refusal
from tests import hostile


def book(**cells):
    """The bytes of a workbook with these cells in its first sheet."""
    made = openpyxl.Workbook()
    for place, value in cells.items():
        made.active[place] = value
    return saved(made)


def saved(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def changed(content, **parts):
    """`content` with parts of its archive replaced or added (`.` is written as __, / as ___)."""
    out = io.BytesIO()
    new = {name.replace("___", "/").replace("__", "."): text for name, text in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in old.namelist():
            if name not in new:
                made.writestr(name, old.read(name))
        for name, text in new.items():
            made.writestr(name, text)
    return out.getvalue()


def sheet_of(rows):
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{rows}</sheetData></worksheet>"
    )


def with_rows(rows):
    return changed(book(A1="x"), xl___worksheets___sheet1__xml=sheet_of(rows))


def refused(content, **limits):
    started = time.monotonic()
    with pytest.raises(Refusal) as no:
        sheets.read(content, **limits)
    assert time.monotonic() - started < sheets.WALL_SECONDS + 2
    return str(no.value)


def test_it_works():
    made = openpyxl.Workbook()
    first, second = made.active, made.create_sheet("団体")
    first.title = "表"
    first["A1"], first["B2"], first["C3"] = " 全角　と改行\nのまま ", 3, 1.5
    first["D1"], first["D2"], first["D3"] = date(2026, 4, 1), datetime(2026, 4, 1, 9, 5), True
    first["E1"] = "=文字"
    first["E1"].data_type = "s"
    first.merge_cells("A5:B6")
    second["B7"] = "◎"
    read = sheets.read(saved(made))
    assert read.titles == ["表", "団体"]
    assert read.sheets["表"].cells == {
        (1, 1): " 全角　と改行\nのまま ",
        (1, 4): date(2026, 4, 1),
        (1, 5): "=文字",
        (2, 2): 3,
        (2, 4): datetime(2026, 4, 1, 9, 5),
        (3, 3): 1.5,
        (3, 4): True,
    }
    assert read.sheets["表"].merged == [(5, 1, 6, 2)]
    assert (read.sheets["団体"].max_row, read.sheets["団体"].max_column) == (7, 2)
    assert read.sheets["団体"].rows() == {7: {2: "◎"}}
    assert sheets.address(7, 28) == "AB7"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
        min_size=1,
        max_size=30,
    )
)
@example(
    ["a\r\nb", "_x000D_", "_x005F_x0041_", "=1+1", "@x", " 前後 ", "髙﨑\ufa19", "ｶﾅ①㈱", "葛\U000e0101"]
)
def test_text_that_we_write_comes_back_as_it_was(texts):
    rows = [["見出し"], *([text] for text in texts)]
    with workbook.write(rows, title="t") as file:
        read = sheets.read(file.read())
    assert [read.sheets["t"].cells[n, 1] for n in range(2, len(texts) + 2)] == texts


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Excel ブック"),
        (b"No,1\n", "Excel ブック"),
        (b"PK\x03\x04" + b"x" * 99, "ブックとして読めません"),
        (sheets.OLD + b"x" * 999, "パスワード"),
        (b"PK\x03\x04" + bytes(sheets.MAX_BYTES), "20 MB"),
    ],
)
def test_what_is_no_workbook(content, sentence):
    assert sentence in refused(content)


def test_a_large_upload_is_not_even_taken_into_memory():
    with pytest.raises(Refusal, match="20 MB"):
        sheets.received(SimpleNamespace(size=sheets.MAX_BYTES + 1))
    assert sheets.received(SimpleNamespace(size=1, read=lambda: b"x")) == b"x"


def test_a_formula_is_named_by_its_cell():
    assert "「Sheet」の B3 に数式" in refused(book(A1="x", B3="=1+1"))


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("xl___vbaProject__bin", "マクロ"),
        ("xl___macrosheets___sheet1__xml", "マクロ"),
        ("xl___externalLinks___externalLink1__xml", "外部リンク"),
        ("xl___connections__xml", "外部リンク"),
        ("xl___embeddings___oleObject1__bin", "埋め込まれ"),
    ],
)
def test_what_could_act_is_refused(part, word):
    assert word in refused(changed(book(A1="x"), **{part: "x"}))


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert "異常に大きくなる" in refused(changed(book(A1="x"), xl___bomb__xml=bytes(150 * 2**20)))
    assert "異常に大きくなる" in refused(changed(book(A1="x"), xl___bomb__xml=bytes(50 * 2**20)))


def test_many_entries_are_refused():
    parts = {f"xl___{n}": "" for n in range(sheets.MAX_ENTRIES)}
    assert "異常に大きくなる" in refused(changed(book(A1="x"), **parts))


LAUGHS = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
BILLION = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "x">{LAUGHS}]><x>&e9;</x>'


@pytest.mark.parametrize("part", ["worksheets___sheet1", "sharedStrings", "styles", "workbook"])
def test_entities_are_refused(part):
    assert "読めません" in refused(changed(with_shared("x"), **{f"xl___{part}__xml": BILLION}))


def with_shared(*texts):
    """As Excel writes: the texts in a table of their own, here with how they are read aloud."""
    content = book(A1="x")
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        types = old.read("[Content_Types].xml").decode()
    shared = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{shared}"/></Types>'
    items = "".join(f"<si>{text}</si>" for text in texts)
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c></row>' for n in range(1, len(texts) + 1)
    )
    return changed(
        content,
        xl___sharedStrings__xml=(
            f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
        ),
        xl___worksheets___sheet1__xml=sheet_of(rows),
        **{"[Content_Types]__xml": types.replace("</Types>", override)},
    )


def test_shared_texts_are_read_without_how_they_are_read_aloud():
    content = with_shared(
        "<t xml:space='preserve'> 桐原 </t>",
        "<r><t>桐</t></r><r><rPr><b/></rPr><t>原</t></r><rPh sb='0' eb='2'><t>キリハラ</t></rPh>",
        "<t>一_x000D_二_x005F_x000D_</t>",
    )
    assert list(sheets.read(content).sheets["Sheet"].cells.values()) == [" 桐原 ", "桐原", "一\r二_x000D_"]


def test_many_rows_are_refused():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 100_001))
    assert "行が多すぎます。5,000 行" in refused(with_rows(rows))


def test_a_million_empty_rows_are_refused():
    rows = "".join(f'<row r="{n}" ht="20"/>' for n in range(1, 1_000_001))
    assert "空の行も削除" in refused(with_rows(rows))


def test_one_last_row_as_libreoffice_writes_it_is_no_harm():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576" ht="12.8"><c r="A1048576" s="0"/></row>'
    assert sheets.read(with_rows(rows)).sheets["Sheet"].cells == {(1, 1): 1}


def test_many_columns_are_refused():
    assert "列が多すぎます。30 列" in refused(book(AE1="x"), most_columns=30)


def test_many_cells_are_refused():
    rows = "".join(f"<row>{''.join(f'<c><v>{r * c}</v></c>' for c in range(200))}</row>" for r in range(1100))
    assert "200,000 セル" in refused(with_rows(rows))


@pytest.mark.slow
def test_a_row_that_fills_the_memory_is_refused():
    noise = "".join(f'<c t="inlineStr"><is><t>{n}</t></is></c>' for n in range(480_000))
    content = with_rows(f"<row>{noise}</row>")
    assert refused(content)
    child = [sys.executable, "-I", str(sheets.CHILD), "5000", "200"]
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *child], input=content, stdout=subprocess.PIPE, check=True
    )
    assert 50_000 < int(measured.stdout) < 300 * 2**10


#: From a small process: what a child weighs begins with what its parent did.
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdin=sys.stdin.buffer, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
        f'<row r="1"><c r="A1"><v>{"9" * 5000}</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>gestern</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>',
    ],
)
def test_what_is_broken_inside(rows):
    assert "読めません" in refused(with_rows(rows))


def test_numbers_that_are_none_are_text():
    read = sheets.read(
        with_rows('<row r="1"><c r="A1"><v>1E999</v></c><c r="B1" t="e"><v>#REF!</v></c></row>')
    )
    assert read.sheets["Sheet"].cells == {(1, 1): "inf", (1, 2): "#REF!"}


def test_every_cut_of_a_workbook_is_read_or_refused():
    content = book(A1="x", B2=2)
    for length in range(0, len(content), len(content) // 12):
        refused(content[:length])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_mutated_workbooks_never_crash(changes):
    content = bytearray(book(A1="x", B2=2, C3="三"))
    for place, value in changes:
        content[place % len(content)] = value
    try:
        sheets.read(bytes(content))
    except Refusal as no:
        assert str(no)


def test_what_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(sheets, "WALL_SECONDS", 0.001)
    assert "秒で読み終わりません" in refused(book(A1="x"))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a million empty rows", "行が多すぎます"),
        ("a million empty cells", "空のものも数えて 500,000"),
        ("shared strings", "文字列が多すぎます。200,000 個"),
        ("merged cells", "セルの結合が多すぎます。20,000 か所"),
        *(
            (name, "書式・名前・入力規則などが多すぎます")
            for name in ("fonts", "names", "rules", "deep elements")
        ),
    ],
)
def test_what_would_take_long_is_counted_first(name, sentence):
    """Refused by what it is, not by the clock."""
    assert sentence in refused(hostile.FILES[name]())


def test_many_sheets():
    made = openpyxl.Workbook()
    for n in range(100):
        made.create_sheet(f"s{n}")
    assert "100 枚まで" in refused(saved(made))
    del made["s99"]
    assert len(sheets.read(saved(made)).titles) == 100
