"""Real servers for the tests, each in a temporary folder: PostgreSQL, Redis, Dovecot.

    python -m tests.servers pg+redis -- pytest tests/accounts

starts them, sets DATABASE_URL and REDIS_URL, runs the command, stops them, and ends with its code."""

import contextlib
import getpass
import grp
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

DEBIAN = Path("/usr/lib/postgresql")
PATIENCE = 60  # seconds a server may take to start


class Missing(SystemExit):
    """A program that the tests need is not on this machine."""


def program(name: str, package: str) -> str:
    """The path of a server's program: on PATH, or of Debian's newest PostgreSQL."""
    newest = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    found = str(newest[-1]) if newest else shutil.which(name)
    if not found:
        raise Missing(f"{name} が見つかりません。Debian では apt-get install {package} で入ります。")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    return "nobody" if os.geteuid() == 0 else None


@contextlib.contextmanager
def folder(owner: str | None = None) -> Iterator[Path]:
    # not TMPDIR: `owner` must be able to reach it
    path = Path(tempfile.mkdtemp(prefix="opsdesk-server-", dir="/tmp"))
    try:
        if owner:
            shutil.chown(path, owner)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _wait(ready: Callable[[], bool], server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.05)


@contextlib.contextmanager
def _running(
    command: list[str], home: Path, ready: Callable[[], bool], user: str | None, stop: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    log = home / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, cwd=home, user=user, start_new_session=True
        )
    try:
        _wait(ready, server, log)
        yield server
    finally:
        server.send_signal(stop)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextlib.contextmanager
def postgres(**options: str) -> Iterator[str]:
    """A PostgreSQL of its own on the loopback; yields its URL. `options` go to the server's -c."""
    user = unprivileged()
    with folder(user) as home:
        data, port, password = home / "data", free_port(), secrets.token_hex(16)
        secret = home / "password"
        secret.write_text(password)
        if user:
            shutil.chown(secret, user)
        subprocess.run(
            [program("initdb", "postgresql"), "-D", str(data), "-U", "opsdesk", "-E", "UTF8", "--no-sync"]
            + ["--no-locale", "--auth=scram-sha-256", f"--pwfile={secret}"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=home,
            user=user,
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(home),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
            **options,
        }
        command = [program("postgres", "postgresql"), "-D", str(data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        url = f"postgresql://opsdesk:{password}@127.0.0.1:{port}/postgres"
        with _running(command, home, lambda: _answers_sql(url), user, signal.SIGINT):
            yield url


def _answers_sql(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis of its own on the loopback, remembering nothing on disk; yields its URL."""
    with folder() as home:
        port = free_port()
        command = [program("redis-server", "redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(home)]
        with _running(command, home, lambda: _listens(port), None, signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


DOVECOT = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
{ssl}
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
last_valid_uid = 0
first_valid_gid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{home}/mail/%u
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service anvil {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
"""


class Dovecot(NamedTuple):
    """`where`: the start of a mailbox's URL without scheme and user (127.0.0.1:port); the ports of LMTP, by
    which mail comes in, and of imaps, 0 without a certificate."""

    where: str
    lmtp: int
    imaps: int


@contextlib.contextmanager
def dovecot(prefix: str = "", separator: str = "/", certificate: str = "") -> Iterator[Dovecot]:
    """A mail server with a mailbox for every address, password `secret`. `prefix` stands before the name of
    every folder but INBOX; `certificate`: PEM, the server's with its key."""
    me = unprivileged() or getpass.getuser()
    with folder(me if os.geteuid() == 0 else None) as home:
        ports = {"imap": free_port(), "lmtp": free_port(), "imaps": free_port() if certificate else 0}
        pem = home / "server.pem"
        pem.write_text(certificate)
        ssl = f"ssl = yes\nssl_cert = <{pem}\nssl_key = <{pem}" if certificate else "ssl = no"
        names = {"prefix": prefix, "separator": separator, "ssl": ssl}
        group = grp.getgrgid(pwd.getpwnam(me).pw_gid).gr_name
        config = home / "dovecot.conf"
        config.write_text(DOVECOT.format(home=home, user=me, group=group, **names, **ports))
        # Debian keeps it out of the PATH of those who aren't root
        found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        command = [found or program("dovecot", "dovecot-imapd dovecot-lmtpd"), "-F", "-c", str(config)]
        ready = lambda: all(_listens(port) for port in ports.values() if port)  # noqa: E731
        with _running(command, home, ready, None, signal.SIGTERM):
            yield Dovecot(f"127.0.0.1:{ports['imap']}", ports["lmtp"], ports["imaps"])


KINDS = {"pg": ("DATABASE_URL", postgres), "redis": ("REDIS_URL", redis)}


def main(arguments: list[str]) -> int:
    if len(arguments) < 3 or arguments[1] != "--" or not set(arguments[0].split("+")) <= set(KINDS):
        print("usage: python -m tests.servers pg|redis|pg+redis -- command …", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped as well
    environ = dict(os.environ)
    for name in ("SECRET_KEY", "AUDIT_KEY"):
        environ.setdefault(name, secrets.token_urlsafe(50))
    with contextlib.ExitStack() as servers:
        for kind in arguments[0].split("+"):
            variable, server = KINDS[kind]
            environ[variable] = servers.enter_context(server())
        return subprocess.run(arguments[2:], env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
