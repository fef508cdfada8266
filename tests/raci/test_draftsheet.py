"""The rows of a draft while somebody works on them: groups stay groups, whatever moves."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raci import fixture
from raci.content import canonical
from raci.draftsheet import insert, move, names, renumber, retire, sheet_of
from raci.grouping import names_of, regrouped
from raci.pasting import paste
from raci.soundness import faults

ROLES = ["union", "member", "helpdesk", "operations", "package", "hwnw"]


@pytest.fixture
def rows():
    return [canonical(r) for r in fixture.source()["duties"]]


@pytest.fixture
def sheet(rows):
    return sheet_of(rows, {"member"})


def numbers(sheet):
    return [line.row["number"] for line in sheet.lines]


def read(sheet):
    """category, section and parent by key, as they read."""
    return {line.key: (*name, line.parent) for line, name in zip(sheet.lines, names(sheet), strict=True)}


def test_nothing_done_is_nothing_changed(sheet, rows):
    assert sheet.rows() == rows


def test_a_retired_first_row_leaves_its_group_to_the_next(sheet):
    before = read(sheet)
    for key in (2, 27, 34, 44):
        retire(sheet, key)
    after = {row["key"]: name for row, name in zip(sheet.rows(), _names(sheet.rows()), strict=True)}
    assert 2 not in after and len(after) == 56
    assert all(before[key][:2] == name for key, name in after.items())
    row = next(r for r in sheet.rows() if r["key"] == 3)
    assert (row["category"], row["section"]) == ("運用", "ユーザー管理(人事異動時)")
    retire(sheet, 2, is_retired=False)
    assert sheet.rows()[1]["category"] == "運用" and sheet.rows()[2]["category"] == ""


def _names(rows):
    return names_of([(r["category"], r["section"]) for r in rows])


def test_a_moved_first_row_leaves_its_group_to_the_next(sheet):
    before = read(sheet)
    assert move(sheet, 54, 1)
    assert numbers(sheet)[53:55] == [55, 54]
    assert read(sheet) == before
    cells = [(line.row["category"], line.row["section"]) for line in sheet.lines[53:55]]
    assert cells == [("4. ヘルプデスク", "ヘルプデスク"), ("", "")]


def test_a_row_joins_the_group_of_the_row_it_passes(sheet):
    assert move(sheet, 34, -1)
    assert numbers(sheet)[32:34] == [34, 33]
    assert read(sheet)[34][1] == "業務処理(年次・月次・随時)"
    assert read(sheet)[35][1] == "業務処理(構成団体出力)"
    assert [line.row["section"] for line in sheet.lines[26:28]] == ["業務処理", "(年次・月次・随時)"]


def test_at_the_edge_nothing_moves(sheet, rows):
    assert not move(sheet, 1, -1)
    assert not move(sheet, 60, 1)
    assert sheet.rows() == rows


def test_a_row_enters_and_leaves_a_heading(sheet):
    assert move(sheet, 9, -1)
    assert numbers(sheet)[5:9] == [6, 7, 9, 8] and read(sheet)[9][2] == 6
    move(sheet, 9, -1)
    assert numbers(sheet)[5:9] == [6, 9, 7, 8] and read(sheet)[9][2] == 6
    move(sheet, 9, -1)
    assert numbers(sheet)[4:8] == [5, 9, 6, 7] and read(sheet)[9][2] is None
    move(sheet, 8, 1)
    assert read(sheet)[8][2] == 10  # passed the heading: the first of its rows


def test_a_heading_takes_its_rows_along(sheet):
    assert move(sheet, 10, -1)
    assert numbers(sheet)[7:15] == [8, 10, 11, 12, 13, 14, 9, 15]
    assert move(sheet, 10, -1)
    assert numbers(sheet)[4:15] == [5, 10, 11, 12, 13, 14, 6, 7, 8, 9, 15]
    assert read(sheet)[11][2] == 10 and read(sheet)[8][2] == 6
    assert move(sheet, 10, 1)
    assert numbers(sheet)[4:15] == [5, 6, 7, 8, 10, 11, 12, 13, 14, 9, 15]


def test_rows_of_a_retired_heading_stand_by_themselves(sheet):
    retire(sheet, 6)
    found = {r["key"]: r for r in sheet.rows()}
    assert "parent" not in found[7] and found[7]["section"] == "通常保守"
    assert faults(sheet.rows(), ROLES) == {}


def test_a_new_row_stands_in_the_group_of_its_neighbour(sheet):
    above = insert(sheet, 34, below=False)
    below = insert(sheet, 14)
    last = insert(sheet, None)
    assert (above.key, below.key, last.key) == (-1, -2, -3)
    assert [line.row["number"] for line in (above, below, last)] == [61, 62, 63]
    found = read(sheet)
    assert found[-1] == ("2. 業務オペレーション", "業務処理(構成団体出力)", None) == found[34]
    assert found[-2] == ("運用", "通常保守", 10)
    assert found[-3][0] == "5. システム監視"
    retire(sheet, -1)
    assert sheet.line(-1) is None and read(sheet)[34] == found[34]


@pytest.mark.parametrize(
    ("key", "below", "parent"),
    [(6, True, 6), (7, False, 6), (6, False, None), (8, True, 6), (9, False, None)],
)
def test_a_new_row_stands_under_the_heading_of_its_place(sheet, key, below, parent):
    assert insert(sheet, key, below=below).parent == parent


def test_into_an_empty_sheet():
    sheet = sheet_of([])
    line = insert(sheet, None)
    assert (line.key, line.row["number"], sheet.index(-1)) == (-1, 1, 0)


def test_renumber(sheet):
    retire(sheet, 2)
    move(sheet, 60, -1)
    renumber(sheet)
    assert [r["number"] for r in sheet.rows()] == list(range(1, 60))
    assert [r["key"] for r in sheet.rows()][-2:] == [60, 59]


@pytest.mark.parametrize(
    ("key", "column", "value", "expected"),
    [
        (9, "cycle", "monthly", {"schedule": None}),
        (43, "cycle", "daily", {"schedule": {}}),
        (9, "marks.member", "main", {"scope": "each"}),
        (8, "marks.member", "", {"scope": None}),
        (9, "marks.package", "main", {"scope": None, "schedule": {}}),
    ],
)
def test_settings_follow_their_cells(sheet, key, column, value, expected):
    sheet.line(key).put(column, value)
    row = next(r for r in sheet.rows() if r["key"] == key)
    assert {name: row.get(name) for name in expected} == expected
    assert faults(sheet.rows(), ROLES) == {}


ACTS = st.lists(
    st.tuples(st.sampled_from(["up", "down", "retire", "above", "below", "renumber"]), st.integers(0, 59)),
    max_size=12,
)


@given(acts=ACTS)
def test_whatever_is_done_no_row_is_lost_and_no_group_is_split(acts):
    """Rows that are not touched read as before; the result can be saved."""
    given_rows = [canonical(r) for r in fixture.source()["duties"]]
    sheet = sheet_of(copy.deepcopy(given_rows), {"member"})
    before, touched = read(sheet), set()
    for act, at in acts:
        line = sheet.lines[at % len(sheet.lines)]
        touched |= {line.key, *(x.key for x in sheet.lines if x.parent == line.key)}
        if act in ("up", "down"):
            move(sheet, line.key, -1 if act == "up" else 1)
        elif act == "retire":
            retire(sheet, line.key)
        elif act == "renumber":
            renumber(sheet)
        else:
            line = insert(sheet, line.key, below=act == "below")
            line.row["work"] = "新しい作業"
            touched.add(line.key)
    rows = sheet.rows()
    assert faults(rows, ROLES) == {}
    names_after = dict(zip((r["key"] for r in rows), _names(rows), strict=True))
    retired = {line.key for line in sheet.lines if line.is_retired}
    assert set(names_after) == {line.key for line in sheet.lines} - retired
    for key, name in names_after.items():
        if key not in touched:
            assert name == before[key][:2]
    runs = [
        n for at, n in enumerate(names_after.values()) if not at or n != list(names_after.values())[at - 1]
    ]
    assert len(runs) == len(set(runs))  # a group stands in one place


@given(
    groups=st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from("xyz"), st.integers(1, 3)), min_size=1, max_size=6
    )
)
def test_regrouped_cells_read_as_wanted(groups):
    wanted = [(category, section) for category, section, size in groups for _ in range(size)]
    assert names_of(regrouped([("", "")] * len(wanted), wanted)) == wanted
    cells = regrouped(wanted, wanted)
    assert names_of(cells) == wanted


# --- paste ----------------------------------------------------------------------------------------------


def test_a_block_of_marks(sheet):
    assert paste(sheet, 34, "marks.helpdesk", "○\t◎\r\n \t◯\r\n", ROLES) == []
    assert sheet.line(34).row["marks"] == {"helpdesk": "support", "operations": "main"}
    assert sheet.line(35).row["marks"] == {"operations": "support"}


def test_a_row_as_it_stands_in_the_sheet(sheet):
    text = "６１\t\t\t バックアップ取得の確認\t日次\t\t\t\t△\t\t◎\t毎朝\n"
    assert paste(sheet, 60, "number", text, ROLES) == []
    row = sheet.line(60).row
    assert (row["number"], row["work"], row["cycle"], row["note"]) == (
        61,
        " バックアップ取得の確認",
        "daily",
        "毎朝",
    )
    assert row["marks"] == {"operations": "related", "hwnw": "main"}


def test_what_is_more_than_the_rows_becomes_new_rows(sheet):
    assert paste(sheet, 60, "work", "ハード障害監視\n二つめ\n三つめ", ROLES) == []
    assert [line.row["work"] for line in sheet.lines[59:]] == ["ハード障害監視", "二つめ", "三つめ"]
    assert [line.key for line in sheet.lines[60:]] == [-1, -2]


def test_cells_that_cannot_be_read_stay_and_are_named(sheet):
    found = paste(sheet, 34, "cycle", "週次\t◎\nx\t○\n", ROLES)
    assert [(f.key, f.column) for f in found] == [(34, "cycle"), (35, "cycle")]
    assert "「週次」は周期" in found[0].sentence
    assert (sheet.line(34).row["cycle"], sheet.line(34).row["marks"]["union"]) == ("monthly", "main")
    (fault,) = paste(sheet, 34, "marks.union", "×", ROLES)
    assert "◎ ○ △ 空白 のどれでもありません" in fault.sentence


def test_a_cell_with_line_breaks_and_quotes(sheet):
    assert paste(sheet, 59, "work", '"業務処理\n(年次)"\n"""引用"""', ROLES) == []
    assert [line.row["work"] for line in sheet.lines[58:60]] == ["業務処理(年次)", '"引用"']


@pytest.mark.parametrize("text", ["x\n" * 1001, "あ" * 1_000_001, "あ" * 200_000])
def test_a_block_that_is_too_large_changes_nothing(sheet, rows, text):
    with pytest.raises(ValueError, match="行まで|大きすぎ"):
        paste(sheet, 1, "work", text, ROLES)
    assert sheet.rows() == rows


@pytest.mark.parametrize(
    ("text", "code"),
    [("◎", "main"), ("主担当", "main"), ("〇", "support"), ("◯", "support"), ("⭕️", "support"),
     (" △ ", "related"), ("▲", "related"), ("―", ""), ("", ""), ("　", "")],
)  # fmt: skip
def test_marks_and_their_look_alikes(sheet, text, code):
    assert paste(sheet, 1, "marks.union", f"{text}\t◎", ROLES) == []
    assert sheet.line(1).cell("marks.union") == code
