"""Publishing: what it will do is counted first, confirmed, done by another person, and taken back in time."""

from datetime import UTC, date, datetime

import pytest

from opsdesk.accounts.models import Organization
from opsdesk.audit.models import Event
from opsdesk.calendar import holidays
from raci import drafting, editions
from raci.changes import changes
from raci.content import rows_of
from raci.models import Edition
from tasks.generation import generate
from tasks.impact import concerned, impact
from tasks.models import Task
from tests.make import at
from tests.tasks.grids import words

pytestmark = pytest.mark.django_db
NEW = date(2026, 12, 1)


@pytest.fixture
def draft(edition, cast, time_machine):
    """35 goes from ヘルプデスク to 業務運用, 36 is retired, 61 is new; tasks are there as of today."""
    time_machine.move_to(at(10), tick=False)
    holidays.fill(range(2025, 2029), by=None, at=datetime(2026, 3, 1, tzinfo=UTC))
    Organization.objects.filter(kind="union").update(operation_starts_on=date(2026, 11, 2))
    generate(at(8), force=True)
    draft = drafting.revise(edition, by=cast.morishita, at=at(9))
    rows = rows_of(draft)
    rows[27]["marks"] = {"package": "main"}
    rows.append({**rows[59], "key": 0, "number": 61, "work": "バックアップ", "cycle": "daily", "schedule": {},
                 "followups": []})  # fmt: skip
    return drafting.save(draft, [r for r in rows if r["key"] != 36], by=cast.morishita, at=at(9, 30))


@pytest.fixture
def get(client, draft, cast):
    def ask(person, path, status=200, **headers):
        client.force_login(person)
        answer = client.get(path, headers=headers)
        assert answer.status_code == status
        return words(answer.content.decode())

    return ask


# --- counted -----------------------------------------------------------------------------------------------


def test_what_is_counted_is_what_is_done(draft, cast):
    begun = Task.objects.get(key=28, period="2026-12")
    Task.objects.filter(pk=begun.pk).update(assignee=cast.sato)
    before = impact(draft, NEW)
    assert before.by_hand == (begun,)
    assert before.withdrawn == ((36, 1),) and before.repointed
    assert Task.objects.filter(duty__edition=draft).count() == 0  # asking does nothing
    publish(draft, cast)
    done = generate(at(10, 30), force=True).realigned
    assert done == before.realigned
    assert sum(count for _n, count in before.repointed) == len(done.repointed)


def publish(draft, cast, on=NEW):
    return editions.publish(draft, by=cast.miura, at=at(10), in_force_on=on)


@pytest.mark.parametrize("on", [date(2026, 11, 25), date(2026, 12, 2), date(2027, 4, 1)])
def test_on_any_day(draft, cast, on):
    before = impact(draft, on).realigned
    publish(draft, cast, on)
    assert generate(at(10, 30), force=True).realigned == before


def test_whose_marks_change(draft, cast):
    found = concerned(changes(draft), NEW)
    roles = {team.role.code for team in found.teams}
    assert roles == {"union", "member", "operations", "package", "hwnw"}
    assert found.people == 10  # all but ヘルプデスク, and no administrator


def test_the_page_of_figures(get, draft, cast):
    text = get(cast.morishita, "/editions/2/impact/?on=R8.12.1")
    assert "施行日 令和8年12月1日(火)" in text
    assert "未着手の作業 1件 No.36 1件" in text and "着手済で、担当(◎)が変わるか行がなくなる 0件" in text
    assert "担当が変わる 7チーム 10人" in text
    assert "引き継ぐ" in text and "第2版を公開すると" in text
    part = get(cast.kubo, "/editions/2/impact/", **{"HX-Request": "true"})
    assert part.startswith("施行日 令和8年12月1日(火)") and "第2版を公開すると" not in part
    assert "未着手の作業 1件 手で移す" in part  # an administrator sees how many tasks, and no task
    assert "日付として読めません" in get(cast.morishita, "/editions/2/impact/?on=x")
    get(cast.sato, "/editions/2/impact/", 403)
    get(cast.morishita, "/editions/9/impact/", 404)
    get(cast.morishita, "/editions/1/impact/", 302)


# --- published ---------------------------------------------------------------------------------------------


