"""Load the demonstration: people with one made-up password, and two months of work behind them."""

import secrets
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from opsdesk.accounts.models import User
from opsdesk.accounts.people import set_password
from opsdesk.notices.hours import OPENING, TOKYO
from opsdesk.notices.models import Notice
from tasks.digest import digest

from . import manuals, people
from .replay import replay

PASSWORD_FILE = Path(settings.DATA_DIR) / "demo-password"
#: Whom to try, in the order of the sheet's columns.
SIGN_INS = (
    ("sato.misaki", "業務運用"),
    ("yamaguchi.naoko", "ヘルプデスク"),
    ("harada.koji", "パッケージ保守"),
    ("ishii.takahiro", "HW/NW保守"),
    ("morishita.yuka", "広域組合"),
    ("miura.kenichi", "広域組合 課長"),
    ("ono.chihiro", "構成団体 汐見市"),
    ("hamanaka.rie", "構成団体 瑞野町"),
    ("kubo.rei", "管理者(所属なし)"),
)


def is_loaded() -> bool:
    return User.objects.filter(login=SIGN_INS[0][0]).exists()


def load(*, started_on: date, now: datetime, say: Callable[[str], None] = lambda text: None) -> None:
    """Make the people and replay the work from `started_on` to `now`. The edition must be there."""
    say("実演用の団体と利用者を作っています…")
    cast = people.make(at=now)
    secret = password()
    for user in cast.user.values():
        set_password(user, secret, by=None, at=now)
    manuals.write(cast, started_on=started_on, now=now)
    say("2か月分の作業を再現しています…")
    replay(cast, started_on=started_on, now=now)
    tell_this_morning(now)


def tell_this_morning(now: datetime) -> None:
    """What people were told until yesterday they have read; this morning's digest waits for them."""
    morning = datetime.combine(timezone.localdate(now), OPENING, TOKYO)
    Notice.objects.filter(created_at__lt=min(morning, now)).update(read_at=F("created_at"))
    digest(now)


def password() -> str:
    """The one password of all people, made at the first call and kept beside the data."""
    if not PASSWORD_FILE.exists():
        PASSWORD_FILE.parent.mkdir(parents=True, exist_ok=True)
        PASSWORD_FILE.touch(mode=0o600)
        PASSWORD_FILE.write_text("-".join(secrets.token_hex(3) for _ in range(3)), encoding="ascii")
    return PASSWORD_FILE.read_text(encoding="ascii").strip()


def sign_ins() -> list[str]:
    """Lines to print: who can be tried, and the password."""
    lines = [f"  {login:<18} {words}" for login, words in SIGN_INS]
    return ["実演用のログイン(パスワードはすべて同じ)", *lines, f"  パスワード: {password()}"]
