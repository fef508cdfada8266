"""Answers: what people type, what is stored, what is wrong, missing or outside normal. Pure: no database."""

from datetime import date
from types import SimpleNamespace

import pytest

from opsdesk.calendar.days import Calendar
from tasks.answers import Field, Setting, carried, normal, read, read_month, read_number

SETTING = Setting(
    today=date(2026, 11, 24),
    calendar=Calendar(holidays=frozenset({date(2026, 11, 23)})),
    limit_percent=5,
    period=(date(2026, 12, 1), date(2026, 12, 31)),
)


def row(key, kind="text", label="", **fields):
    defaults = {"choices": [], "is_required": False, "required_if": {}, "finding": {}, "options": {}}
    return SimpleNamespace(key=key, kind=kind, label=label or key, **{**defaults, **fields})


def field(key, kind="text", label="", *, columns=(), **fields):
    return Field(row(key, kind, label, **fields), tuple(columns))


LINES = field(
    "lines",
    "lines",
    "明細",
    is_required=True,
    columns=[
        row("process", label="処理名", is_required=True),
        row(
            "process_on",
            "date",
            "処理日",
            is_required=True,
            options={"business_day": True, "in_period": True},
        ),
        row("deliver_on", "date", "納品日", options={"business_day": True, "not_before": "process_on"}),
        row("state", "choice", "状態", choices=["正常", "異常"], finding={"in": ["異常"]}),
    ],
)
NONE = field("none", "check", "今月は依頼なし", options={"instead_of": "lines"})
PCS = [
    field(
        "machines",
        "number",
        "総台数",
        is_required=True,
        options={"sum_of": ["updated", "behind"], "carry_over": True},
    ),
    field("updated", "number", "更新済", is_required=True),
    field(
        "behind",
        "number",
        "未更新",
        is_required=True,
        finding={"over_percent_of": "machines", "limit": "organization"},
    ),
]


def test_it_works():
    reading = read(
        [field("disk", "choice", "ディスク", choices=["OK", "NG"], is_required=True)], {"disk": "OK"}, SETTING
    )
    assert reading.answers == {"disk": "OK"}
    assert (reading.errors, reading.missing, reading.findings) == ({}, {}, {})


@pytest.mark.parametrize(
    "typed, number", [("86", 86), ("８６", 86), ("1,234", 1234), ("１，２３４", 1234), (" 7 ", 7), (0, 0)]
)
def test_numbers_as_people_type_them(typed, number):
    assert read([field("n", "number")], {"n": typed}, SETTING).answers == {"n": number}


@pytest.mark.parametrize("minus", "‐−ー―-－")
def test_every_minus_is_one(minus):
    assert read_number(f"{minus}５") == -5


@pytest.mark.parametrize("typed", ["八", "1.5", "-1", "−3", "1e9", "9" * 30])
def test_what_is_no_number_is_refused_in_words(typed):
    reading = read([field("n", "number", "件数")], {"n": typed}, SETTING)
    assert reading.errors["n"].startswith("件数: ") and "n" not in reading.answers


def test_text_is_kept_byte_for_byte():
    typed = " ①㈱髙﨑\r\n神ｶﾅ～　"
    assert read([field("t")], {"t": typed}, SETTING).answers["t"] == typed


def test_a_nul_is_refused():
    assert "使えない文字" in read([field("t")], {"t": "a\0b"}, SETTING).errors["t"]


@pytest.mark.parametrize(
    "typed", ["R8.12.1", "令和8年12月1日(火)", "2026/12/1", "20261201", "Ｒ８．１２．１"]
)
def test_dates_as_people_type_them(typed):
    assert read([field("d", "date")], {"d": typed}, SETTING).answers == {"d": "2026-12-01"}


@pytest.mark.parametrize("typed", ["2027-06", "2027/6", "R9.6", "令和9年6月", "202706"])
def test_months_as_people_type_them(typed):
    assert read_month(typed) == "2027-06"


def test_a_choice_that_is_none_is_refused():
    assert "選択肢" in read([field("c", "choice", choices=["OK"])], {"c": "NG"}, SETTING).errors["c"]


def test_what_is_not_mentioned_keeps_its_answer_and_what_is_emptied_goes():
    reading = read([field("a"), field("b")], {"b": " "}, SETTING, stored={"a": "x", "b": "y"})
    assert reading.answers == {"a": "x"}


def test_required_ones_are_missing_each_in_its_words():
    fields = [
        field("t", label="原因", is_required=True),
        field("c", "choice", "結果", is_required=True, choices=["OK"]),
        field("k", "check", "事前バックアップ", is_required=True),
        field("f", "file", "一覧", is_required=True),
    ]
    reading = read(fields, {"k": False}, SETTING)
    assert reading.missing == {
        "t": "原因を入力してください。",
        "c": "結果を選んでください。",
        "k": "事前バックアップを確かめて、チェックを入れてください。",
        "f": "一覧のファイルを付けてください。",
    }
    assert reading.errors == {}
    with_file = Setting(SETTING.today, SETTING.calendar, files=frozenset({"f"}))
    assert "f" not in read(fields, {}, with_file).missing


