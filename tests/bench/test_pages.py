"""Pages at 10,000 and at 1,000,000 tasks on PostgreSQL, each beside the floor in the same interleaved run.

gunicorn with one worker for each of ours@10k, ours@1M and the floor@1M; times are the client's, goals those
of the design. Statements are asserted; times are printed, for only ratios inside one run mean something.
"""

import contextlib
import http.client
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import psycopg
import pytest

from tests.servers import free_port

pytestmark = pytest.mark.bench
#: Days of 260 tasks: 10,000 and 1,000,000. A page that shows a year shows more of 400 days than of 38.
SMALL, BIG = (int(os.environ.get(name, days)) for name, days in (("BENCH_SMALL", 38), ("BENCH_DAYS", 3846)))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "40"))
WARM = 5
MOST_READ = 50_000  # of a million tasks


class Page(NamedTuple):
    """`floor` names what it is measured against; `goal` in floors, `most` statements."""

    name: str
    login: str
    path: str
    floor: str
    goal: float | None
    most: int
    is_post: bool = False


PAGES = (
    Page("一覧（業務運用）", "operations", "/tasks/", "list", 1.3, 6),
    Page("一覧（構成団体）", "member", "/tasks/", "list", 1.3, 6),
    Page("一覧（広域組合）", "union", "/tasks/", "list", 1.3, 6),
    Page("一覧 すべて・新しい順", "member", "/tasks/?state=any", "list", 1.3, 6),
    Page("一覧 次のページ", "member", "next", "list", 1.3, 6),
    Page("一覧 最後のページ", "member", "last", "list", 1.3, 6),
    Page("一覧 No.8 完了", "union", "/tasks/?state=done&duty=8", "list", 1.3, 6),
    Page("作業の画面", "operations", "/tasks/{task}/", "detail", 2, 10),
    Page("ダッシュボード（業務運用）", "operations", "/", "list", None, 14),
    Page("ダッシュボード（構成団体）", "member", "/", "list", None, 14),
    Page("ダッシュボード（広域組合）", "union", "/", "list", None, 14),
    Page("年間予定（業務運用）", "operations", "/year/2026/", "list", None, 11),
    Page("月間予定（構成団体）", "member", "/month/2026-11/", "list", None, 11),
    Page("業務の状態（広域組合）", "union", "/health/", "list", None, 11),
    Page("完了にする", "operations", "/tasks/{task}/close/", "close", 2, 40, is_post=True),
)
FLOORS = {"list": "/floor/tasks/", "detail": "/floor/tasks/{task}/", "close": "/floor/tasks/{task}/"}
OURS = ("tests.bench.settings", "opsdesk.wsgi:application")
FLOOR = ("tests.bench.floor_settings", "tests.bench.floor_wsgi:application")
FORM = {
    "f-definition_update": "OK",
    "f-scheduled_scan": "OK",
    "f-detections": "0",
    "outcome": "normal",
    "remark": "x",
}


class Server:
    """One gunicorn on one database; the tasks it closes are its own."""

    def __init__(self, port, world, spare):
        self.port, self.world, self.spare = port, world, spare

    def ask(self, page_path, login, form=None):
        """(ms, status, headers, body)."""
        token = "a" * 32
        headers = {"Cookie": f"sessionid={self.world['sessions'][login]}; csrftoken={token}"}
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST" if form is not None else "GET", page_path, body, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return (time.perf_counter() - began) * 1000, response.status, response.headers, text

    def measure(self, path, login, is_post):
        task = self.spare.pop() if is_post else self.spare[0]
        ms, status, headers, text = self.ask(path.format(task=task), login, FORM if is_post else None)
        assert status == (302 if is_post else 200), (path, status, text[:2000].decode())
        return ms, int(headers["X-Statements"]), len(text)


def environment(url, home, settings):
    keys = {name: secrets.token_urlsafe(50) for name in ("SECRET_KEY", "AUDIT_KEY")}
    return {
        **os.environ,
        **keys,
        "DATABASE_URL": url,
        "DATA_DIR": str(home),
        "DJANGO_SETTINGS_MODULE": settings,
    }


def run(environ, *command):
    return subprocess.run([sys.executable, *command], env=environ, check=True, stdout=subprocess.PIPE).stdout


@pytest.fixture(scope="module")
def worlds(postgres_url):
    """(ours@10k, ours@1M, floor@1M), running."""
    base, server = postgres_url.rsplit("/", 1)
    with tempfile.TemporaryDirectory(prefix="opsdesk-bench-") as folder, contextlib.ExitStack() as stack:
        home = Path(folder)
        environ = environment(postgres_url, home, "tests.bench.settings")
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench_small")
        environ["DATABASE_URL"] = f"{base}/bench_small"
        run(environ, "manage.py", "migrate", "-v0")
        run(environ, "manage.py", "createcachetable")
        run(environ, "manage.py", "collectstatic", "--noinput", "-v0")
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench_big TEMPLATE bench_small")
        built = {}
        for name, days in (("small", SMALL), ("big", BIG)):
            environ["DATABASE_URL"] = f"{base}/bench_{name}"
            began = time.monotonic()
            built[name] = json.loads(run(environ, "-m", "tests.bench.world", str(days)))
            print(f"\n{built[name]['count']:,} 件を {time.monotonic() - began:.0f} 秒で用意しました。")
        yield [
            stack.enter_context(serving(environ, base, name, *door, built[name], half))
            for name, door, half in (
                ("small", OURS, slice(None)),
                ("big", OURS, slice(0, None, 2)),
                ("big", FLOOR, slice(1, None, 2)),
            )
        ]


