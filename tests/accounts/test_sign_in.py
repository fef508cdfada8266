"""Signing in and out, the limits, and who is kept out."""

from datetime import UTC, date, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from opsdesk.accounts import people, teams
from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.signins import forget_factors
from opsdesk.audit.models import Event
from tests.cast import PASSWORD

LOGIN = "/accounts/login/"
AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_limits(db):
    cache.clear()


def sign_in(client, login, password=PASSWORD, **headers):
    return client.post(LOGIN, {"login": login, "password": password}, headers=headers)


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def is_in(client):
    return "_auth_user_id" in client.session


def events(user):
    return list(Event.objects.about(user).values_list("code", flat=True))


def test_it_works(cast, client):
    answer = client.post(f"{LOGIN}?next=/tasks/", {"login": "sato", "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/tasks/")
    client.post("/accounts/logout/")
    assert not is_in(client)
    assert events(cast.sato) == ["account.signed_out", "account.signed_in"]


@pytest.mark.parametrize("login", [" sato ", "SATO", "ｓａｔｏ"])
def test_the_login_is_read_however_it_is_typed(cast, client, login):
    assert sign_in(client, login).status_code == 302


def test_the_password_is_read_in_full_width(cast, client):
    assert sign_in(client, "sato", full_width(PASSWORD)).status_code == 302


def test_no_way_out_of_the_house(cast, client):
    answer = client.post(f"{LOGIN}?next=https://evil.example/", {"login": "sato", "password": PASSWORD})
    assert answer.url == "/"


def test_a_wrong_password_is_a_sentence_and_an_event(cast, client):
    page = sign_in(client, "sato", "wrong")
    assert "ログインIDかパスワードがちがいます。" in page.content.decode()
    assert events(cast.sato) == ["account.sign_in_failed"]
    page = sign_in(client, "nobody", "wrong")
    assert "ログインIDかパスワードがちがいます。" in page.content.decode()
    assert Event.objects.count() == 1


def test_the_sixth_try_is_refused_for_this_account_only(cast, client):
    for number in range(5):
        sign_in(client, full_width("SATO") if number % 2 else "sato", "wrong")
    assert "5分たってから" in sign_in(client, "sato").content.decode()
    assert "5分たってから" in sign_in(client, " Sato", host="127.0.0.1").content.decode()
    assert not is_in(client)
    assert sign_in(client, "takahashi").status_code == 302


def test_good_sign_ins_don_t_count(cast, client):
    for _day in range(7):
        assert sign_in(client, "sato").status_code == 302
        client.post("/accounts/logout/")


def test_an_inactive_user_is_kept_out(cast, client):
    people.deactivate(cast.sato, by=cast.kubo, at=AT)
    sign_in(client, "sato")
    assert not is_in(client)


def test_the_other_sessions_end_with_the_password(cast, client):
    other = type(client)()
    other.force_login(cast.sato)
    sign_in(client, "sato")
    answer = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "kumo-no-iro-7-sora", "password2": "kumo-no-iro-7-sora"},
    )
    assert answer.status_code == 302
    assert client.get("/accounts/2fa/").status_code == 200
    assert other.get("/accounts/2fa/").status_code == 302
    assert events(cast.sato)[0] == "account.password_changed"
    page = client.post("/accounts/password/change/", {"oldpassword": "x", "password1": "x", "password2": "x"})
    assert "いまのパスワードがちがいます。" in page.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "confirm-email/x/",
        "password/set/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-x/",
        "password/reset/key/done/",
        "login/code/confirm/",
        "social/login/cancelled/",
        "3rdparty/",
    ],
)
def test_what_is_not_offered_is_not_there(cast, client, path):
    assert client.get(f"/accounts/{path}").status_code == 404
    client.force_login(cast.kubo)
    assert client.get(f"/accounts/{path}").status_code == 404


def test_the_old_vendor_sees_nothing_from_midnight(cast, rf):
    teams.end(cast.team["operations"], on=date(2026, 11, 21), by=cast.kubo, at=AT)

    def may(user, today):
        request = rf.get("/")
        request.user, request.today = type(user).objects.get(pk=user.pk), today
        return team_member(request)

    assert may(cast.sato, date(2026, 11, 21))
    assert not may(cast.sato, date(2026, 11, 22))
    assert may(cast.yamaguchi, date(2026, 11, 22))


def test_totp_is_enrolled_asked_and_used_up(cast, client):
    sign_in(client, "sato")
    assert client.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/")
    reauthenticate(client)
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "確認コードがちがいます" in wrong.content.decode()
    assert client.post("/accounts/2fa/totp/activate/", {"code": full_width(totp(secret))}).status_code == 302
    codes = Authenticator.objects.get(user=cast.sato, type="recovery_codes").wrap().get_unused_codes()
    client.post("/accounts/logout/")

    assert sign_in(client, "sato").url.startswith("/accounts/2fa/authenticate/")
    assert not is_in(client)
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert events(cast.sato)[0] == "account.factor_failed"
    code = totp(secret)
    assert client.post("/accounts/2fa/authenticate/", {"code": full_width(code)}).status_code == 302
    assert is_in(client)
    client.post("/accounts/logout/")

    sign_in(client, "sato")
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert not is_in(client)  # the same code again
    assert client.post("/accounts/2fa/authenticate/", {"code": full_width(codes[0])}).status_code == 302
    assert is_in(client)
    client.post("/accounts/logout/")
    sign_in(client, "sato")
    client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert not is_in(client)  # a recovery code again

    assert forget_factors(cast.sato, by=cast.kubo, at=AT) == 2
    new = type(client)()
    assert sign_in(new, "sato").url == "/"
    assert is_in(new)


def test_turning_the_second_factor_off_asks_who_it_is(cast, client):
    client.force_login(cast.sato)
    Authenticator.objects.create(user=cast.sato, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    page = client.post("/accounts/2fa/totp/deactivate/")
    assert page.url == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Fdeactivate%2F"
    assert "パスワードがちがいます" in client.post(page.url, {"password": "wrong"}).content.decode()
    assert Authenticator.objects.filter(user=cast.sato).exists()
    client.post(page.url, {"password": PASSWORD})  # and what was asked for goes on
    assert not Authenticator.objects.filter(user=cast.sato).exists()
    assert events(cast.sato)[0] == "account.factor_removed"


def reauthenticate(client):
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def totp(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_mark_only_marks(rf):
    @allow(team_member)
    def view(request):
        return "in"

    assert view(rf.get("/")) == "in"
    assert view.door is team_member
