"""progress.sign: in order, each the own fields, the last one closes."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from raci.models import Signer
from tasks import progress
from tasks.models import Signature, Task
from tests.make import TODAY, at, make_task

LINES = {"lines": [{"process": "国保", "process_on": "R8.11.24", "deliver_on": "R8.11.25"}]}


@pytest.fixture
def task(cast, edition, holidays):
    return make_task(29, cast.shiomi, period_on=date(2026, 11, 1), due_on=TODAY)


def sign(task, cast, person="ono", team="shiomi", when=None, **given):
    return progress.sign(task, by=getattr(cast, person), team=cast.team[team], at=when or at(), **given)


def test_it_works(cast, task):
    sign(task, cast, answers=LINES)
    task.refresh_from_db()
    assert task.is_open and task.answers["lines"][0]["deliver_on"] == "2026-11-25"
    closed = sign(task, cast, "sato", "operations", at(10))
    assert (closed.state, closed.closed_for, closed.outcome) == ("done", cast.team["operations"], "normal")
    assert [(s.position, s.by) for s in Signature.objects.order_by("position")] == [
        (1, cast.ono),
        (2, cast.sato),
    ]
    codes = [e.code for e in Event.objects.about(task)]
    assert codes == ["task.signed", "task.closed", "task.signed"]


def test_not_before_it_is_my_turn(cast, task):
    with pytest.raises(Refusal, match="「汐見市」の番"):
        sign(task, cast, "sato", "operations")


def test_not_another_municipality(cast, task):
    with pytest.raises(PermissionDenied):
        sign(task, cast, "makino", "kirihara", answers=LINES)
    with pytest.raises(PermissionDenied):
        sign(task, cast, "ono", "kirihara", answers=LINES)


def test_own_fields_are_required_and_then_frozen(cast, task):
    with pytest.raises(Refusal) as refused:
        sign(task, cast)
    assert set(refused.value.errors) == {"lines"}
    sign(task, cast, answers=LINES)
    with pytest.raises(PermissionDenied):
        progress.save_answers(task, by=cast.ono, team=cast.team["shiomi"], at=at(10), answers={"lines": []})
    with pytest.raises(PermissionDenied):
        sign(task, cast, "sato", "operations", answers={"lines": []})


def test_no_request_this_month_is_signed_too(cast, task):
    sign(task, cast, answers={"lines": [], "no_request": True})
    assert Task.objects.get(pk=task.pk).answers["no_request"] is True


def test_the_union_signs_for_a_team_with_a_reason(cast, task):
    with pytest.raises(Refusal, match="代行の理由"):
        sign(task, cast, "morishita", "shiomi", answers=LINES)
    sign(task, cast, "morishita", "shiomi", answers=LINES, reason="紙で受け取ったため")
    assert Signature.objects.get().is_proxy
    with pytest.raises(PermissionDenied):
        sign(task, cast, "sato", "shiomi")


def test_a_signature_twice_is_refused(cast, task):
    sign(task, cast, answers=LINES)
    with pytest.raises(Refusal, match="「業務運用」の番"):
        sign(task, cast, "horie", "shiomi")
    assert Signature.objects.count() == 1


def test_reopening_takes_the_last_signature_back(cast, task):
    sign(task, cast, answers=LINES)
    closed = sign(task, cast, "sato", "operations", at(10))
    progress.reopen(closed, by=cast.sato, team=cast.team["operations"], at=at(11), reason="誤り")
    assert list(Signature.objects.filter(void_at=None).values_list("position", flat=True)) == [1]
    sign(task, cast, "takahashi", "operations", at(12))


def test_the_page_for_each(client, cast, task):
    with time_machine.travel(at(11), tick=False):
        client.force_login(cast.sato)
        text = client.get(f"/tasks/{task.pk}/").content.decode()
        assert "署名を記録する" not in text and "いまは「汐見市」の番です" in text
        client.force_login(cast.ono)
        text = client.get(f"/tasks/{task.pk}/").content.decode()
        assert "あなたの番です" in text and "署名を記録する" in text
        typed = {
            "f-lines-0-process": "国保",
            "f-lines-0-process_on": "2026/11/24",
            "f-lines-0-deliver_on": "",
            "version": "0",
        }
        page = client.post(f"/tasks/{task.pk}/sign/", typed)
        assert page.status_code == 422 and "明細1行目 納品日を入力してください。" in page.content.decode()
        typed["f-lines-0-deliver_on"] = "2026/11/25"
        assert client.post(f"/tasks/{task.pk}/sign/", typed).status_code == 302
        client.force_login(cast.sato)
        text = client.get(f"/tasks/{task.pk}/").content.decode()
        assert "署名待ち 業務運用" in text and "差し戻す" in text
        assert (
            client.post(
                f"/tasks/{task.pk}/sign/", {"decision": "sign", "outcome": "normal", "version": "1"}
            ).status_code
            == 302
        )
    assert Task.objects.get(pk=task.pk).state == "done"


def test_three_sign_each_their_own(cast, edition):
    assert [s.role.code for s in Signer.objects.filter(duty__number=23)] == ["union", "package", "member"]
    task = make_task(23, cast.shiomi)
    sign(task, cast, "morishita", "union", answers={"data": "住民記録", "restore_point": "11/23 夜"})
    with pytest.raises(PermissionDenied):
        sign(task, cast, "ogawa", "package", answers={"data": "ほか"})
    sign(
        task, cast, "ogawa", "package", answers={"count_before": "10", "count_after": "10", "backed_up": True}
    )
    assert sign(task, cast, "ono", "shiomi", answers={"result": "OK"}).state == "done"
