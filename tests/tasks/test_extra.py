"""臨時: the command raise_extra, its page, and how generation, editions and the ledger live with it."""

import re
from copy import deepcopy
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import load_workbook

from opsdesk.accounts import organizations
from opsdesk.accounts.models import Organization
from opsdesk.audit.models import Event
from opsdesk.audit.timeline import timeline_of
from opsdesk.lib.refusal import Refusal
from raci.content import rows_of
from raci.drafting import revise
from raci.editions import publish
from tasks import expected, progress
from tasks.generation import generate
from tasks.ledger import EXTRA, Ledger
from tasks.models import Task
from tests.make import TODAY, at, duty, make_task
from tests.tasks.test_race import at_once

FRIDAY = date(2026, 11, 27)


@pytest.fixture
def desk(cast, edition, holidays):
    return cast


def give(cast, who="sato", team="operations", number=28, **of):
    """raise_extra for 広域組合 in December, due on Friday."""
    given = {"organization": cast.union, "period": "2026-12", "due_on": FRIDAY, "reason": "再計画のため"}
    own = {"by": getattr(cast, who), "team": cast.team[team], "at": at(10)}
    return progress.raise_extra(duty(number), **{**own, **given, **of})


def test_it_works(desk):
    first = make_task(
        28, period_on=date(2026, 12, 1), due_on=date(2026, 11, 5), state="skipped", closed_by=desk.sato
    )
    task = give(desk)
    assert (task.key, task.period, task.period_on, task.serial) == (28, "2026-12", first.period_on, 1)
    assert (task.opens_on, task.due_on, task.due_at) == (TODAY, FRIDAY, at(17, 15, on=FRIDAY))
    line = timeline_of(task)[0]
    assert (line.kind, line.title, line.text) == (
        "臨時",
        "臨時1の作業を作成 期限 11/27(金)",
        "理由 再計画のため",
    )
    assert give(desk) == task, "the same form twice"
    assert give(desk, who="takahashi").serial == 2
    assert [e.stream for e in Event.objects.filter(code="task.extra_raised")] == ["union", "union"]


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"reason": " "}, "reason", "臨時に行う理由を入力してください"),
        ({"period": "2027-01"}, "period", "この期間の作業がまだありません"),
        ({"due_on": date(2026, 11, 23)}, "due_on", "過ぎています"),
        ({"due_on": date(2026, 11, 28)}, "due_on", "閉庁日です（土曜日）"),
        ({"due_on": date(2027, 12, 1)}, "due_on", "先すぎます"),
        ({"due_on": TODAY, "at": at(17, 15)}, "due_on", "期限の時刻 17:15 は過ぎています"),
    ],
)
def test_refusals(desk, given, field, sentence):
    make_task(28, period_on=date(2026, 12, 1), due_on=date(2026, 11, 5))
    with pytest.raises(Refusal, match=sentence) as no:
        give(desk, **given)
    assert list(no.value.errors) == [field]
    assert not Task.objects.filter(serial__gt=0).exists()


@pytest.mark.parametrize(
    ("who", "team"),
    [("yamaguchi", "helpdesk"), ("ono", "shiomi"), ("kubo", "operations"), ("takahashi", "union")],
)
def test_main_and_support_only(desk, who, team):
    make_task(28, period_on=date(2026, 12, 1), due_on=date(2026, 11, 5))
    with pytest.raises(PermissionDenied):
        give(desk, who=who, team=team)


def test_a_municipality_only_for_itself(desk):
    for town in (desk.shiomi, desk.kirihara):
        make_task(8, town)
    of = {"number": 8, "period": "2026-11-24", "who": "ono", "team": "shiomi"}
    with pytest.raises(Refusal, match="ほかの団体の作業は作れません") as no:
        give(desk, organization=desk.kirihara, **of)
    assert list(no.value.errors) == ["organization"]
    assert give(desk, organization=desk.shiomi, **of).organization == desk.shiomi


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_serials(transactional_db, cast, edition, holidays):
    make_task(28, period_on=date(2026, 12, 1), due_on=date(2026, 11, 5))
    made = at_once(*(lambda p=p: give(cast, who=p) for p in ("sato", "takahashi")))
    assert sorted(task.serial for task in made) == [1, 2]


@pytest.fixture
def running(desk):
    Organization.objects.filter(pk=desk.union.pk).update(operation_starts_on=date(2026, 11, 2))
    generate(at(9), force=True)
    return desk


def test_generation_and_a_new_edition_leave_it_alone(running, edition):
    task = give(running)
    total = Task.objects.count()
    assert generate(at(10, 3), force=True).created == 0
    rows = deepcopy(rows_of(edition))
    row = next(r for r in rows if r["key"] == 28)
    row["marks"] = {"package": "main"}
    publish(
        revise(edition, by=running.morishita, at=at(), rows=rows),
        by=running.miura,
        at=at(11),
        in_force_on=date(2026, 12, 1),
    )
    report = generate(at(11, 3), force=True)
    task.refresh_from_db()
    assert (task.duty.edition, task.due_on, task.state) == (edition, FRIDAY, "open")
    assert task.pk not in {*report.realigned.repointed, *report.realigned.to_move_by_hand}
    assert Task.objects.count() == total
    with pytest.raises(PermissionDenied):  # the period belongs to the new edition by now
        give(running, at=at(12), due_on=date(2026, 11, 30))


