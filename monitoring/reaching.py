"""Where a check may go: names resolved once, the address compared with the allow-list, then connected to.

Only what a row of AllowedNetwork lists is reached. Loopback, link-local, multicast and addresses that hide
another one (IPv4-mapped, 6to4 …) need a row of their own: a wide network does not open them."""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .models import AllowedNetwork
from .params import port_ranges

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: Ranges that only a network within them opens: this machine, its link, groups, and v4 inside v6.
SPECIAL: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fe80::/10",
        "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


class Forbidden(Exception):
    """The target is not on the allow-list; `str()` is the sentence to show."""


@dataclass(frozen=True)
class Listed:
    """One row of the allow-list; `ports` are ranges, both ends included."""

    network: Network
    ports: tuple[tuple[int, int], ...]
    allows_ping: bool

    def opens(self, address: Address, port: int | None) -> bool:
        """Whether it lets a check go to `address` and `port` (None: a ping)."""
        if address.version != self.network.version or address not in self.network:
            return False
        if any(_within(address, s) and not _inside(self.network, s) for s in SPECIAL):
            return False
        return self.allows_ping if port is None else any(a <= port <= b for a, b in self.ports)


def _within(address: Address, network: Network) -> bool:
    return address.version == network.version and address in network


def _inside(network: Network, wider: Network) -> bool:
    return network.version == wider.version and network.subnet_of(wider)  # type: ignore[arg-type]


Allowed = tuple[Listed, ...]


def allowed() -> Allowed:
    """The allow-list as it stands; nothing may be reached without a row."""
    rows = AllowedNetwork.objects.values_list("network", "ports", "allows_ping")
    return tuple(Listed(ipaddress.ip_network(n), tuple(port_ranges(p)), ping) for n, p, ping in rows)


def resolve(host: str, port: int | None, networks: Allowed) -> tuple[int, Any, str]:
    """(family, socket address, address as text) of the first address of `host` that may be reached.

    The name is asked once. Raises Forbidden, and OSError where there is no such name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (UnicodeError, ValueError) as error:
        raise Forbidden(_("「%(host)s」はアドレスとして使えません。") % {"host": host}) from error
    for family, _kind, _protocol, _name, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if any(listed.opens(address, port) for listed in networks):
            return family, place, str(place[0])
    shown = "、".join(dict.fromkeys(str(place[0]) for *_rest, place in found))
    raise Forbidden(
        _("%(where)s は「監視してよいネットワーク」にありません。")
        % {"where": f"{host}({shown})" + (f":{port}" if port else "")}
    )


class Timed:
    """A connection that ends at a moment of the monotonic clock, however slowly the other side speaks.

    It stands in the place of a socket for http.client."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self.sock, self.until = sock, until

    def hurry(self) -> None:
        """The next word may take what is left; raises TimeoutError when nothing is."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self.sock.settimeout(left)

    def sendall(self, data: bytes) -> None:
        self.hurry()
        self.sock.sendall(data)

    def recv_into(self, buffer: Any) -> int:
        self.hurry()
        return self.sock.recv_into(buffer)

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        return io.BufferedReader(_Words(self))

    def certificate(self) -> bytes:
        """The other side's, as DER; b"" without TLS."""
        return (self.sock.getpeercert(True) or b"") if isinstance(self.sock, ssl.SSLSocket) else b""

    def close(self) -> None:
        self.sock.close()


class Held(Timed):
    """For http.client, which closes a connection before it has read the answer to the end."""

    def close(self) -> None:
        pass


class _Words(io.RawIOBase):
    """What is read of a Timed, as a file."""

    def __init__(self, timed: Timed) -> None:
        self.timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self.timed.recv_into(buffer)


def connect(host: str, port: int, networks: Allowed, timeout: float) -> Timed:
    """A TCP connection to `host`, at the address that was judged. Raises Forbidden and OSError."""
    until = time.monotonic() + timeout
    family, place, _shown = resolve(host, port, networks)
    sock = socket.socket(family, socket.SOCK_STREAM)
    timed = Timed(sock, until)
    try:
        timed.hurry()
        sock.connect(place)
    except BaseException:
        sock.close()
        raise
    return timed


def secure(timed: Timed, host: str, *, verify: bool) -> Timed:
    """The same connection in TLS, to the server named `host` (SNI); raises OSError (ssl.SSLError)."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        timed.hurry()
        return Timed(context.wrap_socket(timed.sock, server_hostname=host), timed.until)
    except BaseException:
        timed.close()
        raise
