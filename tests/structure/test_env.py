"""A broken environment is answered with a sentence that names the variable, never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from opsdesk.environment import BASE_DIR, BrokenEnvironment, mail_server, mail_settings, read
from opsdesk.settings import VARIABLES
from tests.servers import free_port

KEY = "k" * 40


def run(tmp_path: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    known = {variable.name for variable in VARIABLES}
    clean = {name: value for name, value in os.environ.items() if name not in known}
    return subprocess.run(
        [sys.executable, *command],
        cwd=BASE_DIR,
        env={**clean, "DJANGO_SETTINGS_MODULE": "opsdesk.settings", "DATA_DIR": str(tmp_path), **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_nothing_set_works(tmp_path: Path):
    done = run(tmp_path, "manage.py", "check")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "audit_key").stat().st_mode & 0o777 == 0o600
    keys = (tmp_path / "secret_key").read_text(), (tmp_path / "audit_key").read_text()
    run(tmp_path, "manage.py", "check")
    assert keys == ((tmp_path / "secret_key").read_text(), (tmp_path / "audit_key").read_text())


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://x/y", "postgresql://"),
        ("DATABASE_URL", "nonsense", "sqlite:////"),
        ("DATABASE_URL", "postgresql://a:b@host:port/name", "ポートは数字"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("SECRET_KEY", "short", "32 文字以上"),
        ("AUDIT_KEY", "short", "32 文字以上"),
        ("DEBUG", "maybe", "1（使う）か 0"),
        ("HTTPS", "ja", "1（使う）か 0"),
        ("ALLOWED_HOSTS", "https://ops.example.jp", "ホスト名だけ"),
        ("CSRF_TRUSTED_ORIGINS", "ops.example.jp", "https:// から"),
        ("TRUSTED_PROXIES", "-1", "0 から 9 までの整数"),
        ("STATEMENT_TIMEOUT", "30s", "整数"),
        ("LOG_LEVEL", "LOUD", "INFO"),
        ("EMAIL_URL", "mail.example.jp", "smtp+tls://"),
        ("EMAIL_URL", "http://mail.example.jp", "smtps://"),
        ("MAIL_FROM", "ops", "ops@example.jp"),
        ("IMAP_URL", "imaps://mail.example.jp", "imap+tls://"),
        ("IMAP_URL", "pop3://u:p@mail.example.jp", "imaps://"),
        ("DESK_ADDRESS", "desk", "ops@example.jp"),
        ("SITE_URL", "ops.example.jp", "https:// から"),
        ("DATA_DIR", "manage.py", "フォルダの場所"),
        ("MEDIA_ROOT", "manage.py", "フォルダの場所"),
        ("STATIC_ROOT", "manage.py", "フォルダの場所"),
    ],
)
def test_a_wrong_value_is_told_by_name(name: str, value: str, says: str):
    with pytest.raises(BrokenEnvironment) as told:
        read(VARIABLES, {name: value})
    assert f"環境変数 {name} の値「{value}」は使えません。" in str(told.value)
    assert says in str(told.value)


def test_all_wrong_values_are_told_at_once(tmp_path: Path):
    done = run(tmp_path, "manage.py", "check", DEBUG="maybe", LOG_LEVEL="LOUD")
    assert done.returncode == 1
    assert "環境変数 DEBUG の値「maybe」" in done.stderr and "環境変数 LOG_LEVEL の値「LOUD」" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mail_server_needs_a_sender(tmp_path: Path):
    done = run(tmp_path, "manage.py", "check", EMAIL_URL="smtp://127.0.0.1:25")
    assert done.returncode == 1 and "環境変数 MAIL_FROM がありません" in done.stderr
    done = run(tmp_path, "manage.py", "check", IMAP_URL="imap://u:p@127.0.0.1:143")
    assert done.returncode == 1 and "環境変数 DESK_ADDRESS がありません" in done.stderr


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls", "user"),
    [
        ("smtp://mail", 25, False, False, ""),
        ("smtps://a%40b:p%3Aw@mail", 465, True, False, "a@b"),
        ("smtp+tls://a:b@mail:2587", 2587, False, True, "a"),
    ],
)
def test_the_address_of_a_mail_server(url: str, port: int, ssl: bool, tls: bool, user: str):
    found = mail_settings(mail_server(url))
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_HOST_USER"]) == ("mail", port, user)
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (ssl, tls)
    assert mail_settings("") == {}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "AUDIT_KEY"])
def test_several_machines_need_their_keys_by_hand(tmp_path: Path, missing: str):
    keys = {"SECRET_KEY": KEY, "AUDIT_KEY": KEY, missing: ""}
    done = run(tmp_path, "manage.py", "check", DATABASE_URL="postgresql://a:b@db/ops", **keys)
    assert done.returncode == 1
    assert f"環境変数 {missing} がありません" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "check"),
        ("-m", "celery", "--app", "opsdesk.celery", "worker"),
        ("-m", "gunicorn", "--preload", "--no-control-socket", "opsdesk.wsgi:application"),
    ],
)
def test_every_process_ends_with_the_sentence(tmp_path: Path, command: tuple[str, ...]):
    done = run(tmp_path, *command, DEBUG="maybe")
    assert done.returncode != 0
    assert "環境変数 DEBUG の値「maybe」は使えません。" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def nobody() -> str:
    return f"postgresql://a:b@127.0.0.1:{free_port()}/ops"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["migrate", "seed", "generate", "up", "verify_audit"])
def test_a_missing_database_is_a_sentence_at_the_command_line(tmp_path: Path, command: str):
    port = ("--port", str(free_port())) if command == "up" else ()
    done = run(tmp_path, "manage.py", command, *port, DATABASE_URL=nobody(), SECRET_KEY=KEY, AUDIT_KEY=KEY)
    assert done.returncode == 1
    assert "データベース（127.0.0.1:" in done.stderr and "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("place", ["/", "/accounts/login/", "/admin/", "/tasks/"])
def test_a_missing_database_is_a_page_in_words(tmp_path: Path, place: str):
    ask = (
        "import django; django.setup(); from django.test import Client; "
        "c = Client(raise_request_exception=False, headers={'cookie': 'sessionid=' + 'a' * 32}); "
        f"a = c.get('{place}'); "
        "print(a.status_code, a.headers.get('Retry-After'), a.content.decode())"
    )
    done = run(
        tmp_path,
        *("-c", ask),
        **{"DATABASE_URL": nobody(), "SECRET_KEY": KEY, "AUDIT_KEY": KEY, "ALLOWED_HOSTS": "testserver"},
    )
    assert done.stdout.startswith("503 30 "), done.stdout[:500] + done.stderr[-3000:]
    assert "データベース" in done.stdout and 'lang="ja"' in done.stdout


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = run(tmp_path, "manage.py", "check", MEDIA_ROOT=str(blocked / "media"))
    assert done.returncode == 1
    assert "MEDIA_ROOT のフォルダ" in done.stderr and "書き込めません" in done.stderr
    assert "Traceback" not in done.stderr
