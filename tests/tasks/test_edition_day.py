"""An edition for the first of next month: dashboards, generation, ledger and open tasks change on that day.

It moves ◎ of No.9 from 業務運用 to ヘルプデスク, adds the monthly No.61 and retires No.34. What is for
December and was opened in November (28, 36 …) goes over when the edition is published (domain.md, Time)."""

import re
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from opsdesk.accounts.models import Organization
from opsdesk.calendar import holidays
from raci.content import rows_of
from raci.drafting import revise
from raci.editions import publish
from tasks import progress
from tasks.generation import generate
from tasks.models import Task
from tests.make import TODAY, at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BEFORE, NEW = date(2026, 11, 30), date(2026, 12, 1)
OK = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")
ADDED = {
    "key": 0, "number": 61, "category": "", "section": "", "work": "月例の棚卸", "note": "",
    "cycle": "monthly", "marks": {"operations": "main", "union": "related"},
    "schedule": {
        "opens_by": "bd", "opens_n": 1, "opens_month": 0, "due_by": "bd", "due_n": -1, "due_month": 0
    },
}  # fmt: skip


@pytest.fixture
def published(cast, edition):
    """On 24 November, for 1 December; generation runs every day at five past midnight."""
    holidays.fill(range(2025, 2030), by=None, at=datetime(2026, 3, 1, tzinfo=UTC))
    Organization.objects.filter(kind="union").update(operation_starts_on=date(2026, 11, 2))
    generate(at(0, 5), force=True)
    rows = [row for row in deepcopy(rows_of(edition)) if row["number"] != 34]
    nine = next(row for row in rows if row["number"] == 9)
    nine["marks"] = {**nine["marks"], "helpdesk": "main"}
    del nine["marks"]["operations"]
    draft = revise(edition, by=cast.morishita, at=at(9), rows=[*rows, ADDED])
    return publish(draft, by=cast.miura, at=at(10), in_force_on=NEW)


def live(through: date) -> None:
    day = TODAY + DAY
    while day <= through:
        generate(at(0, 5, day), force=True)
        day += DAY


@pytest.fixture
def look(client, cast, published):
    """look("sato", on, path) → the page as that person saw it on that morning."""

    def ask(login, on, path="/"):
        with time_machine.travel(at(9, on=on), tick=False):
            client.force_login(getattr(cast, login))
            response = client.get(path)
        assert response.status_code == 200, path
        return response.content.decode()

    return ask


def row(text, task):
    """The dashboard's row of `task`, "" if there is none."""
    found = re.search(rf'<li class="task[^"]*" id="task-{task.pk}">.*?</li>', text, re.DOTALL)
    return found[0] if found else ""


def nine(on):
    return Task.objects.get(duty__number=9, period_on=on)


def test_not_before(look, cast, published, edition):
    live(BEFORE)
    task = nine(BEFORE)
    assert task.duty.edition == edition
    assert "完了にする" in row(look("sato", BEFORE), task)
    assert not row(look("yamaguchi", BEFORE), task)
    assert f"/tasks/{task.pk}/" not in look("yamaguchi", BEFORE, "/tasks/?scope=all")
    november = Task.objects.get(duty__number=34, period="2026-11")
    assert "完了にする" in row(look("yamaguchi", BEFORE), november)
    assert not Task.objects.filter(duty__number=61).exists()


def test_on_the_day(look, cast, published, edition):
    live(NEW)
    task, yesterday = nine(NEW), nine(BEFORE)
    assert task.duty.edition == published
    assert "完了にする" in row(look("yamaguchi", NEW), task)
    assert not row(look("sato", NEW), task)
    assert yesterday.duty.edition == edition  # yesterday's is still whose it was
    assert "完了にする" in row(look("sato", NEW), yesterday)
    assert not row(look("yamaguchi", NEW), yesterday)
    new = Task.objects.get(duty__number=61)
    assert (new.period, new.opens_on, new.due_on) == ("2026-12", NEW, date(2026, 12, 28))
    assert f'href="/tasks/{new.pk}/"' in look("sato", NEW, "/tasks/?duty=61")
    assert list(Task.objects.filter(duty__number=34).values_list("period", flat=True)) == ["2026-11"]
    assert "超過" in row(look("yamaguchi", NEW), Task.objects.get(duty__number=34))  # November's is still due


def test_who_may_close_changes_with_the_day(cast, published):
    live(NEW)
    sato = {"by": cast.sato, "team": cast.team["operations"]}
    progress.close(nine(BEFORE), at=at(9, on=NEW), answers=OK, **sato)
    with pytest.raises(Exception, match="権限がありません"):
        progress.close(nine(NEW), at=at(9, on=NEW), answers=OK, **sato)
    desk = {"by": cast.yamaguchi, "team": cast.team["helpdesk"]}
    assert progress.close(nine(NEW), at=at(9, on=NEW), answers=OK, **desk).state == "done"


def test_the_ledger_of_december_is_of_the_new_edition(look, published):
    live(BEFORE)
    before = look("sato", BEFORE, "/ledger/?month=2026-12&duty=61")
    assert "まだ開いていない" in before and "作成済" not in before
    generate(at(0, 5, NEW), force=True)
    assert "作成済" in look("sato", NEW, "/ledger/?month=2026-12&duty=61")
    old = Task.objects.get(duty__number=34)
    for month, is_there in (("2026-11", True), ("2026-12", False)):
        text = look("yamaguchi", NEW, f"/ledger/?month={month}&duty=34")
        assert (f"/tasks/{old.pk}/" in text) == is_there, month
        assert "作成待ち" not in text and "まだ開いていない" not in text


def test_what_is_open_for_december_goes_over_when_the_edition_is_published(published, edition):
    """A month's chain is of one edition, also where it opens the month before."""
    plan = Task.objects.get(duty__number=28, period="2026-12")
    assert plan.duty.edition == edition
    generate(at(10, 3), force=True)
    plan.refresh_from_db()
    assert plan.duty.edition == published and plan.is_open
    assert not Task.objects.open().filter(period_on__lt=NEW, duty__edition=published).exists()


def test_a_day_without_generation_changes_nothing_in_the_end(published):
    live(date(2026, 11, 27))
    generate(at(9, on=date(2026, 12, 3)), force=True)
    late = set(Task.objects.values_list("key", "organization", "period", "duty__edition__number", "due_on"))
    Task.objects.filter(opens_on__gt=date(2026, 11, 27)).delete()
    for day in (date(2026, 11, 30), NEW, date(2026, 12, 2), date(2026, 12, 3)):
        generate(at(0, 5, day), force=True)
    again = set(Task.objects.values_list("key", "organization", "period", "duty__edition__number", "due_on"))
    assert late == again
