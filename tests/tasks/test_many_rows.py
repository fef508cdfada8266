"""A sheet of 300 rows: 業務の状態, 本システムの設定 and the year's list in pages, in as many statements."""

import re
from copy import deepcopy
from datetime import date

import pytest

from opsdesk.accounts.models import Organization
from raci.content import rows_of
from raci.drafting import revise
from raci.editions import publish
from tests.make import TODAY, at

HEALTH, READINGS, YEAR = "/health/", "/settings/readings/", "/year/2026/?view=list"


@pytest.fixture
def ask(client, cast, edition, holidays, time_machine):
    """ask(path) → the page, for the union; the edition in force has the 60 rows five times over."""
    time_machine.move_to(at(10), tick=False)
    Organization.objects.filter(pk=cast.union.pk).update(operation_starts_on=date(2026, 4, 1))
    rows = deepcopy(rows_of(edition))
    more = [
        {**row, "key": 1000 * n + row["key"], "number": 1000 * n + row["number"], "followups": []}
        | ({"parent": 1000 * n + row["parent"]} if "parent" in row else {})
        for n in range(1, 5)
        for row in deepcopy(rows)
    ]
    draft = revise(edition, by=cast.morishita, at=at(), rows=rows + more)
    publish(draft, by=cast.miura, at=at(9, on=date(2026, 11, 20)), in_force_on=TODAY)
    client.force_login(cast.morishita)
    return lambda path: client.get(path).content.decode()


def numbers(page):
    """The No. of the rows of the first table, in order."""
    table = re.search(r"<tbody.*?</tbody>", page, re.S).group()
    return re.findall(r"<tr.*?No\.(\d+)|<tr[^>]*>\s*<td>(\d+)</td>", table, re.S)


@pytest.mark.parametrize("path", [HEALTH, READINGS])
def test_pages(ask, path):
    pages = [ask(f"{path}?page={n}") for n in (1, 2, 3)]
    seen = [number for page in pages for number in numbers(page)]
    assert len(seen) == len(set(seen)) == 285 and "285件" in pages[0]
    assert ["次の100件" in page for page in pages] == [True, True, False]
    assert ["前の100件" in page for page in pages] == [False, True, True]
    assert numbers(ask(f"{path}?page=99")) == numbers(pages[2]), "beyond the last is the last"
    assert numbers(ask(f"{path}?page=x")) == numbers(pages[0]) == numbers(ask(f"{path}?page=-1"))
    assert len(numbers(ask(f"{path}?cycle=daily"))) == 15


def test_the_year(ask):
    page = ask(YEAR)
    assert len(numbers(page)) == 200 and "次の200件" in page
    assert "view=list" in re.search(r'rel="next" href="([^"]+)"', page).group(1)
    assert numbers(ask(f"{YEAR}&page=2")) != numbers(page)


def test_statements(ask, django_assert_max_num_queries):
    for path, budget in ((HEALTH, 10), (READINGS, 12), (YEAR, 10)):
        ask(path)
        with django_assert_max_num_queries(budget):
            ask(path)


def test_what_was_checked_stays_on_its_page(ask, client):
    values = re.findall(r'name="confirm" value="([^"]+)"', ask(f"{READINGS}?page=2"))
    assert len(values) == 100
    answer = client.post(f"{READINGS}confirm/?page=2", {"confirm": values[:3], "note": ""})
    assert answer.url.endswith("?page=2")
