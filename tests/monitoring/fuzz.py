"""Bodies that no tool sends: real ones with something broken, and what is no JSON at all."""

import json
import random
from pathlib import Path

SAMPLES = sorted((Path(__file__).parent / "bodies").glob("*.json"))
KINDS = {"alertmanager": "alertmanager", "zabbix": "zabbix"}
ODD = (
    None, True, -1, 0, 10**30, 1e308, "", " ", "\0", "\ud800", "x" * 5000, "令和", [], {}, [[]], [None],
    {"": ""}, "0001-01-01T00:00:00Z", "9999-99-99", "/Date(99999999999999999)/", "2026-11-24T10:00:00+99:00",
    float("nan"), "\u202e", "'; DROP TABLE", "{EVENT.ID}", "4", "firing", "resolved", "1",
)  # fmt: skip


def bodies(count, seed=6):
    """(kind, body), always the same ones for a seed."""
    dice = random.Random(seed)
    for _n in range(count):
        path = dice.choice(SAMPLES)
        own = KINDS.get(path.stem.partition("-")[0], "event")
        kind = dice.choice([own, own, own, "event", "zabbix", "alertmanager"])
        yield kind, body(dice, path.read_bytes())


def body(dice, raw):
    if dice.random() < 0.25:
        return mangled(dice, bytearray(raw))
    data = json.loads(raw)
    for _times in range(dice.randint(1, 4)):
        data = changed(dice, data)
    return json.dumps([data] * dice.randint(1, 3) if dice.random() < 0.2 else data).encode()


def mangled(dice, raw):
    """Some bytes turned, or the end cut off."""
    for _times in range(dice.randint(1, 6)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    return bytes(raw[: dice.randint(0, len(raw))] if dice.random() < 0.4 else raw)


def changed(dice, data):
    """Somewhere in it one value is another, or is gone."""
    if isinstance(data, dict) and data and dice.random() < 0.8:
        key = dice.choice(sorted(data))
        if dice.random() < 0.2:
            return {k: v for k, v in data.items() if k != key}
        return {**data, key: changed(dice, data[key])}
    if isinstance(data, list) and data and dice.random() < 0.8:
        place = dice.randrange(len(data))
        return [*data[:place], changed(dice, data[place]), *data[place + 1 :]]
    return dice.choice(ODD)
