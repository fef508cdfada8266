"""Every test on both databases: `python -m tests.all`, as many jobs at once as processors, two at least.

The browser begins: it takes longest, and Chromium is driven by one job only. Beside it and after it come the
parts of the rest, by whole files. What a job said is printed when it ends; the code is 0 if all went well."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import NamedTuple

PARTS = 2
LEFT = "not bench and not faults"


class Job(NamedTuple):
    name: str
    command: list[str]


def jobs() -> list[Job]:
    python = sys.executable
    tests = [python, "-m", "pytest", "tests", "--color=no", "--durations=12"]
    servers = [python, "-m", "tests.servers", "pg+redis", "--"]
    rest = ["-m", f"not browser and {LEFT}"]
    found = [Job("SQLite、ブラウザ", [*tests, "-m", f"browser and {LEFT}"])]
    for before, name in ((servers, "PostgreSQL と Redis"), ([], "SQLite")):
        for n in range(1, PARTS + 1):
            found.append(Job(f"{name} {n}/{PARTS}", [*before, *tests, *rest, f"--part={n}/{PARTS}"]))
    return found


def run(job: Job) -> tuple[int, str]:
    """The code with which it ends, and what it said."""
    began = time.monotonic()
    done = subprocess.run(
        job.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    return done.returncode, f"\n=== {job.name} ({minutes}分{seconds:02}秒)\n{done.stdout}"


def main() -> int:
    codes = []
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as lanes:
        for ended in as_completed([lanes.submit(run, job) for job in jobs()]):
            code, said = ended.result()
            codes.append(code)
            print(said, flush=True)
    return 0 if not any(codes) else 1


if __name__ == "__main__":
    sys.exit(main())
