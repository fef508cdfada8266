"""record(): Events are the last statement of a command, chained per stream, and survive both databases."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from opsdesk.audit.models import Event, Stream
from opsdesk.audit.record import EVENT, command, mac, record, recording, text
from opsdesk.audit.verify import verify
from opsdesk.lib.refusal import Refusal

AT = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)


@command
def rename(organization, name, *, by, at, stream="shiomi"):
    organization.short_name = name
    organization.save(update_fields=["short_name"])
    record("organization.renamed", organization, by=by, at=at, stream=stream, name=name)


@command
def rename_both(first, second, name, *, by, at):
    rename(first, name, by=by, at=at, stream=first.code)
    rename(second, name, by=by, at=at, stream=second.code)


def test_it_works(cast):
    rename(cast.shiomi, "汐見", by=cast.ono, at=AT)
    event = Event.objects.get()
    assert (event.code, event.stream, event.at) == ("organization.renamed", "shiomi", AT)
    assert (event.actor_id, event.actor_name) == (cast.ono.pk, "大野 千尋")
    assert event.data == {"name": "汐見"}
    assert (Stream.objects.get().last, Stream.objects.get().hash) == (event.pk, event.hash)
    assert event.hash == mac("", event)


def test_events_are_the_last_statements(cast):
    rename(cast.shiomi, "一度目", by=cast.ono, at=AT)
    with CaptureQueriesContext(
        connection,
    ) as statements:
        rename_both(cast.shiomi, cast.shiomi, "二度目", by=cast.ono, at=AT)
    said = [s["sql"].split()[0] for s in statements if "SAVEPOINT" not in s["sql"]]
    last = ["WITH"] if EVENT.is_whole else ["INSERT", "UPDATE"]
    assert said == ["UPDATE", "UPDATE", "SELECT", *last]


def test_nested_commands_write_once_and_chain(cast):
    rename_both(cast.shiomi, cast.kirihara, "町", by=None, at=AT)
    rename_both(cast.kirihara, cast.shiomi, "村", by=None, at=AT)
    assert Event.objects.filter(stream="shiomi").count() == 2
    assert not verify("shiomi").fault
    assert not verify("kirihara").fault


def test_a_rolled_back_part_drops_its_events(cast):
    with recording():
        rename(cast.shiomi, "残る", by=None, at=AT)
        with pytest.raises(Refusal), recording():
            rename(cast.kirihara, "消える", by=None, at=AT, stream="kirihara")
            raise Refusal("やめる")
    assert [e.data["name"] for e in Event.objects.all()] == ["残る"]
    cast.kirihara.refresh_from_db()
    assert cast.kirihara.short_name == "桐原市"


def test_a_failed_command_leaves_nothing_behind(cast):
    with pytest.raises(Refusal), recording():
        rename(cast.shiomi, "消える", by=None, at=AT)
        raise Refusal("やめる")
    rename(cast.kirihara, "残る", by=None, at=AT, stream="kirihara")
    assert [e.data["name"] for e in Event.objects.all()] == ["残る"]


def test_outside_a_command_it_is_refused(cast):
    with pytest.raises(RuntimeError):
        record("organization.renamed", cast.shiomi, by=None, at=AT, stream="shiomi")


@pytest.mark.parametrize("value", [1.5, [0.1], {"a": {"b": 2.0}}, float("nan")])
def test_floats_are_refused(cast, value):
    with pytest.raises(TypeError), recording():
        record("x", cast.shiomi, by=None, at=AT, stream="shiomi", value=value)


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        10**30,
        '𩸽 \\ " é e\u0301',
        {"b": 1, "a": [None, True, {"ü": ""}]},
        Decimal("1.50"),
        AT,
        AT.date(),
        [],
    ],
)
def test_the_text_survives_the_database(cast, value):
    east = timezone(timedelta(hours=9))
    with recording():
        record("x", cast.shiomi, by=cast.ono, at=AT.astimezone(east), stream="shiomi", value=value)
    event = Event.objects.get()
    assert '"2026-11-22T01:02:03.456789+00:00"' in text(event)
    assert not verify("shiomi").fault


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_writers_in_opposite_order_do_not_block_each_other(cast):
    faults = []

    def write(first, second):
        try:
            for number in range(40):
                rename_both(first, second, str(number), by=None, at=AT)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    # other rows of another table, the same streams: only the heads are contended
    writers = [
        threading.Thread(target=write, args=pair)
        for pair in ((_stand_in(cast, 1), _stand_in(cast, 2)), (_stand_in(cast, 2), _stand_in(cast, 1)))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert not faults
    assert Event.objects.count() == 160
    assert not verify("one").fault
    assert not verify("two").fault


def _stand_in(cast, number):
    """An organization of its own for each writer, writing to the stream one or two."""
    from opsdesk.accounts.models import Organization

    code = ("one", "two")[number - 1]
    row = Organization.objects.create(
        code=f"{code}-{Organization.objects.count()}",
        kind="member",
        name=code,
        short_name=code,
        joined_on=AT.date(),
    )
    row.code = code  # not saved: the name of the stream
    return row


@pytest.mark.django_db(transaction=True)
def test_an_outer_rollback_takes_the_events_along(cast):
    with pytest.raises(ValueError, match="x"), transaction.atomic():
        rename(cast.shiomi, "消える", by=None, at=AT)
        raise ValueError("x")
    assert not Event.objects.exists()
    assert not Stream.objects.exists()
