"""progress.skip: 対象外, with a reason."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from raci.editions import publish
from raci.models import Assignment, Duty, Edition, Signer
from tasks import progress
from tasks.models import Task
from tests.make import TODAY, at, make_task


def test_it_works(cast, edition):
    task = make_task(9)
    progress.skip(task, by=cast.sato, team=cast.team["operations"], at=at(), reason="全停止のため")
    task.refresh_from_db()
    assert (task.state, task.reason, task.closed_by) == ("skipped", "全停止のため", cast.sato)
    assert Event.objects.about(task).get().data == {"reason": "全停止のため", "proxy": False}


def test_a_reason_is_needed(cast, edition):
    with pytest.raises(Refusal) as refused:
        progress.skip(make_task(9), by=cast.sato, team=cast.team["operations"], at=at(), reason=" ")
    assert refused.value.errors == {"reason": "対象外にする理由を入力してください。"}


def test_only_once_and_only_with_the_main_mark(cast, edition):
    task = make_task(9)
    with pytest.raises(PermissionDenied):
        progress.skip(task, by=cast.ono, team=cast.team["shiomi"], at=at(), reason="x")
    progress.skip(
        task, by=cast.morishita, team=cast.team["operations"], at=at(9), reason="業務運用が不在のため"
    )
    with pytest.raises(Refusal, match="9:00 に 森下 由佳.業務運用. が対象外"):
        progress.skip(task, by=cast.sato, team=cast.team["operations"], at=at(10), reason="x")
    task.refresh_from_db()
    assert task.is_proxy and task.closed_for == cast.team["operations"]


def test_the_page(client, cast, edition):
    task = make_task(9)
    client.force_login(cast.sato)
    url = f"/tasks/{task.pk}/skip/"
    assert client.get(url).status_code == 200
    page = client.post(url, {"reason": "", "version": "0"})
    assert page.status_code == 422 and "理由を入力してください" in page.content.decode()
    progress.take(task, by=cast.sato, team=cast.team["operations"], at=at())
    page = client.post(url, {"reason": "全停止", "version": "0"})
    assert page.status_code == 409 and "全停止" in page.content.decode()
    assert client.post(url, {"reason": "全停止", "version": "1"}).status_code == 302
    assert Task.objects.get(pk=task.pk).state == "skipped"
    client.force_login(cast.ono)
    assert client.get(url).status_code == 403


def test_a_signer_without_the_main_mark_does_not_skip(client, cast, edition):
    second = Edition.objects.create(number=2, created_at=at())
    duty = Duty.objects.create(
        edition=second, key=7, number=7, position=1, work="サーバ", cycle="daily", sharing="signers"
    )
    Assignment.objects.create(duty=duty, role=cast.role["operations"], mark="main")
    Assignment.objects.create(duty=duty, role=cast.role["package"], mark="related")
    for position, code in enumerate(("package", "operations"), 1):
        Signer.objects.create(duty=duty, position=position, role=cast.role[code])
    publish(second, by=None, at=at(), in_force_on=TODAY + timedelta(1))
    task = make_task(7, due_on=TODAY + timedelta(1))
    given = {"at": at(9, on=task.due_on), "reason": "x"}
    with pytest.raises(PermissionDenied):
        progress.skip(task, by=cast.ogawa, team=cast.team["package"], **given)
    with time_machine.travel(given["at"], tick=False):
        for person, status in (("ogawa", 403), ("sato", 200)):
            client.force_login(getattr(cast, person))
            assert client.get(f"/tasks/{task.pk}/skip/").status_code == status
            page = client.get(f"/tasks/{task.pk}/").content.decode()
            assert (f"/tasks/{task.pk}/skip/" in page) == (status == 200)
    progress.skip(task, by=cast.sato, team=cast.team["operations"], **given)
