"""A mail server on the loopback that keeps what it is given: the part of RFC 5321 that smtplib speaks.

    with smtp.server() as post:
        …
        post.letters → what came, in order

`post.answer(address)` may be replaced: what it returns is the answer to RCPT TO, "" is 250."""

import contextlib
import email
import email.policy
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest

from opsdesk.environment import mail_settings


@dataclass
class Post:
    """The server's address, and the letters that it took."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    answer: Callable[[str], str] = lambda address: ""
    #: What it says to a whole letter; "drop": it takes the letter and the line breaks before it says so.
    after_data: str = "250 taken"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        return [letter["Message-ID"] for letter in self.letters]


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        self.say("220 here")
        with contextlib.suppress(ConnectionError):
            while line := self.rfile.readline().decode().strip():
                verb = line.split(":")[0].split()[0].upper()
                if verb == "QUIT":
                    self.say("221 bye")
                    return
                if verb == "RCPT":
                    self.say(post.answer(line.partition("<")[2].partition(">")[0]) or "250 fine")
                elif verb == "DATA":
                    self.say("354 go on")
                    post.letters.append(email.message_from_bytes(self._body(), policy=email.policy.default))
                    if post.after_data == "drop":
                        return
                    self.say(post.after_data)
                else:
                    self.say("250 fine")

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


@contextlib.contextmanager
def server() -> Iterator[Post]:
    """A server of its own, stopped at the end."""
    with Server(("127.0.0.1", 0), Conversation) as running:
        running.post = post = Post(port=running.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield post
        finally:
            running.shutdown()
            thread.join()


@pytest.fixture
def post(settings, cast) -> Iterator[Post]:
    """The server of the settings; everybody of the cast has an address there."""
    from opsdesk.accounts.models import User

    for user in User.objects.all():
        user.email = f"{user.login}@example.test"
        user.save(update_fields=["email"])
    with server() as running:
        settings.EMAIL_URL, settings.SITE_URL = running.url, "https://ops.example.jp"
        settings.DEFAULT_FROM_EMAIL = "運用管理 <ops@example.jp>"
        for name, value in mail_settings(running.url).items():
            setattr(settings, name, value)
        yield running
