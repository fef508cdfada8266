"""Bodies: samples of real tools are read; what is none is refused in words; nothing breaks the reader."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.bodies import Unreadable, Unsound, read

SAMPLES = Path(__file__).parent / "bodies"
KINDS = {"alertmanager": "alertmanager", "zabbix": "zabbix"}
KERNEL = "Microsoft-Windows-Kernel-Power"
UTC_0946 = datetime(2026, 11, 22, 9, 46, 13, tzinfo=UTC)


def sample(name):
    (item,) = read(KINDS.get(name.partition("-")[0], "event"), (SAMPLES / f"{name}.json").read_bytes())
    return item


@pytest.mark.parametrize(
    ("name", "what", "host", "level", "program", "title"),
    [
        ("alertmanager-firing", "problem", "db01", 2, "node", "ディスク使用率 97% (db01)"),
        ("alertmanager-resolved", "recovered", "db01", 2, "node", "ディスク使用率 97% (db01)"),
        ("zabbix-problem", "problem", "db01", 3, "", "ディスク使用率が高い"),
        ("zabbix-recovery", "recovered", "db01", 3, "", "ディスク使用率が高い"),
        ("rsyslog-0", "line", "db01", 3, "postgres", "致命的エラー: ディスクの空き容量がありません"),
        ("rsyslog-1", "line", "web01", 3, "nginx", "接続エラー"),
        ("syslog-ng-0", "line", "db01", 3, "postgres", "致命的エラー: ディスクの空き容量がありません"),
        ("syslog-ng-1", "line", "web01", 3, "nginx", "接続エラー"),
        ("syslog-ng-2", "line", "WIN-01", 2, KERNEL, None),
        ("windows-event-HANDWRITTEN", "line", "WIN-01", 2, KERNEL, None),
        (
            "windows-event-GetWinEvent-HANDWRITTEN",
            "line",
            "WIN-01",
            2,
            "Microsoft-Windows-Kernel-Power",
            None,
        ),
        ("snmptrap", "line", "127.0.0.1", 5, "", None),
    ],
)
def test_samples_are_read(name, what, host, level, program, title):
    item = sample(name)
    assert (item.what, item.names[0], item.level, item.program) == (what, host, level, program)
    assert item.title == (title or item.title) and item.title


def test_an_event_and_its_end_belong_together():
    for tool, pair in (("alertmanager", ("firing", "resolved")), ("zabbix", ("problem", "recovery"))):
        bad, over = (sample(f"{tool}-{end}") for end in pair)
        assert bad.mark == over.mark and over.ref == f"{bad.ref}|resolved", tool
        assert bad.said_at < over.said_at


def test_times_texts_and_traps():
    assert sample("alertmanager-firing").said_at.replace(microsecond=0) == UTC_0946
    assert sample("zabbix-problem").said_at == datetime(2026, 11, 22, 1, 6, 30, tzinfo=UTC)
    assert sample("windows-event-GetWinEvent-HANDWRITTEN").said_at.year == 2026
    assert "eth0 障害" in sample("snmptrap").said
    assert "{EVENT.RECOVERY.DATE}" not in sample("zabbix-problem").evidence.values()
    assert "token" not in sample("zabbix-problem").evidence
    (item,) = read("event", json.dumps({"host": "a\0", "message": "x\0\ud800y", "n": 1e400}).encode())
    assert (item.names, item.said) == (("a",), "x?y")


def test_several_events_in_a_list_or_a_line_each():
    rows = [{"host": "a", "message": str(n)} for n in range(3)]
    assert len(read("event", json.dumps(rows).encode())) == 3
    assert len(read("event", "\n".join(map(json.dumps, rows)).encode())) == 3


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        ("event", b"", Unreadable),
        ("event", b"\xff\xfe", Unreadable),
        ("event", b"{", Unreadable),
        ("event", b"[" * 100_000, Unreadable),
        ("event", b"9" * 5000, Unreadable),
        ("event", b"[]", Unsound),
        ("event", b"7", Unsound),
        ("event", b'{"host": "a"}', Unsound),
        ("event", json.dumps([{"message": "x"}] * 1001).encode(), Unsound),
        ("alertmanager", b'{"version": "3", "alerts": []}', Unsound),
        ("alertmanager", b'{"version": "4", "alerts": [{}]}', Unsound),
        ("alertmanager", b'{"version": "4", "alerts": [{"labels": 1, "fingerprint": "x"}]}', Unsound),
        ("zabbix", b'{"event_id": "1"}', Unsound),
    ],
)
def test_refusals(kind, body, error):
    with pytest.raises(error) as refused:
        read(kind, body)
    assert str(refused.value).endswith("。")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["alerts", "labels", "annotations", "fingerprint", "status", "version", "startsAt", "host",
                 "message", "event_id", "event_value", "tags", "varbinds", "Level", "severity", "TimeCreated"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.sampled_from(["alertmanager", "zabbix", "event"]), JSON)
def test_whatever_comes_is_read_or_refused(kind, data):
    try:
        items = read(kind, json.dumps(data).encode())
    except (Unreadable, Unsound):
        return
    for item in items:
        assert len(item.title) <= 200 and len(item.ref) <= 200 and "\0" not in item.said
