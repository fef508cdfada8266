"""FastTable draws what django-tables2 draws, escapes everything, and says which columns are slow."""

import re

import django_tables2 as tables
import pytest
from django.test import RequestFactory
from django.utils.html import format_html

from opsdesk.lib.tables import FastTable
from tasks.models import Task
from tests.make import make_task

EVIL = '<script>alert("x")</script>'


class Stock(tables.Table):
    """Every kind of column that a list of ours has."""

    pk = tables.Column(verbose_name="ID")
    state = tables.Column(verbose_name="状態")  # choices: the label
    remark = tables.Column(verbose_name="所見", attrs={"td": {"class": "r"}})
    who = tables.Column(accessor="assignee__name", verbose_name="担当者", default="なし")
    linked = tables.Column(accessor="duty__work", verbose_name="作業", empty_values=())
    shout = tables.Column(accessor="remark", verbose_name="大声", default="—")
    hidden = tables.Column(accessor="pk", verbose_name="画面だけ", exclude_from_export=True)

    class Meta:
        model = Task
        fields = ()

    def render_linked(self, record):
        return format_html('<a href="/tasks/{}/">{}</a>', record.pk, record.duty.work)

    def value_linked(self, record):
        return record.duty.work

    def render_shout(self, value):
        return value.upper()


class Fast(FastTable, Stock):
    class Meta(Stock.Meta):
        pass


class Slow(FastTable):
    plain = tables.Column(accessor="remark")
    odd = tables.Column(accessor="remark")
    linked = tables.Column(accessor="remark", linkify=lambda record: "/x/")
    boxes = tables.CheckBoxColumn(accessor="pk")

    def render_odd(self, value, column):
        return value


@pytest.fixture
def rows(cast, edition):
    make_task(9, remark=EVIL, assignee=cast.sato)
    make_task(7, remark="", serial=1)
    make_task(9, remark="abc", serial=2, assignee=cast.ono, state="skipped")
    return Task.objects.select_related("duty", "assignee").order_by("pk")


def cells(html):
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr.*?</tr>", html, re.S)]


def test_it_works(rows):
    """The cells are those that stock tables2 puts into its rows."""
    stock = [[str(cell) for cell in row.cells] for row in Stock(rows).rows]
    fast = Fast(rows)
    fast.paginate(per_page=50)
    drawn = cells(fast.body())
    assert len(drawn) == 3
    plain = [
        [c.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"') for c in row] for row in drawn
    ]
    assert plain == stock
    assert plain[1][3] == "なし"
    assert plain[0][1] == "未完了"


def test_values_are_those_of_stock(rows):
    assert list(Fast(rows).as_values()) == list(Stock(rows).as_values())
    assert [row[-1] for row in Fast(rows).as_values()] == ["大声", EVIL.upper(), None, "ABC"]
    assert list(Fast(rows).as_values(exclude_columns=("shout",)))[0] == [
        "ID",
        "状態",
        "所見",
        "担当者",
        "作業",
    ]


def test_text_is_escaped_and_columns_are_labelled(rows):
    body = Fast(rows).body()
    assert "<script>" not in body
    assert body.count("&lt;script&gt;") == 1
    assert body.count("&lt;SCRIPT&gt;") == 1
    assert '<td data-l="所見" class="r">' in body


def test_slow_columns_are_named_and_still_right(rows):
    table = Slow(rows)
    assert Fast(rows).stock_columns() == []
    assert table.stock_columns() == ["odd", "linked", "boxes"]
    first = cells(table.body())[2]
    assert first[:3] == ["abc", "abc", '<a href="/x/">abc</a>']
    assert 'type="checkbox"' in first[3]


def test_export_walks_all_rows_not_the_page(rows):
    table = Fast(rows)
    table.request = RequestFactory().get("/")
    table.paginate(per_page=1)
    assert len(cells(table.body())) == 1
    assert len(list(table.as_values())) == 4


def test_a_list_of_records_works_too(rows):
    table = Fast(list(rows))
    assert len(cells(table.body())) == len(list(table.as_values())) - 1 == 3
