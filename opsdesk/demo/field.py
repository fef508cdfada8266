"""The demonstration's devices, which exist nowhere: one process answers for all of them on the loopback.

`manage.py devices` lets it run."""

from __future__ import annotations

import asyncio
import math
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from monitoring.models import Check, Device

#: Where every device answers; its address is 127 and the last three parts of the one in devices.json.
PORT = 8467
URL = f"http://{{address}}:{PORT}/"
NETWORKS = ("127.0.2.0/24", "127.51.100.0/24")
PATIENCE = 5  # seconds for a question
#: While nobody answers nobody asks: then their checks come due when nobody tries the demonstration any more.
NEVER = timedelta(days=3650)
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/{}; charset=utf-8\r\nContent-Length: {}\r\n\r\n"
LOGIN = '<!DOCTYPE html><html lang="ja"><title>ログイン</title><h1>ログイン（模擬機器）</h1>'
DAY = 86400.0
TOKYO = ZoneInfo("Asia/Tokyo")
#: Seconds since 1970.
Clock = Callable[[], float]
#: Bytes in all.
SIZES = {"memory": 32 << 30, "disk C:": 120 << 30, "disk D:": 900 << 30}


def here(address: str) -> str:
    """192.0.2.11 → 127.0.2.11."""
    return f"127.{address.split('.', 1)[1]}"


def load_of(address: str, moment: float) -> dict[str, float]:
    """How busy and how full, in percent by quantity, at `moment` (seconds since 1970).

    Busy in the office hours of a week, each device in its own way; disks fill up and are tidied once a
    quarter."""
    seed = sum(int(part) * weight for part, weight in zip(address.split("."), (1, 3, 7, 13), strict=True))
    local = datetime.fromtimestamp(moment, TOKYO)
    hour = local.hour + local.minute / 60
    work = math.sin((hour - 8) / 10 * math.pi) if local.weekday() < 5 and 8 <= hour <= 18 else 0.0
    wave = math.sin(moment / 1900 + seed) + math.sin(moment / 700 + seed * 2)
    quarter = (moment / DAY + seed * 11) % 91
    return {
        "cpu": 8 + seed % 9 + 38 * work + 2 * wave,
        "memory": 42 + seed % 17 + 9 * work + wave,
        "disk C:": 40 + seed % 13 + quarter * 0.05,
        "disk D:": 38 + seed % 19 + quarter * 0.22,
    }


class Exporter:
    """One device as windows_exporter shows it: the seconds of its processor grow from page to page."""

    def __init__(self, address: str, clock: Clock) -> None:
        self.address, self.clock, self.at, self.idle, self.busy = address, clock, clock(), 0.0, 0.0

    def page(self) -> str:
        now = self.clock()
        load = load_of(self.address, now)
        passed, self.at = now - self.at, now
        self.busy += passed * load["cpu"] / 100
        self.idle += passed * (1 - load["cpu"] / 100)
        free = {name: size * (1 - load[name] / 100) for name, size in SIZES.items()}
        lines = [
            "# TYPE windows_cpu_time_total counter",
            f'windows_cpu_time_total{{core="0,0",mode="idle"}} {self.idle:.4f}',
            f'windows_cpu_time_total{{core="0,0",mode="user"}} {self.busy:.4f}',
            f"windows_memory_physical_total_bytes {SIZES['memory']}",
            f"windows_memory_available_bytes {free['memory']:.0f}",
        ]
        for disk in ("disk C:", "disk D:"):
            volume = f'{{volume="{disk.removeprefix("disk ")}"}}'
            lines.append(f"windows_logical_disk_size_bytes{volume} {SIZES[disk]}")
            lines.append(f"windows_logical_disk_free_bytes{volume} {free[disk]:.0f}")
        return "\n".join([*lines, ""])


async def answer(exporter: Exporter, asked: asyncio.StreamReader, said: asyncio.StreamWriter) -> None:
    """One connection: a page for who asks in HTTP, nothing for who only wants to know whether we listen."""
    try:
        line = await asyncio.wait_for(asked.readline(), PATIENCE)
        if line.startswith(b"GET "):
            kind, text = ("plain", exporter.page()) if b"/metrics" in line else ("html", LOGIN)
            body = text.encode()
            said.write(HEAD.format(kind, len(body)).encode() + body)
            await said.drain()
    except (OSError, ValueError, TimeoutError):
        pass  # whoever asked is gone
    finally:
        said.close()


async def stand(addresses: list[str], port: int, *, clock: Clock, ready: Callable[[], object]) -> None:
    """Answer at `addresses` until SIGTERM; `ready` is called when all do. OSError if one can't be had."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    servers = []
    try:
        for address in addresses:
            handler = partial(answer, Exporter(address, clock))
            servers.append(await asyncio.start_server(handler, address, port, limit=4096))
        await asyncio.to_thread(ready)
        await over.wait()
    finally:
        for server in servers:
            server.close()


def addresses() -> list[str]:
    """Where the devices of the demonstration are."""
    ours = Device.objects.filter(address__startswith="127.").order_by("pk")
    return list(ours.values_list("address", flat=True))


def rest(*, awake: bool, at: datetime) -> None:
    """Let the checks of the devices be run from now on, or not any more."""
    ours = Check.objects.filter(device__address__startswith="127.")
    ours.update(next_at=at if awake else at + NEVER)
