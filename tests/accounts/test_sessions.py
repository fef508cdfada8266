"""Sessions: read by one statement; what is no key, or has ended, is nobody's."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from opsdesk.accounts.sessions import SessionStore


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
