"""監視ウォール in a browser: 60 devices on one screen, large and clear; old as soon as nobody answers."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from monitoring.alerts import raise_alert
from monitoring.findings import Finding, fingerprint
from monitoring.models import Check, Device, State
from tests.browser.world import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREEN = {"width": 1920, "height": 1080}
CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.match(/\\d+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = { "w-old": "rgb(211,216,222)" };
  return [...document.querySelectorAll(".w-s, .w-c li")].map(e => {
    const of = e.closest("li"), style = getComputedStyle(of);
    const striped = of.matches(".w-old") && style.backgroundImage !== "none";
    const back = striped ? ground["w-old"] : style.backgroundColor;
    const [a, b] = [light(getComputedStyle(e).color), light(back)].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), parseFloat(getComputedStyle(e).fontSize)]; });
}"""


@pytest.fixture
def devices(world):
    def make(seconds=20):
        last = NOW - timedelta(seconds=seconds)
        for n in range(60):
            device = Device.objects.create(name=f"RT 鷺沢{n}")
            Check.objects.create(
                device=device, name="ping", kind="icmp", next_at=NOW, state=State.UP, last_at=last,
                last_ok_at=last, since_at=last,
            )  # fmt: skip
            if n < 5:
                bad = State.DOWN if n < 2 else State.WARNING
                title = f"{device} 応答なし" if n < 2 else f"{device} D: 81%"
                finding = Finding(fingerprint(n), "liveness", title, state=bad, device=device)
                raise_alert(finding, by=None, at=NOW - timedelta(minutes=7))
        Check.objects.filter(device__name="RT 鷺沢9").update(state=State.UNKNOWN)

    return make


def test_sixty_devices_on_one_screen(desk, world, devices, tmp_path):
    devices()
    page = desk(world.ishii, "/monitor/wall/", viewport=SCREEN)
    expect(page.locator(".w-t")).to_have_count(60)
    for side in ("Width", "Height"):
        assert page.evaluate(f"document.documentElement.scroll{side}") <= SCREEN[side.lower()]
    boxes = page.locator(".w-t, .w-a li").evaluate_all("e => e.map(x => x.getBoundingClientRect().bottom)")
    assert max(boxes) <= SCREEN["height"]
    cut = page.locator(".w-s").evaluate_all("e => e.filter(x => x.scrollWidth > x.clientWidth).length")
    assert cut == 0
    for contrast, size in page.evaluate(CONTRAST):
        assert contrast >= 7 and size >= 28
    expect(page.locator("[data-stale]")).not_to_be_visible()
    page.screenshot(path=tmp_path / "wall.png")


def test_it_asks_again_and_grows_old_when_nobody_answers(desk, world, devices):
    devices()
    page = desk(world.ishii, "/accounts/inactive/", viewport=SCREEN)
    page.clock.install(time=NOW)
    page.goto("/monitor/wall/")
    first = page.locator("#wall")
    expect(first).to_have_attribute("data-age", re.compile(r"^\d+$"))
    first.evaluate("e => e.setAttribute('data-old', '1')")
    page.clock.run_for(21_000)
    expect(page.locator("#wall[data-old]")).to_have_count(0)  # it was asked for again
    page.route("**/monitor/wall/", lambda route: None)  # it hangs
    page.clock.run_for(100_000)
    expect(page.locator("[data-stale]")).not_to_be_visible()
    page.clock.run_for(100_000)
    expect(page.locator("[data-stale]")).to_be_visible()
    expect(page.locator("#wall")).to_have_class(re.compile("wall-s"))
    assert page.title().startswith("更新が止まっています")


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_without_any_script_the_style_sheet_says_it(desk, world, devices, motion):
    devices(seconds=170)
    page = desk(world.ishii, "/accounts/inactive/", viewport=SCREEN)
    page.emulate_media(reduced_motion=motion)
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/monitor/wall/")
    stale = page.locator("[data-stale]")
    expect(stale).not_to_be_visible()
    left = int(page.locator("#wall").get_attribute("data-left"))
    assert 0 < left <= 180
    page.evaluate("document.getAnimations().forEach(a => { a.currentTime = 181001; })")
    expect(stale).to_be_visible()
