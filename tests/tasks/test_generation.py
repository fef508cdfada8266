"""generate(): what is due and missing, once, whatever happened; against an oracle of the test's own."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections

from opsdesk.accounts.models import Organization
from opsdesk.audit.models import Event
from opsdesk.calendar import holidays
from opsdesk.calendar.models import ClosedDay, Holiday, OpenDay
from raci.models import Edition
from tasks import generation
from tasks.generation import generate
from tasks.models import GenerationRun, Task
from tests import oracle
from tests.cast import STARTED_ON
from tests.make import at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ALL = {"shiomi": (STARTED_ON, None), "kirihara": (STARTED_ON, None), "mizuno": (STARTED_ON, None)}


@pytest.fixture
def ground(cast, edition):
    """The matrix in force and the holidays known; in operation since the cast's start."""
    holidays.fill(range(2025, 2032), by=None, at=datetime(2026, 3, 1, tzinfo=UTC))
    return cast


@pytest.fixture
def no_cap(settings):
    settings.GENERATION_CAP = 1_000_000


def there() -> set[oracle.Should]:
    rows = Task.objects.values_list(
        "duty__number", "organization__code", "period", "opens_on", "due_on", "due_at"
    )
    found = [oracle.Should(*row) for row in rows]
    assert len(found) == len(set(found))
    return set(found)


def should(through: date, members=ALL, **more) -> set[oracle.Should]:
    return oracle.expected(
        members, **{"in_force_on": STARTED_ON, "starts_on": STARTED_ON, "through": through, **more}
    )


def run(day: date, hour: int = 0, minute: int = 5, **options) -> generation.Report:
    return generate(at(hour, minute, day), **options)


def move_start(day: date) -> None:
    Organization.objects.filter(kind="union").update(operation_starts_on=day)


def test_it_works(ground):
    report = run(STARTED_ON)
    assert there() == should(STARTED_ON)
    assert report.created == Task.objects.count() > 15
    task = Task.objects.get(key=8, organization=ground.shiomi)
    assert (task.period, task.period_on, task.state, task.serial) == ("2026-04-01", STARTED_ON, "open", 0)
    assert task.due_at == datetime(2026, 4, 1, 8, 15, tzinfo=UTC)
    assert (task.created_at, task.is_caught_up, task.answers, task.version) == (
        at(0, 5, STARTED_ON),
        False,
        {},
        0,
    )
    again = run(STARTED_ON, 0, 8)
    assert (again.created, again.refused) == (0, 0)
    assert there() == should(STARTED_ON)


def test_two_years_day_by_day_are_what_the_oracle_says(ground, no_cap):
    """Every day for a month, then in jumps; at each stop exactly what should be there."""
    day, stops = STARTED_ON, 0
    while day <= date(2028, 3, 31):
        run(day)
        if stops % 9 == 0:
            assert there() == should(day), day
        day, stops = day + DAY * (1 if stops < 30 else 17), stops + 1
    run(date(2028, 3, 31))
    assert there() == should(date(2028, 3, 31))
    assert len(there()) > 2_500


@pytest.mark.parametrize("days", [1, 40, 400])
def test_missed_days_are_caught_up_and_say_so(ground, no_cap, days):
    began = date(2026, 6, 10)
    run(began)
    assert not Task.objects.filter(opens_on=began, is_caught_up=True).exists()
    before = set(Task.objects.values_list("pk", flat=True))
    today = began + DAY * days
    report = run(today, 9)
    assert there() == should(today)
    new = Task.objects.exclude(pk__in=before)
    late = new.filter(is_caught_up=True)
    assert set(late) == set(new.filter(opens_on__lt=today))
    assert (report.created, report.caught_up) == (new.count(), late.count())
    assert not new.filter(opens_on=today, is_caught_up=True).exists()


def test_the_first_run_on_the_first_day_is_not_late_however_long_ago_a_task_would_have_opened(ground):
    start = date(2026, 11, 24)
    move_start(start)
    run(start, 15)
    assert there() == should(start, starts_on=start)
    assert not Task.objects.filter(is_caught_up=True).exists()
    monthly = Task.objects.get(key=32)
    assert (monthly.period, monthly.opens_on, monthly.due_on) == ("2026-11", start, date(2026, 11, 30))


def test_a_task_due_before_operation_started_is_never_made(ground):
    start = date(2026, 11, 24)
    move_start(start)
    run(date(2027, 2, 1), force=True)
    assert Task.objects.filter(due_on__lt=start).count() == 0
    assert Task.objects.filter(opens_on__lt=start).count() == 0
    assert not Task.objects.filter(key=33, period="2026-10").exists()  # due 11-04
    assert there() == should(date(2027, 2, 1), starts_on=start)


def test_before_operation_starts_nothing_is_made(ground):
    move_start(date(2026, 12, 1))
    assert run(date(2026, 11, 30), 23, 59).created == 0
    assert run(date(2026, 12, 1), 0, 0).created > 0