def test_who_leaves_takes_it_along_and_brings_it_back(running):
    organizations.leave(running.shiomi, on=date(2026, 12, 31), by=running.kubo, at=at(9))
    first = make_task(29, running.shiomi, period_on=date(2027, 1, 1), due_on=date(2026, 12, 11))
    task = give(running, number=29, organization=running.shiomi, period="2027-01")
    generate(at(11), force=True)
    assert task.state == "open"
    Organization.objects.filter(pk=running.shiomi.pk).update(left_on=date(2026, 12, 30))
    generate(at(12), force=True)
    task.refresh_from_db()
    assert (task.state, task.reason) == ("skipped", "脱退")
    Organization.objects.filter(pk=running.shiomi.pk).update(left_on=None)
    generate(at(13), force=True)
    task.refresh_from_db()
    first.refresh_from_db()
    assert (task.state, task.due_on, first.state) == ("open", FRIDAY, "open")


def test_the_ledger_says_why(running):
    give(running)
    own = frozenset({duty(28).pk})
    ledger = Ledger(expected.read(), running.union, own, TODAY, FRIDAY, Task.objects.all(), at(11))
    (entry,) = [e for e in ledger.entries() if e.why == EXTRA]
    assert entry.note == "令和8年11月24日 10:00 に 佐藤 美咲(業務運用) が作成。臨時の理由: 再計画のため"


# --- the page -------------------------------------------------------------------------------------------

GIVEN = {"period": "2026-12", "due_on": "R8.11.27", "reason": "再計画のため"}


@pytest.fixture
def sit(client, running, time_machine):
    time_machine.move_to(at(10), tick=False)

    def ask(person, path="/duties/28/extra/", data=None):
        client.force_login(person)
        response = client.get(path) if data is None else client.post(path, data)
        main = re.search(r"<main.*</main>", response.content.decode(), re.S)
        return response, " ".join(re.sub(r"<[^>]+>", " ", main.group()).split()) if main else ""

    return ask


def test_the_page(sit, running, client, django_assert_max_num_queries):
    assert "臨時の作業を作る" in sit(running.sato, "/duties/28/")[1]
    assert "臨時の作業を作る" not in sit(running.yamaguchi, "/duties/28/")[1]
    response, words = sit(running.sato)
    assert "No.28 月次処理計画・立案 令和8年12月 広域組合" in words
    assert response.status_code == 200 and "近い開庁日: 11/24(火) 第15開庁日、11/25(水) 第16開庁日" in words
    response, _words = sit(running.sato, data=GIVEN)
    task = Task.objects.get(serial=1)
    assert response.status_code == 302 and response.url == f"/tasks/{task.pk}/"
    _page, words = sit(running.sato, response.url)
    with django_assert_max_num_queries(10):
        client.get(response.url)
    assert "臨時1の作業を作りました。期限は令和8年11月27日(金) 第18開庁日 17:15 です。" in words
    assert "臨時1 業務運用 佐藤 美咲 11/24(火) 10:00 理由 再計画のため" in words
    assert "作業を作成 システム" not in words


def test_it_is_named_wherever_the_task_is(sit, running, client, tmp_path):
    sit(running.sato, data=GIVEN)
    assert "月次処理計画・立案 臨時1" in sit(running.sato, "/tasks/?duty=28")[1]
    assert "月次処理計画・立案 臨時1" in sit(running.sato, "/")[1]
    (tmp_path / "list.xlsx").write_bytes(client.get("/tasks/?duty=28&export=xlsx").getvalue())
    cells = [c.value for row in load_workbook(tmp_path / "list.xlsx").active for c in row]
    assert "No.28 月次処理計画・立案（臨時1）" in cells


def test_what_was_typed_stays(sit, running):
    response, words = sit(running.sato, data={**GIVEN, "due_on": "R8.11.28"})
    assert response.status_code == 422 and "11/28(土) は閉庁日です（土曜日）" in words
    assert "R8.11.28" in response.content.decode() and "再計画のため" in words
    for data in ({}, {**GIVEN, "period": "FY9999"}, {**GIVEN, "due_on": "あした"}):
        assert sit(running.sato, data=data)[0].status_code == 422
    assert not Task.objects.filter(serial=1).exists()


def test_for_whom(sit, running):
    """A vendor picks the municipality, a municipality is not asked and reaches no other."""
    assert "汐見市" in sit(running.sato, "/duties/29/extra/")[1]
    assert "桐原市" not in sit(running.ono, "/duties/29/extra/")[1]
    period = Task.objects.filter(key=29).latest("period_on").period
    given = {**GIVEN, "period": period, "organization": running.kirihara.pk}
    assert sit(running.ono, "/duties/29/extra/", given)[0].status_code == 422
    assert sit(running.sato, "/duties/29/extra/", given)[0].status_code == 302
    assert Task.objects.get(serial=1).organization == running.kirihara


@pytest.mark.parametrize(
    ("who", "number", "status"),
    [
        ("yamaguchi", 28, 403),
        ("ono", 28, 403),
        ("kubo", 28, 403),
        ("sato", 15, 404),
        ("sato", 6, 404),
        ("sato", 99, 404),
    ],
)
def test_doors(sit, running, who, number, status):
    assert sit(getattr(running, who), f"/duties/{number}/extra/")[0].status_code == status


def test_wrong_method(client, running):
    client.force_login(running.sato)
    assert client.put("/duties/28/extra/").status_code == 405
