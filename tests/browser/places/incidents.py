"""Incidents, their reports and figures."""

from typing import Any

from playwright.sync_api import Page

from incidents import report as incident_reports
from incidents.reportcontent import typed_of
from incidents.reportdraft import draft
from incidents.reporters import sources_of
from tests.browser.places.place import Place, Places, no_reason
from tests.browser.world import NOW
from tests.desk import Desk


def wrong_report(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_label("検知日時").fill("きのう")
    page.get_by_role("button", name="保存する").click()
    page.get_by_role("alert").wait_for()


def unreasoned_report(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="改訂した第2版を送る").click()


PLACES: Places = {
    "sato": (  # 業務運用
        Place("/incidents/{reported}/report/"),
        Place("/incidents/{reported}/report/?version=1"),
        Place("/incidents/{reported}/report/edit/"),
        Place("/incidents/{reported}/report/edit/", act=wrong_report, status=422),
        Place("/incidents/{reported}/report/compare/"),
        Place("/figures/incidents/"),
        Place("/incidents/"),
        Place("/incidents/?state=any&level=2"),
        Place("/incidents/{incident}/level/"),
        Place("/incidents/{incident}/level/", act=no_reason, status=422),
        Place("/incidents/{incident}/pause/"),
        Place("/incidents/{incident}/pause/", act=no_reason, status=422),
        Place("/incidents/{incident}/resume/"),
    ),
    "ono": (  # 汐見市
        Place("/incidents/{reported}/report/"),
        Place("/figures/incidents/?year=2026"),
    ),
    "morishita": (  # 広域組合
        Place("/incidents/{reported}/report/"),
        Place("/incidents/{reported}/report/", act=unreasoned_report, status=422),
    ),
}
#: Addresses without a page of their own, and why.
NOT_PAGES: dict[str, str] = {
    "incidents:incident_report_send": "POST, goes to the report",
    "incidents:incident_report_export": "a file",
}


def reported(world: Any) -> Any:
    """An incident that is over: its report was sent, and is being revised."""
    front = Desk(world, now=NOW)
    call = {"caller": "大野", "channel": "電話", "noticed_at": "R8.11.20 8:40", "content": "出ない"}
    case = front.raise_(
        15, "yamaguchi", title="印刷サーバの停止", provisional_level="2", whom=["shiomi"], **call
    )
    front.close(16, "sato", then=[19], level="2 一部停止", concerns=["shiomi", "mizuno"], impact="窓口")
    front.close(19, "ishii", device="PRT01", cause="容量不足", action="一時ファイルを退避")
    front.close(25, "sato", result="回復", confirmed="試験印刷 正常")
    front.close(24, "yamaguchi", course_recorded=True, cause_kind="ハードウェア")
    step, desk = front.step(26), {"by": world.yamaguchi, "team": world.team["helpdesk"], "at": NOW}
    words = typed_of(draft(sources_of(case), NOW.date()))
    incident_reports.save(step, typed=words, **desk)
    incident_reports.send(step, version=1, **desk)
    incident_reports.save(step, typed={**words, "cause": "一時ファイルの残り"}, **desk)
    return case
