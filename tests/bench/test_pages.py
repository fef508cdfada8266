"""Pages at 10,000 and at 1,000,000 tasks on PostgreSQL, each beside the floor in the same interleaved run.

gunicorn with one worker for each of ours@10k, ours@1M and the floor@1M; times are the client's, goals those
of the design. Statements are asserted; times are printed, for only ratios inside one run mean something.
Ten thousand tasks are 38 days of them: a page that counts a year's tasks is also measured on a whole year.
"""

import json
import os
import re
import statistics
from typing import NamedTuple

import pytest

from tests.bench.serving import CLOSED, FLOOR, RAISED, run

pytestmark = pytest.mark.bench
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "40"))
WARM = 5
MOST_READ = 50_000  # of a million tasks


class Page(NamedTuple):
    """`floor` names what it is measured against; `goal` in floors, `most` statements.

    `counts_a_year`: what it shows is made of all tasks of a year, so that it grows until there is one."""

    name: str
    login: str
    path: str
    floor: str
    goal: float | None
    most: int
    form: tuple | None = None
    counts_a_year: bool = False


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
    Page("業務の状態（広域組合）", "union", "/health/", "list", None, 11, counts_a_year=True),
    Page("完了にする", "operations", "/tasks/{task}/close/", "close", 2, 40, form=CLOSED),
    Page("起票する", "operations", "/raise/12/", "create", 2.4, 40, form=RAISED),
)
FLOORS = {
    "list": ("/floor/tasks/", None),
    "detail": ("/floor/tasks/{task}/", None),
    "close": ("/floor/tasks/{task}/", CLOSED),
    "create": ("/floor/cases/", RAISED),
}


def places(server, login):
    """The URLs of the second and of the last page of everything (the last one by the other end's token)."""

    def link(path):
        text = server.ask(path, login)[3].decode()
        found = re.search(r'rel="next" href="([^"]+)"', text)
        return "/tasks/" + found[1].replace("&amp;", "&")

    return link("/tasks/?state=any"), link("/tasks/?state=any&sort=due")


def test_pages(worlds):
    small, year, big = (worlds.serve(name) for name in ("small", "year", "big"))
    floor = worlds.serve("big", FLOOR, half=slice(1, None, 2))
    big.spare = big.spare[::2]
    near = {
        id(server): dict(zip(("next", "last"), places(server, "member"), strict=True))
        for server in (small, big)
    }
    times, counts, sizes = {}, {}, {}
    for turn in range(WARM + ROUNDS):
        for kind, (path, form) in FLOORS.items():
            ms, n, size = floor.measure(path, "floor", form)
            if turn >= WARM:
                times.setdefault(("floor", kind), []).append(ms)
                counts.setdefault(("floor", kind), []).append(n)
        for page in PAGES:
            servers = [("small", small), ("big", big), *([("year", year)] if page.counts_a_year else [])]
            for label, server in servers:
                path = near.get(id(server), {}).get(page.path, page.path)
                ms, n, size = server.measure(path, page.login, page.form)
                if turn >= WARM:
                    times.setdefault((label, page), []).append(ms)
                    counts.setdefault((label, page), []).append(n)
                    sizes[label, page] = size
    p50 = {key: statistics.median(values) for key, values in times.items()}
    counts = {key: statistics.mode(values) for key, values in counts.items()}  # some ask once a minute more
    for line in report(p50, counts, sizes, *(worlds.count(name) for name in ("small", "year", "big"))):
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
    found = json.loads(run(worlds.serve("big").environ, "-m", "tests.bench.plans"))
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


def report(p50, counts, sizes, few, of_a_year, many):
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
            f" {counts['small', page]:3}/{counts['big', page]} ({page.most}) {sizes['big', page] / 1024:6.1f}"
        )
        if page.counts_a_year:
            year = p50["year", page]
            yield f"　　同 {of_a_year:,} 件（一年分）から: p50 {year:.1f} ms, 伸び {big / year:.2f}"
