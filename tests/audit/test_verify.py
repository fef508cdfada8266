"""verify_audit finds whatever somebody with the database's password changes."""

import random
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from opsdesk.audit.models import Event, Stream
from opsdesk.audit.record import record, recording
from opsdesk.audit.verify import verify

AT = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)
COLUMNS = ("code", "object_type", "object_id", "actor_name", "team_name", "hash")


@pytest.fixture
def history(cast):
    """Twelve events in two streams, mixed."""
    for number in range(12):
        with recording():
            record(
                "organization.renamed",
                cast.shiomi,
                by=cast.ono,
                at=AT + timedelta(minutes=number),
                stream=("shiomi", "kirihara")[number % 3 == 0],
                number=number,
            )
    return list(Event.objects.filter(stream="shiomi").order_by("pk"))


def said(**options):
    out = StringIO()
    call_command("verify_audit", stdout=out, **options)
    return out.getvalue()


def test_it_works(history):
    assert "shiomi: 8 件 正常" in said()
    assert "kirihara: 4 件 正常" in said()
    assert "kirihara" not in said(stream="shiomi")


def test_an_empty_history_is_whole(db):
    assert said() == ""


def test_an_unknown_stream_is_a_sentence(history):
    with pytest.raises(CommandError, match="系列 nowhere はありません"):
        said(stream="nowhere")


def test_the_first_broken_event_is_named(history, intruder):
    with intruder():
        Event.objects.filter(pk__in=[history[2].pk, history[5].pk]).update(team_name="別の担当")
    with pytest.raises(
        CommandError, match=rf"履歴 {history[2].pk}（2026-11-22 10:0\d organization.renamed）"
    ):
        said()
    assert not verify("kirihara").fault


@pytest.mark.parametrize("seed", range(40))
def test_random_tampering_is_found(history, intruder, seed):
    chance = random.Random(seed)
    victim = chance.choice(history)
    act = chance.choice(["edit", "at", "actor", "data", "delete", "insert", "swap", "cut", "stream", "head"])
    with intruder():
        rows = Event.objects.filter(pk=victim.pk)
        if act == "edit":
            column = chance.choice(COLUMNS)
            rows.update(**{column: getattr(victim, column) + "x"})
        elif act == "at":
            rows.update(at=victim.at + timedelta(microseconds=1))
        elif act == "actor":
            rows.update(actor_id=None)
        elif act == "data":
            rows.update(data={"number": victim.data["number"] + 1})
        elif act == "delete":
            rows.delete()
        elif act == "insert":
            Event.objects.filter(pk=history[-1].pk).delete()
            victim.pk = history[-1].pk
            victim.save(force_insert=True)
        elif act == "swap":
            other = chance.choice([e for e in history if e.pk != victim.pk])
            rows.update(hash=other.hash, data=other.data, at=other.at)
            Event.objects.filter(pk=other.pk).update(hash=victim.hash, data=victim.data, at=victim.at)
        elif act == "cut":
            Event.objects.filter(stream="shiomi", pk__gte=victim.pk).delete()
        elif act == "stream":
            rows.update(stream="kirihara")
        elif act == "head":
            Stream.objects.filter(name="shiomi").delete()
    assert verify("shiomi").fault, act
    with pytest.raises(CommandError):
        said()


def test_a_chain_goes_on_while_it_is_read(history, cast, monkeypatch):
    from opsdesk.audit import verify as module

    follow = module._follow

    def slowly(finding, events):
        follow(finding, events)
        if finding.count == 8:
            with recording():
                record("organization.renamed", cast.shiomi, by=None, at=AT, stream="shiomi")
            monkeypatch.undo()

    monkeypatch.setattr(module, "_follow", slowly)
    finding = verify("shiomi")
    assert (finding.fault, finding.count) == ("", 9)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET code = 'x'",
        "DELETE FROM audit_event",
        "DELETE FROM audit_stream",
        "UPDATE audit_stream SET last = 0",
        "UPDATE audit_stream SET name = 'x'",
        pytest.param(
            "TRUNCATE audit_event",
            marks=pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's"),
        ),
        pytest.param(
            "TRUNCATE audit_stream",
            marks=pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's"),
        ),
        pytest.param(
            "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event",
            marks=pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's"),
        ),
        pytest.param(
            "INSERT OR REPLACE INTO audit_stream SELECT name, 0, '' FROM audit_stream",
            marks=pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's"),
        ),
    ],
)
def test_the_database_itself_refuses(history, statement):
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert not verify("shiomi").fault


def test_the_orm_is_refused_too(history):
    for change in (
        lambda: Event.objects.all().delete(),
        lambda: Event.objects.update(actor_name="x"),
        lambda: history[0].delete(),
        lambda: history[0].save(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_cut_end_is_called_so(history, intruder):
    with intruder():
        Event.objects.filter(stream="shiomi", pk__gte=history[6].pk).delete()
    with pytest.raises(CommandError, match=rf"終わりの部分が消されています（残りは {history[5].pk} まで）"):
        said(stream="shiomi")
