"""A place: one page that somebody can reach, and the ways that several kinds of pages share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from opsdesk.lib import workbook


@dataclass(frozen=True)
class Place:
    """One page. `path` is a format over the scene; `act` goes on from there, to the page of `door`."""

    path: str
    door: str = ""
    act: Callable[[Page, dict[str, Any]], None] | None = None
    status: int = 200

    def __str__(self) -> str:
        return f"{self.path}{f' {self.act.__name__}' if self.act else ''}"


#: Login of the cast (None: nobody is signed in) → the places it goes to, one after the other.
Places = dict[str | None, tuple[Place, ...]]


def no_reason(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("alert").wait_for()


def give_file(page: Page, **sheets: Any) -> None:
    with workbook.write_book(sheets.items()) as file:
        given = {"name": "x.xlsx", "mimeType": workbook.CONTENT_TYPE, "buffer": file.read()}
    page.locator("input[type=file]").set_input_files(given)  # type: ignore[arg-type]
    page.get_by_role("button", name="内容を確かめる").click()
