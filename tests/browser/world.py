"""The desk of one morning: the cast's own tasks as generation made them, and browsers that listen.

Friday 20 November 2026, 10:58 in Tokyo; the union works with the system since the 13th."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from opsdesk.accounts.models import Organization
from opsdesk.environment import BASE_DIR
from tasks.models import Task

NOW = datetime(2026, 11, 20, 1, 58, tzinfo=UTC)
TODAY = date(2026, 11, 20)
STARTED = date(2026, 11, 13)
HERE = BASE_DIR / "tests" / "browser"
AXE = (HERE / "vendor" / "axe.min.js").read_text()
#: For Locator.evaluate: gives an element a paste or a drop.
GIVE = (HERE / "pages" / "give.js").read_text()
#: What Chromium itself says of an answer that is meant to be a refusal.
ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of 4(03|04|09|22)")

Desk = Callable[..., Page]


@pytest.fixture
def world(live_server, cast, edition, holidays) -> Iterator[Any]:
    """The cast, on NOW, with every task that is due since STARTED; `world.clock` goes on from there."""
    from tasks.generation import generate

    with time_machine.travel(NOW, tick=True) as cast.clock:
        cache.clear()
        Organization.objects.filter(pk=cast.union.pk).update(operation_starts_on=STARTED)
        generate(NOW)
        yield cast


@pytest.fixture
def desk(browser: Browser, live_server, world, browser_context_args) -> Iterator[Desk]:
    """desk(person, path, **of the context) → a page in that person's browser, opened once and used again.

    Nobody is signed in with person None. Whatever a page says in its console, and whomever it asks outside,
    fails the test at its end."""
    contexts: dict[Any, BrowserContext] = {}
    said: list[str] = []

    def hear(page: Page) -> None:
        page.said = said  # type: ignore[attr-defined]
        page.way = way = []  # type: ignore[attr-defined]
        page.on("response", lambda answer: _walk(way, answer))
        page.on("console", lambda m: _hear(said, page, m))
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))

    def sit(person: Any = None, path: str = "/", *, anew: bool = False, **options: Any) -> Page:
        key = (person and person.pk, tuple(sorted((k, str(v)) for k, v in options.items())))
        if anew or key not in contexts:
            context = browser.new_context(**{**browser_context_args, "base_url": live_server.url, **options})
            context.set_default_timeout(15_000)
            context.route(
                re.compile(rf"^https?://(?!{re.escape(live_server.url.removeprefix('http://'))}/)"),
                lambda route: (said.append(f"asked outside: {route.request.url}"), route.abort()),
            )
            if person is not None:
                context.add_cookies([cookie(person, live_server.url)])
            context.on("page", hear)
            contexts[(*key, len(contexts)) if anew else key] = context
        else:
            context = contexts[key]
        page = context.new_page() if anew or not context.pages else context.pages[0]
        page.goto(path)
        return page

    yield sit
    for context in contexts.values():
        context.close()
    assert not said, "\n".join(said)


def _hear(said: list[str], page: Page, message: Any) -> None:
    if message.type in ("error", "warning") and not ANSWERED.search(message.text):
        said.append(f"{page.url}: {message.text}")


def _walk(way: list[str], answer: Response) -> None:
    if answer.request.is_navigation_request():
        way.append(f"{answer.request.method} {answer.url} {answer.status}")


def cookie(person: Any, url: str) -> dict[str, str]:
    """A session of `person`, as signing in would give it."""
    client = Client()
    client.force_login(person)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}


def sign_in(page: Page, login: str, password: str) -> None:
    """Through the form, on the sign-in page."""
    page.get_by_label("ログインID").fill(login)
    page.get_by_label("パスワード", exact=True).fill(password)
    page.get_by_role("button", name="次へ").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


#: Of Django's admin, which is not ours, the law and not also the habits.
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False, "selectors": False}


def faults(page: Page) -> list[str]:
    """What axe-core finds: WCAG 2.0-2.2 A and AA, and its best practice."""
    said = len(page.said)  # type: ignore[attr-defined]
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    is_foreign = "/admin/" in page.url
    options = {**AXE_OPTIONS, **({"runOnly": WCAG} if is_foreign else {})}
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    del page.said[said:]  # type: ignore[attr-defined]  # what the policy forbids axe itself
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


def task(number: int, organization: Any = None, **of: Any) -> Task:
    """The newest generated task of duty No. `number`."""
    found = Task.objects.filter(duty__number=number, **of)
    if organization is not None:
        found = found.filter(organization=organization)
    return found.order_by("-period_on").select_related("duty", "organization")[0]


def row(page: Page, of: Task):
    """The task's line on a dashboard."""
    return page.locator(f"#task-{of.pk}")


def panel(page: Page, name: str):
    return page.get_by_role("region", name=name, exact=True)


def confirm_all(page: Page) -> None:
    """「全項目を確認した」 of a task's page; returns when the page that it brings is there, filled."""
    page.get_by_role("button", name="全項目を確認した").click()
    expect(page.locator("#close .cnt")).to_have_text(re.compile(r"^\s*(\d+)/\1 入力済"))


def says(page: Page, text: str) -> None:
    """A message of the page that the server sent, as a screen reader hears it."""
    expect(page.get_by_role("status").filter(has_text=text).first).to_be_visible()
