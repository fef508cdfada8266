"""A municipality joins, leaves or is renamed: the effect first, then what was shown happens."""

from datetime import date

import pytest
import time_machine

from opsdesk.accounts.models import Membership, Organization, OrganizationName, Team
from opsdesk.audit.models import Event
from tasks import membership
from tasks.generation import generate
from tasks.models import Task
from tests.make import TODAY, at

JOINED = date(2026, 12, 1)


@pytest.fixture
def running(cast, edition, holidays):
    Organization.objects.filter(pk=cast.union.pk).update(operation_starts_on=date(2026, 11, 2))
    generate(at(9))
    return cast


@pytest.fixture
def office(client, running):
    client.force_login(running.kubo)
    with time_machine.travel(at(10), tick=False):
        yield client


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


JOIN = {"code": "kumoi", "name": "雲居町", "short_name": "", "kana": "くもいちょう", "joined_on": "R8.12.1"}


def test_it_works(office, running):
    assert "汐見市" in text(office.get("/municipalities/"))
    page = text(office.get("/municipalities/join/", JOIN | {"check": "1"}))
    assert "雲居町は 令和8年12月1日(火) から構成団体です" in page and "No." in page
    assert not Organization.objects.filter(code="kumoi").exists()
    assert office.post("/municipalities/join/", JOIN).url == "/municipalities/"
    town = Organization.objects.get(code="kumoi")
    assert (town.kind, town.joined_on, town.short_name) == ("member", JOINED, "雲居町")
    assert Team.objects.get(organization=town).starts_on == JOINED
    assert "雲居町" in text(office.get("/municipalities/"))


def test_what_is_foreseen_is_what_is_made(office, running):
    """Every task of the forecast is there at the end of the fiscal year, and no other."""
    lines = membership.of_joining(JOINED, None, date(2027, 3, 31), TODAY)
    assert {8, 29} <= {x.number for x in lines} <= {3, 4, 5, 8, 29, 39}
    office.post("/municipalities/join/", JOIN)
    town = Organization.objects.get(code="kumoi")
    generate(at(10, 3))
    assert Task.objects.filter(organization=town).count() == sum(x.at_once for x in lines)
    generate(at(9, on=date(2027, 3, 31)), force=True)
    made = {x.number: Task.objects.filter(organization=town, duty__number=x.number).count() for x in lines}
    assert made == {x.number: x.count for x in lines}
    assert Task.objects.filter(organization=town).count() == sum(x.count for x in lines)


def test_it_leaves(office, running):
    url = f"/municipalities/{running.mizuno.pk}/leave/"
    page = text(office.get(url, {"on": "R8.11.30", "check": "1"}))
    assert "令和8年11月30日(月) が最後の日です。所属する 1人は" in page
    (line,) = membership.of_leaving(running.mizuno, date(2026, 11, 30))
    assert (line.number, line.count) == (29, 1) and "未完了の作業 1件は、次の自動作成で" in page
    stay = membership.that_stay(running.mizuno, date(2026, 11, 30))
    assert f"未完了の作業 {stay}件は残ります" in page
    assert Organization.objects.get(pk=running.mizuno.pk).left_on is None
    assert office.post(url, {"on": "R8.11.30"}).status_code == 302
    generate(at(10, 3))
    gone = Task.objects.filter(organization=running.mizuno, state="skipped", reason="脱退")
    assert list(gone.values_list("duty__number", flat=True)) == [29]
    assert Task.objects.filter(organization=running.mizuno, state="open").count() == stay
    assert Membership.objects.get(user=running.hamanaka).ends_on == date(2026, 11, 30)


def test_it_is_renamed(office, running):
    OrganizationName.objects.create(
        organization=running.mizuno, name="瑞野町", starts_on=running.mizuno.joined_on
    )
    url = f"/municipalities/{running.mizuno.pk}/rename/"
    values = {"name": "瑞野市", "short_name": "", "kana": "", "from_on": "R8.11.1"}
    assert "「瑞野町」は「瑞野市」です" in text(office.get(url, values | {"check": "1"}))
    assert office.post(url, values).status_code == 302
    mizuno = Organization.objects.get(pk=running.mizuno.pk)
    assert (mizuno.name, mizuno.short_name) == ("瑞野市", "瑞野市")
    assert "瑞野町（令和8年10月31日まで）" in text(office.get("/municipalities/"))
    assert Event.objects.get(code="organization.renamed").data["before"] == "瑞野町"


@pytest.mark.parametrize(
    ("place", "values", "sentence"),
    [
        ("join/", JOIN | {"code": "shiomi"}, "すでにあります"),
        ("join/", JOIN | {"code": "く"}, "半角"),
        ("join/", JOIN | {"joined_on": "R8.13.1"}, "という日はありません"),
        ("{}/leave/", {"on": ""}, "必須"),
        ("{}/leave/", {"on": "R8.3.1"}, "加入日より後"),
        ("{}/rename/", {"name": "瑞野市", "from_on": "R8.12.1"}, "名称になった日から"),
    ],
)
def test_what_is_wrong(office, running, place, values, sentence):
    url = "/municipalities/" + place.format(running.mizuno.pk)
    assert sentence in text(office.get(url, values | {"check": "1"}), 422)
    assert sentence in text(office.post(url, values), 409)
    assert not Event.objects.filter(code__startswith="organization.").exists()


def test_doors(client, running):
    pk = running.mizuno.pk
    urls = ["/municipalities/", "/municipalities/join/"]
    urls += [f"/municipalities/{pk}/leave/", f"/municipalities/{pk}/rename/"]
    for person in (running.miura, running.hamanaka, running.sato):
        client.force_login(person)
        assert {client.get(url).status_code for url in urls} == {403}
    client.force_login(running.kubo)
    assert client.post("/municipalities/").status_code == 405
    assert {client.put(url).status_code for url in urls} == {405}
    assert client.get(f"/municipalities/{running.union.pk}/leave/").status_code == 404
    assert client.get("/municipalities/999999/rename/").status_code == 404


def test_statements(office, running, django_assert_max_num_queries):
    office.get("/matrix/")
    with django_assert_max_num_queries(8):
        office.get("/municipalities/")
    with django_assert_max_num_queries(14):
        office.get("/municipalities/join/", JOIN | {"check": "1"})
