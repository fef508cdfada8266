"""A customer's sheet that says something else than the edition: rows found again, new, gone, renamed."""

import pytest

from opsdesk.lib import sheets
from raci.comparison import compare
from raci.workbook import reading
from raci.workbook.adopting import Base, adopt
from tests.customer import KINDS, NAMES, book, fixture_rows, source


def read(content):
    return reading.read(sheets.read(content), NAMES)


def adopted(content, *, is_ours=True):
    base = Base(fixture_rows(), 60, is_ours=is_ours)
    return adopt(read(content), base, KINDS)


def fatal(sheet):
    return {p.cell: p.sentence for p in sheet.problems if p.is_fatal}


def test_rows_are_found_again_and_keep_their_settings():
    lines = source()
    lines.insert(3, lines.pop(2))  # 3 and 4 change places
    lines[10]["work"] = "外字の管理、登録、配布、確認作業"  # reworded
    lines[28]["no"] = "99"  # renumbered
    lines[29]["note"] = "新しい備考"
    sheet = adopted(book(lines), is_ours=False)
    found = {row["key"]: row for row in sheet.rows}
    before = {row["key"]: row for row in fixture_rows()}
    assert sorted(found) == sorted(before)
    assert found[11] == {**before[11], "work": "外字の管理、登録、配布、確認作業"}
    assert found[29] == {**before[29], "number": 99}
    assert found[30] == {**before[30], "note": "新しい備考"}


def test_a_row_of_another_number_and_work_is_new():
    lines = [*source(), {"no": 61, "work": "鍵の管理", "cycle": "月次", "member": "◎", "operations": "◎"}]
    lines += [{"no": 62, "work": "棚卸し", "cycle": "随時", "operations": "◎"}]
    lines += [{"no": 63, "work": "回線監視", "cycle": "日次", "hwnw": "◎"}]
    lines += [{"no": 64, "work": "更新計画", "cycle": "年次", "union": "◎"}]
    sheet = adopted(book(lines))
    month, stock, line, year = sheet.rows[60:]
    assert [row["key"] for row in sheet.rows[60:]] == [61, 62, 63, 64]
    assert (month["scope"], month["sharing"]) == ("each", "any")
    assert month["schedule"] == {"opens_by": "bd", "opens_n": 1, "due_by": "bd", "due_n": -1}
    assert stock == {**stock, "is_entry": True} and "schedule" not in stock
    assert line["schedule"] == {}
    assert year["schedule"]["due_month"] == 11
    assert ["新しい行です" in p.sentence for p in sheet.problems] == [True] * 4
    assert [p.cell for p in sheet.problems] == ["A64", "A65", "A66", "A67"]
    assert fatal(sheet) == {}


def test_a_new_heading_holds_the_rows_below_it():
    lines = [*source(), {"no": 61, "middle": "設備", "work": "設備管理"}]
    lines += [{"no": n, "work": f"設備{n}", "cycle": "日次", "hwnw": "◎"} for n in (62, 63)]
    lines += [{"no": 64, "middle": "その他", "work": "その他", "cycle": "日次", "hwnw": "◎"}]
    sheet = adopted(book(lines))
    heading, *below, other = sheet.rows[60:]
    assert heading["is_heading"]
    assert [row.get("parent") for row in below] == [heading["key"]] * 2
    assert "parent" not in other
    assert "No.62〜No.63" in str(sheet.problems)


def test_a_new_row_between_two_of_a_heading_stands_below_it():
    lines = source()
    lines.insert(19, {"no": 61, "work": "無停電電源装置", "cycle": "随時", "hwnw": "◎"})
    row = adopted(book(lines)).rows[19]
    assert (row["number"], row["parent"]) == (61, 17)


def test_a_heading_that_is_gone_leaves_its_rows():
    lines = source()
    del lines[5]
    sheet = adopted(book(lines), is_ours=False)
    assert ["parent" in row for row in sheet.rows[5:7]] == [False, False]
    assert fatal(sheet) == {}


def test_the_first_row_of_a_group_that_is_gone_leaves_its_name():
    lines = source()
    del lines[1]
    lines[1]["major"] = "運用"
    sheet = adopted(book(lines), is_ours=False)
    kinds = {d.kind for d in compare(fixture_rows(), sheet.rows)}
    assert kinds == {"retired", "changed"}
    assert (sheet.rows[1]["category"], sheet.rows[2]["category"]) == ("運用", "")


@pytest.mark.parametrize(
    ("number", "cycle", "words", "has_schedule"),
    [
        (9, "随時", "周期設定はなくなります", False),
        (9, "月次", "周期が変わりました。周期設定は仮に", True),
        (27, "月次", "周期設定は元のまま", True),
        (11, "日次", "周期が変わりました。周期設定は仮に", True),
    ],
)
def test_another_cycle_may_rule_the_schedule_out(number, cycle, words, has_schedule):
    lines = source()
    lines[number - 1]["cycle"] = cycle
    sheet = adopted(book(lines), is_ours=False)
    (problem,) = sheet.problems
    assert words in problem.sentence and not problem.is_fatal
    assert problem.cell == f"E{number + 3}"
    assert ("schedule" in sheet.rows[number - 1]) == has_schedule


def test_of_our_own_readings_no_step_leads_out_of_the_sheet():
    sheet = adopted(book([line for line in source() if line["no"] != "31"]))
    assert all(edge["target"] != 31 for row in sheet.rows for edge in row.get("followups", ()))
    assert fatal(sheet) == {}
