"""The browser of the tests: Debian's Chromium, speaking Japanese, asking nobody outside."""

import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

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


# How long a page may take says nothing about what it shows; the machines of the tests are slow and shared.
expect.set_options(timeout=15_000)
