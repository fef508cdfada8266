"""The cast: one union, three municipalities, one vendor, and the people known by name in every test."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from opsdesk.accounts.models import Membership, Organization, Role, Team, User

PASSWORD = "sora-no-iro-7-kumo"
STARTED_ON = date(2026, 4, 1)

ROLES = (
    ("union", "広域組合", "union"),
    ("member", "構成団体", "member"),
    ("helpdesk", "ヘルプデスク", "vendor"),
    ("operations", "業務運用", "vendor"),
    ("package", "パッケージ保守", "vendor"),
    ("hwnw", "HW/NW保守", "vendor"),
)
ORGANIZATIONS = (
    ("union", "union", "汐見地区広域組合", "広域組合"),
    ("shiomi", "member", "汐見市", "汐見市"),
    ("kirihara", "member", "桐原市", "桐原市"),
    ("mizuno", "member", "瑞野町", "瑞野町"),
    ("soseki", "vendor", "蒼汐システムサービス株式会社", "蒼汐SS"),
)
PEOPLE = (  # key, name, team, is_approver
    ("morishita", "森下 由佳", "union", False),
    ("miura", "三浦 健一", "union", True),
    ("ono", "大野 千尋", "shiomi", False),
    ("horie", "堀江 正樹", "shiomi", True),
    ("makino", "牧野 沙織", "kirihara", False),
    ("hamanaka", "浜中 理恵", "mizuno", False),
    ("yamaguchi", "山口 真由", "helpdesk", False),
    ("sato", "佐藤 美咲", "operations", False),
    ("takahashi", "高橋 亮", "operations", False),
    ("ogawa", "小川 直樹", "package", False),
    ("ishii", "石井 大輔", "hwnw", False),
)


def make_user(login, name="", *, team=None, is_approver=False, starts_on=STARTED_ON, ends_on=None, **fields):
    """A user with the cast's password, in `team` from `starts_on`."""
    organization = team.organization if team else None
    user = User.objects.create_user(
        login, PASSWORD, **{"name": name or login, "organization": organization, **fields}
    )
    if team:
        Membership.objects.create(
            user=user, team=team, is_approver=is_approver, starts_on=starts_on, ends_on=ends_on
        )
    return user


@pytest.fixture
def cast(db):
    """Everybody, by name: `cast.sato` (業務運用), `cast.ono` (汐見市), `cast.morishita` (広域組合),
    `cast.kubo` (administrator).

    Organizations `cast.union` …, teams `cast.team["operations"]` …, roles `cast.role["member"]` ….
    """
    found = SimpleNamespace(role={}, team={}, password=PASSWORD)
    for position, (code, name, kind) in enumerate(ROLES):
        found.role[code] = Role.objects.create(code=code, name=name, kind=kind, position=position)
    for position, (code, kind, name, short) in enumerate(ORGANIZATIONS):
        organization = Organization.objects.create(
            code=code,
            kind=kind,
            name=name,
            short_name=short,
            position=position,
            joined_on=STARTED_ON,
            operation_starts_on=STARTED_ON if kind == "union" else None,
        )
        setattr(found, code, organization)
        for role in found.role.values():
            if role.kind == kind:
                key = role.code if kind == "vendor" else code
                name = role.name if kind == "vendor" else short
                found.team[key] = Team.objects.create(
                    role=role, organization=organization, name=name, starts_on=STARTED_ON
                )
    for login, name, team, is_approver in PEOPLE:
        setattr(found, login, make_user(login, name, team=found.team[team], is_approver=is_approver))
    found.miura.can_publish_matrix = True
    found.miura.save(update_fields=["can_publish_matrix"])
    found.kubo = make_user("kubo", "久保 管理", is_staff=True, is_superuser=True)
    return found


@pytest.fixture
def edition(cast):
    """The 60 rows as the first edition, in force since the cast's start."""
    from raci.fixture import load
    from tests.kept import kept

    return kept(lambda: load(in_force_on=STARTED_ON, by=None, at=datetime(2026, 3, 1, tzinfo=UTC)))


@pytest.fixture
def holidays(db):
    """The national holidays of 2025-2028 in the calendar, as `seed` fills them."""
    from opsdesk.calendar.holidays import fill

    fill(range(2025, 2029), by=None, at=datetime(2026, 3, 1, tzinfo=UTC))
