"""Differences in words: what a reviewer reads of each cell."""

import copy

import pytest

from raci import fixture
from raci.comparison import TEXTS, compare
from raci.content import SETTINGS, canonical
from tasks.differences import said
from tasks.effects import BY_ASPECT

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
        rows[42]["followups"].reverse()

    found = words(old, change)
    assert (29, "署名順", "構成団体 → 業務運用", "業務運用 → 構成団体") in found
    assert (7, "記入項目「定義の更新」", "定義ファイル更新 選択 必須", "定義の更新 選択 必須") in found
    assert (7, "記入項目「検出件数」", "検出件数 数値 必須", "—") in found
    assert (38, "後続作業 No.39", "自動", "—") in found
    assert (42, "後続作業の順", "No.43・No.42", "No.42・No.43") in found


def effects(old, number, change):
    """The effects of a change of row `number`, by column."""
    new = copy.deepcopy(old)
    change_row = next(r for r in new if r["number"] == number)
    change_row.update(change)
    return {s.column: s.effect for s in said(compare(old, new), old, new, ROLES)}


MONTHLY = {"opens_by": "bd", "opens_n": 1, "opens_month": -1, "due_by": "day", "due_n": 22, "due_month": -1}


@pytest.mark.parametrize(
    ("number", "change", "column", "effect"),
    [
        # 16: 広域 ○ 構成 △ 業務 ◎ パッケージ ◎ HW ◎
        (16, {"helpdesk": "support"}, "ヘルプデスク", "開始・完了を通知。入力できる"),
        (16, {"helpdesk": "related"}, "ヘルプデスク", "完了を通知。コメントできる"),
        (16, {"helpdesk": "main"}, "ヘルプデスク", "受け持つ。入力し、完了にできる"),
        (16, {"hwnw": "support"}, "HW/NW保守", "完了にできなくなる。入力はできる"),
        (16, {"hwnw": "related"}, "HW/NW保守", "入力と完了ができなくなる"),
        (16, {"hwnw": ""}, "HW/NW保守", "見えなくなる"),
        (16, {"union": ""}, "広域組合", "通知されなくなる"),
        (16, {"union": "main"}, "広域組合", "完了にできる"),
        (16, {"union": "related"}, "広域組合", "入力できなくなる"),
        (16, {"member": "support"}, "構成団体", "入力できる"),
        (16, {"member": "main"}, "構成団体", "入力し、完了にできる"),
        (
            34,
            {"helpdesk": "support"},
            "ヘルプデスク",
            "閉じられるチームがない。完了にできなくなる。入力はできる",
        ),
        (34, {"helpdesk": ""}, "ヘルプデスク", "見えなくなる。閉じられるチームがない"),
        (9, {"package": "support"}, "パッケージ保守", "異常ありを通知。入力できる"),
        (9, {"package": "related"}, "パッケージ保守", "異常ありを通知。コメントできる"),
    ],
)
def test_the_effect_of_a_mark(old, number, change, column, effect):
    marks = next(r for r in old if r["number"] == number)["marks"]
    new = {role: mark for role, mark in {**marks, **change}.items() if mark}
    assert effects(old, number, {"marks": new}) == {column: effect}


@pytest.mark.parametrize(
    ("number", "change", "column", "effect"),
    [
        (43, {"cycle": "yearly"}, "周期", "周期設定を決めるまで、作業は作られない"),
        (43, {"cycle": "daily", "schedule": {}}, "周期", "開庁日ごとに1件を自動で作成"),
        (43, {"cycle": "daily", "schedule": {"days": "every"}}, "周期", "毎日1件を自動で作成"),
        (43, {"cycle": "monthly", "schedule": MONTHLY}, "周期", "毎月1件を自動で作成"),
        (43, {"cycle": "yearly", "schedule": MONTHLY}, "周期設定", "未確認。公開後に確かめる"),
        (45, {"cycle": "yearly", "schedule": MONTHLY}, "周期", "毎年、団体ごとに1件を自動で作成"),
        (43, {"cycle": "as_needed"}, "周期", "作業の開き方は変わらない"),
        (9, {"cycle": "on_demand", "schedule": None}, "周期", "自動では作られなくなる。必要なときに開く"),
        (9, {"cycle": "on_demand", "schedule": None}, "周期設定", "期限は起票のときに決まる"),
        (9, {"schedule": {"due_time": "12:00"}}, "周期設定", "期限の時刻が変わる"),
        (9, {"schedule": {"days": "every"}}, "周期設定", "作業のある日が変わる"),
        (36, {"schedule": {**MONTHLY, "due_n": 20}}, "周期設定", "期限が2日早まる"),
        (36, {"schedule": {**MONTHLY, "due_n": 25}}, "周期設定", "期限が3日遅くなる"),
        (36, {"schedule": {**MONTHLY, "due_by": "bd", "due_n": 9}}, "周期設定", "開始と期限の日が変わる"),
        (36, {"schedule": {**MONTHLY, "opens_n": 3}}, "周期設定", "開始の日が変わる"),
        (36, {"schedule": {**MONTHLY, "due_move": "next"}}, "周期設定", "閉庁日に当たったときの期限が変わる"),
        (36, {"schedule": None}, "周期設定", "周期設定を決めるまで、作業は作られない"),
        (9, {"scope": "each"}, "範囲", "団体ごとに1件ずつになる"),
        (8, {"scope": "common"}, "範囲", "全団体で1件になる"),
        (18, {"sharing": "one"}, "主担当の分け方", "主担当が完了にする"),
        (9, {"sharing": "any"}, "主担当の分け方", "引き受けた主担当が完了にする"),
        (9, {"number": 99}, "No.", "番号だけが変わる。履歴は続く"),
        (9, {"note": "x"}, "備考", "表記だけが変わる"),
        (9, {"is_acknowledged": True}, "確認を求める", "完了したあと、関係団体に確認を求める"),
        (11, {"register": ""}, "台帳", "台帳に書かなくなる"),
        (11, {"standard_due": {"business_days": 1}}, "標準の期限", "新しい作業の期限の決まり方が変わる"),
        (2, {"is_entry": False}, "起票できる", "この業務からは起票できなくなる"),
        (7, {"fields": []}, "記入項目「検出件数」", "記入しなくなる"),
        (37, {"followups": [{"target": 9, "kind": "auto"}]}, "後続作業 No.9", "完了のあとに開く作業が増える"),
        (38, {"followups": []}, "後続作業 No.39", "先行待ちの表示が変わる"),
    ],
)
def test_the_effect_of_a_setting(old, number, change, column, effect):
    cleaned = canonical({**next(r for r in old if r["number"] == number), **change})
    new = [cleaned if r["number"] == number else r for r in old]
    found = {s.column: s.effect for s in said(compare(old, new), old, new, ROLES)}
    assert found[column] == effect


def test_every_aspect_has_its_effect():
    aspects = {
        *TEXTS,
        "parent",
        *SETTINGS,
        "schedule",
        "mark",
        "field",
        "fields",
        "signers",
        "followup",
        "followups",
    }
    assert set(BY_ASPECT) == aspects
