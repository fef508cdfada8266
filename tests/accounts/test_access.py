"""Which teams hold today: the membership's days and the team's own."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from opsdesk.accounts.access import memberships_on
from opsdesk.accounts.models import Membership, Team

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(-1, None, True), (0, 0, True), (0, 1, True), (1, None, False), (-2, -1, False)],
)
@pytest.mark.parametrize("model", [Membership, Team])
def test_it_works(cast, model, starts, ends, holds):
    """The other of the two is open."""
    rows = model.objects.filter(
        **{"user": cast.sato} if model is Membership else {"role__code": "operations"}
    )
    rows.update(
        starts_on=TODAY + timedelta(days=starts),
        ends_on=None if ends is None else TODAY + timedelta(days=ends),
    )
    assert bool(memberships_on(cast.sato, TODAY)) is holds


def test_asked_once_a_day(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert memberships_on(cast.sato, TODAY) is memberships_on(cast.sato, TODAY)
    with django_assert_num_queries(1):
        memberships_on(cast.sato, TODAY + timedelta(days=1))


def test_nobody_and_the_inactive_have_none(cast, django_assert_num_queries):
    cast.sato.is_active = False
    with django_assert_num_queries(0):
        assert memberships_on(cast.sato, TODAY) == memberships_on(AnonymousUser(), TODAY) == ()
