"""A session lasts while it is used, is written every ten minutes at most, and says how long it lasts."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from opsdesk.accounts.presence import remaining

pytestmark = pytest.mark.django_db
PAGE = "/accounts/2fa/"
AGE = timedelta(seconds=settings.SESSION_COOKIE_AGE)


@pytest.fixture
def start():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def signed_in(cast, start) -> Client:
    client = Client()
    with time_machine.travel(start, tick=False):
        client.force_login(cast.sato)
    return client


def visit(client: Client, at) -> int:
    """What the page says is left of the session; 0 where the person has to sign in again."""
    with time_machine.travel(at, tick=False):
        response = client.get(PAGE)
    if response.status_code == 302:
        return 0
    return response.context["chrome"].session_seconds


def test_it_works(signed_in: Client, start):
    """Used every few hours it never ends; left alone it does."""
    for hours in (1, 9, 18, 27):
        assert visit(signed_in, start + timedelta(hours=hours)) == settings.SESSION_COOKIE_AGE
    assert visit(signed_in, start + timedelta(hours=27) + AGE + timedelta(seconds=1)) == 0


def test_it_is_written_every_ten_minutes(signed_in: Client, start):
    before = signed_in.session.get("seen")
    assert visit(signed_in, start + timedelta(minutes=9)) == settings.SESSION_COOKIE_AGE - 540
    assert signed_in.session.get("seen") == before
    assert visit(signed_in, start + timedelta(minutes=11)) == settings.SESSION_COOKIE_AGE
    assert signed_in.session["seen"] == int((start + timedelta(minutes=11)).timestamp())


def test_it_is_never_less_than_nothing(start):
    request = SimpleNamespace(
        session={"seen": 1}, now=start, user=SimpleNamespace(last_login=None, is_authenticated=True)
    )
    assert remaining(request) == 0
