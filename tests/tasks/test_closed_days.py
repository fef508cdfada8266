"""The pages of closed and open days: a year of them, one more, one taken back, and the tasks due on them."""

from datetime import date

import pytest
import time_machine

from opsdesk.audit.models import Event
from opsdesk.calendar import closing
from opsdesk.calendar.models import ClosedDay, OpenDay
from tasks import progress
from tasks.models import Task
from tests.make import TODAY, at, make_task

DAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def office(client, cast, edition, holidays):
    """A client of the union's, with a day closed for all and one for 汐見市."""
    cast.closed = closing.add(ClosedDay(on=DAY, name="庁舎停電"), by=cast.kubo, at=at(9))
    own = ClosedDay(on=date(2026, 12, 4), organization=cast.shiomi, name="創立記念日")
    cast.own = closing.add(own, by=cast.kubo, at=at(9))
    client.force_login(cast.morishita)
    return client


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_it_works(office, cast):
    make_task(9, due_on=DAY)
    page = text(office.get("/closed-days/"))
    assert "令和8年度" in page and "令和8年11月26日(木)" in page and "庁舎停電" in page
    assert f'/closed-days/tasks/?day={cast.closed.pk}">1件' in page
    assert "勤労感謝の日" in page and "創立記念日" in page
    assert "令和9年度" in text(office.get("/closed-days/?year=2027"))
    assert "令和8年度" in text(office.get("/closed-days/?year=99999999999999999999"))


def test_of_one_organization(office):
    assert "創立記念日" not in text(office.get("/closed-days/?organization=kirihara"))
    page = text(office.get("/closed-days/?organization=shiomi"))
    assert "創立記念日" in page and "庁舎停電" in page


@pytest.mark.parametrize("count", [3, 60])
def test_statements_do_not_grow(office, cast, django_assert_max_num_queries, count):
    for n in range(count):
        ClosedDay.objects.create(
            on=date(2027, 1, 1 + n % 28),
            organization=[cast.shiomi, cast.kirihara, cast.mizuno][n // 28],
            name="x",
        )
    make_task(8, cast.shiomi, due_on=date(2027, 1, 1))
    office.get("/matrix/")  # what a process keeps
    with django_assert_max_num_queries(10):
        office.get("/closed-days/")


def test_add(office, cast):
    make_task(9, due_on=date(2026, 11, 27))
    values = {"kind": "closed", "on": "R8.11.27", "organization": "", "name": "空調工事"}
    answer = office.post("/closed-days/add/", values)
    row = ClosedDay.objects.get(name="空調工事")
    assert answer.url == f"/closed-days/tasks/?day={row.pk}"
    assert Event.objects.about(row).get().actor_name == "森下 由佳"
    values = {"kind": "open", "on": "令和9年1月9日", "organization": cast.shiomi.pk, "name": "休日窓口"}
    assert office.post("/closed-days/add/", values).url == "/closed-days/?year=2026"
    assert OpenDay.objects.get().organization == cast.shiomi


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"on": "R8.13.1"}, "という日はありません"),
        ({"on": ""}, "必須"),
        ({"name": ""}, "必須"),
        ({"kind": "x"}, "選択"),
        ({"on": "R8.11.26"}, "この日はすでに休庁日です"),
    ],
)
def test_what_is_wrong_is_told_and_stays(office, values, sentence):
    typed = {"kind": "closed", "on": "R8.11.27", "name": "空調工事", **values}
    page = text(office.post("/closed-days/add/", typed), 422)
    assert sentence in page and "エラー: " in page
    if values.get("name") != "":
        assert "空調工事" in page
    assert ClosedDay.objects.count() == 2


def test_remove_tells_what_was_moved(office, cast):
    task = make_task(36, due_on=DAY)
    progress.move(
        task, to=date(2026, 11, 27), by=cast.morishita, team=cast.team["union"], at=at(9), reason="停電"
    )
    url = f"/closed-days/closed/{cast.closed.pk}/remove/"
    page = text(office.get(url))
    assert "1件あります" in page and "11/26(木) → 11/27(金)" in page and f"/tasks/{task.pk}/" in page
    assert ClosedDay.objects.filter(pk=cast.closed.pk).exists()
    assert office.post(url).status_code == 302
    assert not ClosedDay.objects.filter(pk=cast.closed.pk).exists()
    task.refresh_from_db()
    assert task.due_on == date(2026, 11, 27)


def test_an_administrator_sees_numbers_only(client, office, cast):
    task = make_task(36, due_on=DAY)
    progress.move(
        task, to=date(2026, 11, 27), by=cast.morishita, team=cast.team["union"], at=at(9), reason="停電"
    )
    make_task(9, due_on=DAY)
    client.force_login(cast.kubo)
    page = text(client.get(f"/closed-days/closed/{cast.closed.pk}/remove/"))
    assert "1件あります" in page and f"/tasks/{task.pk}/" not in page
    page = text(client.get("/closed-days/tasks/"))
    assert "未完了の作業 1件" in page and "日常点検" not in page and "広域組合の担当者が決めます" in page
    assert client.post("/closed-days/tasks/", {"all": "next", "reason": "停電"}).status_code == 403


