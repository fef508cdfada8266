"""Cases: what is raised, changes, requests."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page

from tasks import casenotes, cases
from tasks import closing as closing_of_task
from tasks.following import Following
from tests.browser.places.incidents import reported
from tests.browser.places.place import Place, Places, no_reason
from tests.browser.world import NOW
from tests.desk import Desk
from tests.make import duty


def empty_raise(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("main").locator("form .btn-p").click()
    page.get_by_role("alert").wait_for()


def empty_note(page: Page, scene: dict[str, Any]) -> None:
    page.get_by_role("button", name="記録する", exact=True).click()
    page.get_by_role("alert").wait_for()


PLACES: Places = {
    "sato": (  # 業務運用
        Place("/changes/"),
        Place("/changes/?stage=1&raised_from=x"),
        Place("/changes/calendar/?month=2026-12"),
        Place("/requests/"),
        Place("/requests/?duty=2"),
        Place("/requests/?q=nothing"),
        Place("/report/?task={closed}"),
        Place("/raise/"),
        Place("/raise/44/"),
        Place("/raise/17/", status=409),
        Place("/cases/"),
        Place("/cases/?q=nothing&raised_from=x"),
        Place("/cases/{change}/"),
        Place("/cases/{change}/?show=told&order=old"),
        Place("/cases/{change}/?correct={note}"),
        Place("/cases/{change}/", "tasks:case_comment", empty_note, status=422),
        Place("/cases/{incident}/"),
        Place("/cases/{incident}/situation/"),
        Place("/cases/{incident}/concerns/"),
        Place("/cases/{incident}/add/"),
        Place("/cases/{incident}/add/", act=no_reason, status=422),
        Place("/cases/{incident}/link/"),
        Place("/cases/{incident}/link/", act=no_reason, status=422),
    ),
    "ono": (  # 汐見市
        Place("/raise/"),
        Place("/raise/?q=nothing"),
        Place("/raise/2/"),
        Place("/raise/45/", act=empty_raise, status=422),
        Place("/raise/11/"),
        Place("/raise/44/", status=403),
        Place("/report/"),
        Place("/report/?duty=54", act=empty_raise, status=422),
        Place("/cases/"),
        Place("/changes/"),
        Place("/changes/calendar/"),
        Place("/requests/?duty=13"),
        Place("/cases/{change}/"),
        Place("/cases/{incident}/"),
        Place("/cases/{ended}/"),
    ),
    "morishita": (  # 広域組合
        Place("/cases/?state=any"),
        Place("/cases/{change}/"),
        Place("/cases/{change}/withdraw/"),
        Place("/cases/{change}/withdraw/", act=no_reason, status=422),
        Place("/cases/{change}/duplicate/"),
        Place("/cases/{change}/duplicate/", act=no_reason, status=422),
    ),
    "yamaguchi": (  # ヘルプデスク
        Place("/raise/"),
        Place("/raise/54/"),
        Place("/raise/15/", act=empty_raise, status=422),
    ),
    "makino": (  # 桐原市
        Place("/report/?duty=54"),
    ),
}
#: Addresses without a page of their own, and why.
NOT_PAGES: dict[str, str] = {
    "tasks:case_attach": "POST, goes to the case",
}


def travelling(world) -> dict[str, Any]:
    """Cases: a change that was sent back once, with notes and files; an incident; one that was withdrawn."""
    front = Desk(world, now=NOW)
    words = {"kind": "改修", "content": "帳票の改修", "risk": "前の版に戻せる", "planned_on": "R8.12.10"}
    change = front.raise_(44, "ogawa", title="納税通知書の改修", concerns=["shiomi", "kirihara"], **words)
    front.close(44, "ogawa", then=[52])
    work = {"release": "R1", "content": "改修", "rollback_ready": True, "carried_out_on": "R8.11.20"}
    for result in ("NG", "OK"):
        front.close(52, "ogawa", file="test_result", **work)
        front.close(53, "ono", where="shiomi", result=result, comment="住所が違う")
    desk = {"by": world.sato, "team": world.team["operations"], "at": NOW}
    note = casenotes.note(change, text="試験の日程を決めた", kind="judgement", **desk)
    casenotes.note(change, text="費用の話", audience="internal", **desk)
    casenotes.note(change, text="試験は 12/8", corrects=note, **desk)
    paper = SimpleUploadedFile("工程.txt", b"x")
    file = casenotes.attach(change, file=paper, **desk)
    call = {"caller": "大野", "channel": "電話", "noticed_at": "R8.11.20 8:40", "content": "出ない"}
    incident = front.raise_(
        15, "yamaguchi", title="証明書が印刷できない", whom=["shiomi"], provisional_level="2", **call
    )
    front.close(16, "sato", then=[18, 23], level="2 一部停止", concerns=["shiomi", "mizuno"], impact="窓口")
    situation = {"now": "原因を調査中", "impact": "窓口の証明書交付", "next": "11:30 に再度知らせる"}
    casenotes.situate(incident, situation=situation, **desk)
    ended_well = reported(world)
    ended = front.raise_(45, "ono", title="帳票の変更", kind="データ", content="直す", reason="誤り")
    cases.withdraw(ended, by=world.ono, at=NOW, reason="不要になった")
    return {
        **{
            "change": change.number,
            "incident": incident.number,
            "reported": ended_well.number,
            "ended": ended.number,
        },
        **{"note": note.pk, "case_file": file.pk, "step": incident.steps.get(duty__number=18).pk},
    }


def raised(world: Any, desk: dict[str, Any], own: dict[str, Any]) -> None:
    """A change of two municipalities, a request of one, and what one reported."""
    change = {"kind": "改修", "content": "帳票", "risk": "戻せる", "planned_on": "R8.12.10"}
    towns = {"concerns": ["shiomi", "mizuno"]}
    cases.raise_case(duty(44), title="帳票の改修", answers={**change, **towns}, **desk)
    wish = {"kind": "プログラム", "content": "直したい", "reason": "不便"}
    cases.raise_case(duty(45), title="画面を直したい", answers=wish, **own)
    cases.report(duty(15), title="印刷できない", answers={"content": "朝から印刷できない"}, **own)


def cases_of_the_morning(world) -> None:
    """A change that is being done, one that was asked for on a Sunday, and requests."""
    package = {"by": world.ogawa, "team": world.team["package"], "at": NOW}
    asked = {
        "kind": "改修", "content": "判定の改修", "concerns": ["shiomi", "kirihara"], "risk": "旧版に戻す",
        "planned_on": "R8.12.13",
    }  # fmt: skip
    case = cases.raise_case(duty(44), title="判定プログラムの改修", answers=asked, **package)
    closing_of_task.close(case.steps.get(), following=Following(frozenset({52})), **package)
    town = {"by": world.ono, "team": world.team["shiomi"], "at": NOW}
    wish = {"kind": "設定", "content": "帳票の余白", "reason": "見切れる", "wanted_on": "R8.12.3"}
    cases.raise_case(duty(45), title="余白の設定", answers=wish, **town)
    users = [{"user_code": f"U00{n}", "name": f"山田 {n}"} for n in range(5)]
    account = {"kind": "追加", "system": "住基", "lines": users, "apply_on": "R8.12.10", "reason": "異動"}
    cases.raise_case(duty(2), title="職員の追加", answers=account, **town)
    seal = {"kind": "新規", "seal_name": "汐見市長之印", "use_from": "R9.1.12"}
    cases.raise_case(duty(13), title="新しい市長印", answers=seal, **town)
