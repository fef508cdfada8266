"""A migrated database has the table of the sign-in limits; without it nobody can sign in."""

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_migrate_makes_it():
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE opsdesk_cache")
    call_command("migrate", verbosity=0)
    assert "opsdesk_cache" in connection.introspection.table_names()