@contextlib.contextmanager
def serving(environ, base, name, settings, application, world, half):
    port = free_port()
    environ = {**environ, "DATABASE_URL": f"{base}/bench_{name}", "DJANGO_SETTINGS_MODULE": settings}
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, "--workers", "1", "--log-level", "warning"], env=environ)
    try:
        server = Server(port, world, world["spare"][half])
        server.environ = environ
        until = time.monotonic() + 60
        while True:
            try:
                server.ask("/nothing/", "union")
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < until, "gunicorn does not answer"
                time.sleep(0.2)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def places(server, login):
    """The URLs of the second and of the last page of everything (the last one by the other end's token)."""

    def link(path):
        text = server.ask(path, login)[3].decode()
        found = re.search(r'rel="next" href="([^"]+)"', text)
        return "/tasks/" + found[1].replace("&amp;", "&")

    return link("/tasks/?state=any"), link("/tasks/?state=any&sort=due")


def test_pages(worlds):
    small, big, floor = worlds
    near = {
        id(server): dict(zip(("next", "last"), places(server, "member"), strict=True))
        for server in (small, big)
    }
    times, counts, sizes = {}, {}, {}
    for turn in range(WARM + ROUNDS):
        for kind, path in FLOORS.items():
            ms, n, size = floor.measure(path, "floor", kind == "close")
            if turn >= WARM:
                times.setdefault(("floor", kind), []).append(ms)
                counts.setdefault(("floor", kind), []).append(n)
        for page in PAGES:
            for label, server in (("small", small), ("big", big)):
                path = near[id(server)].get(page.path, page.path)
                ms, n, size = server.measure(path, page.login, page.is_post)
                if turn >= WARM:
                    times.setdefault((label, page), []).append(ms)
                    counts.setdefault((label, page), []).append(n)
                    sizes[page] = size
    p50 = {key: statistics.median(values) for key, values in times.items()}
    counts = {key: statistics.mode(values) for key, values in counts.items()}  # some ask once a minute more
    for line in report(p50, counts, sizes, small.world["count"], big.world["count"]):
        print(line)
    wrong = [
        (page.name, counts[label, page], page.most)
        for page in PAGES
        for label in ("small", "big")
        if counts[label, page] > page.most
    ]
    assert not wrong, wrong


def test_plans(worlds):
    """No list reads the whole table to find its first page, and none sorts much of it."""
    found = json.loads(run(worlds[1].environ, "-m", "tests.bench.plans"))
    print("\n一ページ目の SQL（百万件）")
    for login, path, lines in found:
        ms = next(line for line in lines if line.startswith("Execution Time"))
        scans = [
            line.strip().removeprefix("->  ") for line in lines if "Scan" in line and "tasks_task" in line
        ]
        print(f"{login:　<12} {path:　<40} {ms.split(': ')[1]:>12}  {scans[0].split(' (')[0]}")
    wrong = [(login, path, lines) for login, path, lines in found if read_in_a_row(lines) > MOST_READ]
    assert not wrong, "\n".join(wrong[0][2])


def read_in_a_row(lines):
    """How many tasks a plan read without an index: a capped count may, where it soon has its thousand."""
    read = 0
    for n, line in enumerate(lines):
        if "Seq Scan on tasks_task" in line:
            beneath = "\n".join(lines[n : n + 3])
            for number in re.findall(r"actual time=.* rows=(\d+)|Rows Removed by Filter: (\d+)", beneath):
                read += int(number[0] or number[1])
    return read


def report(p50, counts, sizes, few, many):
    yield f"\n床（{many:,} 件）: " + ", ".join(
        f"{kind} {p50['floor', kind]:.1f} ms・{counts['floor', kind]} 文" for kind in FLOORS
    )
    yield f"{'画面':　<16} p50 {few:,} 件  p50 {many:,} 件  床の何倍（目標）  伸び  文（上限）  KB"
    for page in PAGES:
        small, big = p50["small", page], p50["big", page]
        ratio = big / p50["floor", page.floor]
        goal = f"≤{page.goal}" if page.goal else "—"
        mark = " ×" if page.goal and ratio > page.goal else ""
        yield (
            f"{page.name:　<16} {small:8.1f} {big:8.1f} {ratio:8.2f} ({goal}){mark} {big / small:6.2f}"
            f" {counts['small', page]:3}/{counts['big', page]} ({page.most}) {sizes[page] / 1024:6.1f}"
        )
