"""Reads the environment: every variable once, each wrong one answered with a sentence."""

import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent


class BrokenEnvironment(SystemExit):
    """Ends the process with sentences on the error output, and no traceback."""


class Variable(NamedTuple):
    """One variable: how its text is read, what holds without it, and what it is for.

    `read` turns the text into a value or raises ValueError with what to write instead."""

    name: str
    read: Callable[[str], Any]
    default: str
    meaning: str


def read(variables: Iterable[Variable], environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The values of `variables` by name; raises BrokenEnvironment with one sentence for each wrong one."""
    given = os.environ if environ is None else environ
    values, faults = {}, []
    for variable in variables:
        text = given.get(variable.name, "").strip() or variable.default
        try:
            values[variable.name] = variable.read(text)
        except ValueError as fault:
            faults.append(f"環境変数 {variable.name} の値「{text}」は使えません。{fault}")
    if faults:
        raise BrokenEnvironment("\n".join(faults))
    return values


def text(value: str) -> str:
    return value


def words(value: str) -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in value.split(",") if word.strip()]


def switch(value: str) -> bool:
    known = {
        "1": True,
        "true": True,
        "on": True,
        "yes": True,
        "0": False,
        "false": False,
        "off": False,
        "no": False,
    }
    if value.lower() not in known:
        raise ValueError("1（使う）か 0（使わない）を書いてください。")
    return known[value.lower()]


def number(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers from `low` to `high`."""

    def reader(value: str) -> int:
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            raise ValueError(f"{low} から {high} までの整数を書いてください。")
        return int(value)

    return reader


def choice(*known: str) -> Callable[[str], str]:
    def reader(value: str) -> str:
        if value.upper() not in known:
            raise ValueError(f"{'、'.join(known)} のどれかを書いてください。")
        return value.upper()

    return reader


def folder(value: str) -> Path:
    """A folder; relative ones are counted from the project's folder. It need not exist yet."""
    path = (BASE_DIR / Path(value).expanduser()).resolve()
    if path.exists() and not path.is_dir():
        raise ValueError("これはファイルです。フォルダの場所を書いてください。")
    return path


def folder_or_none(value: str) -> Path | None:
    return folder(value) if value else None


def origins(value: str) -> list[str]:
    found = words(value)
    if any(
        urlsplit(origin).scheme not in ("http", "https") or not urlsplit(origin).netloc for origin in found
    ):
        raise ValueError(
            "https://ops.example.jp のように、https:// から書いてください。複数はコンマで区切ります。"
        )
    return found


def hosts(value: str) -> list[str]:
    found = words(value)
    if not found or any("/" in host or " " in host for host in found):
        raise ValueError("ops.example.jp のように、ホスト名だけを書いてください。複数はコンマで区切ります。")
    return found


def database(value: str) -> str:
    """The address of a database; empty means SQLite in DATA_DIR."""
    if value:
        parts = _split(value)
        if parts.scheme not in ("sqlite", "postgres", "postgresql") or len(parts.path) < 2:
            raise ValueError(
                "postgresql://利用者:パスワード@ホスト:5432/データベース名 または "
                "sqlite:////フォルダ/ファイル名 の形で書いてください。"
            )
    return value


def redis(value: str) -> str:
    """The address of a Redis server; empty means messages as files in DATA_DIR."""
    if value and (_split(value).scheme not in ("redis", "rediss") or not _split(value).hostname):
        raise ValueError("redis://ホスト:6379/0 の形で書いてください。")
    return value


#: How a mail server is reached (in the clear, in TLS, going over to TLS), with the usual port.
MAIL_SCHEMES = {"smtp": 25, "smtps": 465, "smtp+tls": 587}


def mail_server(value: str) -> str:
    """The address of a mail server; empty means that no mail is sent."""
    if value and (_split(value).scheme not in MAIL_SCHEMES or not _split(value).hostname):
        raise ValueError(
            "smtp://ホスト:25、smtps://利用者:パスワード@ホスト:465、"
            "smtp+tls://利用者:パスワード@ホスト:587 のどれかの形で書いてください。"
        )
    return value


def mail_settings(value: str) -> dict[str, Any]:
    """Django's settings for the mail server at the address `value`; {} without one."""
    if not value:
        return {}
    parts = _split(value)
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or MAIL_SCHEMES[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }


#: How a mailbox is reached (in the clear, in TLS, going over to TLS), with the usual port.
IMAP_SCHEMES = {"imap": 143, "imaps": 993, "imap+tls": 143}


def mailbox(value: str) -> str:
    """The address of a mailbox; empty means that no mail is fetched."""
    if not value:
        return value
    parts = _split(value)
    if parts.scheme not in IMAP_SCHEMES or not parts.hostname or not parts.username:
        raise ValueError(
            "imaps://利用者:パスワード@ホスト:993 か imap+tls://利用者:パスワード@ホスト:143 の形で"
            "書いてください。"
            "利用者名の @ は %40 と書きます。"
        )
    return value


def mailbox_settings(value: str) -> dict[str, Any]:
    """What helpdesk/imap.py needs of the address `value`: scheme, host, port, user, password, folder."""
    if not value:
        return {}
    parts = _split(value)
    return {
        "scheme": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or IMAP_SCHEMES[parts.scheme],
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "folder": unquote(parts.path.strip("/")) or "INBOX",
    }


def address(value: str) -> str:
    """An address of mail, with or without a name: 運用管理 <ops@example.jp>."""
    _name, _at, host = parseaddr(value)[1].rpartition("@")
    if value and not (_name and host):
        raise ValueError("ops@example.jp または 運用管理 <ops@example.jp> の形で書いてください。")
    return value


def site(value: str) -> str:
    """The address under which people open the pages, without a slash at its end."""
    if value and (_split(value).scheme not in ("http", "https") or not _split(value).netloc):
        raise ValueError("https://ops.example.jp のように、https:// から書いてください。")
    return value.rstrip("/")


def key(value: str) -> str:
    if value and len(value) < 32:
        raise ValueError("32 文字以上の、人に推測されない文字列を書いてください。")
    return value


def key_file(path: Path) -> str:
    """The key in the file `path`, made once, for its owner only; two first starts agree on one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(50))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()
    except OSError as fault:
        raise BrokenEnvironment(
            f"鍵のファイル {path} を読み書きできません（{fault.strerror}）。"
            "環境変数 DATA_DIR を書き込めるフォルダにしてください。"
        ) from None


def _split(value: str) -> Any:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("ポートは数字で、記号は %40 のように書き換えて書いてください。") from None
    return parts
