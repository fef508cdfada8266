"""The morning's digest, what becomes overdue within the day, and what nobody took by half of its time."""

import threading
from datetime import date

import pytest
import time_machine
from django.db import connections

from opsdesk.accounts.models import Membership
from opsdesk.calendar.models import ClosedDay
from opsdesk.notices.models import Notice, Watermark
from opsdesk.notices.words import telling_of
from tasks import jobs, progress
from tasks.digest import digest
from tasks.generation import generate
from tasks.models import Task
from tasks.watch import half_time, watch
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
FRIDAY, WEDNESDAY = date(2026, 11, 20), date(2026, 11, 25)
MEMBERS = {"ono", "horie", "makino", "hamanaka"}
LINES = {"lines": [{"process": "国保", "process_on": "R8.12.3", "deliver_on": "R8.12.4"}]}


def sections(login, on=TODAY):
    """{section: numbers of duties} of that person's digests."""
    found: dict[str, list[int]] = {}
    for notice in Notice.objects.filter(person__login=login, key__startswith=f"task.digest:{on}"):
        for name, pks in notice.data["tasks"].items():
            numbers = Task.objects.filter(pk__in=pks).values_list("duty__number", flat=True)
            found.setdefault(name, []).extend(sorted(numbers))
    return found


def people(code):
    return set(Notice.objects.filter(code=code).values_list("person__login", flat=True))


def month(number, opens_on, due_on, organization=None, **fields):
    return make_task(
        number, organization, opens_on=opens_on, due_on=due_on, created_at=at(0, 5, opens_on), **fields
    )


@pytest.fixture(autouse=True)
def last_friday(db):
    """The digest of the business day before, 20 November."""
    Watermark.objects.create(name="digest", through=at(8, 30, FRIDAY))


def test_what_opened_is_due_next_and_became_overdue(cast, edition, holidays):
    month(32, TODAY, date(2026, 11, 30))  # ◎ 業務運用
    month(1, date(2026, 11, 23), date(2026, 11, 30))  # opened on the holiday; ◎ 業務運用, ○ 構成団体
    month(31, date(2026, 11, 2), WEDNESDAY)
    month(28, FRIDAY, WEDNESDAY)  # its opening was told on Friday
    month(33, date(2026, 11, 2), FRIDAY)  # due on Friday 17:15
    month(27, date(2026, 11, 2), date(2026, 11, 19))  # overdue since Thursday: told on Friday
    make_task(9)
    make_task(8, cast.shiomi)
    closed = month(32, TODAY, TODAY, period="x")
    progress.skip(closed, by=cast.sato, team=cast.team["operations"], at=at(8), reason="x")
    Notice.objects.all().delete()
    assert digest(at(8, 29)) == 0
    assert digest(at(8, 30)) == 6
    for person in ("sato", "takahashi"):
        assert sections(person) == {"opened": [1, 9, 32], "due": [28, 31], "overdue": [33]}
    assert sections("ono") == sections("horie") == {"opened": [1, 8]}  # ○ not of 日次 No.9
    assert sections("makino") == sections("hamanaka") == {"opened": [1]}
    assert people("task.digest") == MEMBERS | {"sato", "takahashi"}
    notice = Notice.objects.get(person=cast.sato)
    words = telling_of("task.digest")
    assert words.title(notice.data) == "朝のまとめ 期限超過 1件、次の開庁日が期限 2件、始まった作業 3件"
    assert "■ 期限超過 1件\n・No.33" in words.letter_of(notice.data)
    assert words.url("digest", notice.data) == "/digests/2026-11-24/"
    assert digest(at(8, 31)) == 0, "once"
    digest(at(8, 30, WEDNESDAY))
    assert sections("sato", WEDNESDAY) == {"overdue": [9]} and sections("makino", WEDNESDAY) == {}


def test_due_is_told_once_on_the_business_day_before(cast, edition, holidays):
    month(31, date(2026, 11, 2), date(2026, 11, 30))  # a Monday
    told = []
    for day in range(24, 31):
        if digest(at(8, 30, date(2026, 11, day))):
            told.append((day, sections("sato", date(2026, 11, day))))
    assert told == [(27, {"due": [31]})]
    digest(at(8, 30, date(2026, 12, 1)))
    assert sections("sato", date(2026, 12, 1)) == {"overdue": [31]}


def test_nothing_is_lost_over_an_outage_and_over_a_closed_day(cast, edition, holidays):
    month(1, date(2026, 11, 24), date(2026, 12, 15))
    ClosedDay.objects.create(on=TODAY, organization=cast.shiomi, name="市制記念日")
    assert digest(at(8, 30)) == 4  # 業務運用, 桐原市, 瑞野町
    assert sections("ono") == {}
    month(28, WEDNESDAY, date(2026, 12, 15))
    after = date(2026, 11, 30)  # nothing ran from Wednesday to Friday
    digest(at(9, 0, after))
    assert sections("ono", after) == {"opened": [1, 28]}, "what opened while 汐見市 was closed, too"
    assert sections("makino", after) == sections("sato", after) == {"opened": [28]}


