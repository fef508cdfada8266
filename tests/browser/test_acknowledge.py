"""In a browser: a plan is published, acknowledged, asked about, answered, revised with another file."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tasks import progress
from tasks.models import Acknowledgement, Publication
from tests.browser.world import NOW, panel, says
from tests.make import make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plan(world):
    """No.28 of December, closed by 業務運用."""
    month = {"period": "2026-12", "period_on": date(2026, 12, 1), "opens_on": date(2026, 11, 2)}
    task, staff = make_task(28, **month), {"by": world.sato, "team": world.team["operations"], "at": NOW}
    task.attachments.create(
        field_key="monthly_plan", name="計画.txt", content_type="text/plain", size=1, sha256="0", **staff
    )
    return progress.close(task, answers={"remarks": "12/3 から"}, **staff)


def test_from_the_dashboard_and_back(desk, world, plan):
    page = desk(world.ono, "/")
    panel(page, "確認待ち").get_by_role("button", name="確認した").click()
    says(page, "確認済みにしました")
    expect(panel(page, "確認待ち")).to_have_count(0)
    union = desk(world.morishita, "/")
    expect(panel(union, "確認が未了")).to_contain_text("1/3 確認済")
    expect(panel(union, "確認が未了").get_by_role("listitem").filter(has_text="桐原市").last).to_be_visible()
    assert Acknowledgement.objects.get(organization=world.shiomi).acknowledged_by == world.ono


def test_a_question_and_its_answer(desk, world, plan):
    town = desk(world.makino, "/")
    panel(town, "確認待ち").get_by_role("link", name="質問する").click()
    town.get_by_label("質問", exact=True).fill("12/10 の枠は空いていますか")
    town.get_by_role("button", name="質問を送る").click()
    says(town, "質問を送りました")
    staff = desk(world.takahashi, f"/tasks/{plan.pk}/")
    staff.get_by_label("桐原市への回答").fill("空いています")
    staff.get_by_role("button", name="回答する").click()
    says(staff, "回答を書き込みました")
    town.reload()
    expect(panel(town, "確認")).to_contain_text("空いています")
    expect(desk(world.ono, f"/tasks/{plan.pk}/").get_by_role("main")).not_to_contain_text("12/10")


def test_a_revision_without_scripts(desk, world, plan):
    page = desk(world.sato, f"/tasks/{plan.pk}/", java_script_enabled=False)
    page.get_by_role("link", name="改訂する").click()
    page.get_by_label("特記事項").fill("12/4 から")
    page.locator("[name=file-monthly_plan]").set_input_files(
        {"name": "計画2.txt", "mimeType": "text/plain", "buffer": "二".encode()}
    )
    page.get_by_label("改訂の理由").fill("処理日の変更")
    page.get_by_role("button", name="次の版を公開する").last.click()
    expect(page.get_by_role("main")).to_contain_text("第2版")
    assert Publication.objects.get(is_current=True).answers == {"remarks": "12/4 から"}
    page.get_by_role("link", name="第1版を読む").click()
    expect(page.get_by_role("main")).to_contain_text("12/3 から")
    expect(page.get_by_role("main").get_by_role("link", name="計画.txt")).to_be_visible()