def test_without_a_start_day_nothing_is_made(ground):
    move_start(None)
    assert run(date(2026, 12, 1)).created == 0
    assert not Task.objects.exists()


def test_an_empty_database_is_no_error(db):
    assert run(STARTED_ON).created == 0


@pytest.mark.parametrize(
    ("now", "there_now"),
    [
        (datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC), False),  # 23:59:59 of Tokyo, a holiday
        (datetime(2026, 11, 23, 15, 0, 0, tzinfo=UTC), True),  # midnight of Tokyo
        (datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC), True),
    ],
)
def test_the_day_begins_at_midnight_of_tokyo(ground, now, there_now):
    generate(now, force=True)
    assert Task.objects.filter(key=9, period="2026-11-24").exists() == there_now
    assert not Task.objects.filter(key=9, period="2026-11-25").exists()


def test_a_municipality_has_the_tasks_of_periods_on_whose_first_day_it_is_a_member(ground, no_cap):
    joined, left = date(2026, 9, 15), date(2027, 1, 20)
    Organization.objects.filter(pk=ground.mizuno.pk).update(joined_on=joined)
    Organization.objects.filter(pk=ground.kirihara.pk).update(left_on=left)
    members = {**ALL, "mizuno": (joined, None), "kirihara": (STARTED_ON, left)}
    for day in (date(2026, 8, 1), date(2026, 9, 15), date(2026, 11, 1), date(2027, 1, 20), date(2027, 5, 10)):
        run(day)
        assert there() == should(day, members), day
    mine = Task.objects.filter(organization=ground.mizuno, key=29).order_by("period").first()
    assert mine is not None and mine.period == "2026-10"  # September began before it joined
    assert not Task.objects.filter(organization=ground.kirihara, period_on__gt=left).exists()


def test_a_municipality_entered_late_is_caught_up(ground, no_cap):
    Organization.objects.filter(pk=ground.mizuno.pk).update(joined_on=date(2027, 4, 1))
    run(date(2026, 6, 1))
    Organization.objects.filter(pk=ground.mizuno.pk).update(joined_on=date(2026, 5, 1))
    run(date(2026, 6, 1), 0, 8)  # three minutes later on the same day
    assert there() == should(date(2026, 6, 1), {**ALL, "mizuno": (date(2026, 5, 1), None)})
    may = Task.objects.get(organization=ground.mizuno, period="2026-05-01")
    assert may.is_caught_up


def test_each_has_its_own_calendar_and_the_common_ones_the_unions(ground, no_cap):
    closed, opened = date(2026, 6, 15), date(2026, 6, 20)
    ClosedDay.objects.create(on=closed, organization=ground.shiomi, name="市制記念日")
    ClosedDay.objects.create(on=date(2026, 6, 1), name="全庁停電")
    OpenDay.objects.create(on=opened, organization=ground.kirihara, name="臨時開庁")
    run(date(2026, 7, 10))
    days = {"closed": {"shiomi": frozenset([closed]), "union": frozenset([date(2026, 6, 1)])}}
    assert there() == should(date(2026, 7, 10), **days, opened={"kirihara": frozenset([opened])})
    assert Task.objects.filter(period="2026-06-15").count() == 4
    assert Task.objects.filter(period="2026-06-20").count() == 1


def test_an_open_day_added_afterwards_is_made_up_for_and_a_closed_one_takes_nothing_away(ground, no_cap):
    today = date(2026, 6, 30)
    run(today)
    OpenDay.objects.create(on=date(2026, 6, 20), name="臨時開庁")
    ClosedDay.objects.create(on=date(2026, 6, 23), name="停電")
    before = there()
    run(today, 0, 8)
    made = {row for row in there() - before if row.number in oracle.DAILY}
    assert {row.period for row in made} == {"2026-06-20"}
    assert before <= there()


def test_a_holiday_that_is_filled_in_late_moves_nothing_that_is_there(ground):
    Holiday.objects.filter(on=date(2026, 4, 29)).delete()
    run(date(2026, 4, 29), force=True)
    assert Task.objects.filter(period="2026-04-29").count() == 5
    Holiday.objects.create(on=date(2026, 4, 29), name="昭和の日")
    run(date(2026, 4, 29), 1)
    assert Task.objects.filter(period="2026-04-29").count() == 5


@pytest.mark.parametrize("state", ["done", "skipped", "open"])
def test_closing_skipping_and_reopening_never_make_another(ground, state):
    run(STARTED_ON)
    before = Task.objects.count()
    Task.objects.update(
        state=state,
        closed_at=at(10),
        done_on=STARTED_ON,
        closed_by=ground.sato,
        closed_for=ground.team["operations"],
    )
    run(STARTED_ON, 0, 8)
    GenerationRun.objects.all().delete()  # also if nobody remembers the runs
    run(STARTED_ON, 0, 11)
    assert Task.objects.count() == before


