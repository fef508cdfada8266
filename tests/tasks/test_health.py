"""業務の状態: what is worrying about each duty, and the load of the teams."""

import re
from datetime import date, timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook

from opsdesk.accounts.models import Organization
from opsdesk.calendar.book import calendar_of
from opsdesk.calendar.days import Calendar
from opsdesk.calendar.fiscal import FiscalYear
from raci.confirmations import confirm
from tasks import procedures, workload
from tasks.health import health_of, span_of
from tasks.models import Task
from tasks.recurrence import rule_of
from tasks.workload import bars, loads
from tests.make import TODAY, at, duty, make_task

URL = "/health/"
#: The last business days up to TODAY, newest first (11/23 is a holiday).
DAYS = [date(2026, 11, d) for d in (24, 20, 19, 18, 17, 16, 13, 12, 11, 10, 9, 6, 5, 4, 2)]


@pytest.fixture
def look(client, edition, holidays, time_machine):
    """look(person, **query) → the answer at TODAY 9:00."""
    time_machine.move_to(at(9), tick=False)

    def get(person, **query):
        client.force_login(person)
        response = client.get(URL, query)
        assert response.status_code == 200
        return response

    return get


def words(response):
    main = re.search(r"<main.*</main>", response.content.decode(), re.S).group()
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def row(response, number):
    """The words of the row of No. `number`."""
    html = response.content.decode()
    found = re.search(rf"<tr>\s*<td>{number}</td>.*?</tr>", html, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split()) if found else None


def done(number, on, organization=None, *, by, late=0, **given):
    when = on + timedelta(late)
    return make_task(
        number, organization, due_on=on, period_on=on, state="done", done_on=when, closed_at=at(10, on=when),
        closed_by=by, **given,
    )  # fmt: skip


def health(person, number, now=None):
    edition = duty(number).edition_id
    found = health_of(edition, person, calendar_of(), now=now or at(9), today=TODAY)
    return next((h for h in found if h.line.number == number), None)


def facts(person, number):
    return set(health(person, number).facts) - {"procedure", "unconfirmed"}


# --- the facts ------------------------------------------------------------------------------------------


def test_nothing_to_worry_about(cast, edition, holidays):
    for n, day in enumerate(DAYS):
        done(9, day, by=cast.sato if n % 2 else cast.takahashi)
    found = health(cast.sato, 9)
    assert (found.counts.total, found.counts.done) == (12, 12)  # of 15: the last twelve periods
    assert (found.span.first, found.span.last) == (DAYS[11], TODAY)
    assert found.facts == ("procedure", "unconfirmed")


def test_always_late(cast, edition, holidays):
    for day in DAYS[:2]:
        done(9, day, by=cast.sato, late=1)
    for n, day in enumerate(DAYS[2:6]):
        done(9, day, by=cast.sato if n % 2 else cast.takahashi)
    assert facts(cast.sato, 9) == set()  # two of six
    make_task(9, due_on=DAYS[6])  # overdue: three of seven
    assert facts(cast.sato, 9) == set()
    make_task(9, due_on=DAYS[7])  # four of eight
    assert facts(cast.sato, 9) == {"late"}


def test_open_and_not_yet_due_is_not_late(cast, edition, holidays):
    for serial in range(4):
        make_task(9, serial=serial)
    found = health(cast.sato, 9)
    assert (found.counts.total, found.counts.overdue) == (4, 0)
    assert "late" not in found.facts and "never" in found.facts
    assert health(cast.sato, 9, at(18)).counts.overdue == 4


def test_never_done(cast, edition, holidays):
    for day in DAYS[:2]:
        make_task(9, due_on=day)
    assert "never" not in facts(cast.sato, 9)
    make_task(9, due_on=DAYS[2], state="skipped")
    assert "never" in facts(cast.sato, 9)


def test_one_person_only(cast, edition, holidays):
    for day in DAYS[:2]:
        done(9, day, by=cast.sato)
    assert facts(cast.sato, 9) == set()
    done(9, DAYS[2], by=cast.sato)
    assert facts(cast.sato, 9) == {"person"}
    done(9, DAYS[3], by=cast.takahashi)
    assert facts(cast.sato, 9) == set()


