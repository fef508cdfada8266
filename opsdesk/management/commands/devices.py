"""manage.py devices: stands for the devices of the demonstration; `up --demo` starts it."""

import asyncio
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from opsdesk.demo import field


class Command(BaseCommand):
    help = "実演用の模擬機器として、この端末の中で監視に答えます（up --demo が動かします）。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Let their checks be run while it answers, and rest when it ends.

        Where it can't listen (not every system has more of a loopback than 127.0.0.1) it says so and waits:
        a child that ends takes the whole house along."""
        addresses = field.addresses()

        def ready() -> None:
            field.rest(awake=True, at=timezone.now())
            self.say(f"模擬機器 {len(addresses)}台が答えています。")

        try:
            asyncio.run(field.stand(addresses, field.PORT, clock=time.time, ready=ready))
        except OSError as error:
            self.say(f"模擬機器を動かせません（{error}）。監視の画面には、前の結果だけが出ます。")
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            signal.sigwait({signal.SIGTERM})
        else:
            field.rest(awake=False, at=timezone.now())

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
