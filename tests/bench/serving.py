"""gunicorn on databases of a known size, for the benches of pages: who asks, and what is answered."""

import contextlib
import http.client
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from tests.servers import free_port

#: Days of 260 tasks each: 10,000 tasks, a whole year, and 1,000,000 tasks.
DAYS = {
    name: int(os.environ.get(f"BENCH_{name.upper()}", days))
    for name, days in (("small", 38), ("year", 400), ("big", 3846))
}
OURS = ("tests.bench.settings", "opsdesk.wsgi:application")
FLOOR = ("tests.bench.floor_settings", "tests.bench.floor_wsgi:application")
#: What closes a task of the worlds, and what raises a case of No.12.
CLOSED = tuple(
    {
        "f-definition_update": "OK",
        "f-scheduled_scan": "OK",
        "f-detections": "0",
        "outcome": "normal",
        "remark": "x",
    }.items()
)
RAISED = tuple(
    {
        "title": "町字コードの追加",
        "concerns": "m00",
        "f-kind": "新規",
        "f-lines-0-code_kind": "町字",
        "f-lines-0-code": "0001",
        "f-lines-0-name": "本町",
        "f-lines-0-apply_on": "R9.4/1",
    }.items()
)


class Server:
    """One gunicorn on one database; the tasks it closes are its own."""

    def __init__(self, port, world, spare, process, environ):
        self.port, self.world, self.spare = port, world, spare
        self.process, self.environ = process, environ

    def ask(self, page_path, login, form=None, **headers):
        """(ms, status, headers, body)."""
        token = "a" * 32
        headers |= {"Cookie": f"sessionid={self.world['sessions'][login]}; csrftoken={token}"}
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

    def measure(self, path, login, form=None):
        """(ms, statements, bytes) of an answer as it should be; each form is sent once."""
        is_of_task = form is not None and "{task}" in path
        task = self.spare.pop() if is_of_task else self.spare[0]
        sent = None if form is None else {**dict(form), "token": secrets.token_hex(16)}
        ms, status, headers, text = self.ask(path.format(task=task), login, sent)
        assert status == (200 if form is None else 302), (path, status, text[:2000].decode())
        return ms, int(headers["X-Statements"]), len(text)

    def workers(self):
        """The processes that answer."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Worlds:
    """A PostgreSQL with a database of each of DAYS; servers are started on them as they are asked for."""

    def __init__(self, url, home):
        self.base, self.home = url.rsplit("/", 1)[0], home
        self.keys = {key: secrets.token_urlsafe(50) for key in ("SECRET_KEY", "AUDIT_KEY")}  # of the sessions
        self.stack = contextlib.ExitStack()
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CREATE DATABASE bench_empty")
            self._run("empty", "manage.py", "migrate", "-v0")
            self._run("empty", "manage.py", "createcachetable")
            self._run("empty", "manage.py", "collectstatic", "--noinput", "-v0")
            self.built = {}
            for name, days in DAYS.items():
                admin.execute(f"CREATE DATABASE bench_{name} TEMPLATE bench_empty")
                began = time.monotonic()
                self.built[name] = json.loads(self._run(name, "-m", "tests.bench.world", str(days)))
                print(
                    f"\n{self.built[name]['count']:,} 件を {time.monotonic() - began:.0f} 秒で用意しました。"
                )

    def count(self, name):
        return self.built[name]["count"]

    def serve(self, name, door=OURS, *, workers=1, half=slice(None)):
        """A Server on the database `name`; of its open tasks it closes those of `half`."""
        settings, application = door
        environ, port = self._environ(name, settings), free_port()
        command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
        process = subprocess.Popen(
            [*command, "--workers", str(workers), "--log-level", "warning"], env=environ
        )
        self.stack.callback(process.wait, 20)
        self.stack.callback(process.terminate)
        world = self.built[name]
        server = Server(port, world, world["spare"][half], process, environ)
        until = time.monotonic() + 60
        while True:
            try:
                server.ask("/nothing/", "union")
                return server
            except OSError:
                assert process.poll() is None and time.monotonic() < until, "gunicorn does not answer"
                time.sleep(0.2)

    def _environ(self, name, settings):
        return {
            **os.environ,
            **self.keys,
            "DATABASE_URL": f"{self.base}/bench_{name}",
            "DATA_DIR": str(self.home),
            "DJANGO_SETTINGS_MODULE": settings,
        }

    def _run(self, name, *command):
        return run(self._environ(name, "tests.bench.settings"), *command)


def run(environ, *command):
    return subprocess.run([sys.executable, *command], env=environ, check=True, stdout=subprocess.PIPE).stdout


@contextlib.contextmanager
def worlds_on(url):
    with tempfile.TemporaryDirectory(prefix="opsdesk-bench-") as folder:
        worlds = Worlds(url, Path(folder))
        with worlds.stack:
            yield worlds
