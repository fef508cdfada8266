"""Dates written and read by eras."""

import unicodedata
from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from opsdesk.calendar import closing, eras
from opsdesk.calendar.models import Era
from opsdesk.lib import era
from opsdesk.lib.era import era_date, era_short, read_date

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def fresh_table():
    era.forget()
    yield
    era.forget()


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (FRIDAY, "令和8年11月20日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
    ],
)
def test_it_works(day, text):
    assert era_date(day) == text
    assert read_date(text) == day


def test_short():
    assert era_short(FRIDAY, date(2026, 4, 1)) == "11/20(金)"
    assert era_short(date(2027, 3, 19), date(2026, 4, 1)) == "3/19(金)"
    assert era_short(date(2027, 4, 1), FRIDAY) == "R9.4/1(木)"
    assert read_date("R9.4/1(木)") == date(2027, 4, 1)


@pytest.mark.parametrize(
    "text",
    [
        "R8.11.20",
        "r8.11.20",
        "令和8年11月20日",
        "令和8年11月20日(金)",
        "令和 8年 11月 20日（金曜日）",
        "2026/11/20",
        "2026-11-20",
        "2026.11.20",
        "2026年11月20日",
        "20261120",
        "Ｒ８．１１．２０",
        "２０２６／１１／２０",
        "２０２６１１２０",
        " 令和８年１１月２０日 ",
        "R8/11/20",
        "㋿8年11月20日",
    ],
)
def test_reads(text):
    assert read_date(text) == FRIDAY


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("R8.2.30", "「R8.2.30」という日はありません。"),
        ("2026/13/01", "「2026/13/01」という日はありません。"),
        ("20260230", "「20260230」という日はありません。"),
        (
            "平成40年1月1日",
            "「平成40年1月1日」は平成の期間の外です。令和10年1月1日と入力してください。",
        ),
        (
            "令和元年4月30日",
            "「令和元年4月30日」は令和の期間の外です。平成31年4月30日と入力してください。",
        ),
        ("令和8年11月20日(木)", "令和8年11月20日は金曜日です。日付か曜日を直してください。"),
        ("", "日付を入力してください。"),
        ("　", "日付を入力してください。"),
    ],
)
def test_refuses(text, sentence):
    with pytest.raises(ValueError) as refused:
        read_date(text)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "明日",
        "11/20",
        "8.11.20",
        "X8.11.20",
        "R0.11.20",
        "元年5月1日",
        "0026/11/20",
        "2026112",
        "99999999",
        "x" * 500,
    ],
)
def test_unreadable(text):
    with pytest.raises(ValueError, match="日付として読めません。例: 令和8年11月20日"):
        read_date(text)


@given(st.dates(date(1868, 1, 25), date(2100, 12, 31)))
def test_what_is_written_is_read(day):
    text = era_date(day, with_weekday=True)
    assert read_date(text) == day
    assert read_date(unicodedata.normalize("NFKD", text)) == day


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_a_sentence(text):
    try:
        assert isinstance(read_date(text), date)
    except ValueError as refused:
        assert str(refused).endswith(("。", "20261120"))


def test_the_table_is_data(db):
    assert eras.fill(by=None, at=AT) == 5
    assert eras.fill(by=None, at=AT) == 0
    assert era.table() == era.BUILT_IN
    closing.add(Era(name="光文", letter="K", starts_on=date(2030, 1, 1)), by=None, at=AT)
    era.forget()  # in life the commit does so
    assert era_date(date(2030, 2, 3)) == "光文元年2月3日"
    assert read_date("K1.2.3") == date(2030, 2, 3)
    with pytest.raises(ValueError, match="令和の期間の外"):
        read_date("令和12年2月3日")


def test_the_table_is_kept_a_minute(db, django_assert_num_queries, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(era, "monotonic", lambda: now)
    with django_assert_num_queries(1):
        era_date(FRIDAY)
        era_date(date(2019, 4, 30))
    now += 61
    with django_assert_num_queries(1):
        era_date(FRIDAY)


def test_a_table_that_cannot_be_read_leaves_the_built_in_one():
    assert era.table() == era.BUILT_IN  # no database in this test


def test_filters():
    tags = ["d|era", "d|era_w", "d|era_short:t", "at|era_dt", "at|hm", "n|era"]
    drawn = Template("{% load dates %}" + " ".join(f"{{{{ {tag} }}}}" for tag in tags)).render(
        Context({"d": FRIDAY, "t": FRIDAY, "at": datetime(2026, 11, 19, 15, 5, tzinfo=UTC), "n": None})
    )
    assert drawn == "令和8年11月20日 令和8年11月20日(金) 11/20(金) 令和8年11月20日 0:05 0:05 "
