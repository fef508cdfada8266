"""Differences in words: what a reviewer reads of each cell."""

import copy

import pytest

from raci import fixture
from raci.comparison import compare
from raci.content import canonical
from tasks.differences import said

ROLES = {"union": "広域組合", "member": "構成団体", "helpdesk": "ヘルプデスク", "operations": "業務運用"}
ROLES |= {"package": "パッケージ保守", "hwnw": "HW/NW保守"}


@pytest.fixture
def old():
    return [canonical(r) for r in fixture.source()["duties"]]


def words(old, change):
    new = copy.deepcopy(old)
    change({r["number"]: r for r in new}, new)
    return [(s.number, s.column, s.before, s.after) for s in said(compare(old, new), old, new, ROLES)]


@pytest.mark.parametrize(
    ("number", "change", "expected"),
    [
        (34, {"marks": {"helpdesk": "support"}}, ("ヘルプデスク", "◎", "○")),
        (34, {"marks": {}}, ("ヘルプデスク", "◎", "空白")),
        (43, {"note": "年に一度"}, ("備考", "空白", "年に一度")),
        (9, {"cycle": "monthly", "schedule": None}, ("周期", "日次", "月次")),
        (9, {"scope": "each"}, ("範囲", "共通", "構成団体ごと")),
        (9, {"is_acknowledged": True}, ("確認を求める", "いいえ", "はい")),
        (
            9,
            {"schedule": {"due_time": "12:00"}},
            ("周期設定", "毎開庁日、当日17:15まで", "毎開庁日、当日12:00まで"),
        ),
        (11, {"standard_due": {"business_days": 5}}, ("標準の期限", "10開庁日", "5開庁日")),
        (11, {"register": ""}, ("台帳", "外字", "—")),
        (8, {"parent": 10}, ("見出し行", "No.6", "No.10")),
    ],
)
def test_a_cell(old, number, change, expected):
    found = words(old, lambda rows, _all: rows[number].update(change))
    assert (number, *expected) in found


def test_rows(old):
    def change(rows, every):
        every.remove(rows[60])
        every.insert(12, every.pop(49))
        every.append({**rows[59], "key": 61, "number": 61, "work": "新しい監視"})

    found = words(old, change)
    assert (50, "行の位置", "No.49 の下", "No.12 の下") in found
    assert (50, "大項目", "4. システム", "運用") in found
    assert found[-2:] == [
        (61, "新しい行", "—", "新しい監視 随時 HW/NW保守 ◎"),
        (60, "廃止する行", "ハード障害監視 随時 HW/NW保守 ◎", "—"),
    ]


def test_fields_signers_and_edges(old):
    def change(rows, _all):
        rows[29]["signers"].reverse()
        rows[7]["fields"][0]["label"] = "定義の更新"
        rows[7]["fields"].pop()
        rows[38].pop("followups")

    found = words(old, change)
    assert (29, "署名順", "構成団体 → 業務運用", "業務運用 → 構成団体") in found
    assert (7, "記入項目「定義の更新」", "定義ファイル更新 選択 必須", "定義の更新 選択 必須") in found
    assert (7, "記入項目「検出件数」", "検出件数 数値 必須", "—") in found
    assert (38, "後続作業 No.39", "自動", "—") in found
