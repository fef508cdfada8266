"""Sessions: read by one statement; what is no key, or has ended, is nobody's."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import Membership
from opsdesk.accounts.sessions import SessionStore
from opsdesk.notices.bell import PersonBackend
from tests.make import TODAY


@pytest.fixture
def session(db):
    found = SessionStore()
    found["a"] = "名"
    found.save()
    return found


def test_it_works(session, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert SessionStore(session.session_key)["a"] == "名"


@pytest.mark.parametrize("key", ["", "x" * 32, "short", "a'b\"cdefgh", "\0" * 32, "あ" * 32, "a" * 5000])
def test_another_key_finds_nothing(session, key):
    found = SessionStore(key)
    assert found.get("a") is None
    assert found.session_key is None


def test_one_that_has_ended_finds_nothing(session):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    found = SessionStore(session.session_key)
    assert found.get("a") is None


def test_one_that_was_ended_elsewhere_finds_nothing(session):
    SessionStore(session.session_key).delete()
    assert SessionStore(session.session_key).get("a") is None


@pytest.fixture
def signed_in(cast, client):
    """The store of somebody who looked at a page: the process knows whose session it is."""
    client.force_login(cast.ogawa)
    assert client.get("/notices/").status_code == 200
    return SessionStore(client.session.session_key)


def test_the_person_comes_with_the_session(cast, signed_in, django_assert_num_queries):
    teams = [m.team for m in memberships_on(cast.ogawa, TODAY)]
    with django_assert_num_queries(1):
        assert signed_in[SESSION_KEY] == str(cast.ogawa.pk)
        person = PersonBackend().get_user(cast.ogawa.pk)
        assert [m.team for m in memberships_on(person, TODAY)] == teams != []
    with django_assert_num_queries(1):  # and only once: then it is asked again
        assert PersonBackend().get_user(cast.ogawa.pk) == cast.ogawa


def test_what_came_with_a_session_is_nobody_elses(cast, signed_in):
    assert signed_in[SESSION_KEY]
    assert PersonBackend().get_user(cast.sato.pk) == cast.sato


@pytest.mark.parametrize("end", ["away", "over"])
def test_a_known_session_that_has_ended_is_nobodys(cast, client, signed_in, end):
    if end == "away":
        signed_in.delete()
    else:
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    found = SessionStore(signed_in.session_key)
    assert found.get(SESSION_KEY) is None
    assert found.session_key is None
    assert client.get("/notices/").status_code == 302


def test_who_may_no_longer_enter_is_out_at_once(cast, client, signed_in):
    cast.ogawa.is_active = False
    cast.ogawa.save()
    assert client.get("/notices/").status_code == 302


def test_who_has_no_team_any_more_has_a_session(cast, client, signed_in):
    Membership.objects.filter(user=cast.ogawa).delete()
    assert SessionStore(signed_in.session_key)[SESSION_KEY] == str(cast.ogawa.pk)
    assert client.get("/tasks/").status_code == 403


def test_another_password_ends_a_known_session(cast, client, signed_in):
    cast.ogawa.set_password("x" * 20)
    cast.ogawa.save()
    assert client.get("/notices/").status_code == 302
