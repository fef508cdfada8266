"""In a browser: on the first of the month another team has No.9, and not a day before."""

from copy import deepcopy
from datetime import date

import pytest
from playwright.sync_api import expect

from raci.content import rows_of
from raci.drafting import revise
from raci.editions import publish
from tasks.generation import generate
from tasks.models import Task
from tests.browser.world import NOW, confirm_all, row, says
from tests.make import at

BEFORE, NEW = date(2026, 11, 30), date(2026, 12, 1)


def morning(world, on) -> Task:
    """Generation has run; No.9 of that day."""
    world.clock.move_to(at(9, on=on))
    generate(at(9, on=on))
    return Task.objects.get(duty__number=9, period_on=on)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_edition_comes_into_force(desk, world, edition):
    rows = deepcopy(rows_of(edition))
    nine = next(r for r in rows if r["number"] == 9)
    nine["marks"] = {"helpdesk": "main", "union": "related"}
    draft = revise(edition, by=world.morishita, at=NOW, rows=rows)
    publish(draft, by=world.miura, at=NOW, in_force_on=NEW)

    task = morning(world, BEFORE)
    expect(row(desk(world.sato, "/", anew=True), task).get_by_role("link", name="完了にする")).to_be_visible()
    expect(row(desk(world.yamaguchi, "/", anew=True), task)).to_have_count(0)

    task = morning(world, NEW)
    expect(row(desk(world.sato, "/", anew=True), task)).to_have_count(0)
    page = desk(world.yamaguchi, "/", anew=True)
    row(page, task).get_by_role("link", name="No.9").or_(
        row(page, task).get_by_role("link", name="日常点検の実施", exact=True)
    ).first.click()
    confirm_all(page)
    page.get_by_role("button", name="完了を記録する").click()
    says(page, "完了にしました")
