"""Pages by key: every row once, forward and back, whatever the order and the NULLs."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsdesk.lib.keyset import CAP, CappedCount, KeysetPage
from tasks.models import Task
from tests.make import TODAY, at, duty

pytestmark = pytest.mark.django_db
SIZE = 7
ORDERINGS = (
    (),
    ("due_at",),
    ("-due_at",),
    ("due_at", "-pk"),
    ("-due_at", "id"),
    ("done_on",),
    ("-done_on",),
    ("done_on", "-due_at"),
    ("-closed_at", "done_on"),
    ("assignee__name",),
    ("-assignee__name", "due_on"),
    ("is_caught_up", "-serial"),
    ("-saved_at", "assignee__name", "-due_on", "id"),
)
COLUMNS = ("due_at", "due_on", "done_on", "closed_at", "saved_at", "assignee__name", "is_caught_up", "serial")


def make_rows(cast, count):
    row, people = duty(9), [None, cast.sato, cast.takahashi, None, cast.ogawa]
    Task.objects.bulk_create(
        [
            Task(
                key=row.key,
                duty=row,
                organization=cast.union,
                period="2026-11-24",
                period_on=TODAY,
                serial=i,
                opens_on=TODAY,
                due_on=TODAY + timedelta(i % 3),
                due_at=at(17) + timedelta(minutes=i * 7 % 11),
                done_on=TODAY if i % 4 else None,
                closed_at=at(9, i % 5) if i % 3 else None,
                saved_at=at(8, i % 2) if i % 5 else None,
                assignee=people[i % 5],
                is_caught_up=i % 2 == 0,
                created_at=at(),
            )
            for i in range(count)
        ]
    )


@pytest.fixture
def rows(cast, edition):
    make_rows(cast, 53)
    return Task.objects.select_related("assignee")


def walk(queryset, size=SIZE, **how):
    """The pks forward, and then back from the last page."""
    page, there = KeysetPage(queryset, size=size, **how), []
    while True:
        there.append([row.pk for row in page.rows])
        if not page.next:
            break
        page = KeysetPage(queryset, page.next, size, **how)
    back = [there[-1]]
    while page.previous:
        page = KeysetPage(queryset, page.previous, size, **how)
        back.insert(0, [row.pk for row in page.rows])
    return there, back


def expected(queryset, ordering):
    """Python's own order: NULL is the greatest, the pk runs the way the last column runs."""
    rows = list(queryset)
    keys = [(name.lstrip("-"), name[0] == "-") for name in ordering or ("due_at",)]
    names = [name for name, _ in keys]
    if "pk" not in names and "id" not in names:
        keys.append(("pk", keys[-1][1]))

    def value(row, name):
        for part in name.split("__"):
            row = getattr(row, part) if row is not None else None
        return (row is None, row if row is not None else 0)

    for name, down in reversed(keys):
        rows.sort(key=lambda row, name=name: value(row, name), reverse=down)
    return [row.pk for row in rows]


@pytest.mark.parametrize("ordering", ORDERINGS, ids=lambda o: ",".join(o) or "none")
def test_it_works(rows, ordering):
    queryset = rows.order_by(*ordering)
    there, back = walk(queryset)
    assert [pk for page in there for pk in page] == expected(rows, ordering)
    assert [pk for page in back for pk in page] == [pk for page in there for pk in page]
    assert len(there) == 8
    assert walk(queryset, ids_first=True) == (there, back)


def test_ids_first_joins_and_counts_as_before(rows, django_assert_num_queries):
    queryset = rows.filter(serial__gt=9).annotate(n=F("serial") + 1).order_by("-due_at")
    plain = KeysetPage(queryset, size=SIZE)
    with django_assert_num_queries(1):
        page = KeysetPage(queryset, size=SIZE, ids_first=True)
        assert [row.assignee and row.assignee.name for row in page.rows] == [
            row.assignee and row.assignee.name for row in plain.rows
        ]
    assert [row.n for row in page.rows] == [row.n for row in plain.rows]
    assert (page.total, page.is_capped, page.next) == (plain.total, plain.is_capped, plain.next) != (0, 0, "")


@pytest.mark.parametrize("ordering", ORDERINGS, ids=lambda o: ",".join(o) or "none")
def test_a_kept_page_finds_its_rows_once(rows, ordering, django_assert_num_queries):
    queryset = rows.filter(serial__gt=9).annotate(n=F("serial") + 1).order_by(*ordering)
    page = KeysetPage(queryset, size=SIZE, ids_first=True)
    plan = page.plan()
    with django_assert_num_queries(1) as asked:
        again = KeysetPage(None, size=SIZE, known=plan)
    assert asked[0]["sql"].count("LIMIT") == 1  # of what is found: no second search to count
    assert [(row.pk, row.n) for row in again.rows] == [(row.pk, row.n) for row in page.rows]
    assert (again.total, again.next, again.previous) == (page.total, page.next, page.previous)
    assert (again.total, again.next != "") == (queryset.count(), True)
    gone = page.rows[0]
    Task.objects.filter(pk=gone.pk).delete()
    again = KeysetPage(None, size=SIZE, known=plan)
    assert (again.total, gone.pk in {row.pk for row in again.rows}) == (page.total - 1, False)
    assert len(again.rows) == SIZE