def test_the_tasks_of_a_day(office, cast):
    common, own = make_task(9, due_on=DAY), make_task(8, cast.shiomi, due_on=date(2026, 12, 4))
    page = text(office.get(f"/closed-days/tasks/?day={cast.closed.pk}"))
    assert f"/tasks/{common.pk}/" in page and f"/tasks/{own.pk}/" not in page and "休庁日: 庁舎停電" in page
    page = text(office.get("/closed-days/tasks/"))
    assert f"/tasks/{common.pk}/" in page and f"/tasks/{own.pk}/" in page
    assert f"/tasks/{own.pk}/" in text(office.get("/closed-days/tasks/?day=999999"))  # none: all of them


def test_all_at_once_and_one_by_one(office, cast):
    tasks = [make_task(n, due_on=DAY) for n in (7, 9, 36)] + [make_task(8, cast.shiomi, due_on=DAY)]
    form = {f"version-{t.pk}": "0" for t in tasks} | {"all": "next", "reason": "休庁日: 庁舎停電"}
    form |= {f"act-{tasks[1].pk}": "given", f"to-{tasks[1].pk}": "R8.11.30", f"act-{tasks[2].pk}": "leave"}
    form |= {f"act-{tasks[3].pk}": "skip"}
    page = text(office.post(f"/closed-days/tasks/?day={cast.closed.pk}", form))
    assert "3件を記録しました。記録できなかったもの 0件、そのままにしたもの 1件。" in page
    assert "期限 11/30(月)" in page and "対象外にしました" in page
    found = dict(Task.objects.values_list("pk", "due_on"))
    assert [found[t.pk] for t in tasks] == [date(2026, 11, 27), date(2026, 11, 30), DAY, DAY]


def test_what_could_not_be_done_is_told(office, cast):
    task = make_task(9, due_on=DAY)
    url = f"/closed-days/tasks/?day={cast.closed.pk}"
    form = {
        f"version-{task.pk}": "0",
        f"act-{task.pk}": "given",
        f"to-{task.pk}": "R8.13.1",
        "reason": "停電",
    }
    assert "という日はありません" in text(office.post(url, form))
    assert "理由を入力してください" in text(office.post(url, form | {"reason": " "}), 422)
    form |= {f"to-{task.pk}": "R8.11.27", f"version-{task.pk}": "5"}
    assert "記録できなかったもの 1件" in text(office.post(url, form))
    task.refresh_from_db()
    assert task.due_on == DAY


@pytest.mark.parametrize("count", [3, 60])
def test_statements_of_the_tasks(office, cast, django_assert_max_num_queries, count):
    for n in range(count):
        make_task(9, due_on=DAY, period=f"x{n}")
    office.get("/")  # a process learns the union's name once a minute
    with django_assert_max_num_queries(10):
        office.get(f"/closed-days/tasks/?day={cast.closed.pk}")


def test_doors(client, office, cast):
    urls = ("/closed-days/", "/closed-days/add/", "/closed-days/tasks/", "/closed-days/import/")
    for person in (cast.sato, cast.horie):
        client.force_login(person)
        for url in (*urls, f"/closed-days/closed/{cast.closed.pk}/remove/"):
            assert client.get(url).status_code == client.post(url).status_code == 403, url
    client.force_login(cast.morishita)
    assert client.post("/closed-days/").status_code == 405
    assert client.get("/closed-days/closed/999999/remove/").status_code == 404
    assert client.get(f"/closed-days/x/{cast.closed.pk}/remove/").status_code == 404
    assert client.put("/closed-days/add/").status_code == 405


def test_the_admin_leads_on_to_the_tasks(client, office, cast):
    make_task(9, due_on=TODAY)
    client.force_login(cast.kubo)
    answer = client.post(
        "/admin/calendar/closedday/add/", {"on": "2026-11-24", "organization": "", "name": "停電"}
    )
    assert answer.url == f"/closed-days/tasks/?day={ClosedDay.objects.get(name='停電').pk}"
    answer = client.post(
        "/admin/calendar/closedday/add/", {"on": "2027-03-24", "organization": "", "name": "停電"}
    )
    assert answer.url == "/admin/calendar/closedday/"
    day = ClosedDay.objects.get(on=date(2027, 3, 24))
    values = {"on": "2026-11-24", "organization": cast.union.pk, "name": "停電"}
    answer = client.post(f"/admin/calendar/closedday/{day.pk}/change/", values)
    assert answer.url == f"/closed-days/tasks/?day={day.pk}"