def test_one_person_in_each_municipality(cast, edition, holidays):
    for day in DAYS[:3]:
        done(8, day, cast.shiomi, by=cast.ono)
        done(8, day, cast.kirihara, by=cast.makino if day != DAYS[0] else cast.hamanaka)
    counts = health(cast.morishita, 8).counts
    assert (counts.groups, counts.thin) == (2, 1)
    assert health(cast.makino, 8).counts.thin == 0 and health(cast.ono, 8).counts.thin == 1


def test_skipped_often(cast, edition, holidays):
    for day in DAYS[:3]:
        make_task(9, due_on=day, state="skipped")
    for n, day in enumerate(DAYS[3:12]):
        done(9, day, by=cast.sato if n % 2 else cast.takahashi)
    assert facts(cast.sato, 9) == {"skipped"}  # a quarter
    done(9, DAYS[0], by=cast.sato, serial=1)
    assert facts(cast.sato, 9) == set()


def test_procedure_and_confirmation(cast, edition, holidays):
    procedures.save(duty(9), by=cast.sato, team=cast.team["operations"], at=at(8), text="手順")
    confirm(duty(9), by=cast.morishita, at=at(8))
    assert health(cast.sato, 9).facts == ()


@pytest.mark.parametrize(
    "number, first, period",
    [
        (9, date(2026, 11, 6), "2026-10-21"),  # twelve and twenty-four business days
        (33, date(2025, 12, 2), "2024-11"),  # due on the 2nd business day of the month after
        (1, date(2025, 11, 25), "2024-12"),  # due on the 25th of the month before
        (5, date(2015, 4, 7), "FY2003"),  # by 5 business days of April, Saturdays as they fell
        (16, date(2025, 11, 1), "2024-11-01"),  # on demand
    ],
)
def test_spans(cast, edition, number, first, period):
    """Without holidays in the calendar."""
    calendar = Calendar(frozenset(), frozenset(), frozenset(), {})
    found = span_of(rule_of(duty(number)), calendar, date(2026, 11, 23))
    assert (found.first, found.period, found.last) == (first, period, date(2026, 11, 23))


def test_what_a_duty_on_demand_has_is_counted_by_its_due_day(cast, edition):
    """Steps of cases and extra occasions of the last twelve months, whatever their period is; none before."""
    for period, due in (
        ("C7", TODAY), ("C8", date(2025, 11, 2)), ("2026-11-02", DAYS[0]), ("2025-08-29", date(2025, 12, 1)),
        ("C9", date(2025, 10, 30)), ("2025-10-30", date(2025, 10, 30)), ("C10", date(2026, 12, 1)),
    ):  # fmt: skip
        make_task(16, due_on=due, period=period)
    calendar = Calendar(frozenset(), frozenset(), frozenset(), {})
    found = health_of(edition.pk, cast.morishita, calendar, now=at(9), today=TODAY)
    assert next(h.counts.total for h in found if h.line.number == 16) == 4


# --- the page -------------------------------------------------------------------------------------------


def test_it_works_and_the_worst_come_first(look, cast):
    for day in DAYS[:4]:
        make_task(9, due_on=day, state="skipped")
        done(7, day, by=cast.sato, late=3)
    response = look(cast.sato)
    numbers = [int(n) for n in re.findall(r"<tr>\s*<td>(\d+)</td>", response.content.decode())]
    assert numbers[:3] == [9, 7, 1] and len(numbers) == 35  # the duties on which 業務運用 has a mark
    assert "No.9 完了なし 0/4件 No.9 対象外 4/4件 No.9 手順書なし" in row(response, 9)
    assert "遅れ 4/4件 No.7 一人だけ No.7 手順書なし No.7 設定が未確認 4 4 4 0 0" in row(response, 7)


def test_every_figure_is_the_list_behind_it(look, cast, client):
    for day in DAYS[:4]:
        done(7, day, by=cast.sato, late=3)
    for day in DAYS[4:7]:
        make_task(7, due_on=day)
    make_task(7, due_on=DAYS[7], state="skipped")
    make_task(7, due_on=DAYS[14])  # out of the span
    html = re.search(r"<tr>\s*<td>7</td>.*?</tr>", look(cast.sato).content.decode(), re.S).group()
    figures = re.findall(r'<a href="([^"]+)">(\d+)</a>', html)
    assert [int(n) for _url, n in figures] == [8, 4, 4, 3, 1]
    for url, n in figures:
        assert f"{n}件" in words(client.get(url.replace("&amp;", "&")))
    late = re.search(r'hl-late" href="([^"]+)"', html).group(1).replace("&amp;", "&")
    assert parse_qs(urlsplit(late).query)["state"] == ["late"]


