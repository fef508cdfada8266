"""Who is told what, by the table of marks: for every duty of the sheet, and at every act."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction

from opsdesk.accounts.models import Membership
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from opsdesk.notices.models import Notice
from opsdesk.notices.words import codes, telling_of
from raci.definition import definition_of
from raci.models import Assignment, Duty
from tasks import progress, telling
from tasks.digest import digest
from tasks.extra import raise_extra
from tasks.models import Publication, Task
from tasks.tellings import TELLINGS
from tests.desk import Desk
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
CHECKS = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")
LINES = {"lines": [{"process": "国保", "process_on": "R8.11.24", "deliver_on": "R8.11.25"}]}
CALL15 = {
    "caller": "大野", "channel": "電話", "noticed_at": "R8.11.24 8:40", "content": "つながらない",
    "provisional_level": "2",
}  # fmt: skip
LEVEL16 = {"level": "2 一部停止", "concerns": ["shiomi", "kirihara"], "impact": "窓口"}
CHANGE44 = {"kind": "改修", "content": "帳票", "risk": "戻せる", "planned_on": "R8.12.10"}
MEMBERS = {"ono", "horie", "makino", "hamanaka"}
MONTH = {"period": "2026-12", "period_on": date(2026, 12, 1), "opens_on": date(2026, 11, 2)}


def told(code=None):
    """Logins of those who were told (of `code`), and forget it."""
    rows = Notice.objects.filter(code=code) if code else Notice.objects.all()
    found = set(rows.values_list("person__login", flat=True))
    rows.delete()
    return found


def who(cast, person, team, hour=10, **given):
    return {"by": getattr(cast, person), "team": cast.team[team], "at": at(hour), **given}


def people(duty, organization, *marks):
    """By the sheet alone: everybody of the roles with one of `marks`; a municipality's task is its own."""
    roles = Assignment.objects.filter(duty=duty, mark__in=marks).values("role")
    rows = Membership.objects.filter(team__role__in=roles).select_related("team__role", "user")
    return {
        m.user.login
        for m in rows
        if m.team.role.code != "member" or organization.code in ("union", m.team.organization.code)
    }


def test_every_duty_of_the_sheet_tells_its_marks(cast, edition):
    for duty in Duty.objects.exclude(cycle="").order_by("number"):
        for organization in (cast.union, cast.shiomi):
            task = make_task(duty.number, organization, state="done", closed_at=at(9), done_on=TODAY)
            is_daily, act = (
                duty.cycle == "daily",
                who(cast, "kubo", "union") | {"is_proxy": False, "reason": ""},
            )
            with transaction.atomic():
                telling.opened([task], by=None, at=at(9))
                expected = people(duty, organization, "main", *(() if is_daily else ("support",)))
                assert told("task.opened") == expected, duty
                for outcome in ("normal", "abnormal"):
                    task.outcome = outcome
                    telling.closed(task, **act)
                    expected = people(duty, organization, "support", "related")
                    if duty.is_acknowledged:
                        expected -= MEMBERS
                    assert told("task.closed") == (set() if is_daily and outcome == "normal" else expected), (
                        duty
                    )
                telling.skipped(task, **act)
                expected = people(duty, organization, "support", "related")
                assert told("task.skipped") == (set() if is_daily else expected), duty


def test_a_daily_closing_is_told_only_if_something_is_wrong(cast, edition):
    progress.close(make_task(9), answers=CHECKS, **who(cast, "sato", "operations"))
    assert told() == set()
    task = make_task(9, period_on=date(2026, 11, 20), due_on=date(2026, 11, 20))
    progress.close(
        task, answers={**CHECKS, "backup": "NG"}, remark="再取得", **who(cast, "sato", "operations")
    )
    notice = Notice.objects.filter(person=cast.morishita).get()
    assert (notice.object_type, notice.object_id, notice.created_at) == ("tasks.task", str(task.pk), at(10))
    words = telling_of(notice.code)
    assert words.title(notice.data).startswith("異常あり: No.9 日常点検の実施")
    assert words.text(notice.data) == "佐藤 美咲(業務運用)"
    assert words.url(notice.object_id, notice.data) == f"/tasks/{task.pk}/"
    assert told() == MEMBERS | {"morishita", "miura"}
    progress.reopen(task, reason="別の日", **who(cast, "sato", "operations", 11))
    assert told("task.reopened") == MEMBERS | {"morishita", "miura"}


def test_one_is_not_told_of_the_own_act_nor_is_who_left(cast, edition):
    Membership.objects.filter(user=cast.miura).update(ends_on=date(2026, 11, 23))
    cast.horie.is_active = False
    cast.horie.save(update_fields=["is_active"])
    task = make_task(37, cast.shiomi)  # ◎ 構成団体, ○ 広域組合 and 業務運用
    progress.skip(task, reason="不要", **who(cast, "ono", "shiomi"))
    assert told() == {"morishita", "sato", "takahashi"}
    progress.comment(make_task(8, cast.shiomi), text="x", **who(cast, "ono", "shiomi"))
    assert told() == set()


