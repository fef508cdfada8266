"""A rule looked at ahead, by hand: dates of 2026-2028 from the calendar on the wall."""

from datetime import date

import pytest

from opsdesk.calendar.book import calendar_of
from raci import fixture
from raci.content import canonical, unsaved
from tasks.coming import coming
from tasks.foresight import Neighbour, cautions, foreseen
from tasks.recurrence import Point, Rule, rule_of
from tests.make import TODAY

ROWS = {r["number"]: canonical(r) for r in fixture.source()["duties"]}


@pytest.fixture
def calendar(cast, holidays):
    return calendar_of()


def rule(number):
    return rule_of(unsaved(ROWS[number]))


def days(found):
    return [(o.opens_on.isoformat(), o.due_on.isoformat()) for o in found]


def test_no_1_begins_on_the_first_business_day_and_is_due_on_the_25th_or_before(calendar):
    """前月の第1開庁日に開始、前月25日(閉庁日は前の開庁日). 25 November 2026 is a Wednesday."""
    assert days(coming(rule(1), calendar, TODAY)) == [
        ("2026-11-02", "2026-11-25"),
        ("2026-12-01", "2026-12-25"),
        ("2027-01-04", "2027-01-25"),
        ("2027-02-01", "2027-02-25"),
        ("2027-03-01", "2027-03-25"),
        ("2027-04-01", "2027-04-23"),  # the 25th is a Sunday
        ("2027-05-06", "2027-05-25"),  # 1 and 2 May a weekend, 3-5 May holidays
        ("2027-06-01", "2027-06-25"),
        ("2027-07-01", "2027-07-23"),  # a Sunday
        ("2027-08-02", "2027-08-25"),
        ("2027-09-01", "2027-09-24"),  # a Saturday
        ("2027-10-01", "2027-10-25"),
    ]


def test_no_3_is_yearly_and_due_on_15_march(calendar):
    found = days(coming(rule(3), calendar, TODAY))
    assert found[:3] == [
        ("2027-02-01", "2027-03-15"),
        ("2028-02-01", "2028-03-15"),
        ("2029-02-01", "2029-03-15"),
    ]
    assert len(found) == 12


def test_no_9_is_every_business_day(calendar):
    found = days(coming(rule(9), calendar, date(2026, 12, 25)))
    assert [due for _opens, due in found[:4]] == ["2026-12-25", "2026-12-28", "2027-01-04", "2027-01-05"]
    assert len(found) == 12


@pytest.mark.parametrize("month", [-24, -12, 0, 12, 24])
def test_twelve_come_however_far_the_months_lie(calendar, month):
    far = Rule("monthly", opens=Point("bd", 1, month), due=Point("bd", 5, month))
    found = coming(far, calendar, TODAY)
    assert found[0].due_on == date(2026, 12, 7)  # the fifth business day
    assert len(found) == 12


def test_what_moved_a_day_is_said(calendar):
    found = foreseen(rule(1), calendar, TODAY)
    assert found[0].notes == ()
    assert found[5].notes == ("期限 R9.4/25(日) は閉庁日のため前倒し",)
    later = Rule("monthly", opens=Point("day", 23), due=Point("day", 23), due_move="next")
    assert foreseen(later, calendar, date(2026, 11, 1))[0].notes == (
        "開始 11/23(月) 勤労感謝の日 は閉庁日のため後ろ倒し",
        "期限 11/23(月) 勤労感謝の日 は閉庁日のため後ろ倒し",
    )
    stays = Rule("monthly", opens=Point("day", 1), due=Point("day", 22), due_move="as_is")
    assert "期限 11/22(日) は閉庁日のまま" in foreseen(stays, calendar, date(2026, 11, 1))[0].notes
    late = Rule("monthly", opens=Point("bd", -1), due=Point("bd", 1))
    assert foreseen(late, calendar, TODAY)[0].notes == ("開始が期限より後になるため、期限の日に開きます",)
    every = Rule("daily", days="every")
    assert {f.notes for f in foreseen(every, calendar, TODAY)} == {()}


def test_cautions_of_the_sheet(calendar):
    """Periods November 2026 - October 2028. The 25th of the month before: closed in 2026 Oct, 2027 Apr, Jul,
    Sep, Dec, 2028 Mar, Jun."""
    assert cautions(rule(1), calendar, TODAY) == [
        "期限が閉庁日に当たることが、24か月に7回あります。前の開庁日に早まります。"
    ]
    assert cautions(rule(29), calendar, TODAY) == []
    assert cautions(rule(9), calendar, TODAY) == []


def test_cautions_of_an_unwise_rule(calendar):
    late = Rule("monthly", opens=Point("bd", -1), due=Point("day", 31, -1), due_move="as_is")
    said = cautions(late, calendar, TODAY)
    assert said[0] == "開始が期限より後になることが、24か月に24回あります。"
    assert "閉庁日のまま期限になります。" in said[1]
    # 24 months of deadlines, November 2026 - October 2028: Nov, Feb, Apr, Jun, Sep twice
    assert said[2] == "31日のない月は、その月の末日が期限になります(24か月に10回)。"


def test_a_follow_up_that_is_due_before_it(calendar):
    early = Neighbour(31, Rule("monthly", opens=Point("bd", 1, -1), due=Point("bd", 2, -1)), is_after=True)
    assert "後続の No.31 の期限が、この業務の期限より先に来ます(24か月に24回)。" in cautions(
        rule(1), calendar, TODAY, [early]
    )
    late = Neighbour(30, Rule("monthly", opens=Point("bd", 1), due=Point("bd", 2)), is_after=False)
    assert "先行する No.30 の期限より、この業務の期限が先に来ます(24か月に24回)。" in cautions(
        rule(1), calendar, TODAY, [late]
    )


def test_a_yearly_one_before_monthly_ones(calendar):
    """27 of the fiscal year before each month of 28: in order as in the sheet; not if 27 came in May."""
    after = Neighbour(28, rule(28), is_after=True)
    assert not [s for s in cautions(rule(27), calendar, TODAY, [after]) if "No.28" in s]
    may = Rule("yearly", opens=Point("bd", 1, 1), due=Point("bd", -1, 1))
    # FY2026 began before: November 2026 - March 2027 follow it. Of FY2027 and FY2028 April, May and June (due
    # at the beginning of the month before) come too early
    assert "後続の No.28 の期限が、この業務の期限より先に来ます(24か月に6回)。" in cautions(
        may, calendar, TODAY, [after]
    )
    assert not cautions(rule(9), calendar, TODAY, [after])
