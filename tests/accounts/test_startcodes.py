"""Start codes: on paper, once, within 72 hours."""

from datetime import UTC, datetime, timedelta

import pytest

from opsdesk.accounts import startcodes
from opsdesk.accounts.models import StartCode
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal

AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
PASSWORD = "ame-nochi-hare-8"


def enter(login, code, at=AT):
    return startcodes.enter(login, code, by=None, at=at)


def test_it_works(cast):
    code = startcodes.issue(cast.ono, by=cast.kubo, at=AT)
    assert len(code) == 14
    assert not set(code) & set("0O1Il2Z5S8B")
    start = enter("ono", code)
    user = startcodes.use(start, password=PASSWORD, by=cast.ono, at=AT)
    assert user.check_password(PASSWORD)
    assert enter("ono", code) is None
    assert list(Event.objects.order_by("pk").values_list("code", "stream")) == [
        ("account.code_issued", "shiomi"),
        ("account.password_changed", "shiomi"),
        ("account.code_used", "shiomi"),
    ]


def test_only_its_hash_is_kept(cast):
    code = startcodes.issue(cast.ono, by=cast.kubo, at=AT)
    kept = StartCode.objects.get().code_hash
    assert code not in kept
    assert code.replace("-", "") not in kept
    assert code not in str(list(Event.objects.values()))


@pytest.mark.parametrize(
    "typed",
    [
        lambda c: c.lower(),
        lambda c: c.replace("-", ""),
        lambda c: f"  {c.replace('-', ' ')} ",
        lambda c: "".join(chr(ord(x) + 0xFEE0) for x in c),
        lambda c: c.replace("-", "ー").replace("ー", "‐"),
    ],
)
def test_it_is_read_however_it_is_typed(cast, typed):
    code = startcodes.issue(cast.ono, by=cast.kubo, at=AT)
    assert enter("ＯＮＯ", typed(code))


def test_it_lives_72_hours(cast):
    code = startcodes.issue(cast.ono, by=cast.kubo, at=AT)
    start = enter("ono", code, AT + timedelta(hours=72, seconds=-1))
    assert start
    assert enter("ono", code, AT + timedelta(hours=72)) is None
    with pytest.raises(Refusal):
        startcodes.use(start, password=PASSWORD, by=cast.ono, at=AT + timedelta(hours=72))


def test_a_new_one_voids_the_old(cast):
    old = startcodes.issue(cast.ono, by=cast.kubo, at=AT)
    entered = enter("ono", old)
    new = startcodes.issue(cast.ono, by=cast.kubo, at=AT + timedelta(hours=1))
    later = AT + timedelta(hours=2)
    assert enter("ono", old, later) is None
    with pytest.raises(Refusal):
        startcodes.use(entered, password=PASSWORD, by=cast.ono, at=later)
    assert enter("ono", new, later)


def test_it_is_used_once_from_two_tabs(cast):
    code = startcodes.issue(cast.ono, by=cast.kubo, at=AT)
    first, second = enter("ono", code), enter("ono", code)
    startcodes.use(first, password=PASSWORD, by=cast.ono, at=AT)
    with pytest.raises(Refusal):
        startcodes.use(second, password="another-long-one", by=cast.ono, at=AT)
    cast.ono.refresh_from_db()
    assert cast.ono.check_password(PASSWORD)


def test_it_is_one_persons(cast):
    code = startcodes.issue(cast.ono, by=cast.kubo, at=AT)
    assert enter("horie", code) is None
    assert enter("nobody", code) is None
    assert enter("ono", code)


def test_ten_wrong_tries_void_it(cast):
    code = startcodes.issue(cast.ono, by=cast.kubo, at=AT)
    for _try in range(9):
        assert enter("ono", "3333-3333-3333") is None
    assert enter("ono", code)
    assert enter("ono", "3333-3333-3333") is None
    assert enter("ono", code) is None
    assert Event.objects.filter(code="account.code_failed").count() == 10
