"""record(): the Events of a command, written as the last statement of its transaction, chained per stream."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import QuerySet

from opsdesk.lib.prepared import run
from opsdesk.lib.statement import Insertion, Statement

from .models import Event, Stream

P = ParamSpec("P")
R = TypeVar("R")
_pending = threading.local()


@contextmanager
def recording() -> Iterator[None]:
    """One transaction whose events are appended just before it commits; nested ones join the outermost."""
    outer = getattr(_pending, "events", None)
    mark = len(outer) if outer is not None else 0
    if outer is None:
        _pending.events = []
    try:
        with transaction.atomic():
            yield
            if outer is None:
                append(_pending.events)
    except BaseException:
        if outer is not None:
            del outer[mark:]  # the savepoint is rolled back, so is what it recorded
        raise
    finally:
        if outer is None:
            _pending.events = None


def is_recording() -> bool:
    """Whether a command runs, so that what is raised now undoes it as a whole."""
    return getattr(_pending, "events", None) is not None


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Mark `function` as a command: atomic, with its Events as the last statement."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with recording():
            return function(*args, **kwargs)

    wrapper.is_command = True  # type: ignore[attr-defined]
    return wrapper


def record(
    code: str, obj: models.Model, *, by: Any, at: datetime, stream: str, team: Any = None, **data: Any
) -> None:
    """Collect one Event about `obj`. `by` is a user or None (the system); `stream` is an organization's code.

    Raises RuntimeError outside a command, TypeError for a float in `data`.
    """
    events = getattr(_pending, "events", None)
    if events is None:
        raise RuntimeError("record() is called outside a command")
    events.append(
        Event(
            stream=stream,
            code=code,
            object_type=obj._meta.label_lower,
            object_id=str(obj.pk),
            at=at,
            actor_id=getattr(by, "pk", None),
            actor_name=str(by) if by is not None else "",
            team_name=str(team) if team is not None else "",
            data=plain(data),
        )
    )


def plain(data: dict[str, Any]) -> dict[str, Any]:
    """`data` as JSON that both databases give back unchanged; TypeError for a float: each writes it anew."""
    return json.loads(
        json.dumps(data, cls=DjangoJSONEncoder), parse_float=_no_float, parse_constant=_no_float
    )


def _no_float(number: str) -> Any:
    raise TypeError(f"an event keeps no floats, give a string or a Decimal: {number}")


def text(event: Event) -> str:
    """Canonical JSON of what the chain protects."""
    fields = [
        event.stream,
        event.code,
        event.object_type,
        event.object_id,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.actor_name,
        event.team_name,
        event.data,
    ]
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def mac(previous: str, event: Event) -> str:
    key = settings.AUDIT_KEY.encode()
    return hmac.new(key, (previous + text(event)).encode(), hashlib.sha256).hexdigest()


def append(events: list[Event]) -> None:
    """Chain and insert `events`: heads locked once, in order; ids are drawn under the lock, in order."""
    if not events:
        return
    events = sorted(events, key=lambda e: e.stream)
    names = sorted({e.stream for e in events})
    heads = _locked(names)
    if len(heads) < len(names):
        Stream.objects.bulk_create([Stream(name=n) for n in names if n not in heads], ignore_conflicts=True)
        heads = _locked(names)
    for event in events:
        event.hash = heads[event.stream].hash = mac(heads[event.stream].hash, event)
    keys = EVENT.put(*events)
    if EVENT.is_whole:
        return
    for event, pk in zip(events, keys, strict=True):
        heads[event.stream].last = pk
    last = [value for name, head in heads.items() for value in (name, head.last)]
    hashes = [value for name, head in heads.items() for value in (name, head.hash)]
    run(_move(len(heads)), *last, *hashes, *heads)


def _heads(names: tuple[str, ...]) -> QuerySet[Stream]:
    return Stream.objects.select_for_update().filter(name__in=names).order_by("name")


HEADS = Statement(_heads)
EVENT = Insertion(
    Event,
    also="""UPDATE audit_stream SET last = ends.id, hash = ends.hash
    FROM (SELECT DISTINCT ON (stream) stream, id, hash FROM put ORDER BY stream, id DESC) ends
    WHERE name = ends.stream""",
)


@lru_cache(64)
def _move(count: int) -> str:
    """The new ends of `count` chains at once."""
    last, hashes = " WHEN %s THEN CAST(%s AS bigint)" * count, " WHEN %s THEN %s" * count
    ends = f"last = CASE name{last} END, hash = CASE name{hashes} END"
    return f"UPDATE audit_stream SET {ends} WHERE name IN ({', '.join(['%s'] * count)})"


def _locked(names: list[str]) -> dict[str, Stream]:
    return {s.name: s for s in HEADS.ask(tuple(names))}
