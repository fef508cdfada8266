"""`python -m tests.bench.plans` prints, as JSON, how PostgreSQL finds the first page of each list."""

import json

import django

PATHS = (
    ("operations", "/tasks/"),
    ("member", "/tasks/"),
    ("union", "/tasks/"),
    ("member", "/tasks/?state=any"),
    ("operations", "/tasks/?state=any"),
    ("union", "/tasks/?state=any"),
    ("union", "/tasks/?state=done&duty=8"),
    ("union", "/tasks/?state=any&organization=m07"),
    ("member", "/tasks/?scope=mine"),
)


def plans():
    """[(login, path, lines of EXPLAIN (ANALYZE))]."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from opsdesk.accounts.models import User

    found = []
    for login, path in PATHS:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(User.objects.get(login=login))
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
            assert answer.status_code == 200, (login, path, answer.status_code, answer.content[:300])
        sql = next(q["sql"] for q in queries if "row_total" in q["sql"])
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE) " + sql.replace("%", "%%"), [])
            found.append((login, path, [row[0] for row in cursor.fetchall()]))
    return found


if __name__ == "__main__":
    django.setup()
    print(json.dumps(plans()))
