"""The sheet as a customer has it becomes the edition that our readings make of it."""

import pytest

from opsdesk.lib import sheets
from opsdesk.lib.refusal import Refusal
from raci.comparison import compare
from raci.workbook import reading
from raci.workbook.adopting import Base, adopt, with_roles
from raci.workbook.marks import cycle_of, mark_of, number_of
from tests.customer import COLUMNS, KINDS, NAMES, book, fixture_rows, source


def read(content):
    return reading.read(sheets.read(content), NAMES)


def adopted(content, *, is_ours=True):
    base = Base(fixture_rows(), 60, is_ours=is_ours)
    return adopt(read(content), base, KINDS)


def fatal(sheet):
    return {p.cell: p.sentence for p in sheet.problems if p.is_fatal}


def test_the_source_table_is_the_first_edition():
    sheet = adopted(book())
    assert sheet.problems == []
    assert sheet.rows == fixture_rows()


# --- the same sheet, in the ways in which people keep it ------------------------------------------------

TWO_ROWS = {
    **{"union": ("広域", "組合"), "member": ("構成", "団体"), "helpdesk": ("委託ベンダ", "ヘルプ\nデスク")},
    **{
        "operations": (None, "業務運用"),
        "package": (None, "パッケージ\n保守"),
        "hwnw": (None, "HW/NW\n保守"),
    },
}
THREE_ROWS = {
    **TWO_ROWS,
    **{"helpdesk": ("委託ベンダー", "ヘルプ", "デスク"), "package": (None, "パッケージ", "保守")},
    "hwnw": (None, "HW/NW", "保守"),
}
SPACED = {
    **{
        "no": " Ｎｏ ",
        "major": "大　項　目",
        "middle": "中 項 目",
        "work": "作　業　内　容",
        "cycle": "周 期",
    },
    **{"hwnw": "ＨＷ／ＮＷ\n保守", "union": "広域 組合", "note": "備　　考"},
}


def merge(sheet, first):
    """Category and section merged over their rows, and the head as the source has it."""
    sheet.merge_cells(start_row=first - 2, end_row=first - 2, start_column=8, end_column=11)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=12)
    for column in (1, 2, 3, 4, 5, 12):
        sheet.merge_cells(start_row=first - 2, end_row=first - 1, start_column=column, end_column=column)
    for column in (2, 3):
        starts = [r for r in range(first, first + 60) if sheet.cell(r, column).value] + [first + 60]
        for start, end in zip(starts, starts[1:], strict=False):
            if end - start > 1:
                sheet.merge_cells(start_row=start, end_row=end - 1, start_column=column, end_column=column)


def one_cell(sheet, first):
    """業務処理 / (年次・月次・随時) in one merged cell of two lines."""
    sheet.cell(first + 26, 3).value = "業務処理\n(年次・月次・随時)"
    sheet.cell(first + 27, 3).value = None
    sheet.merge_cells(start_row=first + 26, end_row=first + 32, start_column=3, end_column=3)


def footer(sheet, first):
    sheet.cell(first + 61, 1).value = "※ 本表は令和8年度のものである。"


def repeated_head(sheet, first):
    sheet.insert_rows(first + 30)
    for column in range(1, 13):
        sheet.cell(first + 30, column).value = sheet.cell(first - 1, column).value


def filled_groups():
    lines, above = source(), {"major": "", "middle": ""}
    for line in lines:
        if line["major"]:
            above = {"major": line["major"], "middle": ""}
        if line["middle"]:
            above["middle"] = line["middle"]
        line |= above
    return lines


def dressed(lines, **changes):
    return [{**line, **{k: f(line[k]) for k, f in changes.items()}} for line in lines]


LOOKS = str.maketrans("◎○△", "◉◯∆")
SAME = {
    "heads over two rows": book(heads=TWO_ROWS),
    "heads over three rows": book(heads=THREE_ROWS),
    "spaces in the heads": book(heads=SPACED),
    "merged": book(heads=TWO_ROWS, dress=merge),
    "a section of two lines in one cell": book(dress=one_cell),
    "no title": book(above=()),
    "far below": book(above=[("表題",), *[()] * 8, ("令和8年度",), ()]),
    "to the right": book(left=3),
    "another order of columns": book(columns=[*COLUMNS[:5], *reversed(COLUMNS[5:])]),
    "No. as numbers": book(dressed(source(), no=int)),
    "No. in wide digits": book(
        dressed(source(), no=lambda t: t.translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    ),  # fmt: skip
    "No. with a full stop": book(dressed(source(), no=lambda t: f"{t}.")),
    "cycles with spaces": book(dressed(source(), cycle=lambda t: "　".join(t))),
    "marks that look alike": book(
        dressed(source(), **dict.fromkeys(NAMES, lambda t: t.translate(LOOKS) or "－"))
    ),
    "marks with spaces": book(dressed(source(), **dict.fromkeys(NAMES, lambda t: f" {t}\n"))),
    "a line below": book(dress=footer),
    "the head again on the second page": book(dress=repeated_head),
}


@pytest.mark.parametrize("name", SAME)
def test_it_is_the_same_edition(name):
    sheet = adopted(SAME[name])
    assert fatal(sheet) == {}
    assert compare(fixture_rows(), sheet.rows) == []
    assert sheet.rows == fixture_rows()


def test_the_line_below_is_said():
    (problem,) = adopted(SAME["a line below"]).problems
    assert (problem.cell, problem.is_fatal) == ("A65", False)
    assert "※本表は" in problem.sentence


def test_groups_on_every_row_read_as_those_above():
    sheet = adopted(book(filled_groups()))
    assert fatal(sheet) == {}
    assert sheet.rows == fixture_rows()


# --- what people type -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        *((t, "main") for t in "◎⊚◉"),
        *((t, "support") for t in ("○", "◯", "〇", "⭕", "⭕\ufe0f", "O", "o", "Ｏ", " ○ ")),
        *((t, "related") for t in "△∆Δ"),
        *((t, "") for t in (None, "", " ", "　", "-", "－", "―", "ー")),
        *((t, None) for t in ("×", "◇", "◎○", "主", "1", 1, "0")),
    ],
)
def test_marks(text, mark):
    found = mark_of(text)
    assert (found[0] if found else None) == mark