@pytest.fixture
def few(cast, edition):
    make_rows(cast, 23)
    return Task.objects.select_related("assignee")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(
    columns=st.lists(st.sampled_from(COLUMNS), unique=True, min_size=1, max_size=4),
    downs=st.lists(st.booleans(), min_size=5, max_size=5),
    pk=st.booleans(),
    size=st.integers(2, 24),
)
def test_any_ordering(few, columns, downs, pk, size):
    ordering = [
        ("-" if down else "") + c for c, down in zip([*columns, *(["pk"] if pk else [])], downs, strict=False)
    ]
    there, back = walk(few.order_by(*ordering), size)
    assert [k for page in there for k in page] == expected(few, ordering)
    assert [k for page in back for k in page] == [k for page in there for k in page]


@pytest.mark.parametrize(
    "token",
    [
        "7",
        "null",
        "{}",
        "[]",
        "x",
        "[0]",
        "[0,null,null]",
        '[0,"2026-13-45",1]',
        '[0,"2026-11-24 08:00:00+00:00","x"]',
        '[0,{"a":1},1]',
        "[" * 100_000,
        '[0,"2026-11-24T00:00:00Z",1,2]',
        '[0,"2026-11-24T00:00:00Z",1e400]',
        "[0,1e999,1]",
        '[0,"9999-12-31 23:59:59+00:00",1]',
        '[0,"2026-11-24 08:00:00",5]',
        '[0,"2026-11-24 08:00:00+00:00",99999999999999999999999999]',
    ],
)
def test_a_bad_token_shows_the_first_page(rows, token):
    page = KeysetPage(rows.order_by("due_at"), token, SIZE)
    assert [row.pk for row in page.rows] == expected(rows, ("due_at",))[:SIZE]
    assert not page.previous
    assert page.total == 53


def test_a_token_of_another_ordering_shows_the_first_page(rows):
    token = KeysetPage(rows.order_by("done_on", "due_at"), size=SIZE).next
    assert not KeysetPage(rows.order_by("due_at"), token, SIZE).previous


def test_rows_that_went_away_lead_to_the_first_page(rows):
    token = KeysetPage(rows.order_by("due_at"), size=SIZE).next
    page = KeysetPage(rows.filter(pk__lt=0).order_by("due_at"), token, SIZE)
    assert (page.rows, page.next, page.previous, page.total) == ([], "", "", 0)


def test_one_statement_a_page_and_no_offset(rows):
    with CaptureQueriesContext(connection) as first:
        page = KeysetPage(rows.order_by("due_at"), size=SIZE)
    with CaptureQueriesContext(connection) as second:
        KeysetPage(rows.order_by("due_at"), page.next, SIZE)
    assert len(first) == len(second) == 1
    assert "OFFSET" not in first[0]["sql"] + second[0]["sql"]
    assert "COUNT" not in second[0]["sql"]
    assert "row_total" not in second[0]["sql"]


def test_one_direction_is_one_range_of_the_index(rows):
    """Guards Django's undocumented tuple_lookups, and the range that SQLite gets beside them."""
    page = KeysetPage(rows.order_by("-due_at"), size=SIZE)
    with CaptureQueriesContext(connection) as queries:
        KeysetPage(rows.order_by("-due_at"), page.next, SIZE)
    assert '"tasks_task"."due_at" <= ' in queries[0]["sql"]
    if connection.vendor == "postgresql":
        assert '("tasks_task"."due_at", "tasks_task"."id") < (' in queries[0]["sql"]


def test_a_count_stops_at_its_cap(cast, edition):
    make_rows(cast, CAP + 5)
    page = KeysetPage(Task.objects.order_by("due_at"), size=SIZE)
    assert (page.total, page.is_capped) == (CAP, True)
    with CaptureQueriesContext(connection) as asked:
        again = KeysetPage(None, size=SIZE, known=page.plan())
    assert (again.total, again.is_capped, again.next) == (CAP, True, page.next)
    assert again.rows == page.rows
    assert "COUNT" not in asked[0]["sql"]  # that there are more is known for as long as the plan is kept
    exactly = Task.objects.filter(pk__in=list(Task.objects.values_list("pk", flat=True)[:CAP]))
    page = KeysetPage(exactly, size=SIZE)
    assert (page.total, page.is_capped) == (CAP, False)
    Task.objects.filter(pk=page.rows[0].pk).delete()
    again = KeysetPage(None, size=SIZE, known=page.plan())
    assert (again.total, again.is_capped) == (CAP - 1, False)
    counted = Task.objects.annotate(n=CappedCount(Task.objects.all(), 3)).values_list("n", flat=True)[0]
    assert counted == 4


def test_nothing_to_see(cast, edition):
    for queryset in (Task.objects.all(), Task.objects.none(), Task.objects.filter(pk__in=[])):
        page = KeysetPage(queryset, size=SIZE)
        assert (page.rows, page.next, page.previous, page.total, page.is_capped) == ([], "", "", 0, False)


def test_a_token_is_short_json(rows):
    back, due_at, pk = json.loads(KeysetPage(rows.order_by("due_at"), size=SIZE).next)
    assert (back, type(due_at), type(pk)) == (0, str, int)
