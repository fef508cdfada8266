"""The first sign-in, in the browser's steps."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from opsdesk.accounts import startcodes
from opsdesk.accounts.models import StartCode
from opsdesk.audit.models import Event

PASSWORD = "あめのちはれときどきくもり"


@pytest.fixture(autouse=True)
def fresh_limits(db):
    cache.clear()


@pytest.fixture
def code(cast):
    return startcodes.issue(cast.ono, by=cast.kubo, at=timezone.now())


def enter(client, login, code):
    return client.post("/accounts/start/", {"login": login, "code": code})


def test_it_works(cast, client, code):
    assert client.get("/accounts/start/").status_code == 200
    assert enter(client, "ono", code).url == "/accounts/start/password/"
    assert client.get("/accounts/start/password/").status_code == 200
    answer = client.post("/accounts/start/password/", {"password1": PASSWORD, "password2": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(cast.ono.pk)
    assert "start_code" not in client.session
    assert list(Event.objects.order_by("pk").values_list("code", flat=True)) == [
        "account.code_issued",
        "account.password_changed",
        "account.code_used",
        "account.signed_in",
    ]


def test_a_wrong_code_says_what_to_do_and_keeps_the_login(cast, client, code):
    page = enter(client, "ono", "3333-3333-3333")
    assert page.status_code == 200
    assert "新しい開始コードの発行を依頼してください" in page.content.decode()
    assert 'value="ono"' in page.content.decode()
    assert enter(client, "", "").status_code == 200


def test_unknown_and_known_logins_read_the_same(cast, client, code):
    known = enter(client, "ono", "3333-3333-3333").context["form"].non_field_errors()
    assert enter(client, "nobody", "3333-3333-3333").context["form"].non_field_errors() == known


def test_the_password_page_needs_a_code(cast, client, code):
    assert client.get("/accounts/start/password/").url == "/accounts/start/"
    enter(client, "ono", code)
    StartCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/accounts/start/password/").url == "/accounts/start/"
    answer = client.post("/accounts/start/password/", {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.url == "/accounts/start/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("short", "short"),
        ("password1234", "password1234"),
        ("123456789012", "123456789012"),
        ("ono", "ono"),
        ("ohno-chihiro-x", "ohno-chihiro-y"),
        ("", ""),
    ],
)
def test_weak_passwords_are_refused_in_words(cast, client, code, first, second):
    enter(client, "ono", code)
    page = client.post("/accounts/start/password/", {"password1": first, "password2": second})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert "_auth_user_id" not in client.session


def test_sixth_try_is_refused_for_this_account_only(cast, client, code):
    other = startcodes.issue(cast.horie, by=cast.kubo, at=timezone.now())
    for _try in range(5):
        enter(client, "ono", "3333-3333-3333")
    assert "しばらく" in enter(client, "ono", code).content.decode()
    assert enter(client, "horie", other).status_code == 302


def test_other_methods(client, db):
    assert client.put("/accounts/start/").status_code == 405
    assert client.delete("/accounts/start/password/").status_code == 405
