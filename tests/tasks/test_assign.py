"""progress.assign: one of the team of today."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from opsdesk.accounts.models import Membership
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Task
from tests.make import TODAY, at, make_task


def assign(task, cast, to, by="sato", team="operations"):
    return progress.assign(task, by=getattr(cast, by), team=cast.team[team], at=at(), to=to)


def test_it_works(cast, edition):
    task = make_task(9)
    assign(task, cast, cast.takahashi)
    assert Task.objects.get(pk=task.pk).assignee == cast.takahashi
    assert Event.objects.about(task).get().data["assignee"] == "高橋 亮"
    assign(task, cast, None)
    assert Task.objects.get(pk=task.pk).assignee is None


def test_not_to_somebody_outside_the_team(cast, edition):
    Membership.objects.filter(user=cast.takahashi).update(ends_on=TODAY - timedelta(1))
    for person in (cast.ishii, cast.takahashi):
        with pytest.raises(Refusal, match="所属していません"):
            assign(make_task(9), cast, person)
        Task.objects.all().delete()


def test_not_by_a_team_without_the_mark(cast, edition):
    with pytest.raises(PermissionDenied):
        assign(make_task(9), cast, cast.morishita, "morishita", "union")


def test_the_page(client, cast, edition):
    task = make_task(9)
    client.force_login(cast.sato)
    url = f"/tasks/{task.pk}/assign/"
    text = client.get(url).content.decode()
    assert "高橋 亮(業務運用)" in text and "石井" not in text
    member = Membership.objects.get(user=cast.takahashi)
    assert client.post(url, {"to": member.pk, "version": "0"}).status_code == 302
    assert Task.objects.get(pk=task.pk).assignee == cast.takahashi
    assert client.post(url, {"to": "", "version": "0"}).status_code == 409
    assert client.post(url, {"to": Membership.objects.get(user=cast.ishii).pk}).status_code == 409
    client.force_login(cast.morishita)
    assert client.get(url).status_code == 403
