"""`manage.py up`: web, worker and beat start together and stop together, whatever ends them."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from opsdesk.environment import BASE_DIR
from tests.servers import free_port

pytestmark = pytest.mark.slow
PATIENCE = 90


def until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


class House:
    """One `manage.py up`, known by the folder that all its processes carry in their environment."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.home, self.port, self.log = home, free_port(), home / "log"
        self.environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "opsdesk.settings",
            "DATA_DIR": str(home),
            "DATABASE_URL": database_url,
            "REDIS_URL": settings.REDIS_URL,
        }
        command = [sys.executable, "manage.py", "up", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=self.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        said = self.said()
        # beat woke the worker, and it has generated today's tasks
        done = re.search(r"Task tasks\.jobs\.generate\[[-0-9a-f]+\] succeeded", said)
        return done is not None and f"http://127.0.0.1:{self.port}/" in said

    def processes(self) -> list[int]:
        mark = f"DATA_DIR={self.home}".encode()
        return [pid for pid in pids() if mark in environ_of(pid)]

    def child(self, name: str) -> int:
        """The pid of one child (the leader of its session)."""
        found = [pid for pid in self.processes() if name in command_of(pid) and os.getsid(pid) == pid]
        assert len(found) == 1, (name, found)
        return found[0]


def pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def environ_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """A database of this house's own, on the server that the tests run on."""
    if settings.EMBEDDED:
        yield f"sqlite:///{tmp_path}/up.sqlite3"
        return
    name = f"up_{uuid4().hex}"
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield settings.DATABASE_URL.rsplit("/", 1)[0] + f"/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    house = House(tmp_path, database_url)
    try:
        until(house.ready, f"not ready:\n{house.said()}")
        yield house
    finally:
        for pid in house.processes():
            os.kill(pid, signal.SIGKILL)
        house.process.wait()


def test_it_works_and_ctrl_c_stops_all(house: House):
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/accounts/login/", timeout=10) as answer:
        assert answer.status == 200
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert len(house.processes()) >= 6  # up, gunicorn with two workers, celery, beat
    os.killpg(house.process.pid, signal.SIGINT)  # as a terminal does: to the whole foreground group
    assert house.process.wait(25) == 0
    assert not house.processes()
    assert "すべて止めました。" in house.said()
    assert "Traceback" not in house.said()
    if not settings.REDIS_URL:
        assert (house.home / "broker").stat().st_mode & 0o077 == 0


@pytest.mark.once
def test_sigterm_stops_all(house: House):
    house.process.terminate()
    assert house.process.wait(25) == 0
    assert not house.processes()


@pytest.mark.once
def test_kill_of_the_parent_leaves_nobody(house: House):
    house.process.kill()
    house.process.wait()
    until(lambda: not house.processes(), "somebody survived", patience=25)


@pytest.mark.parametrize(
    "name", ["gunicorn", "celery --app opsdesk.celery worker", "celery --app opsdesk.celery beat"]
)
def test_one_dies_and_all_stop(house: House, name: str):
    os.kill(house.child(name), signal.SIGKILL)
    assert house.process.wait(25) == 1
    assert not house.processes()
    assert "止まったので、全部を止めました" in house.said()


@pytest.mark.once
def test_a_taken_port_is_told_before_anything_is_touched(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environ = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3", "DATA_DIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "manage.py", "up", "--port", str(port)],
            cwd=BASE_DIR,
            env={**environ, "DJANGO_SETTINGS_MODULE": "opsdesk.settings"},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert f"ポート {port} は使えません" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.sqlite3").exists()
