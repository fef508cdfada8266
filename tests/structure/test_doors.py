"""Every address has a door; each is tried by a stranger, an administrator without a team, and members."""

import re

import pytest
from django.urls import resolve

from opsdesk.accounts import access
from opsdesk.accounts.doors import FOREIGN_DOORS, doors
from tests.make import make_task

#: What answers 503 because that is what it found: in a test nothing ticks.
SAYS_503 = {"monitoring:healthz"}
GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
SAMPLES = {
    "int": "{pk}",
    "slug": "x",
    "str": "x",
    "path": "{pk}",
    "uuid": "00000000-0000-0000-0000-000000000000",
}
#: Where a parameter of plain type stands for something else than a number.
NAMED = {"format": "xlsx", "uidb36": "1", "key": "x", "app_label": "accounts", "url": "nowhere"}

#: Answers 503 where a process of ours does not run, as in a test.
SAYS_SO = "monitoring:healthz"


def sample(route, pk):
    """An address that `route` matches, with `pk` for its numbers."""
    route = re.sub(r"\^|\\Z|\$$", "", route)
    route = GROUP.sub(lambda m: NAMED.get(m[1], "x"), route)
    route = re.sub(
        r"<(?:(\w+):)?(\w+)>",
        lambda m: (
            SAMPLES["int"].format(pk=pk)
            if m[1] == "int"
            else NAMED.get(m[2]) or SAMPLES.get(m[1] or "str", "x").format(pk=pk)
        ),
        route,
    )
    return "/" + route


@pytest.fixture
def addresses(edition, cast):
    """(door, an address of it): numbers are those of a task that `ono` may see."""
    task = make_task()
    return [(door, sample(door.route, task.pk)) for door in doors()]


def test_every_address_has_a_door():
    forgotten = [f"{door.route} {door.name}" for door in doors() if door.rule is None]
    assert not forgotten, "views without @allow: " + ", ".join(forgotten)


def test_rules_are_the_named_ones():
    assert {door.rule.__name__ for door in doors()} <= set(access.RULES)


def test_the_table_of_foreign_doors_names_real_addresses():
    assert set(FOREIGN_DOORS) <= {door.name for door in doors()}


def test_every_address_is_visited(addresses):
    for door, address in addresses:
        assert resolve(address).func is door.view, f"{address} does not lead to {door.name}"


def answers(client, addresses):
    for door, address in addresses:
        answer = client.get(address)
        assert answer.status_code < 500 or door.name == SAYS_SO, address
        assert answer.status_code < 500 or door.name in SAYS_503, address
        yield door, address, answer


def test_strangers_see_only_what_is_for_everyone(client, addresses):
    for door, address, answer in answers(client, addresses):
        if door.rule is access.nobody:
            assert answer.status_code == 404, address
        elif door.rule is not access.everyone:
            assert answer.status_code == 302, address
            assert answer.url.startswith("/accounts/login/?next=/"), address
        assert answer.status_code == 302 or answer["Cache-Control"], address


def test_an_administrator_without_a_team_sees_no_task(client, cast, addresses):
    client.force_login(cast.kubo)
    for door, address, answer in answers(client, addresses):
        if door.rule in (access.team_member, access.union_member, access.publisher):
            assert answer.status_code == 403, address


@pytest.mark.parametrize("who", ["ono", "sato", "miura"])
def test_a_member_sees_no_administration(client, cast, addresses, who):
    client.force_login(getattr(cast, who))
    for door, address, answer in answers(client, addresses):
        if door.rule is access.administrator:
            assert answer.status_code == 403, address
        if door.rule is access.union_member and who != "miura":
            assert answer.status_code == 403, address
