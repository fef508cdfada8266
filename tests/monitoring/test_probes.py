"""What a probe answers of real servers: in time, refused, wrong, hanging, a certificate's end, a ping."""

import re
import shutil
import time
from datetime import UTC, timedelta

import pytest

from monitoring.probes import Question, ask
from tests.make import at
from tests.monitoring.peers import free_port, listener, web
from tests.monitoring.test_reaching import listed

LOCAL = (listed("127.0.0.0/8"),)
HTTP = {"status": 200, "text": "", "verify": True}


def answer(kind, timeout=2.0, address="127.0.0.1", **params):
    return ask(Question(kind, address, params, timeout, at()), LOCAL)


def test_tcp():
    with listener() as (port, _seen):
        found = answer("tcp", port=port)
    assert found.ok and found.values["seconds"] < 2
    assert re.fullmatch(r"[01]\.\d{3}秒で応答|0\.001秒未満で応答", found.said)
    refused = answer("tcp", port=free_port())
    assert (refused.ok, refused.said) == (False, "接続が断られました。")


def test_http_status_and_text():
    with web() as port:
        base = f"http://127.0.0.1:{port}"
        assert answer("http", url=f"{base}/ok", **{**HTTP, "text": "ログイン"}).ok
        assert answer("http", url=f"{base}/broken", **{**HTTP, "status": 503}).ok
        wrong = answer("http", url=f"{base}/broken", **HTTP)
        assert (wrong.ok, wrong.said) == (False, "状態コードが 503 です（期待は 200）。")
        assert "「保守中」がありません" in answer("http", url=f"{base}/ok", **{**HTTP, "text": "保守中"}).said


def test_what_is_no_http_is_said():
    with listener(says=b"220 mail ready\r\n" * 3) as (port, _seen):
        found = answer("http", url=f"http://127.0.0.1:{port}/", **HTTP)
    assert found.ok is False and found.said


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_server_that_hangs_costs_its_timeout(says):
    with listener(answers=False, says=says) as (port, _seen):
        start = time.monotonic()
        found = answer("http", 0.3, url=f"http://127.0.0.1:{port}/", **HTTP)
    assert (found.ok, found.said) == (False, "時間内に応答がありません。")
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(("days", "ok"), [(20, True), (-3, False)])
def test_a_certificate_ends(tmp_path, days, ok):
    with web(folder=tmp_path, ends=(at() + timedelta(days=days)).astimezone(UTC)) as port:
        found = answer("tls", port=port, server_name="")
        assert (found.ok, round(found.values["days"])) == (ok, days)
        untrusted = answer("http", url=f"https://127.0.0.1:{port}/", **HTTP)
        assert untrusted.ok is False and "証明書を確かめられません" in untrusted.said
        assert answer("http", url=f"https://127.0.0.1:{port}/", **{**HTTP, "verify": False}).ok


def test_a_ping_or_the_reason_why_there_is_none():
    found = answer("icmp")
    assert found.ok or (found.ok is None and "ping" in found.said)
    if shutil.which("ping") is None:
        assert found.ok is None


def test_without_an_address_nothing_is_asked():
    assert answer("tcp", address="", port=80).said == "機器のアドレスがありません。"
