"""Every page of every role: accessible, on a phone, under the policy, and without scripts."""

import re
from collections.abc import Iterator

import pytest
from django.urls import resolve
from playwright.sync_api import Page, Response

from opsdesk.accounts import access
from opsdesk.accounts.doors import doors
from tests.browser.places.accounts import THROUGH_THE_FORM
from tests.browser.places.morning import *  # noqa: F403  (the scene)
from tests.browser.places.place import Place
from tests.browser.places.table import NOT_PAGES, PLACES
from tests.browser.world import faults

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ROLES = pytest.mark.parametrize("who", PLACES, ids=str)


def visit(page: Page, place: Place, scene) -> list[str]:
    """Go there; what is wrong with how it was answered."""
    answers: list[Response] = []

    def hear(answer: Response) -> None:
        answers.append(answer)

    page.on("response", hear)
    page.goto(place.path.format(**scene))
    if place.act:
        place.act(page, scene)
    page.remove_listener("response", hear)
    mine = [a for a in answers if a.request.resource_type == "document" and a.frame == page.main_frame]
    pages = [a for a in mine if a.status not in (301, 302)]
    wrong = []
    if pages[-1].status != place.status:
        wrong.append(f"answered {pages[-1].status}")
    if "default-src 'none'" not in pages[-1].headers.get("content-security-policy", ""):
        wrong.append("no policy")
    if (
        place.door
        and resolve(page.url.split("/", 3)[3].join(("/", "")).split("?")[0]).view_name != place.door
    ):
        wrong.append(f"led to {page.url}")
    return wrong


def looks(page: Page) -> Iterator[str]:
    """What is wrong with a page, at both widths."""
    if page.locator("html").get_attribute("lang") != "ja":
        yield "lang"
    if (headings := page.locator("h1").count()) != 1:
        yield f"{headings} h1"
    if not page.title().endswith(" - opsdesk"):
        yield f"title {page.title()}"
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        yield from (f"{size['width']}: {fault}" for fault in faults(page))
        if (width := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
            yield f"scrolls sideways to {width} at {size['width']}"
    page.set_viewport_size(WIDE)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@ROLES
def test_every_page(desk, world, scene, who):
    person = None if who in THROUGH_THE_FORM else getattr(world, who)
    page = desk(person, "/accounts/inactive/", viewport=WIDE)
    found, titles = [], {}
    for place in PLACES[who]:
        if who is None:
            page.context.clear_cookies()
        wrong = [*visit(page, place, scene), *looks(page)]
        address = page.url.split("?")[0]
        if place.status < 400 and titles.setdefault(page.title(), address) != address:
            wrong.append(f"the title of {titles[page.title()]}: {page.title()}")
        found += [f"{place}: {fault}" for fault in wrong]
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["sato", "ono", "morishita", "kubo", "yamaguchi", "ishii"])
def test_every_page_without_scripts(desk, world, scene, who):
    """Nothing is shown that needs them: no button that does nothing, nothing that waits for ever."""
    page = desk(getattr(world, who), "/accounts/inactive/", java_script_enabled=False)
    found = []
    for place in (p for p in PLACES[who] if not p.act and not p.path.startswith("/admin/")):
        wrong = visit(page, place, scene)
        dead = page.locator("button[type=button]:visible, a[href='#']:visible, a:not([href]):visible")
        wrong += [f"does nothing: {one.inner_text()}" for one in dead.all()]
        if page.locator("h1:visible").count() != 1:
            wrong.append("no heading")
        found += [f"{place}: {fault}" for fault in wrong]
    assert not found, "\n".join(found)


def doors_of_pages() -> set[str]:
    """The doors of tasks, accounts and sign-in; the admin's own are tested where it is."""
    return {d.name for d in doors() if d.rule is not access.nobody and not d.name.startswith("admin:")}


def test_the_table_knows_every_address(scene_names):
    shown = {place.door or scene_names(place) for places in PLACES.values() for place in places}
    assert doors_of_pages() - shown - set(NOT_PAGES) == set(), "a page that nobody looks at"
    assert set(NOT_PAGES) <= doors_of_pages(), "an address that is gone"
    assert not shown & set(NOT_PAGES)


@pytest.fixture
def scene_names():
    """The name of the address that a place leads to; any number stands for what the scene has."""

    class Any1(dict):
        def __missing__(self, key: str) -> int:
            return 1

    def name(place: Place) -> str:
        path = place.path.format_map(Any1()).split("?")[0]
        return "" if path == "/nowhere/" else resolve(path).view_name

    return name


#: What the scene calls the files behind these addresses.
FILES = {"tasks:file": "file", "tasks:procedure_file": "procedure_file"}


@pytest.mark.django_db
def test_what_is_no_page_shows_none(client, world, scene):
    client.force_login(world.morishita)
    for door in doors():
        if door.name in NOT_PAGES and door.name.startswith("tasks:"):
            number = scene[FILES.get(door.name, "daily")]
            route = door.route.replace("<int:duty_key>", "9").replace("<int:number>", "3")
            route = route.replace("<str:number>", scene["change"])
            answer = client.get("/" + re.sub("<int:[a-z]+>", str(number), route))
            assert answer.status_code == 302 or answer["Content-Type"] != "text/html; charset=utf-8", (
                door.name
            )
            answer.close()  # a file is read to its end, or closed
