"""The menus show what exists and what the door lets one into, and say where one is."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from opsdesk import __version__, navigation
from opsdesk.navigation import Entry, shown, states


def request(path: str = "/", *, staff: bool = False, user: object | None = None):
    made = RequestFactory().get(path)
    made.user = user or SimpleNamespace(is_authenticated=True, is_staff=staff, is_active=True)
    return made


def urls(entries: tuple[Entry, ...], made) -> list[str]:
    return [entry.url for entry in shown(entries, states(entries, made))]


PASSWORD = Entry("パスワード", "account_change_password")
ADMIN = Entry("管理", "admin:index")


def test_it_works():
    assert urls((PASSWORD,), request()) == ["/accounts/password/change/"]


def test_what_does_not_exist_is_not_shown():
    assert urls((Entry("まだない", "nowhere:yet"), PASSWORD), request()) == ["/accounts/password/change/"]


def test_the_door_decides():
    assert urls((ADMIN,), request()) == []
    assert urls((ADMIN,), request(staff=True)) == ["/admin/"]
    assert urls((PASSWORD,), request(user=AnonymousUser())) == []


def test_a_view_without_a_door_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(navigation, "_place", lambda name, urlconf: ("/x/", None))
    assert urls((PASSWORD,), request(staff=True)) == []


def test_an_entry_may_be_stricter_than_its_door():
    strict = Entry("パスワード", "account_change_password", rule=lambda made: made.user.is_staff)
    assert urls((strict,), request()) == []
    assert urls((strict,), request(staff=True)) == ["/accounts/password/change/"]


@pytest.mark.parametrize(
    ("path", "current"),
    [("/accounts/password/change/", "page"), ("/accounts/password/change/x/", "true"), ("/accounts/", "")],
)
def test_where_one_is(path: str, current: str):
    assert [entry.current for entry in shown((PASSWORD,), states((PASSWORD,), request(path)))] == [current]


def test_the_version_is_the_projects():
    import tomllib

    from opsdesk.environment import BASE_DIR

    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__


def test_a_page_that_lives_elsewhere_belongs_to_its_entry():
    matrix = Entry("作業分担表", "tasks:matrix", also=("/editions/",))
    assert states((matrix,), request("/editions/2/")) == ("true",)
    assert states((matrix,), request("/tasks/")) == ("",)
