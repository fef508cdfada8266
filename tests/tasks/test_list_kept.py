"""A page of the list that is asked again answers from what is kept as it answers when it is asked anew."""

import re

import pytest
import time_machine

from opsdesk.accounts.models import Membership
from opsdesk.lib import keptlist
from tasks.models import Task
from tests.make import at, make_task

pytestmark = pytest.mark.django_db
KEPT = (
    "",
    "?state=any",
    "?state=done&sort=-due",
    "?duty=9&due_to=R8.12.1",
    "?q=点検&team=operations&mark=main",
)
FRESH = ("?state=overdue", "?state=today", "?state=upcoming", "?scope=mine", "?state=astray", "?due_from=x")
ASKED = {"sato", "ono", "morishita", "ishii"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False) as clock:
        yield clock


@pytest.fixture
def look(client, cast, edition):
    def ask(login, query=""):
        client.force_login(getattr(cast, login))
        response = client.get(f"/tasks/{query}")
        assert response.status_code == 200
        return re.sub(r"[0-9A-Za-z]{64}", "", response.content.decode())  # without the tokens of its forms

    return ask


def links(page):
    return [m.replace("&amp;", "&") for m in re.findall(r'rel="next" href="([^"]+)"', page)]


def test_it_answers_as_anew(look, cast):
    for serial in range(60):
        make_task(9, serial=serial)
        make_task(8, serial=serial, organization=cast.shiomi)
    make_task(9, serial=99, state="done", closed_at=at(9), done_on="2026-11-24")
    anew = {}
    for login in ASKED:
        for query in (*KEPT, *FRESH, *links(look(login))):
            keptlist.forget()
            anew[login, query] = look(login, query)
    keptlist.forget()
    for _turn in range(2):
        assert {key: look(*key) for key in anew} == anew
    shown = sum(1 for (_login, query), page in anew.items() if query not in FRESH and "data-items" in page)
    assert len(keptlist._kept) == shown > 12
    assert len({anew[login, ""] for login in ASKED}) == len(ASKED)


def test_rows_are_never_kept(look, cast, django_assert_num_queries):
    task = make_task(9)
    assert "No.9" in look("sato")
    other = make_task(7)
    assert f'name="task" value="{other.pk}"' in look("sato")
    Task.objects.filter(pk=task.pk).update(state="done", closed_at=at(9), done_on="2026-11-24")
    assert f'name="task" value="{task.pk}"' not in look("sato")


def test_a_page_whose_rows_went_away_is_the_first(look):
    made = [make_task(9, serial=serial) for serial in range(60)]
    beyond = links(look("sato"))[0]
    assert f'name="task" value="{made[59].pk}"' in look("sato", beyond)
    Task.objects.filter(serial__gte=50).update(state="skipped")
    assert f'name="task" value="{made[0].pk}"' in look("sato", beyond)


def test_it_lasts_a_minute(look, monkeypatch):
    make_task(9)
    look("sato")
    key = next(iter(keptlist._kept))
    assert keptlist.find(key) is not None
    monkeypatch.setattr(keptlist, "monotonic", lambda: keptlist._kept[key].until)
    assert keptlist.find(key) is None


def test_who_leaves_a_team_sees_its_tasks_no_more(look, cast):
    make_task(9)
    assert "No.9 日常点検の実施" in look("sato")
    Membership.objects.filter(user=cast.sato).update(team=cast.team["helpdesk"])
    assert "No.9 日常点検の実施" not in look("sato")