def test_signing_tells_whose_turn_it_is(cast, edition, holidays):
    task = make_task(29, cast.shiomi, period_on=date(2026, 11, 1), due_on=TODAY)
    progress.sign(task, answers=LINES, **who(cast, "ono", "shiomi"))
    assert told("task.turn") == {"sato", "takahashi"} and told() == set()
    progress.send_back(task, to=1, reason="納品日を早めて", **who(cast, "sato", "operations", 11))
    text = [telling_of(n.code).text(n.data) for n in Notice.objects.all()]
    assert set(text) == {"佐藤 美咲(業務運用) 理由 納品日を早めて"}
    assert told("task.sent_back") == {"ono", "horie"}
    progress.sign(task, answers=LINES, **who(cast, "horie", "shiomi", 12))
    assert told("task.turn") == {"sato", "takahashi"}, "a second time, after it was sent back"
    progress.sign(task, **who(cast, "sato", "operations", 13))
    assert told() == set(), "all have ◎: nobody is told of the closing"


def test_an_approvers_signature_is_asked_of_approvers(cast, edition, monkeypatch):
    task = make_task(29, cast.shiomi)
    monkeypatch.setattr(definition_of(task.duty_id).signers[0], "is_approver", True)
    with transaction.atomic():
        telling.sent_back(task, reason="", **who(cast, "sato", "operations"))
    assert told() == {"horie"}


def test_acting_for_another_is_told_to_that_team(cast, edition):
    act = who(cast, "morishita", "operations", reason="連絡がとれないため")
    progress.skip(make_task(32), **act)
    notice = Notice.objects.get(person=cast.sato)
    assert telling_of(notice.code).title(notice.data).startswith("森下 由佳が代わりに対象外にしました: No.32")
    assert told("task.proxied") == {"sato", "takahashi"}
    progress.close(make_task(9), answers=CHECKS, **act)
    assert told() == {"sato", "takahashi"}
    task = make_task(29, cast.shiomi, period_on=date(2026, 11, 1), due_on=TODAY)
    progress.sign(task, answers=LINES, **{**act, "team": cast.team["shiomi"]})
    assert (told("task.proxied"), told("task.turn")) == ({"ono", "horie"}, {"sato", "takahashi"})


def test_a_published_result_asks_the_municipalities(cast, edition):
    plan = make_task(28, **MONTH)
    plan.attachments.create(
        field_key="monthly_plan", name="計画.xlsx", content_type="x", size=1, sha256="0",
        **who(cast, "sato", "operations", 9),
    )  # fmt: skip
    progress.close(plan, answers={}, **who(cast, "sato", "operations", 9))
    assert told("task.published") == MEMBERS
    assert told() == {"morishita", "miura"}, "△: that it is closed"
    progress.acknowledge(plan, **who(cast, "ono", "shiomi"))
    question = progress.ask(plan, text="締切は", **who(cast, "makino", "kirihara"))
    assert told("task.asked") == {"sato", "takahashi"}
    progress.answer(question, text="同じです", **who(cast, "takahashi", "operations", 11))
    assert told("task.answered") == {"makino"} and told() == set()

    urge = who(cast, "sato", "operations", 12)
    towns = progress.urge(plan, **urge)
    assert [t.code for t in towns] == ["kirihara", "mizuno"]
    assert told("task.urged") == {"makino", "hamanaka"} and told() == set()
    assert Event.objects.about(plan).first().data["organizations"] == ["桐原市", "瑞野町"]
    with pytest.raises(Refusal, match="12:00 に 佐藤 美咲"):
        progress.urge(plan, **urge)
    with pytest.raises(PermissionDenied):
        progress.urge(plan, **who(cast, "ono", "shiomi", 13))
    progress.revise(plan, answers={"remarks": "12/10"}, reason="変更", **who(cast, "sato", "operations", 13))
    versions = {n.data["version"] for n in Notice.objects.filter(code="task.published")}
    assert versions == {2} and told("task.published") == MEMBERS
    assert len(progress.urge(plan, **who(cast, "sato", "operations", 14))) == 3, "another version"
    for town, person in (("shiomi", "ono"), ("kirihara", "makino"), ("mizuno", "hamanaka")):
        progress.acknowledge(plan, **who(cast, person, town, 15))
    with pytest.raises(Refusal, match="すべて"):
        progress.urge(plan, **who(cast, "sato", "operations", 16))
    Publication.objects.update(is_current=False)
    with pytest.raises(Refusal, match="取り下げ"):
        progress.urge(plan, **who(cast, "sato", "operations", 16))


@pytest.mark.parametrize(
    ("person", "team", "audience", "readers"),
    [
        ("ono", "shiomi", "", {"sato", "takahashi"}),  # 団体限り; makino wrote before and may not read it
        ("ono", "shiomi", "all", {"sato", "takahashi", "makino"}),
        ("sato", "operations", "internal", {"takahashi"}),
        ("sato", "operations", "all", {"takahashi", "makino"}),
        ("morishita", "union", "all", {"sato", "takahashi", "makino"}),
    ],
)
def test_comments_are_told_to_readers_who_have_the_task(cast, edition, person, team, audience, readers):
    task = make_task(9)
    progress.comment(task, text="桐原市です", audience="all", **who(cast, "makino", "kirihara", 9))
    told()
    progress.comment(task, text="x", audience=audience, **who(cast, person, team))
    assert told("task.commented") == readers


