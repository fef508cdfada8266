"""What a check is told (params, limits), read and refused in words. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

TEXT_LIMIT = 500
#: What each kind understands, with what holds where nothing is said.
KNOWN: dict[str, dict[str, Any]] = {
    "tcp": {"port": None},
    "http": {"url": None, "status": 200, "text": "", "verify": True},
    "tls": {"port": 443, "server_name": ""},
    "icmp": {},
    "exporter": {"port": 9100, "path": "/metrics", "tls": False, "verify": True},
}
NUMBERS = {"port": (1, 65535), "status": (100, 599)}
SWITCHES = {"verify", "tls"}


def read(kind: str, given: Any) -> dict[str, Any]:
    """`given` with what holds by itself; ValueError says what is wrong with it."""
    known = KNOWN.get(kind)
    if known is None or not isinstance(given, Mapping):
        raise ValueError(_('設定は {"port": 443} の形で入力してください。'))
    if unknown := sorted(set(given) - set(known)):
        raise ValueError(
            _("「%(name)s」という設定はありません。使えるのは %(known)s です。")
            % {"name": unknown[0], "known": "、".join(known) or _("なし")}
        )
    found = {**known, **given}
    for name, value in found.items():
        found[name] = _value(name, value)
    return found


def _value(name: str, value: Any) -> Any:
    if name in NUMBERS:
        low, high = NUMBERS[name]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(
                _("%(name)s は %(low)s から %(high)s までの整数にしてください。")
                % {"name": name, "low": low, "high": high}
            )
        return value
    if name in SWITCHES:
        if not isinstance(value, bool):
            raise ValueError(_("%(name)s は true か false にしてください。") % {"name": name})
        return value
    if not isinstance(value, str) or len(value) > TEXT_LIMIT or "\0" in value:
        raise ValueError(_("%(name)s は文字で入力してください。") % {"name": name})
    if name == "url" and not value.startswith(("http://", "https://")):
        raise ValueError(_("url は http:// か https:// から入力してください。"))
    if name == "path" and not value.startswith("/"):
        raise ValueError(_("path は / から入力してください。"))
    return value


def read_limits(kind: str, given: Any) -> dict[str, dict[str, float]]:
    """Limits by quantity: {"seconds": {"warning": 3, "critical": 10}}; ValueError says what is wrong."""
    shape = _('しきい値は {"seconds": {"warning": 3, "critical": 10}} の形で入力してください。')
    if not isinstance(given, Mapping):
        raise ValueError(shape)
    found: dict[str, dict[str, float]] = {}
    for quantity, limits in given.items():
        if not isinstance(limits, Mapping) or set(limits) - {"warning", "critical"}:
            raise ValueError(shape)
        if any(isinstance(v, bool) or not isinstance(v, int | float) for v in limits.values()):
            raise ValueError(shape)
        found[str(quantity)] = dict(limits)
    return found


def read_network(text: str) -> str:
    """A network in its plain form; ValueError if it is none."""
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise ValueError(_("10.1.0.0/16 のように、ネットワークを入力してください。")) from None


def read_ports(text: str) -> str:
    """Ports and ranges in order, 22,80,9100-9110; ValueError if they are none."""
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in sorted(port_ranges(text)))


def port_ranges(text: str) -> list[tuple[int, int]]:
    found = []
    for part in filter(None, (p.strip() for p in text.replace("、", ",").split(","))):
        low, _dash, high = part.partition("-")
        if not (low.isascii() and low.isdigit() and (not high or (high.isascii() and high.isdigit()))):
            raise ValueError(_("ポートは 22,80,9100-9110 の形で入力してください。"))
        first, last = int(low), int(high or low)
        if not 1 <= first <= last <= 65535:
            raise ValueError(_("ポートは 1 から 65535 までの数字で入力してください。"))
        found.append((first, last))
    return found
