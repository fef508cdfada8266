"""Organizations join, are renamed and leave; roles are data."""

from datetime import UTC, date, datetime

import pytest

from opsdesk.accounts import organizations, roles
from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import Organization, Role
from opsdesk.audit.models import Event
from opsdesk.audit.timeline import timeline_of
from opsdesk.lib.refusal import Refusal

AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def test_it_works(cast):
    town = organizations.create(
        code="hamano",
        kind="member",
        name="浜野町",
        joined_on=date(2027, 4, 1),
        position=9,
        by=cast.kubo,
        at=AT,
    )
    assert (town.short_name, town.position) == ("浜野町", 9)
    assert [n.name for n in town.names.all()] == ["浜野町"]
    event = Event.objects.get()
    assert (event.code, event.stream, event.actor_name) == ("organization.created", "hamano", "久保 管理")


@pytest.mark.parametrize(("code", "kind"), [("shiomi", "member"), ("other", "union")])
def test_create_refuses(cast, code, kind):
    with pytest.raises(Refusal):
        organizations.create(code=code, kind=kind, name="x", joined_on=TODAY, by=cast.kubo, at=AT)
    assert not Event.objects.exists()


def test_rename_keeps_the_old_name(cast):
    town = organizations.create(
        code="hamano", kind="member", name="浜野町", joined_on=date(2020, 4, 1), by=None, at=AT
    )
    town = organizations.rename(town, name="浜野市", from_on=date(2026, 10, 1), by=cast.kubo, at=AT)
    assert (town.name, town.short_name) == ("浜野市", "浜野市")
    assert [(n.name, n.ends_on) for n in town.names.all()] == [
        ("浜野町", date(2026, 9, 30)),
        ("浜野市", None),
    ]
    assert town.names.on(date(2026, 9, 30)).get().name == "浜野町"
    assert timeline_of(town)[0].title == "令和8年10月1日から「浜野町」は「浜野市」になりました"
    for day in (date(2026, 11, 23), date(2026, 10, 1)):
        with pytest.raises(Refusal):
            organizations.rename(town, name="x", from_on=day, by=cast.kubo, at=AT)


def test_change_keeps_what_changed(cast):
    organizations.change(cast.shiomi, by=cast.kubo, at=AT, unpatched_limit_percent=3, short_name="汐見市")
    assert Event.objects.get().data == {"changed": {"unpatched_limit_percent": [5, 3]}}
    assert timeline_of(cast.shiomi)[0].text == "ウイルス対策 未更新の限度(%): 5 → 3"
    organizations.change(cast.shiomi, by=cast.kubo, at=AT, unpatched_limit_percent=3)
    assert Event.objects.count() == 1


def test_leave_ends_teams_and_memberships(cast):
    organizations.leave(cast.shiomi, on=TODAY, by=cast.kubo, at=AT)
    cast.team["shiomi"].refresh_from_db()
    assert cast.team["shiomi"].ends_on == TODAY
    assert memberships_on(cast.ono, TODAY)
    assert not memberships_on(cast.ono, date(2026, 11, 23))
    assert memberships_on(cast.makino, date(2026, 11, 23))


@pytest.mark.parametrize(("code", "day"), [("union", TODAY), ("shiomi", date(2026, 3, 31))])
def test_leave_refuses(cast, code, day):
    with pytest.raises(Refusal):
        organizations.leave(Organization.objects.get(code=code), on=day, by=cast.kubo, at=AT)


def test_roles_are_loaded_once(db):
    assert roles.load(by=None, at=AT) == 6
    assert roles.load(by=None, at=AT) == 0
    assert list(Role.objects.values_list("code", flat=True)) == [
        "union",
        "member",
        "helpdesk",
        "operations",
        "package",
        "hwnw",
    ]
    role = roles.change(Role.objects.get(code="hwnw"), name="機器保守", by=None, at=AT)
    assert timeline_of(role)[0].text == "名称: HW/NW保守 → 機器保守"
    with pytest.raises(Refusal):
        roles.create(code="hwnw", name="x", kind="vendor", by=None, at=AT)