def test_an_extra_occasion_does_not_stand_for_the_regular_one(ground):
    run(STARTED_ON)
    task = Task.objects.get(key=9)
    Task.objects.filter(pk=task.pk).update(serial=1)
    GenerationRun.objects.all().delete()
    assert run(STARTED_ON, 1).created == 1
    assert Task.objects.filter(key=9).count() == 2


def test_more_than_a_sane_number_is_refused_and_nothing_is_made(ground, settings):
    settings.GENERATION_CAP = 100
    today = date(2026, 7, 1)
    report = run(today)
    assert report.created == 0 and report.refused > 100
    assert not Task.objects.exists()
    stored = GenerationRun.objects.get()
    assert (stored.refused, stored.created, stored.finished_at) == (report.refused, 0, at(0, 5, today))
    run(today, 0, 8)  # every three minutes, in one row
    assert GenerationRun.objects.get().finished_at == at(0, 8, today)
    assert run(today, 9, force=True).created == report.refused
    assert there() == should(today)
    assert run(today + DAY).refused == 0


def test_what_is_there_already_does_not_count_against_the_cap(ground, settings):
    settings.GENERATION_CAP = 100
    run(date(2026, 7, 1), force=True)
    assert run(date(2026, 7, 2)).created == 5


def test_a_dry_run_says_the_same_and_writes_nothing(ground):
    today = date(2026, 5, 1)
    dry = run(today, dry_run=True)
    assert (
        not Task.objects.exists()
        and not GenerationRun.objects.exists()
        and not Event.objects.filter(code="generation.created").exists()
    )
    real = run(today)
    assert (dry.created, dry.caught_up, dry.duties) == (real.created, real.caught_up, real.duties)


def test_as_if_it_were_a_later_day(ground):
    report = generate(at(9, 0, STARTED_ON), through=date(2026, 4, 30))
    assert there() == should(date(2026, 4, 30))
    assert report.caught_up == 0 and report.through_on == date(2026, 4, 30)


def test_one_event_per_run_and_organization(ground):
    run(STARTED_ON)
    events = Event.objects.filter(code="generation.created")
    assert {e.stream for e in events} == {"union", "shiomi", "kirihara", "mizuno"}
    for event in events:
        ids = Task.objects.filter(organization__code=event.stream).order_by("pk").values_list("pk", flat=True)
        assert event.data == {"count": len(ids), "caught_up": 0, "first": ids[0], "last": ids[len(ids) - 1]}
        assert event.object_id == str(GenerationRun.objects.get().pk)
    run(STARTED_ON, 0, 8)
    assert events.count() == 4


def test_runs_that_make_nothing_keep_one_row(ground):
    run(STARTED_ON)
    for minute in (8, 11, 14):
        run(STARTED_ON, 0, minute)
    first, idle = GenerationRun.objects.order_by("pk")
    assert first.created and not idle.created
    assert idle.finished_at == at(0, 14, STARTED_ON)
    Task.objects.filter(key=9).delete()
    assert run(STARTED_ON, 1).created == 0  # nothing changed that decides: nobody looks again today
    assert run(STARTED_ON + DAY).created == 6  # the next day everything is looked at
    assert GenerationRun.objects.count() == 3


def test_an_error_is_stored_and_raised(ground, monkeypatch):
    run(STARTED_ON)
    monkeypatch.setattr(generation, "_insert", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(STARTED_ON + DAY)
    last = GenerationRun.objects.latest("pk")
    assert (last.error, last.created) == ("ZeroDivisionError: division by zero", 0)
    monkeypatch.undo()
    assert run(STARTED_ON + DAY, 0, 8).created == 5


def test_a_run_again_reads_a_few_rows_only(ground, no_cap, django_assert_num_queries):
    run(date(2027, 3, 31))
    with django_assert_num_queries(8):
        run(date(2027, 3, 31), 0, 8)


def test_no_more_statements_for_a_year_than_for_a_day(ground, no_cap, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        run(date(2027, 3, 31))


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_chunks_make_the_same_rows(ground, monkeypatch, chunk):
    monkeypatch.setattr(generation, "CHUNK", chunk)
    run(date(2026, 4, 20))
    assert there() == should(date(2026, 4, 20))


def test_an_edition_holds_from_its_day_and_nothing_before_the_first(ground):
    assert Edition.objects.get().in_force_on == STARTED_ON
    run(STARTED_ON)
    assert not Task.objects.filter(period_on__lt=STARTED_ON).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_generators_in_threads_do_nothing_twice(ground, no_cap, monkeypatch):
    """Four at once, in many small transactions."""
    monkeypatch.setattr(generation, "CHUNK", 50)
    today, errors = date(2026, 12, 1), []
    start = threading.Barrier(4)

    def one() -> None:
        try:
            start.wait()
            run(today)
        except Exception as error:  # shown below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert there() == should(today)
    created = sum(GenerationRun.objects.values_list("created", flat=True))
    assert (
        created
        == Task.objects.count()
        == sum(e.data["count"] for e in Event.objects.filter(code="generation.created"))
    )
    assert connection.vendor in ("sqlite", "postgresql")
