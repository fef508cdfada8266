"""manage.py up: the whole house on one machine, in one terminal, stopped together."""

import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from opsdesk.processes import Family


class Command(BaseCommand):
    help = "データベースを整え、Web・ジョブ・時計をまとめて動かします。Ctrl-C で全部止まります。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="待ち受ける住所（既定 127.0.0.1）")
        parser.add_argument("--port", type=int, default=8000, help="待ち受けるポート（既定 8000）")
        parser.add_argument("--demo", action="store_true", help="架空の広域組合のデータを入れる")
        parser.add_argument("--without-matrix", action="store_true", help="付属の分担表を入れない")

    def handle(
        self, *args: Any, host: str, port: int, demo: bool, without_matrix: bool, **options: Any
    ) -> None:
        self.ensure_free(host, port)
        call_command("migrate", interactive=False, verbosity=0)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        call_command("seed", demo=demo, without_matrix=without_matrix)
        family = Family(self.say)
        family.listen()
        children = commands(host, port)
        if demo:
            children["devices"] = [sys.executable, "-m", "django", "devices", "--settings=opsdesk.settings"]
        for name, command in children.items():
            family.spawn(name, command, os.environ)
        self.announced = False
        try:
            ended = family.watch(lambda: self.announce(host, port))
        finally:
            family.stop()
        if ended:
            raise CommandError(
                f"{ended} が止まったので、全部を止めました。上の記録で理由を確かめてください。"
            )
        self.say("すべて止めました。")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def ensure_free(self, host: str, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except (OSError, OverflowError) as error:
                raise CommandError(
                    f"{host} のポート {port} は使えません（{error}）。"
                    "ほかのプログラムを止めるか、--port 8001 のように別の番号を書いてください。"
                ) from None

    def announce(self, host: str, port: int) -> None:
        """Say once where to go, as soon as the web answers."""
        if not self.announced and answers(host, port):
            self.announced = True
            self.say(
                f"\n  できました: http://{host}:{port}/ をブラウザで開いてください。Ctrl-C で止まります。\n"
            )


def answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1" if host == "0.0.0.0" else host, port)) == 0


def commands(host: str, port: int) -> dict[str, list[str]]:
    """The command lines of the children by name."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "opsdesk.celery"]
    level = ["--loglevel", settings.ENV["LOG_LEVEL"]]
    # Threads take half the memory; SQLite has one writer anyway.
    pool = ["--pool", "threads"] if settings.EMBEDDED else ["--pool", "prefork"]
    return {
        "web": [*python, "gunicorn", "opsdesk.wsgi:application", "--bind", f"{host}:{port}"]
        + ["--worker-class", "gthread", "--workers", "2", "--threads", "2", "--graceful-timeout", "15"]
        + ["--no-control-socket"],
        "worker": [*celery, "worker", *pool, "--concurrency", "2", *level]
        + ["--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--schedule", settings.CELERY_BEAT_SCHEDULE_FILENAME, "--pidfile=", *level],
    }
