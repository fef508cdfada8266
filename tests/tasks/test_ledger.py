"""The ledger: why each task is there, why there is none; only to those who may see it."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from opsdesk.accounts.models import Organization
from opsdesk.calendar import holidays
from opsdesk.calendar.models import ClosedDay
from raci.access import standing_of
from raci.models import Assignment
from tasks import expected, ledger
from tasks.generation import generate
from tasks.ledger_filter import LedgerFilter
from tasks.models import GenerationRun, Task
from tests import oracle
from tests.cast import STARTED_ON
from tests.make import TODAY, at

pytestmark = pytest.mark.django_db
START = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(), tick=False):
        yield


@pytest.fixture
def running(cast, edition):
    """In operation since 11/10; generated on 11/10, 11/11 and, after an outage, on 11/24."""
    holidays.fill(range(2025, 2030), by=None, at=datetime(2026, 3, 1, tzinfo=UTC))
    Organization.objects.filter(kind="union").update(operation_starts_on=START)
    for day in (START, date(2026, 11, 11), TODAY):
        generate(at(0, 5, day))
    return cast


def answers(user, number="", organization="union", month="2026-11", now=None) -> dict[str, ledger.Entry]:
    """By No. and period."""
    now = now or at()
    today = timezone.localdate(now)
    book = expected.read()
    data = {"duty": str(number), "organization": organization, "month": month}
    form = LedgerFilter(data, book=book, standing=standing_of(user, today), today=today)
    assert form.whose is not None and form.whose.code == organization
    found = ledger.Ledger(
        book, form.whose, form.duties, form.first, form.last, Task.objects.visible_to(user, today), now
    )
    return {
        f"{e.duty.number} {e.task.period if e.task else e.period_on}"
        + (f" {e.task.serial}" if e.task and e.task.serial else ""): e
        for e in found.entries()
    }


def test_it_works(running, client):
    client.force_login(running.morishita)
    page = client.get(reverse("tasks:ledger")).content.decode()
    task = Task.objects.get(key=9, period="2026-11-24")
    assert f'href="/tasks/{task.pk}/"' in page
    for word in ("作成済", "遡及して作成", "閉庁日のため作成なし", "運用開始日より前", "まだ開いていない"):
        assert word in page
    assert "最後の自動作成は 令和8年11月24日 0:05" in page


def test_a_month_of_a_daily_duty(running):
    found = answers(running.morishita, 9)
    assert len(found) == 30
    assert found["9 2026-11-09"].why == ledger.BEFORE
    assert "令和8年11月10日" in found["9 2026-11-09"].note
    assert found["9 2026-11-10"].why == ledger.MADE
    made = GenerationRun.objects.get(through_on=START).created
    assert found["9 2026-11-10"].note == f"令和8年11月10日 0:05 の自動作成（全{made}件）で作成。"
    assert found["9 2026-11-12"].why == ledger.LATE
    assert "令和8年11月24日 0:05" in found["9 2026-11-12"].note
    assert (found["9 2026-11-14"].why, found["9 2026-11-14"].note) == (ledger.CLOSED, "土曜日")
    assert (found["9 2026-11-23"].why, found["9 2026-11-23"].note) == (ledger.CLOSED, "勤労感謝の日")
    assert found["9 2026-11-25"].why == ledger.NOT_YET
    assert "11/25(水)" in found["9 2026-11-25"].note


def test_monthly_and_yearly_ones_that_are_open_in_the_month(running):
    found = answers(running.morishita)
    assert found["33 2026-10-01"].why == ledger.BEFORE  # due 11-04
    assert found["33 2026-11"].why == ledger.MADE
    assert found["33 2026-11"].opens_on == START
    assert found["31 2026-12"].why == ledger.LATE
    assert found["30 2026-12"].opens_on == date(2026, 11, 16)
    assert not [key for key in found if key.startswith(("27 ", "29 "))]  # next month; of municipalities
    december = answers(running.morishita, month="2026-12")
    assert december["27 2027-04-01"].why == ledger.NOT_YET
    assert answers(running.morishita, 29, "shiomi")["29 2026-12"].why == ledger.MADE


def test_what_should_be_there_and_is_not_names_the_last_run(running):
    Task.objects.filter(key=9, period="2026-11-24").delete()
    entry = answers(running.morishita, 9)["9 2026-11-24"]
    assert entry.why == ledger.PENDING
    assert "最後の自動作成は 令和8年11月24日 0:05" in entry.note


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"error": "OSError: x"}, "失敗"),
        ({"refused": 9000}, "9,000件が上限"),
        ({"finished_at": None}, "途中で止まりました"),
    ],
)
def test_the_last_run_in_words(running, fields, word):
    run = GenerationRun(started_at=at(), through_on=TODAY, **{"finished_at": at(), **fields})
    assert word in ledger.last_words(run)
    assert "まだ一度も" in ledger.last_words(None)


def test_a_closed_day_that_came_too_late_and_an_extra_occasion(running):
    ClosedDay.objects.create(on=TODAY, name="停電")
    task = Task.objects.get(key=9, period="2026-11-24")
    found = answers(running.morishita, 9)
    assert found["9 2026-11-24"].task == task
    assert "作成のあとに変わりました" in found["9 2026-11-24"].note
    assert len(found) == 30
    Task.objects.filter(pk=task.pk).update(serial=1)
    assert answers(running.morishita, 9)["9 2026-11-24 1"].why == ledger.EXTRA


def test_skipped_with_its_reason(running):
    Task.objects.filter(key=9, period="2026-11-24").update(state="skipped", reason="改定")
    entry = answers(running.morishita, 9)["9 2026-11-24"]
    assert (entry.why, entry.pill) == (ledger.WITHDRAWN, "na")
    assert "理由: 改定" in entry.note


def test_a_municipality_before_and_after_its_membership(running):
    Organization.objects.filter(pk=running.mizuno.pk).update(
        joined_on=date(2026, 11, 12), left_on=date(2026, 11, 19)
    )
    found = answers(running.morishita, 8, "mizuno")
    assert found["8 2026-11-20"].task is not None  # made before it was known to leave
    assert found["8 2026-11-30"].why == ledger.OUTSIDE
    assert "令和8年11月12日 から 令和8年11月19日 まで構成団体でした。" in found["8 2026-11-30"].note
    Organization.objects.filter(pk=running.mizuno.pk).update(left_on=None)
    assert "に加入しました" in answers(running.morishita, 8, "mizuno")["8 2026-11-04"].note


def test_before_the_first_edition_there_is_nothing_and_it_says_so(running, client):
    client.force_login(running.morishita)
    page = client.get(reverse("tasks:ledger"), {"month": "2026-03", "duty": "9"}).content.decode()
    assert "最初の版が施行される前" in page


def test_without_a_start_day_the_page_says_why(running, client):
    Organization.objects.filter(kind="union").update(operation_starts_on=None)
    client.force_login(running.morishita)
    assert "運用開始日がまだ決まっていない" in client.get(reverse("tasks:ledger")).content.decode()


def test_a_municipality_sees_itself_and_the_common_ones_it_has_a_mark_on(running, client):
    client.force_login(running.ono)
    own = client.get(reverse("tasks:ledger")).content.decode()
    other = client.get(reverse("tasks:ledger"), {"organization": "kirihara"}).content.decode()
    common = client.get(reverse("tasks:ledger"), {"organization": "union"}).content.decode()
    assert "桐原市" not in own and "瑞野町" not in own
    hidden = Task.objects.filter(organization__code="kirihara").values_list("pk", flat=True)
    shown = Task.objects.visible_to(running.ono, TODAY).filter(organization__code="union", due_on__month=11)
    for page in (own, other, common):
        assert not [pk for pk in hidden if f'href="/tasks/{pk}/"' in page]
    assert "オペレーション依頼書" in own
    invisible = Task.objects.filter(organization__code="union").exclude(pk__in=shown.values("pk"))
    assert shown.exists() and invisible.exists()
    for task in shown:
        assert f'href="/tasks/{task.pk}/"' in common
    for task in invisible.filter(key__in=[7, 9]):
        assert f'href="/tasks/{task.pk}/"' not in common


def test_a_duty_without_a_mark_of_mine_is_no_question_of_mine(running):
    marked = set(
        Assignment.objects.filter(role__code="member", duty__edition__number=1).values_list(
            "duty__number", flat=True
        )
    )
    for organization in ("union", "shiomi"):
        asked = {entry.duty.number for entry in answers(running.ono, organization=organization).values()}
        assert asked and asked <= marked
    hidden = min(set(oracle.SCOPES) - marked)
    assert hidden not in {entry.duty.number for entry in answers(running.ono, hidden).values()}
    assert {entry.duty.number for entry in answers(running.morishita, hidden).values()} == {hidden}


def test_a_vendor_sees_its_duties_of_every_municipality(running, client):
    client.force_login(running.ishii)  # HW/NW: none of 29's marks
    page = client.get(reverse("tasks:ledger"), {"organization": "shiomi"}).content.decode()
    for task in Task.objects.filter(organization__code="shiomi"):
        is_visible = Task.objects.visible_to(running.ishii, TODAY).filter(pk=task.pk).exists()
        in_month = task.opens_on <= date(2026, 11, 30) and task.due_on >= date(2026, 11, 1)
        assert (f'href="/tasks/{task.pk}/"' in page) == (is_visible and in_month)


@pytest.mark.parametrize(
    "query", ["month=2026-99", "month=x&duty=abc&organization=nobody", "duty=6", "month=9999-12"]
)
def test_nonsense_in_the_address_is_the_default(running, client, query):
    client.force_login(running.morishita)
    assert client.get(f"{reverse('tasks:ledger')}?{query}").status_code == 200


def test_htmx_gets_the_answers_only(running, client):
    client.force_login(running.morishita)
    page = client.get(reverse("tasks:ledger"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page and "台帳の表" in page


def test_doors(running, client):
    url = reverse("tasks:ledger")
    assert client.get(url).status_code == 302
    client.force_login(running.kubo)
    assert client.get(url).status_code == 403
    client.force_login(running.sato)
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("name", ["morishita", "sato", "ono"])
def test_few_statements_however_many_rows(running, client, django_assert_max_num_queries, name):
    client.force_login(getattr(running, name))
    generate(at(1, 0, date(2027, 3, 31)), force=True)
    client.get(reverse("tasks:ledger"))  # a process reads an edition once
    with django_assert_max_num_queries(14):
        client.get(reverse("tasks:ledger"))
    assert STARTED_ON < START
