"""Children that live and die together: started, read line by line, and stopped as one."""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from types import FrameType
from typing import IO

GRACE = 20  # seconds between the polite word and the end
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """Runs in the child: the kernel tells it when the parent is gone, even by kill -9."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Family:
    """Named child processes. Use it from the main thread only: PDEATHSIG follows the thread that spawned."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stops = 0
        self.selector = selectors.DefaultSelector()

    def spawn(self, name: str, command: list[str], environ: Mapping[str, str]) -> None:
        """Start `command` in a session of its own, or Ctrl-C would reach it twice."""
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self.children[name] = child
        assert child.stdout is not None
        os.set_blocking(child.stdout.fileno(), False)
        self.selector.register(child.stdout, selectors.EVENT_READ, (name, bytearray()))

    def listen(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal ask for the end; asked twice, the end is at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.stops += 1

    def watch(self, idle: Callable[[], object]) -> str | None:
        """Pass lines on until asked to stop (None) or one child ends (its name); `idle` runs between."""
        while not self.stops:
            self._pass_lines()
            for name, child in self.children.items():
                if child.poll() is not None:
                    return name
            idle()
        return None

    def stop(self) -> None:
        """Ask every child, wait GRACE seconds in all, then end each whole group; nobody is left behind."""
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)
        asked, until = self.stops, time.monotonic() + GRACE
        while self._alive() and time.monotonic() < until and self.stops <= asked:
            self._pass_lines()
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._pass_lines()

    def _alive(self) -> bool:
        return any(child.poll() is None for child in self.children.values())

    def _pass_lines(self) -> None:
        for key, _events in self.selector.select(timeout=0.2):
            name, rest = key.data
            stream: IO[bytes] = key.fileobj  # type: ignore[assignment]
            chunk = stream.read(65536)
            if not chunk:
                self.selector.unregister(stream)
                continue
            *lines, last = (rest + chunk).split(b"\n")
            rest[:] = last
            for line in lines:
                self.write(f"{name:<7}| {line.decode(errors='replace')}")