def test_reminders_go_to_the_assignee_the_lead_and_whose_turn_it_is(cast, edition, holidays):
    tomorrow = {"opens_on": date(2026, 11, 2), "due_on": WEDNESDAY}
    taken = month(32, **tomorrow, assignee=cast.takahashi)
    led = month(18, **tomorrow, lead=cast.team["package"])
    gone = month(31, **tomorrow, assignee=cast.ishii)  # no longer in a ◎ team
    unsigned = month(29, **tomorrow, organization=cast.shiomi, period_on=date(2026, 12, 1))
    signed = month(29, **tomorrow, organization=cast.kirihara, period_on=date(2026, 12, 1))
    progress.sign(signed, by=cast.makino, team=cast.team["kirihara"], at=at(8), answers=LINES)
    Notice.objects.all().delete()
    digest(at(8, 30))
    who = {
        pk: {
            n.person.login
            for n in Notice.objects.select_related("person")
            if pk in n.data["tasks"].get("due", [])
        }
        for pk in (taken.pk, led.pk, gone.pk, unsigned.pk, signed.pk)
    }
    assert who == {
        taken.pk: {"takahashi"},
        led.pk: {"ogawa"},
        gone.pk: {"sato", "takahashi"},
        unsigned.pk: {"ono", "horie"},
        signed.pk: {"sato", "takahashi"},
    }
    digest(at(8, 30, date(2026, 11, 26)))  # overdue: another ◎ team may take it over now
    overdue = {n.person.login for n in Notice.objects.all() if led.pk in n.data["tasks"].get("overdue", [])}
    assert overdue == {"sato", "takahashi", "ogawa", "ishii"}


def test_what_generation_makes_after_it_is_another_digest(cast, edition, holidays):
    cast.union.operation_starts_on = TODAY
    cast.union.save()
    digest(at(8, 30))
    assert not Notice.objects.exists()
    generate(at(10))
    assert digest(at(10, 1)) == 7 and digest(at(10, 2)) == 0
    assert 9 in sections("sato")["opened"] and sections("ono")["opened"].count(8) == 1
    assert Notice.objects.get(person=cast.sato).key == "task.digest:2026-11-24:100100"


def test_generation_itself_tells_nobody(cast, edition, holidays):
    generate(at(0, 5))
    assert Task.objects.exists() and not Notice.objects.exists()


def test_overdue_within_opening_hours_is_told_at_once(cast, edition, holidays):
    watch(at(11))
    noon = make_task(9, due_at=at(12))
    evening = make_task(32)  # 17:15: the next morning's digest
    assert watch(at(12)) == 0
    assert watch(at(12, 1)) == 2 and people("task.overdue") == {"sato", "takahashi"}
    assert watch(at(12, 1)) == watch(at(12, 2)) == 0
    assert watch(at(18)) == 0
    digest(at(8, 30, WEDNESDAY))
    (told,) = {tuple(n.data["tasks"]["overdue"]) for n in Notice.objects.filter(code="task.digest")}
    assert told == (evening.pk,)
    Task.objects.filter(pk=noon.pk).update(due_at=at(14, 0, WEDNESDAY))  # moved: told anew
    assert watch(at(14, 1, WEDNESDAY)) == 2


def test_untaken_by_half_of_its_time(cast, edition, holidays):
    common = {"opens_on": TODAY, "due_on": WEDNESDAY, "due_at": at(8, 30, WEDNESDAY)}
    task = make_task(16, **common)
    make_task(18, **common, lead=cast.team["package"])
    make_task(25, **common, assignee=cast.sato)
    make_task(32, **common)  # one ◎
    assert half_time(task) == at(20, 30)
    watch(at(20))
    assert watch(at(20, 30)) == 6 and watch(at(20, 31)) == 0
    assert people("task.untaken") == {"sato", "takahashi", "ogawa", "ishii", "morishita", "miura"}
    assert set(Notice.objects.values_list("object_id", flat=True)) == {str(task.pk)}


def test_the_job_does_both(cast, edition, holidays):
    make_task(9, due_at=at(9))
    with time_machine.travel(at(8, 59), tick=False):
        jobs.remind()
    with time_machine.travel(at(9, 1), tick=False):
        jobs.remind()
    assert people("task.digest") == people("task.overdue") == {"sato", "takahashi"}


def test_few_statements(cast, edition, holidays, django_assert_max_num_queries):
    for number in range(30):
        month(31, date(2026, 11, 2), WEDNESDAY, period=f"{number}")
        month(29, date(2026, 11, 2), WEDNESDAY, cast.shiomi, period=f"{number}")
    watch(at(9))
    with django_assert_max_num_queries(7):
        watch(at(9, 1))
    with django_assert_max_num_queries(24):  # most of them read what a process keeps
        digest(at(9))
    with django_assert_max_num_queries(2):
        digest(at(9, 1))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_once(cast, edition, holidays, last_friday):
    make_task(9)
    make_task(16, opens_on=TODAY, due_on=WEDNESDAY)
    watch(at(8))
    told, faults = [], []

    def work():
        try:
            told.append(digest(at(16)) + watch(at(16)))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == [] and sum(told) == Notice.objects.count() > 0


def test_the_page_shows_the_tasks_as_they_are_now(client, cast, edition, holidays):
    task, other = month(32, TODAY, date(2026, 11, 30)), make_task(9)
    digest(at(8, 30))
    with time_machine.travel(at(9), tick=False):
        client.force_login(cast.sato)
        page = client.get("/digests/2026-11-24/").content.decode()
        assert f"/tasks/{task.pk}/" in page and f"/tasks/{other.pk}/" in page and "未着手" in page
        for wrong in ("2026-11-23", "x", "2026-11-2"):
            assert client.get(f"/digests/{wrong}/").status_code == 404
        assert client.post("/digests/2026-11-24/").status_code == 405
        Membership.objects.filter(user=cast.sato).update(team=cast.team["hwnw"])  # sees them no more
        client.force_login(cast.sato)
        page = client.get("/digests/2026-11-24/").content.decode()
        assert f"/tasks/{task.pk}/" not in page and "ほか 2件" in page
        client.force_login(cast.morishita)
        assert client.get("/digests/2026-11-24/").status_code == 404, "mine only"
        client.force_login(cast.kubo)
        assert client.get("/digests/2026-11-24/").status_code == 403
