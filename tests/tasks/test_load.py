"""Load: the work of each team in each month."""

from datetime import date, timedelta

import pytest

from opsdesk.calendar.fiscal import FiscalYear
from tasks import expected
from tasks.forecast import forecast, of_rows
from tasks.generation import generate
from tasks.load import load
from tasks.models import Task
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
NOVEMBER, YEAR = date(2026, 11, 1), FiscalYear(2026)


def loads(**options):
    return load(expected.read(), YEAR, now=at(9), **options)


def test_it_works(edition, cast, holidays):
    closed = {"state": "done", "closed_at": at()}
    make_task(28, due_on=date(2026, 11, 5), period_on=date(2026, 12, 1), done_on=date(2026, 11, 5), **closed)
    make_task(30, due_on=date(2026, 11, 19), period_on=date(2026, 12, 1), done_on=TODAY, **closed)
    make_task(31, due_on=date(2026, 11, 20), period_on=date(2026, 12, 1))
    make_task(32, due_on=date(2026, 11, 30), period_on=NOVEMBER)
    make_task(1, due_on=date(2026, 11, 25), period_on=date(2026, 12, 1), state="skipped", reason="x")
    found = loads()["operations", NOVEMBER]
    assert (found.done, found.late, found.open, found.overdue, found.skipped) == (2, 1, 2, 1, 1)
    assert found.planned == 2 * 19 + 3 + 1  # 7, 9; 29 of three towns; 33 of October


def test_several_marks_count_for_each(edition, cast, holidays):
    make_task(29, cast.shiomi, due_on=date(2026, 11, 13), period_on=date(2026, 12, 1))
    found = loads()
    assert found["shiomi", NOVEMBER].open == 1 and found["kirihara", NOVEMBER].open == 0
    assert found["kirihara", NOVEMBER].planned == 19 + 1
    assert found["operations", NOVEMBER].open == 1


def test_nothing_is_lost_by_generating(edition, cast, holidays):
    before = {place: one.all for place, one in loads().items()}
    generate(at(0, 5))
    assert {place: one.all for place, one in loads().items()} == before


def test_it_is_the_forecast_by_team(edition, cast, holidays):
    """A year on, the sum of the towns is the role's count."""
    from raci.content import rows_of

    year = FiscalYear(2027)
    book = expected.read()
    foreseen = forecast(of_rows(rows_of(edition)), book, year.starts_on, year.ends_on)
    found = load(book, year, now=at())
    for month in year.months:
        towns = sum(found[code, month].all for code in ("shiomi", "kirihara", "mizuno"))
        assert towns == foreseen.of("member", month)
        assert found["operations", month].all == foreseen.of("operations", month)


def test_only_some_tasks(edition, cast, holidays):
    generate(at(0, 5))
    own = loads(tasks=Task.objects.visible_to(cast.ono, TODAY))
    assert own["shiomi", NOVEMBER].open and own["kirihara", NOVEMBER].open == 0


def test_statements(edition, cast, holidays, django_assert_num_queries):
    generate(at(0, 5) - timedelta(30))
    loads()
    book = expected.read()
    with django_assert_num_queries(2):
        load(book, YEAR, now=at())
