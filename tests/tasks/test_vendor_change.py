"""A vendor change on a day: access passes at 00:00, open work and history with it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from opsdesk.accounts import memberships, teams
from opsdesk.accounts.models import Membership, Organization, Team
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Task
from tests.cast import make_user
from tests.make import TODAY, at, make_task

DAY = date(2026, 12, 1)
EVE = date(2026, 11, 30)
URL = "/vendor-change/"


@pytest.fixture
def newcomer(cast):
    return Organization.objects.create(
        code="aozora", kind="vendor", name="青空システム", short_name="青空", joined_on=TODAY
    )


@pytest.fixture
def passed(cast, edition, newcomer):
    """業務運用 passes to 青空システム on DAY; aoki is its approver."""
    cast.open = make_task(9, due_on=DAY, assignee=cast.sato)
    make_task(7)
    cast.next = teams.pass_on(cast.role["operations"], to=newcomer, on=DAY, by=cast.kubo, at=at(10))
    cast.aoki = make_user("aoki", "青木 蓮")
    memberships.join(cast.aoki, team=cast.next, starts_on=DAY, is_approver=True, by=cast.kubo, at=at(10))
    return cast


def sees(person, day):
    person.__dict__.pop("_memberships_on", None)
    person.__dict__.pop("_standing", None)
    return Task.objects.visible_to(person, day)


def test_it_works(passed):
    old = passed.team["operations"]
    old.refresh_from_db()
    assert (old.ends_on, passed.next.starts_on, passed.next.name) == (EVE, DAY, "業務運用")
    assert set(Membership.objects.filter(team=old).values_list("ends_on", flat=True)) == {EVE}
    codes = Event.objects.filter(code__startswith="team.").values_list("code", "stream")
    assert set(codes) == {("team.ended", "soseki"), ("team.created", "aozora")}


def test_access_passes_at_midnight(client, passed):
    url = f"/tasks/{passed.open.pk}/"
    for moment, sato, aoki in ((at(23, 59, on=EVE), 200, 403), (at(0, 0, on=DAY), 403, 200)):
        with time_machine.travel(moment, tick=False):
            for person, status in ((passed.sato, sato), (passed.aoki, aoki)):
                client.force_login(person)
                assert client.get(url).status_code == status, (moment, person)
    assert passed.open in sees(passed.sato, EVE) and not sees(passed.sato, DAY).exists()
    assert not sees(passed.aoki, EVE).exists() and passed.open in sees(passed.aoki, DAY)


def test_the_new_team_works_on_what_the_old_one_left(passed):
    answers = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")
    with pytest.raises(PermissionDenied):
        progress.close(
            passed.open, by=passed.sato, team=passed.team["operations"], at=at(0, on=DAY), answers=answers
        )
    closed = progress.close(passed.open, by=passed.aoki, team=passed.next, at=at(9, on=DAY), answers=answers)
    assert closed.closed_for == passed.next


def test_what_stays_in_the_name_of_those_who_left_is_released(passed):
    with pytest.raises(Refusal, match="まだ終わっていません"):
        progress.release(passed.team["operations"], by=passed.kubo, at=at(9))
    passed.team["operations"].refresh_from_db()
    with pytest.raises(PermissionDenied):
        progress.release(passed.team["operations"], by=passed.ogawa, at=at(9, on=DAY))
    (task,) = progress.release(passed.team["operations"], by=passed.aoki, at=at(9, on=DAY))
    assert (task.pk, task.assignee, task.version) == (passed.open.pk, None, 1)
    assert Event.objects.about(task).get().data == {"person": "佐藤 美咲", "to": ""}
    assert progress.release(passed.team["operations"], by=passed.aoki, at=at(9, on=DAY)) == []


def test_refusals(cast, newcomer):
    with pytest.raises(Refusal, match="今日からの日付"):
        teams.pass_on(cast.role["hwnw"], to=newcomer, on=TODAY - timedelta(1), by=None, at=at(9))
    with pytest.raises(Refusal, match="構成団体の担当"):
        teams.pass_on(cast.role["member"], to=newcomer, on=DAY, by=None, at=at(9))
    with pytest.raises(Refusal, match="委託ベンダの担当"):
        teams.pass_on(cast.role["hwnw"], to=cast.shiomi, on=DAY, by=None, at=at(9))
    assert Team.objects.get(pk=cast.team["hwnw"].pk).ends_on is None
    teams.pass_on(cast.role["hwnw"], to=newcomer, on=DAY, by=None, at=at(9))
    with pytest.raises(Refusal, match="すでに登録"):
        teams.pass_on(cast.role["hwnw"], to=cast.soseki, on=EVE, by=None, at=at(9))


@pytest.fixture
def office(client, cast, edition, newcomer):
    client.force_login(cast.kubo)
    with time_machine.travel(at(10), tick=False):
        yield client


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_the_page_shows_the_effect_first(office, cast, newcomer):
    make_task(9, assignee=cast.sato)
    make_task(7)
    make_task(1)  # 業務運用 has no ◎ or ○ on it
    assert "いまの担当" in text(office.get(URL))
    values = {"role": cast.role["operations"].pk, "on": "R8.12.1", "to": newcomer.pk}
    page = text(office.get(URL, values | {"check": "1"}))
    assert "令和8年12月1日(火) 0時から 青空システム" in page
    assert "佐藤 美咲、高橋 亮" in page and "うちこの人たちが担当者のもの 1件" in page
    assert Team.objects.get(pk=cast.team["operations"].pk).ends_on is None
    assert office.post(URL, values).url == URL
    assert Team.objects.get(role__code="operations", starts_on=DAY).organization == newcomer
    assert "令和8年12月1日から 青空" in text(office.get(URL))


def test_a_vendor_who_is_new(office, cast):
    values = {
        "role": cast.role["hwnw"].pk,
        "on": "R8.12.1",
        "to": "",
        "code": "midori",
        "vendor": "みどり電算",
    }
    assert "みどり電算" in text(office.get(URL, values | {"check": "1"}))
    assert not Organization.objects.filter(code="midori").exists()
    assert office.post(URL, values).status_code == 302
    assert Team.objects.get(starts_on=DAY).organization.name == "みどり電算"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"on": "R8.13.1"}, "という日はありません"),
        ({"on": "R8.11.1"}, "今日からの日付"),
        ({"role": "x"}, "選択"),
        ({"to": ""}, "コードと名称を書いてください"),
        ({"to": "", "code": "aozora", "vendor": "x"}, "すでにあります"),
    ],
)
def test_what_is_wrong(office, cast, newcomer, values, sentence):
    asked = {"role": cast.role["hwnw"].pk, "on": "R8.12.1", "to": newcomer.pk} | values
    assert sentence in text(office.get(URL, asked | {"check": "1"}), 422)
    assert sentence in text(office.post(URL, asked), 409)
    assert not Organization.objects.filter(code="midori").exists() and not Event.objects.filter(
        code__startswith="team."
    )


def test_the_hand_over_list(client, passed):
    url = f"/teams/{passed.team['operations'].pk}/handover/"
    with time_machine.travel(at(10), tick=False):
        for person in (passed.morishita, passed.sato):
            client.force_login(person)
            page = text(client.get(url))
            assert "No.9" in page and "佐藤 美咲" in page and "2件" in page
        rows = client.get(url, {"export": "xlsx"})
        assert rows["Content-Type"].endswith("sheet") and b"".join(rows.streaming_content)[:2] == b"PK"
        client.force_login(passed.kubo)
        page = text(client.get(url))
        assert "2件" in page and f"/tasks/{passed.open.pk}/" not in page
        for person in (passed.ono, passed.aoki):
            client.force_login(person)
            assert client.get(url).status_code == 403
        client.force_login(passed.morishita)
        assert client.get(f"/teams/{passed.team['shiomi'].pk}/handover/").status_code == 403
        assert client.get("/teams/999999/handover/").status_code == 404
        assert client.put(url).status_code == 405
        assert "まだ終わっていません" in text(client.post(url, follow=True))


def test_the_hand_over_list_after_the_day(client, passed):
    url = f"/teams/{passed.team['operations'].pk}/handover/"
    with time_machine.travel(at(9, on=DAY), tick=False):
        client.force_login(passed.sato)
        assert client.get(url).status_code == 403
        client.force_login(passed.aoki)
        assert "担当者のままの作業が 1件" in text(client.get(url))
        assert "1件を担当者なしにして" in text(client.post(url, follow=True))
        assert "担当者のままの作業" not in text(client.get(url))
    assert not Task.objects.filter(assignee=passed.sato).exists()


@pytest.mark.parametrize("count", [2, 30])
def test_statements_do_not_grow(client, passed, count, django_assert_max_num_queries):
    for n in range(count):
        make_task(9, period=f"x{n}", assignee=passed.sato)
    client.force_login(passed.morishita)
    with time_machine.travel(at(10), tick=False):
        client.get("/matrix/")
        with django_assert_max_num_queries(10):
            client.get(f"/teams/{passed.team['operations'].pk}/handover/")


def test_doors(client, cast):
    for person in (cast.miura, cast.sato, cast.horie):
        client.force_login(person)
        assert client.get(URL).status_code == client.post(URL).status_code == 403
    client.force_login(cast.kubo)
    assert client.put(URL).status_code == 405