@pytest.mark.parametrize(
    "who, numbers", [("ono", {7: False, 8: True, 29: True}), ("ishii", {57: True, 3: False})]
)
def test_only_duties_with_an_own_mark(look, cast, who, numbers):
    response = look(getattr(cast, who))
    for number, is_there in numbers.items():
        assert (row(response, number) is not None) == is_there, number


def test_a_municipality_sees_its_own_figures_only(look, cast):
    for day in DAYS[:4]:
        make_task(8, cast.kirihara, due_on=day)
    assert "4/4件" not in words(look(cast.ono)) and "0/4件" in row(look(cast.makino), 8)
    assert "桐原市" not in words(look(cast.ono))


def test_filters_and_sums(look, cast):
    for day in DAYS[:4]:
        make_task(9, due_on=day)
    response = look(cast.morishita)
    assert "1 一度も行われていない" in words(response) and "57 手順書がない" in words(response)
    assert row(look(cast.morishita, fact="never"), 9) and not row(look(cast.morishita, fact="never"), 7)
    assert row(look(cast.morishita, cycle="daily"), 7) and not row(look(cast.morishita, cycle="daily"), 1)
    assert row(look(cast.morishita, q="No.7"), 7) and not row(look(cast.morishita, q="No.7"), 57)
    assert "この条件に合う業務はありません" in words(look(cast.morishita, q="どこにもない"))
    assert row(look(cast.morishita, fact="x", cycle="y"), 60)


def test_htmx_gets_the_list_alone(look, cast, client):
    look(cast.sato)
    html = client.get(URL, {"cycle": "daily"}, headers={"HX-Request": "true"}).content.decode()
    assert "<h1" not in html and "担当ごとの負荷" not in html and "<td>9</td>" in html


def sheet(response):
    return [list(r) for r in load_workbook(BytesIO(b"".join(response.streaming_content))).active.values]


def test_xlsx(look, cast):
    for day in DAYS[:4]:
        make_task(9, due_on=day)
    rows = sheet(look(cast.sato, export="xlsx", cycle="daily"))
    assert rows[0][0] == "業務の状態" and "周期 日次" in rows[1][0]
    head, first = rows[3], rows[4]
    assert dict(zip(head, first, strict=True))["一度も行われていない"] == "○" and first[0] == 9
    assert len(rows) == 4 + 2  # No.7 and No.9


# --- the load -------------------------------------------------------------------------------------------


def load(person, code, now=None):
    found = loads(person, FiscalYear(2026), now=now or at(9), today=TODAY)
    return next((x for x in found if x.code == code), None)


def test_the_load_by_team_and_month(cast, edition):
    done(9, DAYS[0], by=cast.sato)
    done(9, DAYS[1], by=cast.sato, late=4)
    make_task(9, due_on=DAYS[2])  # overdue
    make_task(9, due_on=date(2026, 12, 1))
    make_task(9, due_on=DAYS[3], state="skipped")
    make_task(9, due_on=date(2026, 3, 31))  # of the year before
    done(34, date(2026, 11, 20), by=cast.yamaguchi)
    november, december = load(cast.morishita, "operations").months[7:9]
    assert (november.done, november.late, november.open, november.overdue, november.skipped) == (
        2,
        1,
        1,
        1,
        1,
    )
    assert november.parts == (("ok", 1), ("late", 1), ("open", 0), ("over", 1))
    assert (december.open, december.overdue) == (1, 0)
    assert load(cast.morishita, "operations").total.total == 4
    assert load(cast.morishita, "helpdesk").months[7].done == 1


