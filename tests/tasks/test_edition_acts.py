"""A draft as a whole: made, undone, discarded."""

import pytest

from opsdesk.audit.models import Event
from raci import drafting
from raci.content import rows_of
from raci.models import Edition
from tests.make import at
from tests.tasks.grids import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def morning(time_machine):
    time_machine.move_to(at(10), tick=False)


@pytest.fixture
def draft(edition, cast, morning):
    draft = drafting.revise(edition, by=cast.morishita, at=at(9))
    return drafting.save(draft, rows_of(draft)[:-1], by=cast.morishita, at=at(9, 30))


def test_a_draft_is_made(client, edition, cast, morning):
    client.force_login(cast.morishita)
    answer = client.post("/editions/revise/", follow=True)
    assert answer.redirect_chain == [("/editions/2/", 302)]
    assert "第2版の改定案を作りました。" in answer.content.decode()
    draft = Edition.objects.get(number=2)
    assert (draft.based_on, draft.saved_by) == (edition, cast.morishita)
    assert rows_of(draft) == rows_of(edition)
    client.force_login(cast.kubo)
    client.post("/editions/revise/", {"based_on": "2"})
    assert Edition.objects.get(number=3).based_on == draft


def test_of_an_empty_installation(client, cast, morning):
    client.force_login(cast.kubo)
    assert "分担表を取り込む" in client.get("/matrix/").content.decode()
    assert client.post("/editions/revise/").url == "/editions/1/"
    assert Edition.objects.get().based_on is None


def test_who_may_not_make_one(client, edition, cast, morning):
    for person in (cast.sato, cast.ono, cast.ishii):
        client.force_login(person)
        assert client.post("/editions/revise/").status_code == 403
    client.force_login(cast.morishita)
    assert client.get("/editions/revise/").url == "/editions/"
    assert client.post("/editions/revise/", {"based_on": "9"}).status_code == 404
    assert client.put("/editions/revise/").status_code == 405
    assert Edition.objects.count() == 1


def test_the_last_saving_is_undone(client, draft, edition, cast):
    client.force_login(cast.miura)
    assert "元に戻す" in client.get("/editions/2/").content.decode()
    answer = client.post("/editions/2/undo/", {"version": "1"}, follow=True)
    assert "最後の保存を元に戻しました。" in words(answer.content.decode())
    assert rows_of(draft) == rows_of(edition)
    assert "元に戻す" not in words(answer.content.decode())
    answer = client.post("/editions/2/undo/", {"version": "2"}, follow=True)
    assert "元に戻せる保存がありません。" in answer.content.decode()


def test_an_undo_of_what_another_saved_meanwhile(client, draft, cast):
    drafting.save(draft, rows_of(draft)[:-1], by=cast.miura, at=at(9, 40))
    client.force_login(cast.morishita)
    answer = client.post("/editions/2/undo/", {"version": "1"}, follow=True)
    assert "三浦 健一 がこの改定案を先に保存しました" in answer.content.decode()
    assert len(rows_of(draft)) == 58


def test_a_draft_is_discarded(client, draft, cast):
    client.force_login(cast.morishita)
    page = client.get("/editions/2/discard/").content.decode()
    assert "改定案 第2版 を破棄する" in page
    answer = client.post("/editions/2/discard/", {"reason": " "})
    assert answer.status_code == 422 and "破棄の理由を書いてください。" in answer.content.decode()
    answer = client.post("/editions/2/discard/", {"reason": "作り直す"}, follow=True)
    assert answer.redirect_chain == [("/editions/", 302)]
    draft.refresh_from_db()
    assert draft.state == "discarded"
    assert Event.objects.about(draft).first().data["reason"] == "作り直す"
    answer = client.post("/editions/2/discard/", {"reason": "もう一度"})
    assert answer.status_code == 409 and "もう一度" in answer.content.decode()


@pytest.mark.parametrize("act", ["undo", "discard"])
def test_doors(client, draft, cast, act):
    for person in (cast.sato, cast.ono):
        client.force_login(person)
        assert client.post(f"/editions/2/{act}/", {"reason": "x"}).status_code == 403
    client.force_login(cast.morishita)
    assert client.post(f"/editions/9/{act}/", {"reason": "x"}).status_code == 404
    assert client.put(f"/editions/2/{act}/").status_code == 405
    assert client.get("/editions/2/undo/").url == "/editions/2/"
    client.post("/editions/1/undo/")
    assert Edition.objects.get(number=1).state == "published"