def test_filled_marks_are_read_and_said():
    lines = source()
    lines[0]["union"], lines[1]["operations"] = "▲", "●"
    sheet = adopted(book(lines))
    assert [p.cell for p in sheet.problems] == ["F4", "I5"]
    assert sheet.rows == fixture_rows()


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("日次", "daily"),
        ("月 次", "monthly"),
        ("年\n次", "yearly"),
        ("随時", "on_demand"),
        ("適宜", "as_needed"),
    ]
    + [("", ""), (None, ""), ("週次", None), ("適時", None)],
)
def test_cycles(text, cycle):
    assert cycle_of(text) == cycle


@pytest.mark.parametrize(
    ("text", "number"),
    [(3, 3), (3.0, 3), ("３", 3), ("No.12", 12), ("№7", 7), ("12.", 12)]
    + [(3.5, None), (True, None), ("-1", None), ("1-2", None), ("", None), (0, None), ("9" * 400, None)],
)
def test_numbers(text, number):
    assert number_of(text) == number


# --- what can't be read is said by its cell -------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "cell", "words"),
    [
        ("union", "×", "F6", "記号ではありません"),
        ("cycle", "週次", "E6", "周期「週次」が分かりません"),
        ("no", "三", "A6", "数字にしてください"),
        ("no", "", "A6", "No. がありません"),
        ("no", "4", "A6", "No. が重なっています"),
        ("work", "あ" * 201, "D6", "200文字まで"),
        ("note", "あ" * 201, "L6", "200文字まで"),
    ],
)
def test_a_cell_that_is_wrong(column, value, cell, words):
    lines = source()
    lines[2][column] = value
    found = fatal(adopted(book(lines)))
    assert words in found[cell]


@pytest.mark.parametrize("column", ["no", "major", "middle", "cycle"])
def test_a_column_that_is_missing(column):
    sheet = adopted(book(columns=[c for c in COLUMNS if c != column]))
    assert len(fatal(sheet)) == 1
    assert sheet.rows == []


def test_a_role_that_is_missing_is_said_and_loses_its_marks():
    sheet = adopted(book(columns=[c for c in COLUMNS if c != "hwnw"]))
    assert ["「HW/NW保守」" in p.sentence for p in sheet.problems] == [True]
    lost = [d for d in compare(fixture_rows(), sheet.rows) if d.part == "hwnw"]
    assert len(lost) == 14 and all(d.after is None for d in lost)


def test_a_column_that_stands_twice():
    assert "二つあります" in str(fatal(adopted(book(columns=[*COLUMNS, "union"]))))


def test_a_missing_note_column_leaves_the_notes():
    sheet = adopted(book(columns=COLUMNS[:-1]))
    assert sheet.rows == fixture_rows()
    assert "いまの備考を残します" in sheet.problems[0].sentence


def test_no_matrix_at_all():
    with pytest.raises(Refusal, match="分担表が見つかりません"):
        read(book(above=[()] * 30))


def test_two_of_them():
    def twice(sheet, first):
        copy = sheet.parent.copy_worksheet(sheet)
        copy.title = "前年度"

    with pytest.raises(Refusal, match="「Sheet」、「前年度」"):
        read(book(dress=twice))


def test_a_sheet_of_remarks_beside_it_is_no_harm():
    def beside(sheet, first):
        sheet.parent.create_sheet("改訂履歴")["A1"] = "令和7年度版を改訂"

    assert adopted(book(dress=beside)).rows == fixture_rows()


# --- a column that nobody knows -------------------------------------------------------------------------


def with_column(value="△"):
    lines = source()
    lines[0]["データ\nセンター"], lines[8]["データ\nセンター"] = "◎", value
    return book(lines, columns=[*COLUMNS[:-1], "データ\nセンター", "note"])


def test_an_extra_column_asks_for_a_role():
    sheet = read(with_column())
    (extra,) = sheet.extra_columns
    assert (extra.cell, extra.name, extra.marks) == ("L3", "データセンター", {0: "main", 8: "related"})
    assert extra.can_be_role
    left_out = adopt(sheet, Base(fixture_rows(), 60), KINDS)
    assert left_out.rows == fixture_rows()
    made = adopt(with_roles(sheet, {0: "dc"}), Base(fixture_rows(), 60), {**KINDS, "dc": "vendor"})
    assert [(d.number, d.part, d.after) for d in compare(fixture_rows(), made.rows)] == [
        (1, "dc", "main"),
        (9, "dc", "related"),
    ]


def test_a_column_of_something_else_is_no_role():
    (extra,) = read(with_column("手順書 第3版")).extra_columns
    assert not extra.can_be_role


def test_marks_and_cycles_that_are_merged_hold_for_each_row():
    def wide(sheet, first):
        for row in (first + 31, first + 32):
            sheet.cell(row, 5).value = sheet.cell(row, 9).value = None
        for column in (5, 9):
            sheet.merge_cells(
                start_row=first + 30, end_row=first + 32, start_column=column, end_column=column
            )

    assert adopted(book(dress=wide)).rows == fixture_rows()
