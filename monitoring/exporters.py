"""The probe of an exporter's page: fetched twice a moment apart, since a processor's use lies in between."""

from __future__ import annotations

import time
from dataclasses import replace

from django.utils.translation import gettext as _

from . import exposition
from .probes import Answer, Question, fetch
from .reaching import Allowed

#: Of a page as much as the largest machine says; seconds between the two.
PAGE_LIMIT = 4 * 1024 * 1024
BETWEEN = 1.0


def measure(question: Question, networks: Allowed) -> Answer:
    """Processor, memory and each disk, in percent, kept as samples."""
    start = time.monotonic()
    first = _page(question, networks)
    time.sleep(min(BETWEEN, question.timeout / 4))
    left = question.timeout - (time.monotonic() - start)
    second = _page(replace(question, timeout=max(0.5, left)), networks)
    values = dict(second.shares)
    if (used := exposition.busy(first, second)) is not None:
        values = {"cpu": used, **values}
    return Answer(True, in_words(values), values, frozenset(values))


def _page(question: Question, networks: Allowed) -> exposition.Reading:
    known = question.params
    host = f"[{question.address}]" if ":" in question.address else question.address
    url = f"{'https' if known['tls'] else 'http'}://{host}:{known['port']}{known['path']}"
    status, body = fetch(question, url, networks, verify=known["verify"], limit=PAGE_LIMIT)
    if status != 200:
        raise ValueError(_("状態コード %(status)s") % {"status": status})
    return exposition.read(body.decode("utf-8", "replace"))


def in_words(values: dict[str, float]) -> str:
    """CPU 12%、メモリ 40%、/ 81%."""
    return "、".join(f"{label(name)} {value:.0f}%" for name, value in values.items())


def label(quantity: str) -> str:
    """What a person reads for a quantity."""
    names = {"cpu": _("CPU"), "memory": _("メモリ"), "disk": _("ディスク")}
    names |= {"seconds": _("応答時間"), "days": _("残り日数")}
    return names.get(quantity, quantity.removeprefix("disk "))
