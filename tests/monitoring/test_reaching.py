"""Where a check may go: forbidden targets in many spellings, and a listener that sees no connection."""

import socket
from ipaddress import ip_address, ip_network

import pytest

from monitoring.params import port_ranges
from monitoring.probes import Question, ask
from monitoring.reaching import Forbidden, Listed, connect, resolve
from tests.make import at
from tests.monitoring.peers import listener, web


def listed(network, ports="1-65535", ping=True):
    return Listed(ip_network(network), tuple(port_ranges(ports)), ping)


def page(url, text=""):
    return {"url": url, "status": 200, "text": text, "verify": True}


#: A generous union: everything, but nothing that is special.
WIDE = (listed("0.0.0.0/0"), listed("::/0"))
TEXT = (
    "127.0.0.1 127.0.0.2 127.1 127.0.1 127.255.255.254 2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 017700000001 "
    "0177.0.0.1 0177.1 127.0.0.01 127.000.000.001 0 0.0.0.0 0.0.0.1 00000000177.0.0.1 0x7F.0x0.0x0.0x1 "
    "localhost LOCALHOST localhost. LocalHost ip6-localhost ①②⑦.⓪.⓪.① １２７.０.０.１ 127。0。0。1 "
    "１２７．０．０．１ ::1 0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001 :: ::127.0.0.1 "
    "::ffff:127.0.0.1 ::ffff:7f00:1 0:0:0:0:0:ffff:127.0.0.1 ::FFFF:127.0.0.1 ::ffff:7f00:0001 "
    "64:ff9b::7f00:1 64:ff9b::127.0.0.1 2002:7f00:1:: 2002:7f00:0001:: 2001:0:7f00:1:: fe80::1 fe80::1%lo "
    "fec0::1 ff02::1 ff01::1 169.254.169.254 169.254.0.1 2852039166 0xa9fea9fe 224.0.0.1 239.1.2.3 240.0.0.1 "
    "255.255.255.255 4294967295 0xffffffff 127.0.0.1%00 127.0.0.1%0a 127.0.0.1#@10.0.0.1"
)
SPELLINGS = TEXT.split()


def test_there_are_sixty():
    assert len(set(SPELLINGS)) >= 60


@pytest.mark.parametrize("host", SPELLINGS)
def test_a_spelling_of_a_forbidden_target_is_not_reached(host):
    """Refused before any connection, or no address at all."""
    with listener() as (port, seen):
        for kind, params in (
            ("tcp", {"port": port}),
            ("tls", {"port": port, "server_name": ""}),
            (
                "http",
                {"url": f"http://{_bracketed(host)}:{port}/", "status": 200, "text": "", "verify": True},
            ),
        ):
            answer = ask(Question(kind, host, params, 0.5, at()), WIDE)
            assert answer.ok is not True, (kind, answer.said)
    assert seen == []


def _bracketed(host):
    return f"[{host}]" if ":" in host else host


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "http://", "http:///x",
        "http://user:pw@127.0.0.1/", "http://10.0.0.1@127.0.0.1/", "http://[::1]/", "http://[::ffff:7f00:1]/",
        "http://127.0.0.1\\@10.0.0.1/", "http://127.0.0.1:99999/", "http://①27.0.0.1/", "dict://127.0.0.1:6379/",
    ],
)  # fmt: skip
def test_an_address_that_hides_another_is_not_reached(url):
    with listener(0) as (port, seen):
        params = {
            "url": url.replace("127.0.0.1/", f"127.0.0.1:{port}/"),
            "status": 200,
            "text": "",
            "verify": True,
        }
        assert ask(Question("http", "", params, 0.5, at()), WIDE).ok is not True
    assert seen == []


def test_a_redirect_is_not_followed():
    with listener() as (port, seen), web(elsewhere=f"http://127.0.0.1:{port}/") as page:
        params = {"url": f"http://127.0.0.1:{page}/moved", "status": 200, "text": "", "verify": True}
        answer = ask(Question("http", "", params, 2, at()), (listed("127.0.0.0/8"),))
    assert answer.ok is False and "302" in answer.said and seen == []


def test_a_name_is_asked_once_and_that_address_is_the_one_connected_to(monkeypatch):
    """The name server changes its mind after the first answer: nobody asks it again."""
    asked = []

    def changing(host, port, **_how):
        asked.append(host)
        place = "127.0.0.1" if len(asked) == 1 else "127.0.0.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    with web() as port:
        params = {
            "url": f"http://db.example:{port}/host",
            "status": 200,
            "text": "db.example",
            "verify": True,
        }
        answer = ask(Question("http", "", params, 2, at()), (listed("127.0.0.1/32"),))
    assert answer.ok and asked == ["db.example"]  # and the Host header is the name's
    with pytest.raises(Forbidden, match="監視してよいネットワーク"):
        resolve("db.example", port, (listed("127.0.0.1/32"),))


@pytest.mark.parametrize(
    ("network", "ports", "address", "port", "is_open"),
    [
        ("10.1.0.0/16", "22,80", "10.1.2.3", 80, True),
        ("10.1.0.0/16", "22,80", "10.1.2.3", 81, False),
        ("10.1.0.0/16", "9100-9110", "10.1.2.3", 9110, True),
        ("10.1.0.0/16", "22", "10.2.0.1", 22, False),
        ("10.1.0.0/16", "", "10.1.0.1", None, True),
        ("10.1.0.0/16", "", "10.1.0.1", 22, False),
        ("127.0.0.1/32", "80", "127.0.0.1", 80, True),
        ("0.0.0.0/0", "80", "127.0.0.1", 80, False),
        ("0.0.0.0/0", "80", "8.8.8.8", 80, True),
        ("::ffff:0:0/96", "80", "::ffff:10.0.0.1", 80, True),
        ("::/0", "80", "::ffff:10.0.0.1", 80, False),
        ("::/0", "80", "2001:db8::1", 80, True),
        ("169.254.0.0/16", "80", "169.254.1.1", 80, True),
    ],
)
def test_what_a_row_opens(network, ports, address, port, is_open):
    assert listed(network, ports).opens(ip_address(address), port) is is_open


def test_nothing_is_reached_without_a_row():
    with listener() as (port, seen), pytest.raises(Forbidden):
        connect("127.0.0.1", port, (), 1)
    assert seen == []
