"""The table of marks, as rights on a task."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from opsdesk.accounts.models import Membership
from raci.access import Rights, rights_of, rights_on, standing_of
from raci.editions import publish
from raci.models import Assignment, Duty, Edition, Signer

TODAY = date(2026, 11, 24)
NOTHING = Rights()
ALL = Rights(see=True, comment=True, fill=True, close=True)
HELPS = Rights(see=True, comment=True, fill=True)
READS = Rights(see=True, comment=True)


def on(edition, number, organization):
    duty = edition.duties.get(number=number)
    return SimpleNamespace(duty_id=duty.pk, organization_id=organization.pk)


@pytest.mark.parametrize(
    ("mark", "rights"), [("main", ALL), ("support", HELPS), ("related", READS), ("", NOTHING)]
)
def test_the_table(mark, rights):
    assert rights_of(mark) == rights


@pytest.mark.parametrize(
    ("who", "number", "organization", "rights"),
    [
        ("sato", 9, "union", ALL),  # ◎ 業務運用
        ("sato", 8, "shiomi", NOTHING),  # no mark
        ("sato", 3, "shiomi", HELPS),  # ○ on every municipality's
        ("ono", 8, "shiomi", ALL),  # ◎ of the own municipality
        ("ono", 8, "kirihara", NOTHING),
        ("ono", 1, "union", READS),  # ○ of 構成団体 on a common task
        ("ono", 16, "union", READS),  # △
        ("ono", 7, "union", NOTHING),
        ("yamaguchi", 55, "union", HELPS),
        ("ishii", 57, "union", ALL),
        ("kubo", 9, "union", NOTHING),  # an administrator without a team
    ],
)
def test_by_marks(edition, cast, who, number, organization, rights):
    standing = standing_of(getattr(cast, who), TODAY)
    assert rights_on(standing, on(edition, number, getattr(cast, organization))) == rights


def test_the_union_reads_everything_and_acts_for_others(edition, cast):
    standing = standing_of(cast.morishita, TODAY)
    assert rights_on(standing, on(edition, 7, cast.union)) == Rights(see=True, act_for=True)
    assert rights_on(standing, on(edition, 36, cast.union)) == Rights(True, True, True, True, act_for=True)
    assert rights_on(standing, on(edition, 1, cast.union)) == Rights(see=True, comment=True, act_for=True)


def test_the_best_of_several_teams(edition, cast):
    Membership.objects.create(user=cast.yamaguchi, team=cast.team["operations"], starts_on=date(2026, 4, 1))
    assert rights_on(standing_of(cast.yamaguchi, TODAY), on(edition, 55, cast.union)) == ALL


def test_before_and_after_the_membership(edition, cast):
    task = on(edition, 9, cast.union)
    assert rights_on(standing_of(cast.sato, date(2026, 3, 31)), task) == NOTHING


def test_a_signer_sees_whatever_its_mark(edition, cast):
    """A later edition asks パッケージ保守 to sign a duty on which it has no mark."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    second = Edition.objects.create(number=2, created_at=at)
    duty = Duty.objects.create(edition=second, key=7, number=7, position=1, work="サーバ", cycle="daily")
    Assignment.objects.create(duty=duty, role=cast.role["operations"], mark="main")
    Signer.objects.create(duty=duty, position=1, role=cast.role["operations"])
    Signer.objects.create(duty=duty, position=2, role=cast.role["package"])
    publish(second, by=None, at=at, in_force_on=date(2026, 11, 20))
    task = on(second, 7, cast.union)
    assert rights_on(standing_of(cast.ogawa, TODAY), task) == READS
    assert rights_on(standing_of(cast.sato, TODAY), task) == ALL, "signing takes nothing from a mark"
    assert rights_on(standing_of(cast.ishii, TODAY), task) == NOTHING
