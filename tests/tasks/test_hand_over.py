"""progress.hand_over: all open tasks of a person to another."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from opsdesk.accounts import people
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Task
from tests.cast import make_user
from tests.make import at, make_task


@pytest.fixture
def tasks(cast, edition):
    found = [make_task(7), make_task(9)]
    for task in found:
        progress.take(task, by=cast.sato, team=cast.team["operations"], at=at())
    progress.take(make_task(8, cast.shiomi), by=cast.ono, team=cast.team["shiomi"], at=at())
    return found


def test_it_works(cast, tasks):
    progress.hand_over(cast.sato, to=cast.takahashi, by=cast.kubo, at=at(10))
    assert {t.assignee for t in Task.objects.filter(pk__in=[t.pk for t in tasks])} == {cast.takahashi}
    assert Task.objects.get(key=8).assignee == cast.ono
    events = Event.objects.filter(code="task.handed_over")
    assert events.count() == 2 and events[0].data == {"person": "佐藤 美咲", "to": "高橋 亮"}


def test_back_to_the_team(cast, tasks):
    progress.hand_over(cast.sato, to=None, by=cast.kubo, at=at(10))
    assert not Task.objects.filter(assignee=cast.sato).exists()


def test_not_to_somebody_who_may_not_do_them(cast, tasks):
    with pytest.raises(Refusal, match="石井 大輔 は No.7"):
        progress.hand_over(cast.sato, to=cast.ishii, by=cast.kubo, at=at(10))
    assert Task.objects.filter(assignee=cast.sato).count() == 2
    with pytest.raises(Refusal):
        progress.hand_over(cast.sato, to=cast.sato, by=cast.kubo, at=at(10))


def test_by_an_administrator_or_the_approver_of_the_team(cast, tasks):
    boss = make_user("boss", "部長", team=cast.team["operations"], is_approver=True)
    for person in (cast.takahashi, cast.horie, cast.miura):
        with pytest.raises(PermissionDenied):
            progress.hand_over(cast.sato, to=cast.takahashi, by=person, at=at(10))
    assert len(progress.hand_over(cast.sato, to=cast.takahashi, by=boss, at=at(10))) == 2


def test_nobody_leaves_with_open_tasks(cast, tasks):
    with pytest.raises(people.StillBusy, match="2 件"):
        people.deactivate(cast.sato, by=cast.kubo, at=at(10))
    people.deactivate(cast.sato, by=cast.kubo, at=at(10), to=cast.takahashi)
    assert Task.objects.filter(assignee=cast.takahashi).count() == 2


def test_the_page(client, cast, tasks):
    url = f"/people/{cast.sato.pk}/handover/"
    with time_machine.travel(at(11), tick=False):
        client.force_login(cast.takahashi)
        assert client.get(url).status_code == 403
        client.force_login(cast.kubo)
        text = client.get(url).content.decode()
        assert (
            "2件" in text and "高橋 亮" in text and "日常点検" not in text
        )  # an administrator sees no content
        assert client.post(url, {"to": ""}).status_code == 409
        assert client.post(url, {"to": str(cast.ishii.pk)}).status_code == 409
        assert client.post(url, {"to": str(cast.takahashi.pk)}).status_code == 302
    assert Task.objects.filter(assignee=cast.takahashi).count() == 2
