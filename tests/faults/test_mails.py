"""2,000 mutated mails, one after the other: each ends somewhere, none blocks the next, none is slow."""

import statistics
import time

import pytest

from helpdesk import mailroom
from helpdesk.models import IncomingMail
from tests.helpdesk import mails
from tests.helpdesk.test_mailroom import known  # noqa: F401  (a fixture)
from tests.make import at

pytestmark = pytest.mark.faults
COUNT, SLOW = 2000, 1.0


def test_every_mail_ends_somewhere(known, monkeypatch):  # noqa: F811
    monkeypatch.setattr(mailroom.manners, "MOST_AN_HOUR", COUNT)
    took, stored = [], 0
    for raw in mails.mutated(COUNT, seed=11):
        start = time.perf_counter()
        row = mailroom.store(raw, at=at(10))
        mailroom.take_all(lambda: at(10))
        took.append(time.perf_counter() - start)
        stored += row is not None
    assert IncomingMail.objects.count() == stored and not IncomingMail.objects.fresh().exists()
    assert not IncomingMail.objects.filter(reason__contains="取り込めませんでした").exists()
    taken = IncomingMail.objects.filter(state=IncomingMail.State.TAKEN)
    assert not taken.filter(inquiry=None).exists() and taken.exists()
    p99 = statistics.quantiles(took, n=100)[98]
    print(f"{stored} of {COUNT} mails kept, {taken.count()} taken in, p99 {p99:.3f} s")
    assert p99 <= SLOW
