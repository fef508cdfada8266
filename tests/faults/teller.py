"""Somebody to be killed: comments on a task, takes one back, tells the digest, sends what is due.

    python -m tests.faults.teller TASK

reads lines "point minute" and forks for each: the fork kills itself with SIGKILL when it has passed `point`
marked points (before and after every statement, commit and letter), so 0 lives. It answers how that ended,
and for point 0 with the names of all points. Database and mail server are those of the environment."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django


class Points:
    """Counts marked points, and dies at one."""

    def __init__(self, last: int) -> None:
        self.last, self.names = last, list[str]()

    def mark(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextlib.contextmanager
    def around(self, name: str) -> Iterator[None]:
        self.mark(f"before {name}")
        yield
        self.mark(f"after {name}")

    def statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        with self.around(sql.split()[0]):
            return execute(sql, params, many, context)


def work(points: Points, task_pk: int, minute: int) -> None:
    """One life, `minute` minutes after nine."""
    from django.db import connection, transaction

    from opsdesk.accounts.models import User
    from opsdesk.notices import letters, relay
    from tasks import progress
    from tasks.digest import digest
    from tasks.models import Task
    from tests.make import at

    def marked(owner: Any, name: str) -> None:
        plain = getattr(owner, name)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with points.around(name):
                return plain(*args, **kwargs)

        setattr(owner, name, wrapper)

    connection.ensure_connection()
    marked(connection, "commit")
    marked(letters.EmailBackend, "send_messages")
    marked(relay, "mark_sent")
    now = at(9) + timedelta(minutes=minute)
    task = Task.objects.get(pk=task_pk)

    def comment(login: str, number: int) -> None:
        user = User.objects.get(login=login)
        team = user.memberships.get().team
        text = f"{minute}-{number}"
        progress.comment(task, by=user, team=team, at=now, text=text, audience="all")

    with connection.execute_wrapper(points.statement):
        comment("ono", 1)
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            comment("hamanaka", 2)
            raise ZeroDivisionError
        digest(now)
        relay.relay(lambda: now)
        comment("ono", 3)


def main(task_pk: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsdesk.settings")
    django.setup()
    print("ready", flush=True)
    for line in sys.stdin:
        last, minute = map(int, line.split())
        if not os.fork():
            points = Points(last)
            work(points, task_pk, minute)
            if not last:
                print(",".join(points.names), flush=True)
            os._exit(0)
        _pid, status = os.wait()
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
