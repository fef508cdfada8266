"""A Statement answers what its queryset answers, and is made once; SQL that depends on a value is refused."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q, Value
from django.utils.translation import gettext_lazy

from opsdesk.calendar.models import ClosedDay
from opsdesk.lib.statement import Insertion, Statement
from opsdesk.notices.models import Notice
from tasks.models import SearchText, Task
from tests.make import TODAY, at, make_task


def due(union_only, *, key, day, now, state):
    found = Task.objects.filter(key=key, due_on__gte=day, due_at__gt=now, state=state)
    found = found.select_related("organization", "assignee").annotate(files=Count("attachments"))
    return found.filter(organization__kind="union") if union_only else found.order_by("pk")


def columns(*, key, day):
    first = (
        Task.objects.filter(key=key).order_by().values_list("pk", "due_on", "due_at", "answers", Value("a"))
    )
    return first.union(first.filter(due_on__lt=day), all=True)


@pytest.fixture
def three(cast, edition):
    make_task(8, organization=cast.shiomi, assignee=cast.ono, answers={"a": [1]})
    make_task(8, organization=cast.kirihara)
    return make_task(7)


def test_objects(three, cast, django_assert_num_queries):
    statement = Statement(due)
    values = {"key": 8, "day": TODAY, "now": at(9), "state": "open"}
    for _turn in range(2):
        with django_assert_num_queries(1):
            found = statement.ask(False, **values)
            assert [(t.organization.short_name, t.assignee and t.assignee.name) for t in found] == [
                ("汐見市", cast.ono.name),
                ("桐原市", None),
            ]
    for ours, stock in zip(found, due(False, **values), strict=True):
        assert {**vars(ours), "_state": 0} == {**vars(stock), "_state": 0}
    assert statement.ask(False, **{**values, "now": at(9, on=date(2027, 1, 1))}) == []
    assert statement.ask(True, **{**values, "key": 7}) == [three]
    assert statement.ask(True, **{**values, "key": 10**20}) == []
    assert statement._made.cache_info().misses == 2


def test_tuples(three):
    statement = Statement(columns)
    for values in ({"key": 8, "day": TODAY}, {"key": 8, "day": date(2030, 1, 1)}, {"key": 7, "day": TODAY}):
        assert sorted(statement.ask(**values), key=str) == sorted(columns(**values), key=str)


def test_nothing_can_be_found(cast, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Statement(lambda *, key: Task.objects.filter(key=key, pk__in=[])).ask(key=8) == []


@pytest.mark.parametrize(
    "build",
    [
        lambda *, key: Task.objects.filter(key=key + 1),
        lambda *, key: Task.objects.filter(Q(key=key) | Q(period=f"FY{key}")),
        lambda *, key: Task.objects.filter(key=key)[: key % 7 + 1],
        lambda *, key: Task.objects.filter(key__in=range(key % 99)),
    ],
)
def test_sql_that_depends_on_a_value(cast, build):
    with pytest.raises(ValueError, match="depends"):
        Statement(build).ask(key=8)


def test_a_row_is_put_in(cast, django_assert_num_queries):
    day = ClosedDay(on=date(2026, 12, 28), organization=cast.shiomi, name="100%の休庁")
    with django_assert_num_queries(1):
        [pk] = Insertion(ClosedDay).put(day)
    found = ClosedDay.objects.get(pk=pk)
    assert (found.on, found.organization, found.name) == (day.on, cast.shiomi, day.name)


def test_the_same_row_is_changed(db):
    def row(text):
        at = datetime(2026, 11, 24, tzinfo=UTC)
        return SearchText(kind="task", of=7, at=at, text=text, folded=text, context="")

    rows = Insertion(SearchText, over=["kind", "of"], update=["text", "at"])
    assert rows.put(row("前")) == rows.put(row("後"))
    assert [(r.text, r.folded) for r in SearchText.objects.all()] == [("後", "前")]


def test_rows_come_in_by_one_statement(cast, django_assert_num_queries):
    days = [ClosedDay(on=date(2026, 12, n), organization=cast.shiomi, name=f"{n}日") for n in (1, 2, 3)]
    with django_assert_num_queries(1):
        keys = Insertion(ClosedDay).put(*days)
    assert [ClosedDay.objects.get(pk=pk).name for pk in keys] == ["1日", "2日", "3日"]
    assert Insertion(ClosedDay).put() == []


def test_many_rows_come_in_by_parts(cast, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("opsdesk.lib.statement.AT_ONCE", 2)
    days = [ClosedDay(on=date(2026, 12, n), organization=cast.shiomi, name=f"{n}日") for n in (1, 2, 3)]
    with django_assert_num_queries(2):
        assert len(Insertion(ClosedDay).put(*days)) == 3
    assert ClosedDay.objects.filter(on__month=12).count() == 3


def test_a_row_that_is_there_stays_as_it_is(cast):
    def word(key, code):
        return Notice(person=cast.ono, key=key, code=code, created_at=datetime(2026, 11, 24, tzinfo=UTC))

    notices = Insertion(Notice, over=["person", "key"])
    notices.put(word("a", "前"))
    assert len(notices.put(word("a", "後"), word("b", "後"))) == 1
    assert list(Notice.objects.order_by("key").values_list("key", "code")) == [("a", "前"), ("b", "後")]


def test_what_is_about_a_row_comes_in_with_it(cast, django_assert_num_queries):
    def words(kind, of, text):
        at = datetime(2026, 11, 24, tzinfo=UTC)
        return SearchText(kind=kind, of=of, at=at, text=text, folded=text, context="")

    rows, days = Insertion(SearchText, over=["kind", "of"], update=["text"]), Insertion(ClosedDay)
    rows.put(words("case", 7, "前"))
    day = ClosedDay(on=date(2026, 12, 28), organization=cast.shiomi, name="休庁")
    about, more = [words("task", None, "100%の")], [words("case", 7, "後")]
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
        pk = days.put_beside(day, rows, about=about, key=("of",), more=more)
    found = SearchText.objects.order_by("kind").values_list("kind", "of", "text")
    assert list(found) == [("case", 7, "後"), ("task", pk, "100%の")]
    assert ClosedDay.objects.get(pk=pk).name == "休庁"
    other = ClosedDay(on=date(2026, 12, 29), organization=cast.shiomi, name="休庁")
    assert days.put_beside(other, rows, about=[], key=("of",)) != pk
    assert ClosedDay.objects.filter(name="休庁").count() == 2 and SearchText.objects.count() == 2


def test_what_a_field_prepares_is_prepared(cast):
    """A lazy text and a choice stand as what they say; a document as JSON."""
    at = datetime(2026, 11, 24, tzinfo=UTC)
    row = Notice(
        person=cast.ono, key=gettext_lazy("閉じる"), code=Task.State.DONE, data={"数": 1}, created_at=at
    )
    [pk] = Insertion(Notice).put(row)
    found = Notice.objects.get(pk=pk)
    assert (found.key, found.code, found.data, found.created_at) == ("閉じる", "done", {"数": 1}, at)


def test_a_row_that_may_not_be_there_is_refused(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Insertion(ClosedDay).put(ClosedDay(on=date(2026, 12, 28), organization=cast.shiomi, name=None))
