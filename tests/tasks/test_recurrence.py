"""Occurrences of rules: rows of the sheet by hand, properties by hypothesis, the whole edition counted."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsdesk.calendar import holidays
from opsdesk.calendar.days import Calendar
from opsdesk.calendar.fiscal import FiscalYear
from raci.models import Duty
from tasks.recurrence import Occurrence, Point, Rule, in_words, occurrences, rule_of

JAPAN = Calendar(holidays=frozenset(holidays.of_years(range(2020, 2036))))
YEAR = FiscalYear(2026)
NO_1 = Rule("monthly", opens=Point("bd", 1, -1), due=Point("day", 25, -1))
NO_3 = Rule("yearly", opens=Point("bd", 1, -2), due=Point("day", 15, -1))
NO_4 = Rule("yearly", opens=Point("bd", -5, -1), due=Point("bd", 1, 0))


def test_it_works():
    found = occurrences(NO_1, JAPAN, date(2026, 12, 1), date(2026, 12, 31))
    at = datetime(2026, 11, 25, 17, 15, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert found == [Occurrence(date(2026, 12, 1), "2026-12", date(2026, 11, 2), date(2026, 11, 25), at)]


def test_daily():
    found = occurrences(Rule("daily", due_time=time(12)), JAPAN, date(2026, 11, 20), date(2026, 11, 25))
    assert [o.period for o in found] == ["2026-11-20", "2026-11-24", "2026-11-25"]
    assert all(o.opens_on == o.due_on == o.period_on for o in found)
    assert found[0].due_at.isoformat() == "2026-11-20T12:00:00+09:00"


def test_every_day():
    found = occurrences(Rule("daily", days="every"), JAPAN, date(2026, 12, 28), date(2027, 1, 4))
    assert len(found) == 8


def test_yearly():
    (three,) = occurrences(NO_3, JAPAN, YEAR.starts_on, YEAR.ends_on)
    assert (three.period, three.opens_on, three.due_on) == ("FY2026", date(2026, 2, 2), date(2026, 3, 13))
    (four,) = occurrences(NO_4, JAPAN, YEAR.starts_on, YEAR.ends_on)
    assert (four.opens_on, four.due_on) == (date(2026, 3, 25), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("move", "due"),
    [("previous", date(2026, 10, 30)), ("next", date(2026, 11, 2)), ("as_is", date(2026, 10, 31))],
)
def test_a_due_day_that_is_closed_moves(move, due):
    rule = Rule("monthly", opens=Point("day", 1), due=Point("day", 31), due_move=move)
    (found,) = occurrences(rule, JAPAN, date(2026, 10, 1), date(2026, 10, 31))
    assert (found.opens_on, found.due_on) == (date(2026, 10, 1), due)


def test_an_opening_day_that_is_closed_moves_on():
    rule = Rule("monthly", opens=Point("day", 1), due=Point("bd", -1))
    (found,) = occurrences(rule, JAPAN, date(2026, 11, 1), date(2026, 11, 30))
    assert (found.opens_on, found.due_on) == (date(2026, 11, 2), date(2026, 11, 30))


def test_the_31st_of_a_short_month_is_its_last_day():
    rule = Rule("monthly", opens=Point("bd", 1), due=Point("day", 31), due_move="as_is")
    (found,) = occurrences(rule, JAPAN, date(2027, 2, 1), date(2027, 2, 28))
    assert found.due_on == date(2027, 2, 28)


def test_a_month_with_fewer_business_days():
    closed = Calendar(closed=frozenset(date(2026, 11, 1) + timedelta(days=n) for n in range(30)))
    rule = Rule("monthly", opens=Point("bd", 14), due=Point("bd", 18))
    (found,) = occurrences(rule, closed, date(2026, 11, 1), date(2026, 11, 30))
    assert found.opens_on == found.due_on == date(2026, 10, 30)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (NO_1, "前月の第1開庁日に開始、前月25日(閉庁日は前の開庁日)17:15まで"),
        (NO_3, "前年度の2月の第1開庁日に開始、前年度の3月15日(閉庁日は前の開庁日)17:15まで"),
        (NO_4, "前年度の3月の末から5番目の開庁日に開始、当年度の4月の第1開庁日 17:15まで"),
        (Rule("daily"), "毎開庁日、当日17:15まで"),
        (Rule("daily", days="every", due_time=time(9)), "毎日、当日9:00まで"),
        (
            Rule("monthly", opens=Point("bd", 1), due=Point("bd", 2, 1)),
            "当月の第1開庁日に開始、翌月の第2開庁日 17:15まで",
        ),
        (
            Rule("monthly", opens=Point("day", 1, -2), due=Point("day", 10, 3), due_move="next"),
            "2か月前1日に開始、3か月後10日(閉庁日は次の開庁日)17:15まで",
        ),
        (
            Rule("yearly", opens=Point("bd", 1, 12), due=Point("bd", -1, 12)),
            "翌年度の4月の第1開庁日に開始、翌年度の4月の最終開庁日 17:15まで",
        ),
    ],
)
def test_in_words(rule, words):
    assert in_words(rule) == words


# Properties

days = st.dates(date(2021, 1, 1), date(2034, 12, 31))
points = st.one_of(
    st.builds(Point, st.just("day"), st.integers(1, 31), st.integers(-3, 3)),
    st.builds(Point, st.just("bd"), st.integers(-23, 23).filter(bool), st.integers(-3, 3)),
)
rules = st.one_of(
    st.builds(Rule, st.just("daily"), days=st.sampled_from(["business", "every"])),
    st.builds(
        Rule,
        st.sampled_from(["monthly", "yearly"]),
        opens=points,
        due=points,
        due_move=st.sampled_from(["previous", "next", "as_is"]),
    ),
)
calendars = st.builds(
    lambda closed, opened: Calendar(JAPAN.holidays, frozenset(closed), frozenset(opened)),
    st.lists(days, max_size=5),
    st.lists(days, max_size=5),
)


@given(rules, calendars, days, st.integers(0, 500))
def test_order_and_uniqueness(rule, calendar, start, length):
    end = start + timedelta(days=length)
    found = occurrences(rule, calendar, start, end)
    assert found == sorted(found)
    assert len({o.period for o in found}) == len(found)
    for o in found:
        assert start <= o.period_on <= end
        assert o.opens_on <= o.due_on
        assert o.due_at.date() == o.due_on
        if rule.due_move != "as_is" and rule.days == "business":
            assert calendar.is_business_day(o.due_on)


@given(rules, calendars, days, st.integers(0, 400), st.integers(0, 400))
def test_windows_add_up(rule, calendar, start, first, second):
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    one = occurrences(rule, calendar, start, middle)
    two = occurrences(rule, calendar, middle + timedelta(days=1), end)
    assert one + two == occurrences(rule, calendar, start, end)


# The edition


def test_849_occurrences_once_per_duty(edition):
    counts = {}
    for duty in Duty.objects.filter(edition=edition).select_related("schedule"):
        rule = rule_of(duty)
        if rule:
            counts[duty.number] = len(occurrences(rule, JAPAN, YEAR.starts_on, YEAR.ends_on))
    assert sum(counts.values()) == 849
    assert {n for n, count in counts.items() if count == 241} == {7, 8, 9}
    assert {n for n, count in counts.items() if count == 12} == {1, 28, 29, 30, 31, 32, 33, 34, 35, 36}
    assert {n for n, count in counts.items() if count == 1} == {3, 4, 5, 27, 38, 39}


def test_no_rule_of_the_edition_opens_after_it_is_due(edition):
    for duty in Duty.objects.filter(edition=edition).select_related("schedule"):
        rule = rule_of(duty)
        for o in (
            occurrences(rule, JAPAN, YEAR.starts_on, FiscalYear(2030).ends_on) if rule and rule.opens else ()
        ):
            opens = occurrences(
                Rule(rule.cycle, opens=rule.opens, due=rule.opens), JAPAN, o.period_on, o.period_on
            )
            assert opens[0].due_on <= o.due_on, duty


def test_duties_on_demand_have_no_rule(edition):
    assert rule_of(Duty.objects.get(edition=edition, number=15)) is None
    assert rule_of(Duty.objects.get(edition=edition, number=6)) is None
