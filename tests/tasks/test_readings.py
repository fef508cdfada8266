"""本システムの設定: what is our reading, and who confirmed it."""

import re

import pytest

from raci import drafting
from raci.confirmations import confirm, standing
from raci.content import rows_of
from raci.editions import publish
from raci.models import Confirmation
from tests.make import TODAY, at, duty

URL = "/settings/readings/"


@pytest.fixture
def ask(client, edition, holidays, time_machine):
    """ask(person, **query) → the page's words at TODAY 9:00, without its tags."""
    time_machine.move_to(at(9), tick=False)

    def get(person, **query):
        client.force_login(person)
        response = client.get(URL, query)
        assert response.status_code == 200
        return words(response)

    return get


def words(response):
    main = re.search(r"<main.*</main>", response.content.decode(), re.S).group()
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def values(client, **query):
    """The values of the boxes that one may check."""
    return re.findall(r'name="confirm" value="([^"]+)"', client.get(URL, query).content.decode())


def test_it_works(ask, cast, client):
    text = ask(cast.morishita)
    assert "未確認 57件 / 全57件 第1版" in text
    row = text.split("No.29 オペレーション依頼書")[1].split("No.30")[0]
    assert "月次 前月の第4開庁日に開始、前月の第9開庁日 17:15まで 12/11(金) 、 1/15(金) 、 2/12(金)" in row
    assert "構成団体ごと 順に署名: 構成団体 → 業務運用(最後の署名で完了) 未確認 確認済にする" in row
    assert "No.16" in text and "レベル1 1時間 / レベル2 2時間" in text
    assert len(values(client)) == 57


def test_the_source_is_ambiguous(ask, cast):
    text = ask(cast.ono)
    part = text.split("本システムの読み方", 1)[1]
    assert "7. 見出しの行 No.6・10・17 は見出しで" in part
    assert "No.6 No.9 No.10 No.17 No.24 No.25 No.26 未確認" in part
    assert "No.16 障害レベル、業務影響範囲の確認 1時間 2時間 4時間 1開庁日" in part
    assert "開庁時間(開庁日の 8:30〜17:15)" in part


@pytest.mark.parametrize("who", ["ono", "sato"])
def test_others_read_only(ask, cast, client, who):
    text = ask(getattr(cast, who))
    assert "未確認 57件" in text and "確認済にする" not in text
    assert not values(client)


def test_checked_ones_are_confirmed(ask, cast, client):
    ask(cast.morishita)
    chosen = [v for v in values(client) if v.startswith(("duty-1-", "duty-29-"))]
    response = client.post(f"{URL}confirm/?cycle=monthly", {"confirm": chosen, "note": "11月の会議"})
    assert (response.status_code, response.url) == (302, f"{URL}?cycle=monthly")
    text = ask(cast.ono)
    assert "未確認 55件 / 全57件" in text
    assert "確認済 11/24(火) 森下 由佳 11月の会議" in text
    assert text.index("No.60") < text.index("No.1 ASP")  # the unconfirmed first


def test_one_by_its_button(ask, cast, client):
    ask(cast.kubo)
    chosen = values(client)
    client.post(f"{URL}confirm/", {"only": chosen[0], "confirm": chosen[1:5]})
    assert [c.key for c in Confirmation.objects.all()] == [1]


def test_a_reading_and_back(ask, cast, client):
    ask(cast.morishita)
    html = client.get(URL).content.decode()
    value = re.search(r'name="only" value="(reading-3-\w+)"', html).group(1)
    client.post(f"{URL}confirm/", {"only": value})
    assert {place[:2] for place in standing()} == {("reading", 3)}
    client.post(f"{URL}unconfirm/", {"only": value})
    assert not standing() and Confirmation.objects.count() == 2


def test_nothing_checked(ask, cast, client):
    ask(cast.morishita)
    response = client.post(f"{URL}confirm/", {"note": "メモ"})
    assert response.status_code == 422
    assert "確認する設定を選んでください。" in words(response)
    assert 'value="メモ"' in response.content.decode()


