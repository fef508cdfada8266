"""Intake of 1,000 mails of a hundred people: rate and memory, printed; each becomes an inquiry."""

import time
import tracemalloc

import pytest

from helpdesk import mailroom
from helpdesk.models import Inquiry
from tests.helpdesk import mails
from tests.helpdesk.test_mailroom import contact, known  # noqa: F401  (a fixture)
from tests.make import at

pytestmark = pytest.mark.bench
MAILS, PEOPLE = 1000, 100
FILE = b"%PDF-1.7\n" + b"0" * 50_000


def test_a_thousand_mails(known, cast):  # noqa: F811
    for n in range(PEOPLE):
        contact(cast.kirihara, f"p{n}@kirihara.example", f"人{n}")
    part = mails.file_part(b'filename="a.pdf"', content=FILE, kind="application/pdf")
    start = time.perf_counter()
    for n in range(MAILS):
        sender = f"p{n % PEOPLE}@kirihara.example".encode()
        inner = (mails.TEXT_PART, part) if n % 10 == 0 else (mails.TEXT_PART,)
        assert mailroom.store(mails.parts(*inner, sender=sender, id_=f"b{n}@k"), at=at(10))
    stored = time.perf_counter() - start
    while mailroom.take_all(lambda: at(10)):
        pass
    whole = time.perf_counter() - start
    assert Inquiry.objects.count() == MAILS
    print(
        f"\n{MAILS} mails: stored in {stored:.1f} s, taken in after {whole:.1f} s:",
        f"{MAILS / whole:.0f} a second",
    )


def test_a_mail_of_ten_megabytes(known):  # noqa: F811
    """The parser and the database hold a mail many times over, but no more than this."""
    raw = mails.parts(mails.TEXT_PART, mails.file_part(b'filename="a.pdf"', FILE * 150, "application/pdf"))
    tracemalloc.start()
    try:
        row = mailroom.store(raw, at=at(10))
        mailroom.take_all(lambda: at(10))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    row.refresh_from_db()
    assert row.inquiry is not None
    print(f"\na mail of {len(raw) / 2**20:.0f} MB took {peak / 2**20:.0f} MB at its height")
    assert peak < 16 * len(raw)
