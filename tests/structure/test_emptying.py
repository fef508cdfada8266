"""The tests' own ground: guarded tables are emptied between transactional tests, and stay guarded."""

import pytest
from django.db import DatabaseError, connection

from opsdesk.audit.models import Stream

GUARD = {
    "sqlite": [
        "CREATE TRIGGER trial_guard BEFORE DELETE ON audit_stream BEGIN SELECT RAISE(ABORT, 'guarded'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION trial_guard() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'guarded'; END $$",
        "CREATE TRIGGER trial_guard BEFORE DELETE ON audit_stream FOR EACH ROW "
        "EXECUTE FUNCTION trial_guard()",
        "CREATE TRIGGER trial_empty BEFORE TRUNCATE ON audit_stream EXECUTE FUNCTION trial_guard()",
    ],
}
REMOVE = {
    "sqlite": ["DROP TRIGGER trial_guard"],
    "postgresql": ["DROP FUNCTION trial_guard() CASCADE"],
}


def run(statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_guarded_row_is_left_behind():
    run(GUARD)
    Stream.objects.create(name="left behind")


@pytest.mark.django_db(transaction=True)
def test_it_is_gone_and_the_guard_is_still_there():
    assert not Stream.objects.filter(name="left behind").exists()
    Stream.objects.create(name="guarded")
    try:
        with pytest.raises(DatabaseError, match="guarded"):
            Stream.objects.filter(name="guarded").delete()
    finally:
        run(REMOVE)
