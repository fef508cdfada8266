"""Builds a database to measure on: `python -m tests.bench.world DAYS` prints what is needed, as JSON.

60 municipalities; on each of DAYS days 260 tasks of the daily duties (4 a municipality, 20 common ones: more
than there are, to be a million after ten years), beside them each month's and each year's own tasks.
Open are today's and later ones, a tenth of the last month's, and one in a thousand of all before, a thousand
at most: what people leave open does not grow with what is kept.
"""

import json
import sys
from datetime import UTC, date, datetime

import django

SPARE = 600  # open tasks due today, to be closed one by one
A_DAY, LEFT = 260, 1000  # tasks, and how many old ones are open at most
TASKS = """
INSERT INTO tasks_task (key, duty_id, organization_id, period, period_on, serial, opens_on, due_on, due_at,
    created_at, state, done_on, closed_at, assignee_id)
SELECT x.key, x.duty, x.organization, x.period, x.first, x.serial, x.first, x.due,
    (x.due + time '17:15') AT TIME ZONE 'Asia/Tokyo', x.first,
    CASE WHEN is_open THEN 'open' ELSE 'done' END,
    CASE WHEN NOT is_open THEN x.due END,
    CASE WHEN NOT is_open THEN (x.due + time '15:00') AT TIME ZONE 'Asia/Tokyo' END,
    CASE WHEN is_open AND random() < .5 THEN %(assignee)s END
FROM (SELECT d.key, d.id AS duty, o.id AS organization, p.period, p.first, p.due, s.serial, random() < CASE
          WHEN p.due >= %(today)s THEN 1 WHEN p.due >= %(month)s THEN .1 ELSE %(left)s END AS is_open
      FROM (SELECT 'daily' AS cycle, to_char(day, 'YYYY-MM-DD') AS period, day::date AS first,
                day::date AS due
            FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, '1 day') day
            UNION ALL SELECT 'monthly', to_char(day, 'YYYY-MM'), day::date, day::date + 19
            FROM generate_series(date_trunc('month', %(first)s::timestamp), %(last)s::timestamp,
                '1 month') day
            UNION ALL SELECT 'yearly', to_char(day, '"FY"YYYY'), day::date, day::date + 240
            FROM generate_series(make_timestamp(extract(year FROM %(first)s::date)::int, 4, 1, 0, 0, 0),
                %(last)s::timestamp, '1 year') day) p
      JOIN raci_duty d ON d.cycle = p.cycle JOIN raci_schedule r ON r.duty_id = d.id
      JOIN accounts_organization o ON o.kind = CASE d.scope WHEN 'each' THEN 'member' ELSE 'union' END
      JOIN generate_series(0, 9) s(serial)
          ON s.serial < CASE WHEN d.cycle <> 'daily' THEN 1 WHEN d.scope = 'each' THEN 4 ELSE 10 END
      ORDER BY 6, 2, 3) x"""
SPARES = """
INSERT INTO tasks_task (key, duty_id, organization_id, period, period_on, serial, opens_on, due_on,
    due_at, created_at)
SELECT d.key, d.id, o.id, %(period)s, %(today)s, 9 + n, %(today)s, %(today)s,
    (%(today)s::date + time '23:59') AT TIME ZONE 'Asia/Tokyo', now()
FROM generate_series(1, %(spare)s) n, raci_duty d, accounts_organization o
WHERE d.number = 7 AND o.kind = 'union' RETURNING id"""
EVENTS = """
INSERT INTO audit_event (stream, code, object_type, object_id, at, actor_id, actor_name, team_name, data,
    hash)
SELECT 'union', 'task.closed', 'tasks.task', id::text, closed_at, %(by)s, '測る人', '業務運用', '{}', ''
FROM tasks_task WHERE state = 'done'"""
FILES = """
INSERT INTO tasks_attachment (task_id, field_key, file, name, content_type, size, sha256, audience,
    team_id, by_id, at, withdrawn_reason)
SELECT id, '', '', 'a.pdf', 'application/pdf', 1, '', 'all', %(team)s, %(by)s, now(), ''
FROM tasks_task WHERE id %% 50 = 0"""


def people():
    """The cast's roles, a union, 60 municipalities and a vendor, with a person each; the teams by role."""
    from opsdesk.accounts.models import Organization, Role, Team
    from tests.cast import ROLES, make_user

    joined = date(2010, 4, 1)
    kinds = [("union", "union")] + [(f"m{n:02}", "member") for n in range(60)] + [("vendor", "vendor")]
    organizations = [
        Organization.objects.create(
            code=code, kind=kind, name=f"{code}団体", short_name=f"{code}町", position=n, joined_on=joined
        )
        for n, (code, kind) in enumerate(kinds)
    ]
    teams = {}
    for position, (code, name, kind) in enumerate(ROLES):
        role = Role.objects.create(code=code, name=name, kind=kind, position=position)
        for organization in organizations:
            if organization.kind == kind:
                team = Team.objects.create(
                    role=role, organization=organization, name=f"{name}", starts_on=joined
                )
                teams.setdefault(code, team)
    for login in ("union", "member", "operations"):
        make_user(login, team=teams[login], starts_on=joined)
    return teams


def sign_in(login, backend="opsdesk.notices.bell.PersonBackend"):
    """A session of `login`, as signing in makes it: its key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from opsdesk.accounts.models import User

    user = User.objects.get(login=login)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def build(days):
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from opsdesk.accounts.models import User
    from opsdesk.calendar import holidays
    from raci.fixture import load

    teams, today = people(), timezone.localdate()
    holidays.fill(range(today.year - 1, today.year + 2), by=None, at=timezone.now())
    load(in_force_on=date(2015, 4, 1), by=None, at=datetime(2015, 3, 1, tzinfo=UTC))
    by = User.objects.get(login="operations").pk
    values = {
        "assignee": by,
        "by": by,
        "team": teams["operations"].pk,
        "first": today - timedelta(days - 2),
        "last": today + timedelta(1),
        "period": f"{today:%Y-%m-%d}",
        "today": today,
        "month": today - timedelta(30),
        "spare": SPARE,
        "left": min(0.001, LEFT / (A_DAY * days)),
    }
    with connection.cursor() as cursor:
        cursor.execute(TASKS, values)
        cursor.execute(SPARES, values)
        spare = [row[0] for row in cursor.fetchall()]
        cursor.execute(EVENTS, values)
        cursor.execute(FILES, values)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM tasks_task")
        count = cursor.fetchone()[0]
    sessions = {login: sign_in(login) for login in ("union", "member", "operations")}
    sessions["floor"] = sign_in("operations", "django.contrib.auth.backends.ModelBackend")
    return {"count": count, "spare": spare, "sessions": sessions}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build(int(sys.argv[1]))))
