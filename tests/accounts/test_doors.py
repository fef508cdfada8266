"""The middleware at the door: deny by default, the way to sign in and back, the clock read once."""

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path
from django.views.decorators.http import require_POST

from opsdesk.accounts.access import RULES, allow, everyone, label_of, signed_in, team_member
from opsdesk.lib.refusal import Refusal


def forgotten(request):
    return HttpResponse("in")


@allow(everyone)
def open_house(request):
    return HttpResponse(f"{request.today} {request.now.isoformat()}")


@allow(team_member)
def team_room(request):
    return HttpResponse("in")


@allow(signed_in)
@require_POST
def refused(request):
    raise Refusal("すでに完了しています。", errors={"x": "y"} if "fields" in request.POST else None)


@allow(everyone)
def cached(request):
    return HttpResponse("in", headers={"Cache-Control": "max-age=60"})


urlpatterns = [
    path("forgotten/", forgotten),
    path("open/", open_house),
    path("team/", team_room),
    path("refused/", refused),
    path("cached/", cached),
    path("", include("opsdesk.urls")),
]


@pytest.fixture(autouse=True)
def house(db):
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.parametrize("who", ["kubo", "sato", None])
def test_a_view_without_a_mark_is_refused_to_everybody(cast, client, who):
    if who:
        client.force_login(getattr(cast, who))
    assert client.get("/forgotten/").status_code == 403


def test_everyone_comes_in_and_the_clock_is_read(client, time_machine):
    time_machine.move_to("2026-11-21T15:30:00Z", tick=False)
    assert client.get("/open/").content.decode() == "2026-11-22 2026-11-21T15:30:00+00:00"


def test_a_stranger_signs_in_and_comes_back(client):
    assert client.get("/team/?a=1&b=2").url == "/accounts/login/?next=/team/%3Fa%3D1%26b%3D2"


def test_a_strangers_form_comes_back_to_its_page(client):
    answer = client.post("/refused/", headers={"referer": "http://testserver/tasks/5/?x=1#y"})
    assert answer.url == "/accounts/login/?next=/tasks/5/%3Fx%3D1"
    assert client.post("/refused/").url == "/accounts/login/?next=/"
    answer = client.post("/refused/", headers={"referer": "http://evil.example/"})
    assert answer.url == "/accounts/login/?next=/"


def test_htmx_is_sent_away_as_a_whole_page(client):
    answer = client.get(
        "/team/", headers={"hx-request": "true", "hx-current-url": "http://testserver/tasks/?page=2"}
    )
    assert answer["HX-Redirect"] == "/accounts/login/?next=/tasks/%3Fpage%3D2"


def test_signed_in_but_not_allowed_is_403(cast, client):
    client.force_login(cast.kubo)
    assert client.get("/team/").status_code == 403
    client.force_login(cast.sato)
    assert client.get("/team/").status_code == 200


def test_pages_are_not_kept_by_the_browser(client):
    assert client.get("/open/")["Cache-Control"] == "no-store"
    assert client.get("/cached/")["Cache-Control"] == "max-age=60"


def test_a_door_costs_two_statements(cast, client, django_assert_num_queries):
    client.force_login(cast.sato)
    with django_assert_num_queries(2):  # session, user with memberships
        client.get("/team/")


def test_a_refusal_goes_back_with_its_sentence(cast, client):
    client.force_login(cast.sato)
    back = "http://testserver/open/"
    assert client.post("/refused/", headers={"referer": back}).url == back
    page = client.post("/refused/")
    assert page.status_code == 409
    assert "すでに完了しています。" in page.content.decode()
    assert client.post("/refused/", headers={"referer": "http://evil.example/"}).status_code == 409


@pytest.mark.parametrize(("data", "status"), [({}, 409), ({"fields": "1"}, 422)])
def test_a_refusal_is_a_fragment_for_htmx(cast, client, data, status):
    client.force_login(cast.sato)
    answer = client.post("/refused/", data, headers={"hx-request": "true"})
    assert answer.status_code == status
    assert answer.content.decode() == '<p class="note note-bad" role="alert">すでに完了しています。</p>'


def test_the_message_waits_on_the_page(cast, client):
    client.force_login(cast.sato)
    answer = client.post("/refused/", headers={"referer": "http://testserver/accounts/2fa/"}, follow=True)
    assert "すでに完了しています。" in answer.content.decode()


def test_every_rule_has_a_name_in_words():
    assert list(RULES)[:3] == ["everyone", "signed_in", "team_member"]
    for rule in RULES.values():
        assert str(label_of(rule)) != rule.__name__