def test_required_only_because_of_another_answer():
    fields = [
        field("result", "choice", choices=["なし", "あり"]),
        field("what", label="内容", required_if={"result": ["あり"]}),
    ]
    assert read(fields, {"result": "なし"}, SETTING).missing == {}
    assert read(fields, {"result": "あり"}, SETTING).missing == {"what": "内容を入力してください。"}


def test_an_answer_outside_normal_is_a_finding():
    fields = [
        field("disk", "choice", "ディスク空き容量", choices=["OK", "NG"], finding={"in": ["NG"]}),
        field("hits", "number", "検出件数", finding={"gt": 0}, options={"unit": "件"}),
        field("ordered", "number", "発注数"),
        field("came", "number", "受領数", finding={"ne": "ordered"}),
    ]
    reading = read(fields, {"disk": "NG", "hits": "3", "ordered": "10", "came": "9"}, SETTING)
    assert reading.findings == {
        "disk": "ディスク空き容量 が NG です。",
        "hits": "検出件数 が 3件 です。",
        "came": "受領数 9 が発注数 10 と違います。",
    }
    assert read(fields, {"disk": "OK", "hits": "0", "ordered": "9", "came": "9"}, SETTING).findings == {}


@pytest.mark.parametrize("behind, is_found", [(5, True), (4, False)])
def test_unpatched_machines_over_the_limit_of_the_municipality(behind, is_found):
    reading = read(PCS, {"machines": "86", "updated": str(86 - behind), "behind": str(behind)}, SETTING)
    assert bool(reading.findings) is is_found
    if is_found:
        assert reading.findings["behind"] == "未更新 5 は総台数の 5.8%(限度 5%)です。"
    assert reading.missing == {}


def test_machines_must_add_up():
    reading = read(PCS, {"machines": "86", "updated": "81", "behind": "4"}, SETTING)
    assert reading.missing["machines"] == "総台数 86 が、更新済 81 と未更新 4 の合計 85 と合いません。"


def test_lines_with_errors_by_cell():
    raw = [
        {"process": "児童手当", "process_on": "R8.12.7", "deliver_on": "2026/12/8"},
        {"process": "", "process_on": "", "deliver_on": ""},
        {"process": "住民税", "process_on": "2026/12/10", "deliver_on": "2026/12/9"},
        {"process": "国保", "process_on": "2026/12/12", "state": "異常"},
        {"process": "介護", "process_on": "きのう"},
        {"process": "", "process_on": "2027/1/5"},
    ]
    reading = read([LINES, NONE], {"lines": raw}, SETTING)
    assert reading.answers["lines"][0] == {
        "process": "児童手当",
        "process_on": "2026-12-07",
        "deliver_on": "2026-12-08",
    }
    assert reading.errors["lines.4.process_on"].startswith("明細5行目 処理日: ")
    assert len(reading.answers["lines"]) == 5


def test_rules_of_a_line_name_the_line():
    raw = [
        {"process": "住民税", "process_on": "2026/12/10", "deliver_on": "2026/12/9"},
        {"process": "国保", "process_on": "2026/12/12", "state": "異常"},
        {"process": "", "process_on": "2027/1/5"},
    ]
    reading = read([LINES, NONE], {"lines": raw}, SETTING)
    assert "明細1行目 納品日: 12/9(水) は処理日より前です。" in reading.errors["lines.0.deliver_on"]
    assert "明細2行目 処理日: 12/12(土) は閉庁日です。" in reading.errors["lines.1.process_on"]
    assert "対象期間の外" in reading.errors["lines.2.process_on"]
    assert reading.missing["lines.2.process"] == "明細3行目 処理名を入力してください。"
    assert reading.findings["lines.1.state"] == "明細2行目 状態 が 異常 です。"


def test_lines_or_the_check_that_replaces_them():
    assert read([LINES, NONE], {"lines": []}, SETTING).missing == {
        "lines": "明細を1行以上入れるか、「今月は依頼なし」にチェックを入れてください。"
    }
    assert read([LINES, NONE], {"lines": [], "none": "on"}, SETTING).missing == {}
    both = {"lines": [{"process": "国保", "process_on": "2026/12/10"}], "none": "on"}
    assert "両方" in read([LINES, NONE], both, SETTING).errors["lines"]


def test_more_lines_than_anybody_types_are_refused():
    raw = [{"process": "国保", "process_on": "2026/12/10"}] * 401
    assert "400 行まで" in read([LINES], {"lines": raw}, SETTING).errors["lines"]


def test_what_a_form_begins_with():
    assert carried(PCS, {"machines": 86, "updated": 84}) == {"machines": 86}
    assert carried([field("c", options={"default": "はい"})], {}) == {"c": "はい"}


def test_all_checked_fills_in_what_says_what_normal_is():
    fields = [
        field("online", "choice", choices=["NG", "OK"], finding={"in": ["NG"]}, is_required=True),
        field("backup", "check", is_required=True),
        field("hits", "number", finding={"gt": 0}, is_required=True),
        field("cause", is_required=True),
        field("kind", "choice", choices=["a", "b"], is_required=True),
    ]
    assert normal(fields, {"online": "NG"}) == {"online": "NG", "backup": True, "hits": 0}
    assert normal(fields, {})["online"] == "OK"
