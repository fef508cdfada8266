"""The browser of the tests: Debian's Chromium, speaking Japanese, asking nobody outside."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from opsdesk.environment import BASE_DIR
from tests.browser.world import *  # noqa: F403  (a morning's desk, for who asks for it)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium") or shutil.which("chromium-browser"),
        "args": [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


STANDING = (BASE_DIR / "tests" / "browser" / "pages" / "standing.js").read_text()

# How long a page may take says nothing about what it shows; the machines of the tests are slow and shared.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session", autouse=True)
def acting_waits_for_the_page() -> Iterator[None]:
    """Who acts on a page of `desk` acts when it has come, scripts and all: Playwright would click into one
    that still moves. What happens to those who are faster has tests of its own, which hold scripts back."""
    patch = pytest.MonkeyPatch()
    for name in ("click", "fill", "press", "check", "uncheck", "focus", "select_option", "set_input_files"):
        patch.setattr(Locator, name, _patient(getattr(Locator, name)))
    yield
    patch.undo()


def _patient(act: Callable[..., Any]) -> Callable[..., Any]:
    def patient(locator: Locator, *args: Any, **options: Any) -> Any:
        if hasattr(locator.page, "way"):
            locator.page.wait_for_load_state()
        return act(locator, *args, **options)

    return patient


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """What a test that fails had before it: of each of its pages the way there and what stands on it."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    browser = getattr(item, "funcargs", {}).get("browser")
    if browser and report.failed and report.when == "call":
        pages = [page for context in browser.contexts for page in context.pages]
        report.sections += [(page.url, standing(page)) for page in pages]


def standing(page: Page) -> str:
    """The documents it asked for, and its words with what is typed."""
    way = getattr(page, "way", [])
    try:
        words = page.evaluate(STANDING)
    except Error as error:
        words = str(error)
    return "\n".join([*way, "", words])