def test_what_was_due_before_this_month_is_counted_once_a_minute(cast, edition, monkeypatch):
    """This month, and what comes, always; every team's sums stand where they stood."""
    before = make_task(9, due_on=date(2026, 10, 30))
    make_task(9, due_on=DAYS[0])
    first = load(cast.morishita, "operations").months
    assert [m.open for m in first] == [0] * 6 + [1, 1] + [0] * 4

    for task in (before, make_task(9, due_on=DAYS[1])):
        Task.objects.filter(pk=task.pk).update(state="skipped")
    months = load(cast.morishita, "operations").months
    assert (months[6].skipped, months[7].skipped) == (0, 1)
    assert loads(cast.sato, FiscalYear(2026), now=at(9), today=TODAY)[0].months[6].skipped == 1, (
        "who asks first"
    )
    fresh = loads(cast.morishita, FiscalYear(2026), now=at(9), today=TODAY, is_fresh=True)
    assert next(x for x in fresh if x.code == "operations").months[6].skipped == 1
    Task.objects.filter(pk=before.pk).update(state="open")
    monkeypatch.setattr(workload, "KEEP", -1)
    assert load(cast.morishita, "operations").months[6].open == 1


def test_several_mains_count_for_each_and_towns_for_themselves(cast, edition):
    done(29, date(2026, 11, 13), cast.shiomi, by=cast.ono)
    make_task(8, cast.kirihara, due_on=DAYS[0])
    assert load(cast.morishita, "operations").months[7].done == 1
    assert load(cast.morishita, "shiomi").months[7].done == 1
    assert load(cast.morishita, "kirihara").months[7].open == 1
    assert load(cast.morishita, "").months[7].total == 2
    own = loads(cast.ono, FiscalYear(2026), now=at(9), today=TODAY)
    assert [(x.code, x.months[7].total) for x in own] == [("shiomi", 1)]


def test_bars_stand_on_each_other(cast, edition):
    done(9, DAYS[0], by=cast.sato)
    make_task(9, due_on=DAYS[1])
    drawn = bars(load(cast.sato, "operations"))
    assert [bar.parts for bar in drawn if bar.parts] == [(("ok", 91.0, 75.0), ("over", 16.0, 75.0))]
    assert len(drawn) == 12


def test_the_load_on_the_page(look, cast, client):
    done(9, DAYS[0], by=cast.sato)
    make_task(9, due_on=DAYS[1])
    text = words(look(cast.morishita, load="operations"))
    assert "担当ごとの負荷 令和8年度" in text and "11月 1 0 1 1 0" in text
    html = client.get(URL, {"load": "operations"}).content.decode()
    assert html.count('class="lb-ok"') == 1 and html.count('class="lb-over"') == 1
    urls = re.findall(r'<td class="r"[^>]*><a href="([^"]+)">1</a>', html.split("load-h")[2])
    for url in urls[:3]:
        assert "1件" in words(client.get(url.replace("&amp;", "&")))
    assert "ヘルプデスク" not in words(look(cast.ono)).split("担当ごとの負荷")[2]
    rows = sheet(look(cast.ono, export="load"))
    assert {r[0] for r in rows[4:]} == {"汐見市"} and len(rows) == 4 + 12


# --- doors and cost -------------------------------------------------------------------------------------


def test_doors(client, cast, edition):
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 403
    client.force_login(cast.sato)
    assert client.post(URL).status_code == 405
    client.logout()
    assert client.get(URL).status_code == 302


def test_before_the_first_edition(client, cast):
    client.force_login(cast.sato)
    assert client.get(URL).status_code == 200


@pytest.mark.parametrize("size", [1, 400])
def test_few_statements(look, cast, client, django_assert_max_num_queries, size):
    towns = [
        Organization.objects.create(
            code=f"m{n}", kind="member", name=f"{n}町", short_name=f"{n}町", joined_on=date(2026, 4, 1)
        )
        for n in range(size // 10)
    ]
    base = make_task(8, cast.shiomi, due_on=DAYS[0])
    Task.objects.bulk_create(
        Task(
            key=base.key, duty=base.duty, organization=town, period=day.isoformat(), period_on=day,
            opens_on=day, due_on=day, due_at=at(17, on=day), created_at=at(0, on=day),
        )
        for town in towns
        for day in DAYS[:10]
    )  # fmt: skip
    look(cast.morishita)
    with django_assert_max_num_queries(10):
        client.get(URL)
