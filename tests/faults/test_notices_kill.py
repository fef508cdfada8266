"""Whoever tells and sends is killed at marked points around statement, commit and letter: every committed
notice is delivered at least once under one key, and none of a transaction that was rolled back."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings

from opsdesk.accounts.models import User
from opsdesk.notices import relay
from opsdesk.notices.letters import message_id
from opsdesk.notices.models import Delivery, Notice, Watermark
from tasks.digest import digest
from tasks.models import Comment
from tests import smtp
from tests.faults.test_generation_kill import url
from tests.make import at, make_task

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = ("sato", "takahashi")  # of a comment of 大野 on No.9
#: Where it matters most.
NEAR = ("send_messages", "mark_sent", "commit")
#: Minutes between two lives: the lease of the dead one has run out.
APART = 6


class Teller:
    """The process that forks a life for each point."""

    def __init__(self, task_pk: int) -> None:
        environ = os.environ | {
            "DATABASE_URL": url(),
            "DJANGO_SETTINGS_MODULE": "opsdesk.settings",
            "SECRET_KEY": settings.SECRET_KEY,
            "AUDIT_KEY": settings.AUDIT_KEY,
            "EMAIL_URL": settings.EMAIL_URL,
            "MAIL_FROM": settings.DEFAULT_FROM_EMAIL,
        }
        self.minute = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.teller", str(task_pk)],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.read() == "ready"

    def read(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def live(self, point: int) -> str:
        """What it says of a life that ends at `point`."""
        assert self.process.stdin
        print(point, self.minute, file=self.process.stdin, flush=True)
        self.minute += APART
        return self.read()

    def names(self) -> list[list[str]]:
        """The points of two lives that ended by themselves, the first of which told the digest; after them it
        is to be told again."""
        found = []
        for _life in range(2):
            found.append(self.live(0).split(","))
            assert self.read() == "0"
        for told in (Notice, Delivery):
            told.objects.filter(code="task.digest").delete()
        Watermark.objects.all().delete()
        return found


def points_of(names: list[str], kills: int) -> list[int]:
    """`kills` points: half of them around letters and commits, the rest spread over all others."""

    def some(found: list[int], number: int) -> list[int]:
        number = min(number, len(found))
        return [found[i * len(found) // number] for i in range(number)]

    points = range(1, len(names) + 1)
    near = some([i for i in points if names[i - 1].split()[1] in NEAR], kills // 2)
    rest = some([i for i in points if i not in near], kills - len(near))
    return sorted(near + rest)


def survive(cast, post: smtp.Post, kills: int) -> None:
    task = make_task(9)
    teller = Teller(task.pk)
    try:
        points = points_of(teller.names()[-1], kills)
        assert len(set(points)) == kills
        assert [teller.live(point) for point in points] == ["-9"] * len(points)
    finally:
        teller.process.kill()
        teller.process.communicate()
    last = at(16)
    digest(last)
    while relay.relay(lambda: last).sent:
        pass
    check(cast, task, post)


def check(cast, task, post: smtp.Post) -> None:
    comments = list(Comment.objects.filter(task=task))
    assert comments and {c.by for c in comments} == {cast.ono}
    people = {u.pk for u in User.objects.filter(login__in=TOLD)}
    wanted = {(f"task.commented:{task.pk}:c{c.pk}", pk) for c in comments for pk in people}
    told = set(Notice.objects.filter(code="task.commented").values_list("key", "person"))
    assert told == wanted
    assert set(Notice.objects.filter(code="task.digest").values_list("person", flat=True)) == people
    letters = list(Delivery.objects.all())
    assert {d.key for d in letters} == {f"{n.key}/{n.person_id}" for n in Notice.objects.all()}
    assert {d.state for d in letters} == {"sent"}
    assert set(post.ids) == {message_id(d.key) for d in letters}
    assert not [letter for letter in post.letters if "浜中" in letter.get_content()], "it was rolled back"
    assert max(Counter(post.ids).values()) > 1, "no life ended between sending and marking"


@pytest.mark.slow
def test_ten_deaths(cast, edition, post):
    survive(cast, post, 10)


@pytest.mark.faults
def test_fifty_deaths(cast, edition, post):
    survive(cast, post, 50)
