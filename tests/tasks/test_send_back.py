"""progress.send_back: to an earlier signer, with a reason; the signatures from there on are void."""

from datetime import date

import pytest
import time_machine

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Signature, Task
from tests.make import TODAY, at, make_task

LINES = {"lines": [{"process": "国保", "process_on": "R8.11.24", "deliver_on": "R8.11.25"}]}


@pytest.fixture
def task(cast, edition, holidays):
    task = make_task(29, cast.shiomi, period_on=date(2026, 11, 1), due_on=TODAY)
    return progress.sign(task, by=cast.ono, team=cast.team["shiomi"], at=at(9), answers=LINES)


def send_back(task, cast, person="sato", team="operations", **given):
    return progress.send_back(
        task,
        **{
            "by": getattr(cast, person),
            "team": cast.team[team],
            "at": at(10),
            "to": 1,
            "reason": "納品日が早い",
            **given,
        },
    )


def test_it_works(cast, task):
    send_back(task, cast)
    signature = Signature.objects.get()
    assert (signature.void_at, signature.void_reason) == (at(10), "納品日が早い")
    event = Event.objects.about(task).first()
    assert event.code == "task.sent_back" and event.data["voided"] == 1
    progress.save_answers(task, by=cast.ono, team=cast.team["shiomi"], at=at(11), answers={"lines": []})
    progress.sign(task, by=cast.ono, team=cast.team["shiomi"], at=at(12), answers=LINES)
    assert Signature.objects.filter(void_at=None).count() == 1 and Signature.objects.count() == 2


@pytest.mark.parametrize("given, key", [({"reason": " "}, "reason"), ({"to": 2}, "to"), ({"to": 0}, "to")])
def test_reason_and_an_earlier_signer_are_needed(cast, task, given, key):
    with pytest.raises(Refusal) as refused:
        send_back(task, cast, **given)
    assert set(refused.value.errors) == {key} and Signature.objects.get().void_at is None


def test_only_by_the_one_whose_turn_it_is(cast, task):
    with pytest.raises(Refusal, match="「業務運用」の番"):
        send_back(task, cast, "ono", "shiomi")


def test_the_page(client, cast, task):
    with time_machine.travel(at(10), tick=False):
        client.force_login(cast.sato)
        url = f"/tasks/{task.pk}/sign/"
        page = client.post(url, {"decision": "return", "to": "1", "reason": "", "version": "1"})
        assert page.status_code == 422 and "差し戻す理由" in page.content.decode()
        assert (
            client.post(
                url, {"decision": "return", "to": "1", "reason": "納品日が早い", "version": "1"}
            ).status_code
            == 302
        )
        client.force_login(cast.ono)
        text = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "差戻しの理由" in text and "納品日が早い" in text and "第2回" in text or "無効" in text
    assert Task.objects.get(pk=task.pk).is_open
