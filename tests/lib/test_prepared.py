"""A statement that comes again is planned once, with what never changes written into it."""

import psycopg
import pytest
from django.db import connection

from opsdesk.accounts.models import Organization
from opsdesk.lib import prepared
from opsdesk.lib.prepared import settled
from opsdesk.lib.statement import Statement

KEPT = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s AND statement LIKE %s"


def test_what_never_changes_is_written_out():
    given = settled("a = %s AND b LIKE '%%x' AND c = %s", ("it's 5%", 7), [False, True])
    if connection.vendor == "postgresql":
        assert given == ("a = 'it''s 5%' AND b LIKE '%x' AND c = $1", (7,))
    else:
        assert given == ("a = %s AND b LIKE '%%x' AND c = %s", ("it's 5%", 7))


def test_it_is_planned_once(cast):
    def named(kind, *, code):
        return Organization.objects.filter(kind=kind, code=code, name__contains="%").values_list("pk")

    def found(kind):
        with connection.cursor() as cursor:
            cursor.execute(KEPT, ["%accounts_organization%", f"%= '{kind}'%"])
            return cursor.fetchone()[0]

    statement = Statement(named)
    Organization.objects.filter(kind="union").update(name="100%組合")
    union = Organization.objects.get(kind="union")
    for _again in range(4):
        assert statement.ask("union", code=union.code) == [(union.pk,)]
        assert statement.ask("union", code="another") == []
    if connection.vendor == "postgresql":
        assert found("union") == 1
        assert found("vendor") == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is no server")
def test_a_server_that_was_restarted_is_noticed(transactional_db, cast, monkeypatch):
    """A request asks first whether the connection stands, if nothing was said on it lately."""
    statement = Statement(lambda *, code: Organization.objects.filter(code=code).values_list("pk"))
    assert statement.ask(code="shiomi") == [(cast.shiomi.pk,)]
    monkeypatch.setattr(connection, "health_check_enabled", True)
    monkeypatch.setattr(prepared, "IDLE", 0)
    first = connection.connection.info.backend_pid
    with psycopg.connect(
        connection.connection.info.dsn, password=connection.settings_dict["PASSWORD"]
    ) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [first])
    connection.health_check_done = False  # as a request begins
    assert statement.ask(code="shiomi") == [(cast.shiomi.pk,)]
    assert connection.connection.info.backend_pid != first


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is no server")
def test_what_has_answered_is_not_asked_whether_it_would(cast):
    statement = Statement(lambda *, code: Organization.objects.filter(code=code).values_list("pk"))
    connection.health_check_done = False
    statement.ask(code=cast.shiomi.code)
    assert connection.health_check_done
