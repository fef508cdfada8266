"""Teams and memberships, from a day to a day."""

from datetime import UTC, date, datetime

import pytest

from opsdesk.accounts import memberships, people, teams
from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import Membership, Organization
from opsdesk.audit.models import Event
from opsdesk.audit.timeline import timeline_of
from opsdesk.lib.refusal import Refusal

AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
TOMORROW = date(2026, 11, 23)


@pytest.fixture
def newcomer(cast):
    return Organization.objects.create(
        code="aozora", kind="vendor", name="青空システム", short_name="青空", joined_on=TODAY
    )


def test_the_vendor_changes(cast, newcomer):
    teams.end(cast.team["operations"], on=TODAY, by=cast.kubo, at=AT)
    team = teams.create(
        cast.role["operations"], organization=newcomer, starts_on=TOMORROW, by=cast.kubo, at=AT
    )
    assert team.name == "業務運用"
    assert memberships_on(cast.sato, TODAY)
    assert not memberships_on(cast.sato, TOMORROW)
    assert [(e.code, e.stream) for e in Event.objects.order_by("pk")] == [
        ("team.ended", "soseki"),
        ("team.created", "aozora"),
    ]


def test_a_role_has_one_team_at_a_time(cast, newcomer):
    with pytest.raises(Refusal, match="業務運用"):
        teams.create(cast.role["operations"], organization=newcomer, starts_on=TOMORROW, by=None, at=AT)


def test_a_municipality_has_one_team_and_others_have_theirs(cast):
    with pytest.raises(Refusal):
        teams.create(cast.role["member"], organization=cast.shiomi, starts_on=TOMORROW, by=None, at=AT)
    town = Organization.objects.create(
        code="hama", kind="member", name="浜", short_name="浜", joined_on=TODAY
    )
    assert teams.create(cast.role["member"], organization=town, starts_on=TODAY, by=None, at=AT).name == "浜"


def test_a_role_is_for_its_kind_of_organization(cast):
    with pytest.raises(Refusal, match="委託ベンダ"):
        teams.create(cast.role["hwnw"], organization=cast.shiomi, starts_on=TODAY, by=None, at=AT)


def test_rename_and_end(cast):
    team = teams.change(cast.team["hwnw"], name="機器", by=cast.kubo, at=AT)
    assert timeline_of(team)[0].text == "名称: HW/NW保守 → 機器"
    with pytest.raises(Refusal):
        teams.end(team, on=date(2026, 3, 31), by=cast.kubo, at=AT)


def test_join_and_leave(cast):
    membership = memberships.join(
        cast.sato, team=cast.team["helpdesk"], starts_on=TOMORROW, is_approver=True, by=cast.kubo, at=AT
    )
    assert [m.team.name for m in memberships_on(cast.sato, TODAY)] == ["業務運用"]
    assert {m.team.name for m in memberships_on(cast.sato, TOMORROW)} == {"業務運用", "ヘルプデスク"}
    memberships.leave(membership, on=date(2026, 12, 31), by=cast.kubo, at=AT)
    assert len(memberships_on(cast.sato, date(2026, 12, 31))) == 2
    assert len(memberships_on(cast.sato, date(2027, 1, 1))) == 1
    assert [e.title for e in timeline_of(cast.sato)] == [
        "「ヘルプデスク」の所属は令和8年12月31日まで",
        "「ヘルプデスク」に承認者として所属（令和8年11月23日から 定めなしまで）",
    ]


def test_join_refuses(cast):
    with pytest.raises(Refusal, match="すでに"):
        memberships.join(cast.sato, team=cast.team["operations"], starts_on=TODAY, by=None, at=AT)
    with pytest.raises(Refusal, match="ある期間"):
        memberships.join(cast.sato, team=cast.team["helpdesk"], starts_on=date(2026, 3, 1), by=None, at=AT)
    with pytest.raises(Refusal, match="終了日"):
        memberships.join(
            cast.sato, team=cast.team["helpdesk"], starts_on=TOMORROW, ends_on=TODAY, by=None, at=AT
        )
    people.deactivate(cast.takahashi, by=cast.kubo, at=AT)
    with pytest.raises(Refusal, match="利用停止中"):
        memberships.join(cast.takahashi, team=cast.team["helpdesk"], starts_on=TODAY, by=None, at=AT)


def test_an_approver_is_made(cast):
    membership = Membership.objects.get(user=cast.ono)
    assert memberships.change(membership, is_approver=True, by=cast.kubo, at=AT).is_approver
    assert timeline_of(cast.ono)[0].title == "「汐見市」で承認者になりました"
    memberships.change(membership, is_approver=True, by=cast.kubo, at=AT)
    assert Event.objects.count() == 1


def test_leave_not_before_it_began(cast):
    with pytest.raises(Refusal):
        memberships.leave(Membership.objects.get(user=cast.ono), on=date(2026, 3, 31), by=None, at=AT)
