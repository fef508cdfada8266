"""Asking a device: TCP, HTTP(S), the end of a certificate, ping. In a thread of its own; no database.

A probe is never longer than its timeout, and its words are those that people read."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from .reaching import Allowed, Forbidden, Held, Timed, connect, resolve, secure

#: Of a page, as much as is searched for the expected text.
BODY_LIMIT = 256 * 1024


@dataclass(frozen=True)
class Question:
    """What one check asks, with nothing of the database in it; `timeout` in seconds."""

    kind: str
    address: str
    params: Mapping[str, Any]
    timeout: float
    at: datetime


@dataclass(frozen=True)
class Answer:
    """`ok` None: it could not be asked. `values` by quantity are judged by the check's limits and, those in
    `kept`, stored as samples."""

    ok: bool | None
    said: str
    values: Mapping[str, float] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()


Probe = Callable[[Question, Allowed], Answer]


def ask(question: Question, networks: Allowed) -> Answer:
    """The answer to `question`; whatever goes wrong is an answer too."""
    probe = PROBES.get(question.kind)
    if probe is None:
        return Answer(None, _("この方法の監視はできません。"))
    if not (question.address or question.params.get("url")):
        return Answer(None, _("機器のアドレスがありません。"))
    try:
        return probe(question, networks)
    except Forbidden as no:
        return Answer(None, str(no))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(False, in_words(error))


def in_words(error: Exception) -> str:
    """What a person reads of a failure, with what the machine said."""
    said = " ".join(str(error).split())[:200] or type(error).__name__
    if isinstance(error, TimeoutError):
        return _("時間内に応答がありません。")
    if isinstance(error, ConnectionRefusedError):
        return _("接続が断られました。")
    if isinstance(error, socket.gaierror):
        return _("名前からアドレスが分かりません（%(said)s）。") % {"said": said}
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("証明書を確かめられません（%(said)s）。") % {"said": error.verify_message}
    if isinstance(error, ssl.SSLError):
        return _("TLSの接続ができません（%(said)s）。") % {"said": said}
    if isinstance(error, http.client.HTTPException | ValueError):
        return _("HTTPの応答として読めません（%(said)s）。") % {"said": said}
    return _("つながりません（%(said)s）。") % {"said": said}


def tcp(question: Question, networks: Allowed) -> Answer:
    start = time.monotonic()
    connect(question.address, question.params["port"], networks, question.timeout).close()
    return _in_time(start)


def _in_time(start: float) -> Answer:
    seconds = time.monotonic() - start
    said = _("%(seconds).3f秒で応答") if seconds >= 0.001 else _("0.001秒未満で応答")
    return Answer(True, said % {"seconds": seconds}, {"seconds": seconds})


def page(question: Question, networks: Allowed) -> Answer:
    """HTTP(S): the expected status and text. A redirect is not followed: its own status counts."""
    start = time.monotonic()
    status, body = fetch(question, question.params["url"], networks, verify=question.params["verify"])
    if status != question.params["status"]:
        return Answer(
            False,
            _("状態コードが %(status)s です（期待は %(wanted)s）。")
            % {"status": status, "wanted": question.params["status"]},
        )
    if question.params["text"] and question.params["text"] not in body.decode("utf-8", "replace"):
        return Answer(False, _("応答に「%(text)s」がありません。") % {"text": question.params["text"]})
    return _in_time(start)


def fetch(
    question: Question, url: str, networks: Allowed, *, verify: bool = True, limit: int = BODY_LIMIT
) -> tuple[int, bytes]:
    """(status, body) of a GET to `url`, at most `limit` bytes of it; the Host header is the URL's."""
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise Forbidden(_("「%(url)s」は監視できないURLです。") % {"url": url[:200]})
    timed = connect(host, parts.port or (443 if is_tls else 80), networks, question.timeout)
    try:
        if is_tls:
            timed = secure(timed, host, verify=verify)
        return _get(timed, parts.netloc, parts._replace(scheme="", netloc="", fragment="").geturl(), limit)
    finally:
        timed.close()


def _get(timed: Timed, host: str, path: str, limit: int) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("")
    connection.sock = Held(timed.sock, timed.until)
    connection.putrequest("GET", path or "/", skip_host=True, skip_accept_encoding=True)
    for name, value in (("Host", host), ("User-Agent", "opsdesk"), ("Connection", "close")):
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    return response.status, response.read(limit)


def certificate(question: Question, networks: Allowed) -> Answer:
    """Days until the certificate of the server ends; one that has ended is bad."""
    from cryptography import x509  # many megabytes, for what is rare

    host = question.params["server_name"] or question.address
    timed = secure(
        connect(question.address, question.params["port"], networks, question.timeout), host, verify=False
    )
    try:
        der = timed.certificate()
    finally:
        timed.close()
    ends = x509.load_der_x509_certificate(der).not_valid_after_utc
    days = (ends - question.at).total_seconds() / 86400
    said = _("証明書の期限 %(day)s（あと%(days)s日）") % {"day": f"{ends:%Y-%m-%d}", "days": int(days)}
    return Answer(days > 0, said, {"days": days})


def ping(question: Question, networks: Allowed) -> Answer:
    """One echo by the system's ping, which may where this process may not."""
    program = shutil.which("ping")
    if program is None:
        return Answer(None, _("このサーバには ping がありません。ほかの方法の監視にしてください。"))
    _family, _place, address = resolve(question.address, None, networks)
    start = time.monotonic()
    wait = str(max(1, int(question.timeout)))
    try:
        done = subprocess.run(
            [program, "-n", "-c", "1", "-W", wait, "--", address],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=question.timeout + 1,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    if done.returncode == 0:
        return _in_time(start)
    if done.returncode == 1:
        raise TimeoutError
    said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
    if "permitted" in said or "denied" in said:
        return Answer(None, _("このサーバでは ping を使えません（%(said)s）。") % {"said": said})
    return Answer(False, _("つながりません（%(said)s）。") % {"said": said})


#: By the kind of the check.
PROBES: dict[str, Probe] = {"tcp": tcp, "http": page, "tls": certificate, "icmp": ping}
