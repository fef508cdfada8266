"""A house without a sheet: the union's own, as it is typed, leads to the first dashboard."""

import re

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import expect

from opsdesk.accounts import memberships, organizations, people, teams
from opsdesk.accounts.models import Organization, Role, User
from raci import fixture
from raci.content import canonical, rows_of
from raci.models import Confirmation, Edition
from tasks.generation import generate
from tests import customer
from tests.browser.places.editions import send_book
from tests.browser.world import NOW, STARTED, panel, says

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST = STARTED.replace(day=1)


@pytest.fixture
def world(live_server, db):
    """What `seed --without-matrix` leaves, one municipality, one vendor, and a person for three roles."""
    with time_machine.travel(NOW, tick=True):
        cache.clear()
        call_command("seed", without_matrix=True, start=STARTED)
        admin = User.objects.get()
        common = {"by": admin, "at": NOW}
        union = Organization.objects.get()
        town = organizations.create(code="shiomi", kind="member", name="汐見市", joined_on=FIRST, **common)
        vendor = organizations.create(
            code="soseki", kind="vendor", name="蒼汐システム", joined_on=FIRST, **common
        )
        place = {"union": union, "member": town}
        for role in Role.objects.all():
            organization = place.get(role.code, vendor)
            teams.create(role=role, organization=organization, name=role.name, starts_on=FIRST, **common)
        yield {
            "editor": person("morishita", "森下 由佳", "union", union, common),
            "publisher": person("miura", "三浦 健一", "union", union, common, can_publish_matrix=True),
            "operator": person("sato", "佐藤 美咲", "operations", vendor, common),
        }


def person(login, name, role, organization, common, **fields):
    made = people.create(login=login, name=name, organization=organization, **fields, **common)
    team = Role.objects.get(code=role).teams.get()
    memberships.join(made, team=team, starts_on=FIRST, **common)
    return made


def test_from_an_empty_database_to_the_first_dashboard(desk, world):
    page = desk(world["editor"], "/")
    page.get_by_role("link", name="分担表を取り込む").first.click()
    send_book(page, customer.book())
    page.get_by_role("button", name="改定案として取り込む").click()
    page.wait_for_url("**/editions/1/")
    draft = Edition.objects.get()
    assert rows_of(draft) == [canonical(row) for row in fixture.source()["duties"]]

    page.goto("/settings/readings/?edition=1")
    expect(page.get_by_role("status").filter(has_text="未確認 57件").first).to_be_visible()
    page.get_by_label("すべて選ぶ").check()
    page.get_by_role("button", name=re.compile("選んだ.*確認済")).click()
    expect(page.get_by_role("status").filter(has_text="未確認 0件").first).to_be_visible()
    assert Confirmation.objects.count() == 57

    page = desk(world["publisher"], "/editions/1/")
    panel(page, "公開").get_by_label("施行日").fill("R8.11.1")
    panel(page, "公開").get_by_role("button", name="公開の確認へ進む").click()
    page.get_by_role("button", name="第1版を公開する").click()
    says(page, "公開しました")

    generate(NOW)
    page = desk(world["operator"], "/")
    today = panel(page, "今日が期限")
    expect(today).to_contain_text("日常点検の実施")
    expect(today).to_contain_text("サーバ")
    page.goto("/matrix/")
    expect(page.locator("table.mx tbody tr")).to_have_count(60)
