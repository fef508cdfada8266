"""People are created, changed, deactivated and come back; nobody is deleted."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import ProtectedError

from opsdesk.accounts import people, startcodes
from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import StartCode
from opsdesk.accounts.seeding import first_administrator
from opsdesk.audit.models import Event
from opsdesk.audit.timeline import timeline_of
from opsdesk.lib.refusal import Refusal

AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@pytest.fixture
def busy(cast, monkeypatch):
    """Sato has open work; returns to whom it was handed."""
    taken = []

    def ask(person, *, to, by, at):
        if person == cast.sato and to is None:
            raise people.StillBusy("進行中の作業が3件あります。")
        taken.append(to)

    monkeypatch.setattr(people, "before_leaving", [ask])
    return taken


def test_it_works(cast):
    user = people.create(login="kato", name="加藤 葵", organization=cast.shiomi, by=cast.kubo, at=AT)
    assert (user.is_active, user.has_usable_password(), user.joined_at) == (True, False, AT)
    event = Event.objects.get()
    assert (event.code, event.stream) == ("account.created", "shiomi")


@pytest.mark.parametrize("login", ["sato", "SATO"])
def test_a_login_is_one_persons(cast, login):
    with pytest.raises(Refusal, match="すでに使われています"):
        people.create(login=login, name="別人", by=cast.kubo, at=AT)


def test_change(cast):
    people.change(cast.ono, by=cast.kubo, at=AT, name="大野 千晴", post="係長", is_staff=True)
    assert (
        timeline_of(cast.ono)[0].text
        == "氏名: 大野 千尋 → 大野 千晴\n職名: なし → 係長\n管理者: いいえ → はい"
    )
    with pytest.raises(Refusal, match="すでに"):
        people.change(cast.ono, by=cast.kubo, at=AT, login="sato")


def test_an_administrator_stays(cast):
    for lose in (
        lambda: people.change(cast.kubo, is_staff=False, by=cast.miura, at=AT),
        lambda: people.deactivate(cast.kubo, by=cast.miura, at=AT),
    ):
        with pytest.raises(Refusal, match="管理者がいなくなります"):
            lose()
    people.change(cast.ono, is_staff=True, by=cast.kubo, at=AT)
    people.change(cast.kubo, is_staff=False, by=cast.ono, at=AT)


def test_deactivate(cast, client):
    client.force_login(cast.takahashi)
    code = startcodes.issue(cast.takahashi, by=cast.kubo, at=AT)
    people.deactivate(cast.takahashi, by=cast.kubo, at=AT)
    cast.takahashi.refresh_from_db()
    assert not cast.takahashi.is_active
    assert not memberships_on(cast.takahashi, date(2026, 11, 23))
    assert startcodes.enter("takahashi", code, by=None, at=AT) is None
    assert client.get("/accounts/2fa/").status_code == 302
    people.reactivate(cast.takahashi, by=cast.kubo, at=AT)
    assert client.get("/accounts/2fa/").status_code == 302  # the old session does not come back
    assert startcodes.enter("takahashi", code, by=None, at=AT) is None


def test_deactivate_asks_who_takes_over(cast, busy):
    with pytest.raises(people.StillBusy, match="3件"):
        people.deactivate(cast.sato, by=cast.kubo, at=AT)
    cast.sato.refresh_from_db()
    assert cast.sato.is_active
    people.deactivate(cast.sato, to=cast.takahashi, by=cast.kubo, at=AT)
    assert busy == [cast.takahashi]
    assert timeline_of(cast.sato)[0].title == "利用を止め、作業を高橋 亮さんに引き継ぎました"


def test_deactivate_refuses(cast):
    for who, to, by in (
        (cast.sato, cast.sato, cast.kubo),
        (cast.sato, None, cast.sato),
    ):
        with pytest.raises(Refusal):
            people.deactivate(who, to=to, by=by, at=AT)
    people.deactivate(cast.sato, by=cast.kubo, at=AT)
    with pytest.raises(Refusal, match="すでに利用停止中"):
        people.deactivate(cast.sato, by=cast.kubo, at=AT)
    with pytest.raises(Refusal):
        people.deactivate(cast.takahashi, to=cast.sato, by=cast.kubo, at=AT)
    with pytest.raises(Refusal, match="利用中"):
        people.reactivate(cast.ono, by=cast.kubo, at=AT)


def test_nobody_is_deleted(cast):
    startcodes.issue(cast.ono, by=cast.kubo, at=AT)
    with pytest.raises(ProtectedError):
        cast.ono.delete()


def test_the_first_administrator(db):
    user, code = first_administrator(AT)
    assert (user.login, user.is_staff, user.is_superuser) == ("admin", True, False)
    again, newer = first_administrator(AT)
    assert again == user
    assert newer != code
    assert startcodes.enter("admin", code, by=None, at=AT) is None
    entered = startcodes.enter("admin", newer, by=None, at=AT)
    startcodes.use(entered, password="ame-nochi-hare-8", by=user, at=AT)
    assert first_administrator(AT) is None
    assert StartCode.objects.filter(used_at=None, expires_at__gt=AT).count() == 0


def test_no_first_administrator_where_there_are_people(cast):
    assert first_administrator(AT) is None