def test_it_works(client, get, draft, cast):
    text = get(cast.miura, "/editions/2/publish/?on=R8.12.1")
    assert "第2版を公開する" in text and "取り下げる 未着手の作業 1件" in text
    answer = client.post("/editions/2/publish/", {"on": "令和8年12月1日(火)", "version": "1"}, follow=True)
    assert answer.redirect_chain == [("/editions/2/", 302)]
    assert "第2版を公開しました。令和8年12月1日から施行されます。" in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.state, draft.in_force_on, draft.published_by) == ("published", NEW, cast.miura)
    assert client.get("/editions/2/publish/").url == "/editions/2/"


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"on": "x"}, 422, "「x」は日付として読めません"),
        ({"on": "R8.12.1(水)"}, 422, "火曜日です"),
        ({"on": "R8.11.24"}, 409, "施行日は明日以降の日付にしてください。"),
        ({"on": "R8.12.1", "version": "0"}, 409, "表示したあとに改定案が保存されています"),
    ],
)
def test_refusals(client, draft, cast, typed, status, sentence):
    client.force_login(cast.miura)
    answer = client.post("/editions/2/publish/", {"version": "1", **typed})
    assert answer.status_code == status and sentence in answer.content.decode()
    assert typed["on"] in answer.content.decode()
    draft.refresh_from_db()
    assert draft.is_draft


def test_blocked(client, get, draft, cast):
    rows = rows_of(draft)
    rows[8]["marks"] = {}
    drafting.save(draft, rows, by=cast.morishita, at=at(9, 40))
    assert "No.9 を直すと公開できます" in get(cast.miura, "/editions/2/publish/")
    answer = client.post("/editions/2/publish/", {"on": "R8.12.1", "version": "2"})
    assert answer.status_code == 409 and "No.9 主担当(◎)がない" in answer.content.decode()


def test_who_saved_last_does_not_publish(client, get, draft, cast):
    cast.morishita.can_publish_matrix = True
    cast.morishita.save(update_fields=["can_publish_matrix"])
    assert "最後に保存した人は公開できません" in get(cast.morishita, "/editions/2/publish/")
    answer = client.post("/editions/2/publish/", {"on": "R8.12.1", "version": "1"})
    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.is_draft


def test_doors(client, draft, cast):
    for act in ("publish", "withdraw"):
        for person in (cast.morishita, cast.sato, cast.ono, cast.kubo):
            client.force_login(person)
            assert client.post(f"/editions/2/{act}/", {"on": "R8.12.1"}).status_code == 403
        client.force_login(cast.miura)
        assert client.get(f"/editions/9/{act}/").status_code == 404
        assert client.put(f"/editions/2/{act}/").status_code == 405
    assert client.post("/editions/2/impact/").status_code == 405


# --- taken back --------------------------------------------------------------------------------------------


def test_withdrawn_before_its_day(client, get, draft, cast):
    publish(draft, cast)
    text = get(cast.miura, "/editions/2/withdraw/")
    assert "第2版を取り下げる" in text and "令和8年12月1日から施行される予定" in text
    assert client.post("/editions/2/withdraw/", {"reason": ""}).status_code == 422
    answer = client.post("/editions/2/withdraw/", {"reason": "誤りがあった"}, follow=True)
    assert "第2版を取り下げました。" in answer.content.decode()
    assert Edition.objects.get(number=2).state == "withdrawn"
    assert Event.objects.about(draft).first().data["reason"] == "誤りがあった"
    assert "取り下げ" in get(cast.sato, "/editions/2/")


def test_not_once_it_is_in_force(client, get, draft, cast, time_machine):
    publish(draft, cast)
    time_machine.move_to(at(10, on=NEW), tick=False)
    client.force_login(cast.miura)
    assert "/editions/2/withdraw/" not in client.get("/editions/2/").content.decode()
    answer = client.post("/editions/2/withdraw/", {"reason": "遅い"})
    assert answer.status_code == 409 and "施行日を迎えた版は取り下げられません" in answer.content.decode()


def test_few_statements_to_count(client, get, draft, cast, django_assert_max_num_queries):
    get(cast.morishita, "/editions/2/impact/")
    with django_assert_max_num_queries(30):
        client.get("/editions/2/impact/")
