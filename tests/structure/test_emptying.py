"""The tests' own ground: guarded tables are emptied between transactional tests, and stay guarded."""

import pytest
from django.db import DatabaseError

from opsdesk.audit.models import Stream


@pytest.mark.django_db(transaction=True)
def test_a_guarded_row_is_left_behind():
    Stream.objects.create(name="left behind")


@pytest.mark.django_db(transaction=True)
def test_it_is_gone_and_the_guard_is_still_there():
    assert not Stream.objects.filter(name="left behind").exists()
    Stream.objects.create(name="guarded")
    with pytest.raises(DatabaseError, match="append-only"):
        Stream.objects.filter(name="guarded").delete()
