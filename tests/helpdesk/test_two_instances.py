"""Two instances that answer each other: two databases, two mailboxes, one real Dovecot and SMTP server."""

import contextlib
import json
import os
import shutil
import smtplib
import subprocess
import sys
from urllib.parse import quote

import pytest

from tests import servers
from tests.helpdesk import mails
from tests.smtp import server

ADDRESSES = ("desk@ops.example", "other@ops.example")


@pytest.fixture
def post():
    with server() as found:
        yield found


@pytest.fixture
def mailboxes():
    with servers.dovecot() as found:
        yield found


def environ(folder, **more):
    """SQLite in `folder`, whatever the tests use."""
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return {**own, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "opsdesk.settings", **more}


@contextlib.contextmanager
def instance(folder, address, other, post, where):
    """`turn()`: it fetches, takes in and sends once; what it has then."""
    own = environ(
        folder,
        EMAIL_URL=post.url,
        MAIL_FROM=address,
        IMAP_URL=f"imap://{quote(address)}:secret@{where}",
        DESK_ADDRESS=address,
        SITE_URL="https://ops.example",
    )
    command = [sys.executable, "-m", "tests.helpdesk.instance", other]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=own, **pipes) as process:
        assert process.stdout.readline() == "ready\n"

        def turn():
            process.stdin.write("\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield turn
        process.stdin.close()


@pytest.mark.once
def test_they_stop_after_three(tmp_path, post, mailboxes):
    """Even where the way takes from their mails what says that a machine wrote them."""
    folders = tmp_path / "desk", tmp_path / "other"
    prepare = [sys.executable, "-m", "tests.helpdesk.instance", "prepare"]
    subprocess.run(prepare, env=environ(folders[0]), check=True, capture_output=True)
    shutil.copytree(*folders)
    where, lmtp, _imaps = mailboxes

    def deliver(raw, to):
        with smtplib.LMTP("127.0.0.1", lmtp) as line:
            line.sendmail("x@ops.example", [to], raw)

    with contextlib.ExitStack() as stack:
        ways = [ADDRESSES, ADDRESSES[::-1]]
        turns = [
            stack.enter_context(instance(folder, *way, post, where))
            for folder, way in zip(folders, ways, strict=True)
        ]
        deliver(mails.mail(b"hello", sender=ADDRESSES[1].encode(), id_="first@other"), ADDRESSES[0])
        sent, taken = 1, 0
        for _again in range(5):
            said = [turn() for turn in turns]
            came, taken = post.letters[taken:], len(post.letters)
            for letter in came:
                del letter["Auto-Submitted"], letter["X-Auto-Response-Suppress"], letter["X-Loop"]
                deliver(letter.as_bytes(), letter["To"])
                sent += 1
    assert sent == 3  # the question, its receipt, and the receipt of that
    assert [(one["inquiries"], one["waiting"]) for one in said] == [(1, 0), (1, 0)]
    assert sum(one["mails"] for one in said) == sent
