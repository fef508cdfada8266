"""Days from workbooks and calendar files: read as people and programs write them, judged line by line."""

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsdesk.calendar import dayfile
from opsdesk.calendar.days import Calendar
from opsdesk.lib.refusal import Refusal

TODAY = date(2026, 11, 24)
EMPTY = Calendar(holidays=frozenset({date(2026, 11, 23)}), names={date(2026, 11, 23): "勤労感謝の日"})


def xlsx(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ics(*events, head="VERSION:2.0"):
    body = "".join(f"BEGIN:VEVENT\r\n{e}\r\nEND:VEVENT\r\n" for e in events)
    return f"BEGIN:VCALENDAR\r\n{head}\r\n{body}END:VCALENDAR\r\n".encode()


def of_ics(*events):
    return [(line.on, line.kind, line.status) for line in dayfile.read("x.ics", ics(*events), [], "", TODAY)]


def closed(*days):
    return [(date(2026, *d) if len(d) == 2 else date(*d), "closed", "new") for d in days]


@pytest.mark.django_db
def test_a_workbook(cast):
    content = xlsx(
        ["桐原市 休庁日一覧"],
        [],
        ["日　付", "名称（理由）", "種 別", "団体"],
        [date(2026, 12, 28), "年末休庁", "休庁", "桐原市"],
        ["R9.1/4", " 年始 ", "", ""],
        ["令和8年12月26日(土)", "休日窓口", "臨時開庁", "全団体"],
        [20270212, "", "閉庁", "kirihara"],
        ["R8.13.1", "?", "", ""],
        ["R8.12.1", "?", "半休日", "雲居町"],
    )
    organizations = [cast.union, cast.shiomi, cast.kirihara]
    lines = dayfile.read("x.xlsx", content, organizations, "shiomi", TODAY)
    assert [(x.where, x.on, x.kind, x.of, x.name, x.status) for x in lines[:4]] == [
        ("「Sheet」の A4", date(2026, 12, 28), "closed", "kirihara", "年末休庁", "new"),
        ("「Sheet」の A5", date(2027, 1, 4), "closed", "shiomi", " 年始 ", "new"),
        ("「Sheet」の A6", date(2026, 12, 26), "open", "", "休日窓口", "new"),
        ("「Sheet」の A7", date(2027, 2, 12), "closed", "kirihara", "", "new"),
    ]
    assert [(x.where, x.status) for x in lines[4:]] == [
        ("「Sheet」の A8", "problem"),
        ("「Sheet」の D9", "problem"),
    ]
    assert "雲居町" in lines[5].sentence


def test_what_each_line_would_do():
    def line(on, kind="closed", of=""):
        return dayfile.Line("A1", on, kind, of, "停電")

    lines = [
        line(date(2026, 11, 27)),
        line(date(2026, 11, 27)),
        line(date(2026, 11, 26), of="shiomi"),
        line(date(2026, 11, 28)),
        line(date(2026, 11, 23)),
        line(date(2026, 12, 31)),
        line(date(2026, 11, 27), "open"),
        line(date(2026, 11, 30), "open"),
        line(date(2026, 11, 28), "open"),
        line(date(2026, 11, 25), of="nobody"),
    ]
    there = [(date(2026, 11, 26), "closed", "shiomi")]
    judged = dayfile.judged(lines, EMPTY, there, ["shiomi"])
    assert [x.status for x in judged] == [
        *("new", "there", "there", "no_effect", "no_effect", "no_effect"),
        *("problem", "no_effect", "new", "problem"),
    ]
    assert judged[4].sentence == "勤労感謝の日のため、もともと閉庁日です。"
    assert judged[5].sentence == "年末年始のため、もともと閉庁日です。"


def test_all_day_events():
    assert of_ics("UID:1\nDTSTART;VALUE=DATE:20261130\nDTEND;VALUE=DATE:20261203\nSUMMARY:工事") == closed(
        (11, 30), (12, 1), (12, 2)
    )
    assert of_ics("UID:1\nDTSTART;VALUE=DATE:20261130") == closed((11, 30))
    assert of_ics("UID:1\nDTSTART;VALUE=DATE:20261130\nDURATION:P2D") == closed((11, 30), (12, 1))
    assert of_ics("UID:1\nDTSTART;VALUE=DATE:20261130\nDTEND;VALUE=DATE:20261130") == closed((11, 30))
    assert of_ics(
        "UID:1\nDTSTART;VALUE=DATE:20261130\nSTATUS:CANCELLED", "UID:2\nDTSTART:20261201"
    ) == closed((12, 1))
    assert of_ics("UID:1\nDTSTART;VALUE=DATE:20261128\nSUMMARY:臨時開庁（休日窓口）") == [
        (date(2026, 11, 28), "open", "new")
    ]


def test_midnight_in_tokyo_is_a_day():
    assert of_ics("UID:1\nDTSTART:20261130T150000Z\nDTEND:20261201T150000Z") == closed((12, 1))
    assert of_ics(
        "UID:1\nDTSTART;TZID=Asia/Tokyo:20261201T000000\nDTEND;TZID=Asia/Tokyo:20261202T000000"
    ) == closed((12, 1))
    assert of_ics("UID:1\nDTSTART:20261130T000000\nDTEND:20261201T000000") == closed((11, 30))


def test_yearly_rules_are_laid_out_to_the_second_next_year():
    event = "UID:1\nDTSTART;VALUE=DATE:20251104\nRRULE:FREQ=YEARLY"
    assert of_ics(event) == closed(*[(y, 11, 4) for y in (2025, 2026, 2027, 2028)])
    assert of_ics(event + ";COUNT=2") == closed((2025, 11, 4), (2026, 11, 4))
    assert of_ics(event + ";UNTIL=20271103") == closed((2025, 11, 4), (2026, 11, 4))
    leap = "UID:1\nDTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"
    assert of_ics(leap) == closed((2024, 2, 29), (2028, 2, 29))


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ("DTSTART:20261130T100000\nDTEND:20261130T120000", "終日の予定ではありません"),
        ("DTSTART;VALUE=DATE:20261130\nRRULE:FREQ=WEEKLY", "毎年同じ日"),
        ("DTSTART;VALUE=DATE:20261130\nRRULE:FREQ=YEARLY;BYDAY=2MO;BYMONTH=11", "毎年同じ日"),
        ("DTSTART;VALUE=DATE:20261130\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20271130", "例外つき"),
        ("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101", "365日つづく"),
        ("DTSTART;VALUE=DATE:20261130\nDTEND;VALUE=DATE:20261129", "前です"),
        ("SUMMARY:いつか", "DTSTART"),
        ("DTSTART;VALUE=DATE:20261399", "読めません"),
    ],
)
def test_what_an_event_may_not_be(event, sentence):
    (line,) = dayfile.read("x.ics", ics(f"UID:abc\n{event}"), [], "", TODAY)
    assert line.status == "problem" and sentence in line.sentence and "abc" in line.where


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.ics", b"", "日付が一つもありません"),
        ("x.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "日付が一つもありません"),
        ("x.ics", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "せん"),
        ("x.ics", b"BEGIN:VCALENDAR\r\n" + b"X:Y\r\n" * 300_000, "大きすぎます"),
        ("x.xlsx", xlsx(["なまえ"], ["a"]), "「日付」の見出し"),
        ("x.csv", b"a,b", "Excel"),
    ],
)
def test_what_is_no_file_of_days(name, content, sentence):
    with pytest.raises(Refusal, match=sentence):
        dayfile.read(name, content, [], "", TODAY)


@given(st.binary(max_size=400), st.integers(0, 200))
def test_any_calendar_is_read_or_refused(noise, where):
    content = ics(
        "UID:1\nDTSTART;VALUE=DATE:20261130\nRRULE:FREQ=YEARLY\nSUMMARY:停電\nDTEND;VALUE=DATE:20261201"
    )
    try:
        dayfile.read("x.ics", content[:where] + noise + content[where:], [], "", TODAY)
    except Refusal as no:
        assert str(no)