def test_who_is_chosen_is_told(cast, edition):
    task = make_task(9)
    progress.assign(task, to=cast.takahashi, **who(cast, "sato", "operations"))
    assert told("task.assigned") == {"takahashi"}
    progress.take(make_task(16), **who(cast, "sato", "operations"))
    assert told() == set()
    progress.assign(task, to=cast.sato, **who(cast, "sato", "operations"))
    assert told() == set(), "myself"
    progress.hand_over(cast.sato, to=cast.takahashi, by=cast.kubo, at=at(11))
    notice = Notice.objects.get()
    assert telling_of(notice.code).title(notice.data) == "佐藤 美咲さんの作業 2件を引き継ぎました"
    assert told() == {"takahashi"}
    lead = make_task(18)
    progress.take(lead, **who(cast, "sato", "operations"))
    progress.pass_lead(lead, to=cast.team["package"], **who(cast, "sato", "operations"))
    assert told() == {"ogawa"}


def test_nothing_is_told_of_what_was_refused(cast, edition):
    with pytest.raises(Refusal):
        progress.close(make_task(32), answers={}, outcome="x", **who(cast, "sato", "operations"))
    assert told() == set()


def test_every_code_that_is_told_has_words():
    assert set(TELLINGS) <= codes()


def test_the_page_and_the_dashboard_urge(client, cast, edition):
    plan = make_task(28, **MONTH)
    plan.attachments.create(
        field_key="monthly_plan", name="計画.xlsx", content_type="x", size=1, sha256="0",
        **who(cast, "sato", "operations", 9),
    )  # fmt: skip
    progress.close(plan, answers={}, **who(cast, "sato", "operations", 9))
    url = f"/tasks/{plan.pk}/urge/"
    with time_machine.travel(at(10), tick=False):
        client.force_login(cast.sato)
        for page in ("/", f"/tasks/{plan.pk}/"):
            assert url in client.get(page).content.decode(), page
        assert client.get(url).url == f"/tasks/{plan.pk}/#published"
        answer = client.post(url, {"back": "home"}, follow=True)
        assert answer.redirect_chain == [("/", 302)]
        assert "汐見市、桐原市、瑞野町 に催促しました。" in answer.content.decode()
        again = client.post(url, HTTP_REFERER=f"http://testserver/tasks/{plan.pk}/", follow=True)
        assert "今日は 10:00 に" in again.content.decode()
        client.force_login(cast.ono)
        assert url not in client.get(f"/tasks/{plan.pk}/").content.decode()
        assert client.post(url).status_code == 403
        client.force_login(cast.yamaguchi)
        assert client.post(url).status_code == 404
        client.force_login(cast.kubo)
        assert client.post(url).status_code == 403
    assert told("task.urged") == MEMBERS


def test_a_step_of_a_case_concerns_its_municipalities_only(cast, edition, holidays):
    desk, concerned = Desk(cast), {"ono", "horie", "makino"}
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)  # closed at once: no opening of its own
    vendors, union = {"sato", "takahashi", "ogawa", "ishii"}, {"morishita", "miura"}
    told("task.closed")
    opened = [telling_of(n.code).title(n.data) for n in Notice.objects.filter(person=cast.sato)]
    assert [t.split()[1] for t in opened] == ["No.16"] and desk.case.number in opened[0]
    assert told("task.opened") == vendors | union | {"yamaguchi"} and told() == set()  # ◎ of 24
    desk.close(16, "sato", then=[18], **LEVEL16)
    assert told("task.closed") == union | concerned
    assert told("task.opened") == vendors | union | concerned
    assert not told() & {"hamanaka"}


def test_a_step_is_in_the_digest_when_it_is_due(cast, edition, holidays):
    desk = Desk(cast)
    desk.raise_(44, "ogawa", **{**CHANGE44, "concerns": ["shiomi"]})
    step = desk.step(44)
    assert told("task.opened") == {"sato", "takahashi", "ishii"}, "not who raised it"
    Task.objects.filter(pk=step.pk).update(due_on=date(2026, 11, 26), due_at=at(17, 15, date(2026, 11, 26)))
    digest(at(8, 30, date(2026, 11, 25)))
    assert {tuple(n.data["tasks"]) for n in Notice.objects.all()} == {("due",)}
    assert told("task.digest") == {"ogawa"}, "the raiser's team leads"


def test_an_extra_occasion_is_told_when_it_is_made(cast, edition, holidays):
    task = make_task(32, created_at=at(0, 5))
    told()
    act = who(cast, "sato", "operations") | {"reason": "再実行", "due_on": date(2026, 11, 27)}
    raise_extra(task.duty, period=task.period, organization=cast.union, **act)
    assert told("task.opened") == {"takahashi"}
    assert digest(at(10, 1)) == 2, "the scheduled one"
    assert {n.data["counts"]["opened"] for n in Notice.objects.all()} == {1}