def test_what_changed_meanwhile_is_refused_and_nothing_done(ask, cast, client):
    ask(cast.morishita)
    chosen = values(client)[:2]
    stale = f"{chosen[1][:-64]}{'0' * 64}"
    response = client.post(f"{URL}confirm/", {"confirm": [chosen[0], stale]})
    assert response.status_code == 409 and "No.2は、表示したあとに設定が変わっています" in words(response)
    assert not Confirmation.objects.exists()
    assert re.search(rf'value="{chosen[0]}"[^>]* checked', response.content.decode())


@pytest.mark.parametrize("value", ["", "duty-999-" + "0" * 64, "duty-6-" + "0" * 64, "x", "duty-1-zz"])
def test_nonsense(ask, cast, client, value):
    ask(cast.morishita)
    assert client.post(f"{URL}confirm/", {"only": value}).status_code in (409, 422)
    assert client.post(f"{URL}unconfirm/", {"only": value}).status_code in (409, 422)


def test_somebody_was_faster(ask, cast, client):
    ask(cast.morishita)
    chosen = values(client)[:2]
    confirm(duty(1), by=cast.miura, at=at(8))
    response = client.post(f"{URL}confirm/", {"confirm": chosen}, follow=True)
    assert "1件は、ほかの人がすでに確認していました。" in words(response)
    assert Confirmation.objects.count() == 2


def test_filters(ask, cast):
    confirm(duty(8), by=cast.miura, at=at(8))
    assert ask(cast.sato, cycle="daily").count("毎開庁日、当日17:15まで") == 3
    assert "No.9 " not in ask(cast.sato, cycle="daily", state="confirmed").split("分担表の記載")[0]
    assert (
        "No.32" in ask(cast.sato, q="起動") and "No.40" not in ask(cast.sato, q="起動").split("分担表の")[0]
    )
    assert "この条件に合う設定はありません" in ask(cast.sato, q="どこにもない")
    assert "未確認 56件" in ask(cast.sato, state="x", cycle="y", edition="z")


def test_of_an_edition_to_come_and_of_a_draft(ask, cast, client):
    rows = rows_of(duty(1).edition)
    rows[0]["schedule"]["due_n"] = 20
    draft = drafting.revise(duty(1).edition, rows=rows, by=cast.morishita, at=at(8))
    confirm(duty(1), by=cast.miura, at=at(8))
    assert "未確認 57件 / 全57件 第2版(改定案)" in ask(cast.morishita, edition="2")
    assert "前月20日" in ask(cast.morishita, edition="2")
    assert "前月25日" in ask(cast.sato, edition="2")  # drafts are not for everybody
    client.force_login(cast.morishita)
    value = next(v for v in values(client, edition="2") if v.startswith("duty-1-"))
    client.post(f"{URL}confirm/?edition=2", {"only": value})
    assert "未確認 56件" in ask(cast.morishita, edition="2")
    publish(draft, by=cast.miura, at=at(9), in_force_on=TODAY.replace(month=12, day=1))
    assert "前月20日" in ask(cast.sato, edition="2")


def test_doors(client, cast, edition):
    for path in ("confirm/", "unconfirm/"):
        for who in (cast.ono, cast.sato):
            client.force_login(who)
            assert client.post(URL + path).status_code == 403
        client.force_login(cast.morishita)
        assert client.get(URL + path).status_code == 302
        assert client.put(URL + path).status_code == 405
    assert client.post(URL).status_code == 405
    client.logout()
    assert client.get(URL).status_code == 302


def test_before_the_first_edition(client, cast):
    client.force_login(cast.morishita)
    assert "分担表" in client.get(URL).content.decode()
    assert client.post(f"{URL}confirm/", {"only": "duty-1-" + "0" * 64}).status_code in (200, 409)


def test_few_statements(client, edition, cast, django_assert_max_num_queries):
    for number in range(18, 60):
        confirm(duty(number), by=cast.morishita, at=at())
    client.force_login(cast.morishita)
    client.get(URL)
    with django_assert_max_num_queries(12):
        client.get(URL)
