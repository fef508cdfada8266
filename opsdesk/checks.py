"""System checks of the installation: folders that can be written, and keys that outsiders can't read."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register()
def data_folder(**_check: Any) -> list[CheckMessage]:
    """Files, keys and (embedded) the database are written under DATA_DIR and MEDIA_ROOT."""
    folders = [("DATA_DIR", Path(settings.DATA_DIR)), ("MEDIA_ROOT", Path(settings.MEDIA_ROOT))]
    return [
        Error(
            f"{name} のフォルダ {folder} に書き込めません。",
            hint=f"書き込めるようにするか、環境変数 {name} をほかのフォルダにしてください。",
            id="opsdesk.E001",
        )
        for name, folder in folders
        if not writable(folder)
    ]


@register()
def key_files(**_check: Any) -> list[CheckMessage]:
    """Who reads the key files can forge sessions and history."""
    files = [Path(settings.DATA_DIR) / name for name in ("secret_key", "audit_key")]
    return [
        Warning(
            f"鍵のファイル {file} をほかの利用者が読めます。",
            hint=f"chmod 600 {file} を実行してください。",
            id="opsdesk.W001",
        )
        for file in files
        if file.exists() and file.stat().st_mode & 0o077
    ]


def writable(folder: Path) -> bool:
    """Whether `folder` is there or can be made, and takes a file."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True
