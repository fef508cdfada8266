"""A list of a million tasks for eight who ask at once, what a worker holds, and what a first visit loads."""

import re
import statistics
import threading
import time
from pathlib import Path

import pytest

from tests.bench.serving import FLOOR
from tests.bench.test_pages import PAGES

pytestmark = pytest.mark.bench
AT_ONCE, SECONDS, TURNS = 8, 4.0, 5
#: Goals: 100 of the floor's 128 requests a second; MB of a worker, KB and requests of a first page.
PART, MEMORY, FIRST, REQUESTS = 0.78, 110, 150, 8


def rate(server, path, login):
    """Requests a second while AT_ONCE ask one after another."""
    until, done = time.perf_counter() + SECONDS, [0] * AT_ONCE

    def ask(n):
        while time.perf_counter() < until:
            assert server.ask(path, login)[1] == 200
            done[n] += 1

    began = time.perf_counter()
    threads = [threading.Thread(target=ask, args=[n]) for n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def test_requests_a_second(worlds):
    ours, floor = worlds.serve("big", workers=2), worlds.serve("big", FLOOR, workers=2)
    lists = [(ours, "/tasks/", login) for login in ("operations", "member")]
    asked = [*lists, (floor, "/floor/tasks/", "floor")]
    for each in asked:
        rate(*each)
    rates = [[rate(*each) for each in asked] for _turn in range(TURNS)]
    operations, member, plain = (statistics.median(column) for column in zip(*rates, strict=True))
    print(f"\n{AT_ONCE} 人同時の一覧、毎秒（床 {plain:.0f}、目標はその {PART} 倍）")
    for name, found in (("業務運用", operations), ("構成団体", member)):
        print(f"{name:　<8}{found:6.0f}  床の {found / plain:.2f} 倍{'' if found >= PART * plain else ' ×'}")


def resident(pid):
    """MB of a process that are in memory."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024


def test_memory_of_a_worker(worlds):
    ours, floor = worlds.serve("big"), worlds.serve("big", FLOOR)
    for _turn in range(20):
        for page in PAGES:
            if page.form is None and page.path.startswith("/"):
                ours.measure(page.path, page.login)
        floor.measure("/floor/tasks/", "floor")
    own, plain = (max(map(resident, server.workers())) for server in (ours, floor))
    over = " ×" if own > MEMORY else ""
    print(f"\nワーカーのメモリ {own:.0f} MB（床 {plain:.0f} MB、目標 {MEMORY} MB）{over}")


def test_a_first_visit(worlds):
    """The page (as it is: nobody compresses what carries a token) with all that it loads, compressed."""
    server, sizes = worlds.serve("big"), {}
    _ms, status, _headers, page = server.ask("/tasks/", "operations")
    assert status == 200
    sizes["/tasks/"] = len(page)
    left = loaded(page.decode())
    while left:
        path = left.pop()
        if path not in sizes:
            _ms, status, headers, text = server.ask(path, "operations", **{"Accept-Encoding": "gzip"})
            assert status == 200, path
            sizes[path] = len(text)
            plain = server.ask(path, "operations")[3].decode()
            if path.endswith(".js"):
                left += [
                    f"{path.rpartition('/')[0]}/{name}" for name in re.findall(r' "\./([\w.-]+)";', plain)
                ]
            assert "@import" not in plain or not path.endswith(".css")
    kb = sum(sizes.values()) / 1024
    over = kb > FIRST or len(sizes) > REQUESTS
    print(
        f"\n初めての表示 {kb:.0f} KB・{len(sizes)} 回（目標 {FIRST} KB・{REQUESTS} 回）{' ×' if over else ''}"
    )
    for path, size in sizes.items():
        print(f"  {size / 1024:6.1f} KB  {path}")


def loaded(html):
    """The addresses of the style sheets, scripts, symbols and pictures of a page."""
    found = re.findall(r'<(?:link [^>]*href|script [^>]*src|img [^>]*src)="([^"]+)"', html)
    return [address for address in found if address.startswith("/static/")]
