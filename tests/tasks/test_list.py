"""tasks:list, the list behind every count."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import reverse

from raci.access import standing_of
from tasks.models import Attachment, Signature, Task
from tasks.tables import TaskTable, light_rows
from tests.make import TODAY, at, make_task

URL = "/tasks/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def look(client, cast, edition):
    """look("sato", state="open") → the response."""

    def ask(login, **query):
        client.force_login(getattr(cast, login))
        return client.get(URL, query)

    return ask


def numbers(response):
    """The tasks of the page, by id, in order."""
    return [task.pk for task in response.context["table"].page.rows]


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def day(n):
    return TODAY + timedelta(n)


def due(n, hour=17, minute=15):
    return {"due_on": day(n), "due_at": at(hour, minute, day(n))}


@pytest.fixture
def history(cast, edition):
    """Tasks of every state, by name."""
    done = {
        "state": "done",
        "closed_at": at(9),
        "closed_by": cast.sato,
        "closed_for": cast.team["operations"],
    }
    return {
        "overdue": make_task(9, period="2026-11-20", **due(-4)),
        "overdue_today": make_task(7, **due(0, 9)),
        "today": make_task(9, **due(0)),
        "tomorrow_daily": make_task(9, period="2026-11-25", period_on=day(1), **due(1)),
        "upcoming": make_task(31, period="2026-12", period_on=TODAY.replace(month=12, day=1), **due(7)),
        "far": make_task(31, period="2027-01", **due(40)),
        "begun": make_task(7, period="2026-11-30", assignee=cast.sato, **due(6)),
        "done": make_task(7, period="2026-11-19", done_on=day(-5), **due(-5), **done),
        "late": make_task(7, period="2026-11-18", done_on=day(-4), outcome="abnormal", **due(-6), **done),
        "skipped": make_task(7, period="2026-11-17", state="skipped", reason="停電", **due(-7)),
    }


def test_it_works(look, history):
    response = look("sato")
    assert response.status_code == 200
    shown = text(response)
    assert "作業一覧" in shown
    assert "No.9 日常点検の実施" in shown
    assert "超過" in shown
    assert "今日 17:15まで" in shown
    assert [name for pk in numbers(response) for name, task in history.items() if task.pk == pk] == [
        "overdue",
        "overdue_today",
        "today",
        "tomorrow_daily",
        "begun",
        "upcoming",
        "far",
    ]
    assert reverse("tasks:detail", args=[history["today"].pk]) in response.content.decode()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("open", "overdue overdue_today today tomorrow_daily begun upcoming far"),
        ("overdue", "overdue overdue_today"),
        ("today", "today"),
        ("upcoming", "upcoming"),
        ("begun", "begun"),
        ("waiting", ""),
        ("done", "done late"),
        ("late", "late"),
        ("skipped", "skipped"),
        ("any", "far upcoming begun tomorrow_daily today overdue_today overdue done late skipped"),
    ],
)
def test_states(look, history, state, expected):
    found = numbers(look("sato", state=state))
    assert found == [history[name].pk for name in expected.split()]


def test_upcoming_is_the_next_five_business_days(look, cast):
    """TODAY is a Tuesday: 11/25, 26, 27, 30 and 12/1."""
    tasks = {n: make_task(31, period=f"2026-{n + 10:02}", **due(n)) for n in range(10)}
    assert numbers(look("sato", state="upcoming")) == [tasks[n].pk for n in range(1, 8)]


def test_waiting_is_my_signature_after_somebody_elses(look, cast):
    """No.29: 構成団体 → 業務運用."""
    task = make_task(29, cast.shiomi, period="2026-12")
    make_task(29, cast.kirihara, period="2026-12")
    assert [numbers(look(who, state="waiting")) for who in ("sato", "ono", "morishita")] == [[], [], []]
    signature = Signature.objects.create(
        task=task, position=1, team=cast.team["shiomi"], by=cast.ono, at=at(9)
    )
    assert [numbers(look(who, state="waiting")) for who in ("sato", "ono", "morishita", "makino")] == [
        [task.pk],
        [],
        [task.pk],
        [],
    ]
    assert "署名待ち 業務運用" in text(look("sato", state="open", duty=29))
    signature.void_at = at(9)
    signature.save(update_fields=["void_at"])
    assert numbers(look("sato", state="waiting")) == []


def test_filters(look, cast, history):
    mine = make_task(8, cast.shiomi, assignee=cast.ono)
    other = make_task(8, cast.kirihara, remark="ウイルスを検出 対応済")
    hard = make_task(3, cast.shiomi)

    def found(who="morishita", **query):
        return set(numbers(look(who, **query)))

    union_open = found()
    assert found(duty=8) == {mine.pk, other.pk}
    assert found(duty="８") == {mine.pk, other.pk}
    assert found(cycle="yearly") == {hard.pk}
    assert found(organization="kirihara") == {other.pk}
    assert found(organization="union") == union_open - {mine.pk, other.pk, hard.pk}
    assert found(assignee="ono") == found(assignee="大野") == {mine.pk}
    assert found(q="ウイルス 検出") == {other.pk}
    assert found(q="日常点検", state="today") == {history["today"].pk}
    assert found(q="構成化対応業務受託", state="overdue") == {history["overdue_today"].pk}
    assert found(team="shiomi", mark="main") == {mine.pk, hard.pk}
    assert found(team="shiomi", mark="support", duty=9) == {
        history[n].pk for n in ("overdue", "today", "tomorrow_daily")
    }
    assert found(team="shiomi", duty=8) == {mine.pk}
    assert found(team="operations", duty=8) == set()
    assert found(team="union", mark="support", duty=8) == {mine.pk, other.pk}
    assert found(mark="related", state="today") == {history["today"].pk}
    assert found(due_from="R8.11.25", due_to="令和8年11月30日(月)") == {
        history[n].pk for n in ("tomorrow_daily", "begun")
    }
    assert found(done_from="2026/11/19", done_to="20261119") == {history["done"].pk}
    assert found(state="any", done_from="2026/11/20") == {history["late"].pk}


def test_scopes(look, cast, history):
    own, others, nobody = (
        make_task(9, serial=n, assignee=who) for n, who in ((1, cast.sato), (2, cast.takahashi), (3, None))
    )
    scope = {s: set(numbers(look("sato", scope=s, state="today"))) for s in ("mine", "team", "all", "")}
    assert scope["mine"] == {own.pk, nobody.pk, history["today"].pk}
    assert scope["team"] == scope["all"] == scope[""] == scope["mine"] | {others.pk}
    theirs = {s: set(numbers(look("ono", scope=s, state="today"))) for s in ("mine", "team", "all")}
    assert theirs == {"mine": set(), "team": set(), "all": scope["all"]}


def test_a_municipality_sees_its_own_and_the_common_ones(look, cast):
    own, other, common = make_task(8, cast.shiomi), make_task(8, cast.kirihara), make_task(9)
    hidden = make_task(7)
    assert set(numbers(look("ono"))) == {own.pk, common.pk}
    foreign = {"organization": "kirihara"}, {"team": "kirihara"}, {"duty": 7}, {"state": "any"}
    for query in foreign:
        assert not {other.pk, hidden.pk} & set(numbers(look("ono", **query)))
    page = look("ono").content.decode()
    assert "桐原市" not in page
    assert "桐原市" in look("morishita").content.decode()


def test_an_administrator_without_a_team_stays_outside(look):
    assert look("kubo").status_code == 403


def test_a_stranger_signs_in_first(client, cast):
    response = client.get(URL, {"state": "overdue"})
    assert response.status_code == 302
    assert "next=" in response["Location"]


def test_wrong_method(client, cast, edition):
    client.force_login(cast.sato)
    assert client.post(URL).status_code == 405


def test_what_is_not_understood_gets_a_sentence_and_the_list_still_shows(look, history):
    response = look("sato", due_from="2026/13/45", duty="abc", state="overdue", organization="nowhere")
    assert response.status_code == 200
    assert numbers(response) == [history[n].pk for n in ("overdue", "overdue_today")]
    page = response.content.decode()
    assert "「2026/13/45」という日はありません。" in page
    assert 'href="#id_due_from"' in page
    assert 'id="id_due_from"' in page
    assert page.count('<li><a href="#id_') == 3
    assert "<title>エラー: " in page
    assert 'value="2026/13/45"' in page


@pytest.mark.parametrize(
    "query",
    [
        {"state": "nothing"},
        {"scope": "\x07"},
        {"page": "[0,1,2]"},
        {"sort": "-assignee"},
        {"sort": "duty__edition__title"},
        {"q": "%_\\'\"" * 10},
        {"duty": "99999999999999999999"},
        {"assignee": "'; --"},
        {"due_from": "9" * 300},
        {"team": "helpdesk", "mark": "x"},
    ],
)
def test_odd_queries_still_show_a_list(look, history, query):
    assert look("sato", **query).status_code == 200


def test_a_character_that_no_database_keeps_is_refused(look, history):
    answer = look("sato", q="a\x00b")
    assert answer.status_code == 400
    assert "読めません" in answer.content.decode()


def test_text_of_people_is_escaped(look, cast):
    cast.sato.name = "<b>佐藤</b>"
    cast.sato.save(update_fields=["name"])
    make_task(9, assignee=cast.sato)
    page = look("sato", q="<i>").content.decode() + look("sato").content.decode()
    assert "<b>佐藤" not in page
    assert "&lt;b&gt;佐藤" in page
    assert "<i>" not in page


def walk(client, query):
    """Every page forward, then back; the ids of each."""
    there, url = [], f"{URL}?{query}"
    while True:
        response = client.get(url)
        there.append(numbers(response))
        link = response.context["page"]["next"]
        if not link:
            break
        url = URL + link
    back = [there[-1]]
    while link := response.context["page"]["previous"]:
        response = client.get(URL + link)
        back.insert(0, numbers(response))
    return there, back


def many(count):
    example = make_task(9)
    values = {f.attname: getattr(example, f.attname) for f in Task._meta.concrete_fields if f.attname != "id"}
    rows = [
        Task(**{**values, "serial": n, "due_at": example.due_at + timedelta(n % 7)}) for n in range(1, count)
    ]
    Task.objects.bulk_create(rows)


@pytest.mark.parametrize("sort", ["", "due", "-due"])
def test_pages(client, look, cast, sort):
    look("sato")
    many(120)
    there, back = walk(client, f"state=any&sort={sort}")
    assert [len(page) for page in there] == [50, 50, 20]
    assert there == back
    expected = Task.objects.order_by("due_at", "pk")
    expected = expected if sort == "due" else expected.reverse()
    assert sum(there, []) == list(expected.values_list("pk", flat=True))


def test_links_keep_the_filter(look, cast, edition):
    many(60)
    page = look("sato", state="any", q="点検", team="operations").context["page"]
    query = parse_qs(urlsplit(page["next"]).query)
    assert {name: query[name] for name in ("state", "q", "team")} == {
        "state": ["any"],
        "q": ["点検"],
        "team": ["operations"],
    }
    assert page["total"] == 60
    assert "60件" in text(look("sato", state="any"))


def test_a_sort_begins_at_the_first_page_and_is_kept_by_the_filter(look, cast):
    many(60)
    response = look("sato", sort="-due", page='[0,"2026-11-24 08:15:00+00:00",5]')
    page = response.content.decode()
    assert '<input type="hidden" name="sort" value="-due">' in page
    assert re.search(r'aria-sort="descending"[^>]*><a href="\?sort=due"', page)


def table_of(user):
    rows = light_rows(None, TODAY)
    return TaskTable(rows, standing=standing_of(user, TODAY), now=at(), today=TODAY)


def test_only_columns_with_an_index_are_sorted(look, cast):
    """A list of a million rows is never sorted by hand."""
    look("sato")
    indexed = {
        tuple(index.fields[-2:])
        for index in Task._meta.indexes
        if not index.condition and len(index.fields) > 1
    }
    table = table_of(cast.sato)
    orderable = [column for column in table.columns if column.orderable]
    assert [column.name for column in orderable] == ["due"]
    for column in orderable:
        assert (*column.order_by, "id") in indexed


def test_no_column_is_drawn_the_slow_way(look, cast):
    look("sato")
    table = table_of(cast.sato)
    assert table.stock_columns() == []


def fill(cast, count):
    """`count` tasks, one of them with a file and a withdrawn one."""
    many(count)
    task = Task.objects.order_by("-pk").first()
    for n in range(2):
        Attachment.objects.create(
            task=task,
            name="a.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0",
            team=cast.team["operations"],
            by=cast.sato,
            at=at(),
            withdrawn_at=at() if n else None,
        )


@pytest.mark.parametrize("who", ["sato", "ono", "morishita"])
@pytest.mark.parametrize("count", [10, 1000])
def test_at_most_six_statements(client, look, cast, django_assert_max_num_queries, who, count):
    fill(cast, count)
    look(who)
    with django_assert_max_num_queries(6):
        response = client.get(URL, {"state": "any"})
    assert len(numbers(response)) == min(count, 50)
    token = response.context["page"]["next"]
    if token:
        with django_assert_max_num_queries(6):
            assert client.get(URL + token).context["page"]["previous"]


@pytest.mark.parametrize(
    "query", [{"state": "overdue"}, {"team": "operations", "mark": "main"}, {"scope": "mine"}, {"q": "点検"}]
)
def test_filters_ask_no_more(client, look, cast, django_assert_max_num_queries, query):
    fill(cast, 60)
    look("sato")
    with django_assert_max_num_queries(6):
        client.get(URL, query)


def test_files_are_counted_without_the_withdrawn(look, cast):
    fill(cast, 3)
    rows = re.findall(r'data-l="証跡"[^>]*>(\d*)<', look("sato").content.decode())
    assert sorted(rows) == ["", "", "1"]


def test_htmx_gets_the_rows_only(client, look, history):
    look("sato")
    page = client.get(URL, {"state": "overdue"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert '<form class="filter"' not in page
    assert "No.9" in page
    assert "状態: 期限超過" in page


def test_several_can_be_closed_where_i_have_the_main_mark(look, history):
    page = look("sato").content.decode()
    assert f'action="{reverse("tasks:close_many")}"' in page
    assert page.count('type="checkbox" name="task"') == 7
    assert "完了にする" in page
    page = look("ono").content.decode()
    assert 'name="task"' not in page
    assert reverse("tasks:close_many") not in page
    assert "開く" in page


def test_an_empty_list_says_why(look):
    shown = text(look("sato", q="どこにもない"))
    assert "この条件に合う作業はありません。" in shown
    assert "条件を減らすか" in shown
    assert "Excel出力" not in shown


def test_paper_has_the_filter_in_words_the_date_and_seals(look, history):
    page = look("sato", state="overdue", team="operations", due_to="R8.11.24").content.decode()
    head = re.search(r'<div class="print-head".*?</table>', page, re.S)[0]
    assert "状態: 期限超過、範囲: 全体、担当: 業務運用、期限（まで）: 令和8年11月24日" in head
    assert "令和8年11月24日 10:00" in head
    assert "佐藤 美咲" in head
    assert "課長" in head


def test_what_waits_says_for_what(client, cast, edition, django_assert_max_num_queries):
    """先行待ち: of the same period and of the own municipality; what is closed is not waited for."""
    december = {"period": "2026-12", "period_on": date(2026, 12, 1)}
    first = make_task(28, **december)
    own, other = make_task(29, cast.shiomi, **december), make_task(29, cast.kirihara, **december)
    last = make_task(30, **december)
    client.force_login(cast.sato)
    client.get(URL)

    def waits():
        with django_assert_max_num_queries(6):
            page = client.get(URL).content.decode()
        rows = re.findall(r"<tr.*?</tr>", page, re.S)
        found = {}
        for task in (first, own, other, last):
            row = next(r for r in rows if f"/tasks/{task.pk}/" in r)
            found[task.pk] = re.findall(r"先行待ち (No\.[0-9・No.]+)", row)
        return [found[t.pk] for t in (first, own, other, last)]

    assert waits() == [[], ["No.28"], ["No.28"], ["No.29"]]
    Task.objects.filter(pk=first.pk).update(state="skipped")
    Task.objects.filter(pk=other.pk).update(state="skipped")
    client.get(URL)
    assert "先行待ち No.28" not in client.get(f"{URL}?state=any").content.decode()
    assert "先行待ち No.29" in client.get(f"{URL}?state=any").content.decode()
