"""The sheet's grid, its filters and its lint."""

from datetime import UTC, datetime

import pytest

from opsdesk.accounts.models import Role
from raci.matrix import Cell, Filter, grid, lint, narrowed
from raci.models import Assignment, Duty, Edition

CATEGORIES = [
    ("システム提供", 1, 1),
    ("運用", 2, 25),
    ("2. 業務オペレーション", 27, 17),
    ("4. システム", 44, 10),
    ("4. ヘルプデスク", 54, 3),
    ("5. システム監視", 57, 4),
]
SECTIONS = [
    ("サービス提供", 1, 1),
    ("ユーザー管理(通常時)", 2, 1),
    ("ユーザー管理(人事異動時)", 3, 3),
    ("通常保守", 6, 9),
    ("障害対応", 15, 12),
    ("業務処理(年次・月次・随時)", 27, 7),
    ("業務処理(構成団体出力)", 34, 2),
    ("印刷業務(月次)", 36, 2),
    ("印刷業務(年次)", 38, 2),
    ("帳票管理", 40, 4),
    ("システム変更管理", 44, 1),
    ("レベルアップ", 45, 9),
    ("ヘルプデスク", 54, 3),
    ("システム監視", 57, 4),
]


@pytest.fixture
def sheet(edition):
    marks: dict[int, dict[int, str]] = {}
    for a in Assignment.objects.filter(duty__edition=edition):
        marks.setdefault(a.duty_id, {})[a.role_id] = a.mark
    return grid(list(edition.duties.order_by("position")), list(Role.objects.all()), marks)


def numbers(groups):
    return [row.duty.number for rows in groups for row in rows]


def test_it_works(sheet):
    rows = [row for group in sheet for row in group]
    assert [r.duty.number for r in rows] == list(range(1, 61))
    merged = [(r.category.text, r.duty.number, r.category.rows) for r in rows if r.category]
    assert merged == CATEGORIES
    assert [(r.section.text, r.duty.number, r.section.rows) for r in rows if r.section] == SECTIONS
    assert [r.duty.number for r in rows if r.is_child] == [7, 8, 11, 12, 13, 14, 18, 19, 20, 21, 22, 23]


def test_merged_cells_cover_every_row_once(sheet):
    for group in sheet:
        assert group[0].category.rows == len(group)
        assert sum(r.section.rows for r in group if r.section) == len(group)


def test_a_cell_breaks_before_its_bracket():
    assert Cell("業務処理(年次・月次・随時)").parts == ("業務処理", "(年次・月次・随時)")
    assert Cell("通常保守").parts == ("通常保守",)


def test_everything_stays_merged(sheet):
    assert narrowed(sheet, Filter(role=Role.objects.get(code="operations"))) == sheet


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ({"cycles": ["daily"]}, [7, 8, 9]),
        ({"cycles": ["daily", "as_needed"]}, [7, 8, 9, 13, 14, 15]),
        ({"word": "ウイルス"}, []),
        ({"word": "年次・月次"}, [27, 28, 29, 30, 31, 32, 33]),
        ({"word": "lan"}, [20]),
        ({"word": "58"}, [58]),
        ({"keys": [9, 1]}, [1, 9]),
        ({"keys": []}, []),
        ({"marks": ["related"], "cycles": ["monthly"]}, [1, 28]),
    ],
)
def test_filters(sheet, by, expected):
    assert numbers(narrowed(sheet, Filter(**by))) == expected


def test_a_role_and_a_mark(sheet):
    hwnw = Role.objects.get(code="hwnw")
    found = narrowed(sheet, Filter(role=hwnw, marks=["main"]))
    assert numbers(found) == [16, 18, 19, 20, 25, 44, 46, 55, 57, 58, 59, 60]


def test_narrowed_rows_repeat_their_headings(sheet):
    rows = narrowed(sheet, Filter(word="バッチ処理起動"))[0]
    assert [(r.duty.number, r.category.text, r.section.text, r.section.rows) for r in rows] == [
        (32, "2. 業務オペレーション", "業務処理(年次・月次・随時)", 1),
        (34, "2. 業務オペレーション", "業務処理(構成団体出力)", 1),
    ]


def test_the_first_edition_passes_the_lint(edition):
    assert lint(edition.duties.prefetch_related("assignments")) == []


def test_the_lint(cast):
    edition = Edition.objects.create(number=1, created_at=datetime(2026, 11, 20, tzinfo=UTC))
    rows = [
        Duty(edition=edition, key=n, number=n, position=n, work="作業", **more)
        for n, more in enumerate(({}, {"cycle": "daily"}, {"is_heading": True}, {"is_heading": True}), 1)
    ]
    Duty.objects.bulk_create(rows)
    for role in ("operations", "hwnw"):
        Assignment.objects.create(duty=rows[0], role=cast.role[role], mark="main")
    Assignment.objects.create(duty=rows[1], role=cast.role["member"], mark="support")
    Assignment.objects.create(duty=rows[2], role=cast.role["member"], mark="related")
    found = lint(edition.duties.prefetch_related("assignments"))
    assert [(f.number, f.is_blocker) for f in found] == [(1, False), (1, False), (2, True), (3, True)]
    assert "分け方" in str(found[0])
    assert "周期" in str(found[1])
    assert str(found[2]) == "No.2 主担当(◎)がないため、誰も完了にできません。"
