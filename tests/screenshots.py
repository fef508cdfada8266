"""Take the README's pictures from the demonstration, on its own day: `python -m tests.screenshots [folder]`.

Without a folder the README's three pictures are made; with one, every screen at 1440 and 390 px."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

import time_machine  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from opsdesk.accounts.models import User  # noqa: E402
from opsdesk.demo.load import password  # noqa: E402
from raci import drafting  # noqa: E402
from raci.content import rows_of  # noqa: E402
from raci.models import Edition  # noqa: E402
from tasks.models import Task  # noqa: E402

#: 2026-11-20 (Fri) 10:58 in Tokyo, the day for which the demonstration's content was written.
NOW = datetime(2026, 11, 20, 1, 58, tzinfo=UTC)
FROM = "2026-09-01"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
README = {
    "dashboard": ("sato.misaki", "/"),
    "matrix": ("sato.misaki", "/matrix/"),
    "union": ("morishita.yuka", "/"),
    "year": ("sato.misaki", "/year/2026/"),
    "edition": ("morishita.yuka", "/editions/2/"),
}


def screens() -> dict[str, tuple[str, str]]:
    """Every screen: name → who looks, and where."""

    def task(**of: Any) -> str:
        return f"/tasks/{Task.objects.filter(**of).order_by('-period_on').first().pk}/"

    return README | {
        "member": ("hamanaka.rie", "/"),
        "helpdesk": ("yamaguchi.naoko", "/"),
        "hwnw": ("ishii.takahiro", "/"),
        "administrator": ("kubo.rei", "/"),
        "admin": ("kubo.rei", "/admin/"),
        "task": ("sato.misaki", task(key=29, organization__code="shirane")),
        "task-check": ("sato.misaki", task(key=9)),
        "task-member": ("hamanaka.rie", task(key=8, organization__code="mizuno")),
        "task-lines": ("sato.misaki", task(key=32)),
        "list": ("sato.misaki", "/tasks/"),
        "list-overdue": ("morishita.yuka", "/tasks/?state=overdue"),
        "duty": ("sato.misaki", "/duties/29/"),
        "ledger": ("sato.misaki", "/ledger/"),
        "rights": ("sato.misaki", "/rights/"),
        "sheet": ("sato.misaki", "/tasks/sheet/"),
        "month": ("sato.misaki", "/month/2026-11/"),
        "year-union": ("morishita.yuka", "/year/2026/"),
        "editions": ("morishita.yuka", "/editions/"),
        "edition-duty": ("morishita.yuka", "/editions/2/duties/36/schedule/"),
        "edition-field": ("morishita.yuka", "/editions/2/duties/9/fields/"),
        "edition-compare": ("morishita.yuka", "/editions/compare/?old=1&new=2"),
        "edition-forecast": ("morishita.yuka", "/editions/2/forecast/"),
        "edition-import": ("morishita.yuka", "/editions/import/"),
        "readings": ("morishita.yuka", "/settings/readings/"),
        "procedure": ("sato.misaki", "/duties/9/procedure/"),
        "health": ("morishita.yuka", "/health/"),
        "closed-days": ("morishita.yuka", "/closed-days/"),
        "roster": ("kubo.rei", "/roster/"),
        "municipalities": ("kubo.rei", "/municipalities/"),
        "acknowledged": ("morishita.yuka", task(key=28, state="done")),
    }


def _draft() -> None:
    """A draft with a few changes, one of which nobody could close."""
    editor = User.objects.get(login="morishita.yuka")
    draft = drafting.revise(Edition.objects.get(), by=editor, at=NOW)
    rows = rows_of(draft)
    by_number = {row["number"]: row for row in rows}
    by_number[16]["marks"]["helpdesk"] = "support"
    by_number[34]["marks"] = {"helpdesk": "support"}
    by_number[36]["schedule"]["due_n"] = 20
    by_number[41]["marks"]["union"] = "support"
    new = {"key": 0, "number": 61, "work": "バックアップ取得の確認", "cycle": "daily", "schedule": {}}
    rows.append({**new, "marks": {"operations": "related", "hwnw": "main"}})
    drafting.save(draft, rows, by=editor, at=NOW)


@contextmanager
def demonstration() -> Iterator[str]:
    """The demonstration on a database of its own; yields the address."""
    setup_test_environment()
    with time_machine.travel(NOW, tick=True):
        old = setup_databases(verbosity=0, interactive=False)
        call_command("seed", "--from", FROM, "--demo", verbosity=0)
        _draft()
        for used in connections.all():
            used.inc_thread_sharing()
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield f"http://127.0.0.1:{server.port}"
        server.terminate()
        connection.close()
        teardown_databases(old, verbosity=0)


def look(browser: Browser, url: str, login: str, where: str, width: int) -> Page:
    """Sign in as `login` and open `where`."""
    context = browser.new_context(
        viewport={"width": width, "height": 1000}, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    page = context.new_page()
    page.goto(f"{url}/accounts/login/?next={where}")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password())
    page.click("main button[type=submit]")
    page.wait_for_load_state("networkidle")
    return page


def main(folder: str | None) -> None:
    target = Path(folder) if folder else Path("docs/images")
    target.mkdir(parents=True, exist_ok=True)
    with demonstration() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, (login, where) in (screens() if folder else README).items():
            for width in (1440, 390) if folder else (1440,):
                page = look(browser, url, login, where, width)
                path = target / (f"{name}-{width}.png" if folder else f"{name}.png")
                page.screenshot(path=path, full_page=bool(folder))
                sys.stdout.write(f"{path}\n")
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
