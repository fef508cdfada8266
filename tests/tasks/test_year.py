"""年間予定: tasks that exist and days to come, as far as one person may see them."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from opsdesk.accounts.models import Organization
from opsdesk.calendar.models import ClosedDay
from raci import drafting, editions
from raci.content import rows_of
from tasks.generation import generate
from tasks.models import Task
from tests import oracle
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
URL = "/year/2026/"
FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
MONTHS = [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]


@pytest.fixture
def get(client, edition, holidays, time_machine):
    """get(person, path, **query) → the page at TODAY 9:00."""
    time_machine.move_to(at(9), tick=False)

    def ask(person, path=URL, **query):
        client.force_login(person)
        response = client.get(path, query)
        assert response.status_code == 200
        return response.content.decode()

    return ask


def heat(html):
    """{day: count} and the totals of the months, as the table prints them."""
    rows = re.search(r"<table class=\"hm\".*?</table>", html, re.S).group()
    found, totals = {}, []
    for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", rows, re.S):
        month = int(re.search(r">(\d+)月<", row)[1])
        year = 2026 if month >= 4 else 2027
        cells = re.findall(r"<td class=\"([^\"]*)\"[^>]*>(.*?)</td>", row, re.S)
        for n, (_css, inner) in enumerate(cells[:-1], 1):
            text = re.sub(r"<[^>]+>", "", inner)
            if text.isdigit():
                found[date(year, month, n)] = int(text)
        totals.append(int(cells[-1][1]))
    return found, totals


def cell(html, day):
    """(class, attributes and inside) of one day."""
    row = re.search(rf"<tr><th scope=\"row\"><a [^>]*>{day.month}月</a>.*?</tr>", html, re.S).group()
    return re.findall(r"<td class=\"([^\"]*)\"([^>]*>.*?)</td>", row, re.S)[day.day - 1]


def bars(html, number):
    """(kind, title, address) of each bar of one duty."""
    row = re.search(rf"No\.{number}</span>.*?(?=<th scope=\"row\"|</tbody>)", html, re.S).group()
    found = re.findall(r"<(?:a|span) class=\"bar_ (\w+)\"(?: href=\"([^\"]*)\")? title=\"([^\"]*)\"", row)
    return [(kind, title, unescape(href)) for kind, href, title in found]


def test_it_works(get, cast):
    """All of the year is still to come: nothing was generated."""
    days, totals = heat(get(cast.morishita))
    # 1, 28, 30, 31, 36 and 32, 34 of twelve months, 33 and 35 of eleven, 29 of three towns; 27 and 38;
    # 3, 39 of FY2027 and 4, 5 of FY2026, of three towns
    assert sum(days.values()) == 5 * 12 + 2 * 12 + 2 * 11 + 3 * 12 + 2 + 4 * 3 == 156
    assert sum(totals) == 156
    assert totals == [sum(n for day, n in days.items() if day.month == m) for m in MONTHS]
    assert days[date(2026, 4, 1)] == 3  # 4: in three towns
    assert days[date(2026, 11, 25)] == 1  # 1 of December
    assert date(2026, 11, 23) not in days


def test_the_oracle_agrees_on_every_day(get, cast):
    members = {m.code: (m.joined_on, m.left_on) for m in Organization.objects.filter(kind="member")}
    counted: dict[date, int] = {}
    for should in oracle.expected(members, in_force_on=FIRST, starts_on=FIRST, through=LAST):
        if FIRST <= should.due_on <= LAST and should.number not in oracle.DAILY:
            counted[should.due_on] = counted.get(should.due_on, 0) + 1
    assert heat(get(cast.morishita))[0] == counted


def test_generated_tasks_change_no_count(get, cast):
    before = heat(get(cast.morishita))
    generate(at(0, 5))
    assert Task.objects.count() > 400
    assert heat(get(cast.morishita)) == before


@pytest.mark.parametrize(
    ("who", "count"),
    [
        ("ono", 5 * 12 + 6),  # 1, 28, 29, 30, 36; 3, 4, 5, 27, 38, 39, only of the own town
        ("yamaguchi", 12 + 11),  # 34 and 35
        ("sato", 6 * 12 + 11 + 3 * 12 + 2 + 4 * 3),
        ("ishii", 0),
    ],
)
def test_everybody_sees_the_own(get, cast, who, count):
    assert sum(heat(get(getattr(cast, who)))[0].values()) == count
    generate(at(0, 5))
    assert sum(heat(get(getattr(cast, who)))[0].values()) == count


def test_no_name_of_another_town_reaches_a_town(get, cast):
    generate(at(0, 5))
    for view in ("", "list"):
        html = get(cast.ono, view=view)
        assert "桐原市" not in html and "瑞野町" not in html


def test_a_task_that_exists_wins(get, cast):
    """Moved from 12/3 to 12/10: its day counts, the rule's does not."""
    before, _totals = heat(get(cast.sato))
    make_task(28, due_on=date(2026, 12, 10), period_on=date(2027, 1, 1))
    after, _totals = heat(get(cast.sato))
    assert after[date(2026, 12, 10)] == 1 and before.get(date(2026, 12, 10)) is None
    assert after.get(date(2026, 12, 3), 0) == before[date(2026, 12, 3)] - 1


def test_a_task_of_one_town_leaves_the_others_to_come(get, cast):
    make_task(29, cast.shiomi, period_on=date(2027, 1, 1), due_on=date(2026, 12, 11))
    days, _totals = heat(get(cast.morishita))
    assert days[date(2026, 12, 11)] == 3
    assert days == heat(get(cast.morishita))[0]
    assert sum(heat(get(cast.morishita, organization="shiomi"))[0].values()) == 12 + 4


def test_an_extra_occasion_is_no_substitute(get, cast):
    make_task(28, due_on=date(2026, 12, 10), period_on=date(2027, 1, 1), serial=1)
    assert sum(heat(get(cast.morishita))[0].values()) == 157


def test_before_operation_started_there_is_nothing(get, cast):
    Organization.objects.filter(kind="union").update(operation_starts_on=date(2026, 9, 1))
    days, totals = heat(get(cast.morishita))
    assert min(days) == date(2026, 9, 2) and totals[:5] == [0] * 5
    Organization.objects.filter(kind="union").update(operation_starts_on=None)
    assert heat(get(cast.morishita)) == ({}, [0] * 12)


def test_who_left_has_nothing_to_come(get, cast):
    Organization.objects.filter(code="mizuno").update(left_on=date(2026, 12, 31))
    days, _totals = heat(get(cast.morishita, organization="mizuno"))
    assert max(days) == date(2026, 11, 13)  # 29 of December: the last month on whose first day it is a member
    assert sum(heat(get(cast.morishita))[0].values()) == 156 - 4 - 2  # 29 of 1–4; 3 and 39 of FY2027


def test_each_period_is_of_its_own_edition(get, cast, edition):
    """No.34 goes from ヘルプデスク to 業務運用 in December; what a team has begun stays with it."""
    begun = make_task(34, due_on=date(2026, 12, 28), period_on=date(2026, 12, 1), assignee=cast.yamaguchi)
    rows = rows_of(edition)
    next(row for row in rows if row["number"] == 34)["marks"] = {"operations": "main"}
    draft = drafting.revise(edition, by=cast.morishita, at=at(), rows=rows)
    editions.publish(draft, by=cast.miura, at=at(), in_force_on=date(2026, 12, 1))
    own, _totals = heat(get(cast.yamaguchi, team="helpdesk"))
    assert own[date(2026, 12, 28)] == 1 and begun.duty.edition == edition
    assert date(2027, 1, 29) not in own  # January's is 業務運用's
    theirs = [title for _kind, title, _url in bars(get(cast.sato), 34)]
    assert [title for title in theirs if "令和8年12月分" in title] == []
    assert len([title for title in theirs if title.startswith("予定")]) == 3  # January to March


def test_closed_days_are_named_and_today_is_framed(get, cast):
    html = get(cast.ono)
    assert cell(html, date(2026, 11, 23))[0] == "cl"
    assert "11/23(月) 閉庁日 勤労感謝の日" in cell(html, date(2026, 11, 23))[1]
    assert "now" in cell(html, TODAY)[0] and 'aria-current="date"' in cell(html, TODAY)[1]
    assert html.count('aria-current="date"') == 1
    ClosedDay.objects.create(on=date(2026, 12, 1), organization=cast.shiomi, name="開庁記念日")
    assert "開庁記念日" in cell(get(cast.ono), date(2026, 12, 1))[1]
    assert "開庁記念日" not in get(cast.sato)
    assert "開庁記念日" in cell(get(cast.sato, organization="shiomi"), date(2026, 12, 1))[1]


def test_lateness_is_a_corner_and_words(get, cast):
    make_task(28, due_on=date(2026, 11, 20), period_on=date(2026, 12, 1))
    html = get(cast.sato)
    assert "11/20(金) 期限2件 超過1件" in cell(html, date(2026, 11, 20))[1]
    assert '<i class="ov">' in cell(html, date(2026, 11, 20))[1]
    kind, title, _url = next(bar for bar in bars(html, 28) if "12月分" in bar[1])
    assert (kind, title) == ("over", "超過 令和8年12月分 期限 11/20(金)")


def test_a_count_leads_to_its_list_or_to_the_day(get, cast, client):
    make_task(28, due_on=date(2026, 11, 5), period_on=date(2026, 12, 1))
    html = get(cast.sato)
    inside = unescape(cell(html, date(2026, 11, 5))[1])
    url = re.search(r'href="([^"]+)"', inside)[1]
    assert url == "/tasks/?state=any&cycle=periodic&due_from=2026-11-05&due_to=2026-11-05"
    page = client.get(url)
    assert len(page.context["table"].page.rows) == 1
    later = unescape(cell(html, date(2026, 12, 3))[1])
    assert 'href="/month/2026-12/#d-03"' in later
    kept = unescape(cell(get(cast.sato, team="operations", mark="main"), date(2026, 12, 3))[1])
    assert 'href="/month/2026-12/?mark=main&team=operations#d-03"' in kept


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, "open"),
        ({"saved_at": at()}, "run"),
        ({"state": "done", "done_on": TODAY, "closed_at": at()}, "done"),
        ({"state": "skipped", "reason": "x"}, "na"),
        ({"due_on": date(2026, 11, 23)}, "over"),
    ],
)
def test_states_of_a_bar(get, cast, fields, kind):
    make_task(36, period_on=date(2026, 12, 1), **{"due_on": date(2026, 11, 27), **fields})
    html = get(cast.morishita)
    found = {title.split()[1]: (k, url) for k, title, url in bars(html, 36)}
    assert found["令和8年12月分"][0] == kind and found["令和8年12月分"][1].startswith(
        "/tasks/?state=any&duty=36"
    )
    assert found["令和9年1月分"] == ("plan", "")  # still to come: no address


def test_what_should_be_there_by_now(get, cast):
    titles = [title for _kind, title, _url in bars(get(cast.morishita), 36)]
    assert "作成待ち 令和8年12月分 期限 11/20(金)" in titles
    assert "予定 令和9年1月分 期限 12/22(火)" in titles


def test_a_bar_of_several_towns(get, cast):
    for town, state in ((cast.shiomi, "done"), (cast.kirihara, "open"), (cast.mizuno, "open")):
        closed = {"state": "done", "done_on": TODAY, "closed_at": at()} if state == "done" else {}
        make_task(29, town, period_on=date(2027, 1, 1), due_on=date(2026, 12, 11), **closed)
    kind, title, _url = next(bar for bar in bars(get(cast.sato), 29) if "令和9年1月分" in bar[1])
    assert (kind, title) == ("run", "作業中 令和9年1月分 期限 12/11(金) 1/3件")


def test_rows_are_grouped_as_in_the_sheet(get, cast):
    html = get(cast.sato)
    assert [int(n) for n in re.findall(r'<span class="no">No\.(\d+)</span> <a href="/duties', html)] == [
        1, 3, 4, 5, 27, 28, 29, 30, 31, 32, 33, 36, 38, 39,
    ]  # fmt: skip
    assert re.findall(r'scope="rowgroup" class="lg" rowspan="(\d+)">([^<]+)<', html) == [
        ("1", "サービス提供"),
        ("3", "ユーザー管理(人事異動時)"),
        ("8", "業務処理(年次・月次・随時)"),  # 33 overlaps itself: two lanes
        ("1", "印刷業務(月次)"),
        ("2", "印刷業務(年次)"),
    ]
    lanes = re.findall(r"<tr(?: class=\"evt\")?>(?:<th.*?)?((?:<td.*?</td>)+)</tr>", html, re.S)
    spans = [
        sum(
            int(m or 1) for m in re.findall(r'<td(?: colspan="(\d+)")?(?: class="(?:b|ms|nw_)[^"]*")?>', lane)
        )
        for lane in lanes
        if 'class="lm"' not in lane and "data-day" not in lane
    ]
    assert set(spans) == {36}


LINES = [
    {"event": "固定資産税 当初賦課", "starts_on": "2026-04-01", "ends_on": "2026-05-10"},
    {"event": "住民税 当初賦課", "starts_on": "2026-11-02", "ends_on": "2026-12-03"},
    {"event": "給報 取込", "starts_on": "2027-01-04", "ends_on": "2027-01-11"},
    {"event": "前の年度", "starts_on": "2025-04-01", "ends_on": "2025-05-10"},
    {"event": "日のない行事"},
]


def plan_of_events(cast, **fields):
    done = {"state": "done", "done_on": date(2026, 2, 26), "closed_at": at(), "answers": {"lines": LINES}}
    return make_task(27, due_on=date(2026, 2, 26), period_on=FIRST, period="FY2026", **{**done, **fields})


def test_events_of_the_year(get, cast):
    plan_of_events(cast)
    html = get(cast.sato)
    rows = re.findall(r'<tr class="evt">.*?</tr>', html, re.S)
    assert len(rows) == 3
    assert [re.search(r"└</span> ([^<]+)<", row)[1] for row in rows] == [
        "固定資産税 当初賦課", "住民税 当初賦課", "給報 取込",
    ]  # fmt: skip
    assert ["bar_ done" in rows[0], "bar_ run" in rows[1], "bar_ plan" in rows[2]] == [True] * 3
    assert "終了 固定資産税 当初賦課 4/1(水)〜5/10(日)" in rows[0]
    assert '<a class="bar_' not in "".join(rows)


def test_events_are_of_the_closed_task_alone(get, cast):
    task = plan_of_events(cast, state="open", closed_at=None, done_on=None)
    assert 'class="evt"' not in get(cast.sato)
    Task.objects.filter(pk=task.pk).update(state="done", closed_at=at(), done_on=TODAY)
    assert 'class="evt"' in get(cast.sato)
    assert 'class="evt"' not in get(cast.sato, "/year/2027/")
    assert "固定資産税" not in get(cast.yamaguchi)  # no mark on 27


def test_clashes_with_closed_days_are_said(get, cast):
    plan_of_events(cast)
    lines = [{"process": "住民税", "process_on": "2026-12-16", "deliver_on": "2026-12-17"}]
    request = make_task(
        29, cast.shiomi, period_on=date(2026, 12, 1), due_on=date(2026, 11, 27), answers={"lines": lines}
    )
    html = get(cast.sato)
    assert "明細3「給報 取込」の終了日 1/11(月) は閉庁日(成人の日)です。" in html
    assert "の処理日" not in html
    ClosedDay.objects.create(on=date(2026, 12, 16), organization=cast.shiomi, name="庁舎停電")
    ClosedDay.objects.create(on=date(2026, 11, 27), organization=None, name="臨時休庁")
    html = get(cast.sato)
    own = "No.29 オペレーション依頼書 汐見市 令和8年12月"
    words = f"{own}: 明細1「住民税」の処理日 12/16(水) は閉庁日(庁舎停電)です。"
    assert f'<a href="/tasks/{request.pk}/">{words}</a>' in html
    assert f"{own}: 期限 11/27(金) は閉庁日(臨時休庁)です。" in html
    assert "庁舎停電" not in get(cast.makino)


def test_the_choice_of_a_role(get, cast):
    assert sum(heat(get(cast.sato, scope="team"))[0].values()) == 12 * 5 + 11 + 36 + 1
    assert sum(heat(get(cast.morishita, scope="team"))[0].values()) == 12 + 1  # 36 and 38
    assert sum(heat(get(cast.morishita, team="helpdesk"))[0].values()) == 23
    assert sum(heat(get(cast.morishita, team="helpdesk", mark="support"))[0].values()) == 0
    assert sum(heat(get(cast.morishita, team="shiomi"))[0].values()) == 66
    html = get(cast.morishita, team="helpdesk", mark="main")
    assert "ヘルプデスク 主担当" in html


def test_nonsense_is_no_choice(get, cast):
    query = {"team": "x", "mark": "y", "organization": "z", "scope": "w", "view": "v"}
    assert sum(heat(get(cast.morishita, **query))[0].values()) == 156
    assert sum(heat(get(cast.ono, organization="kirihara", team="kirihara"))[0].values()) == 66


def test_the_list_is_the_same_in_rows(get, cast):
    html = get(cast.morishita, view="list")
    counts = re.findall(r'<td[^>]*data-l="件数"[^>]*>(\d+)</td>', html)
    assert sum(map(int, counts)) == 156
    assert html.count('<tr class="to-come">') == len(counts)
    assert "3団体" in html and "予定" in html


def test_xlsx(get, client, cast, tmp_path):
    make_task(28, due_on=date(2026, 11, 5), period_on=date(2026, 12, 1), reason="=1+1")
    client.force_login(cast.morishita)
    response = client.get(URL, {"export": "xlsx", "organization": "union"})
    file = tmp_path / "plan.xlsx"
    file.write_bytes(b"".join(response.streaming_content))
    sheet = load_workbook(file).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "年間予定 令和8年度" and rows[1][0] == "条件: 広域組合"
    assert rows[3] == ("期限", "No.・作業", "対象期間", "団体", "担当区分", "周期", "開始", "件数", "状態")
    assert sum(row[7] for row in rows[4:]) == 5 * 12 + 2 * 12 + 2 * 11 + 2
    own = next(row for row in rows[4:] if row[1].startswith("No.28") and row[0].date() == date(2026, 11, 5))
    assert own[2:6] == ("令和8年12月", "共通", "△ 関連担当", "月次") and own[8] == "超過"


def test_the_years_to_choose_from(get, cast):
    html = get(cast.sato)
    found = re.findall(r'<a href="(/year/\d+/)"(?: aria-current="true")?>(令和\d+年度)</a>', html)
    assert found == [("/year/2027/", "令和9年度"), ("/year/2026/", "令和8年度")]
    assert "令和3年度" in get(cast.sato, "/year/2021/")
    assert sum(heat(get(cast.sato, "/year/2021/"))[0].values()) == 0


def test_statements(get, client, cast, django_assert_max_num_queries):
    for person in (cast.morishita, cast.ono, cast.sato):
        get(person)
        with django_assert_max_num_queries(10):
            client.get(URL)
    plan_of_events(cast)
    generate(at(0, 5))
    for person in (cast.morishita, cast.ono, cast.sato):
        get(person)
        with django_assert_max_num_queries(10):
            client.get(URL)
        with django_assert_max_num_queries(10):
            client.get(URL, {"view": "list", "team": "operations", "organization": "union"})


def test_before_there_is_a_matrix(client, cast, time_machine):
    time_machine.move_to(at(), tick=False)
    client.force_login(cast.sato)
    for path in (URL, f"{URL}?view=list"):
        page = client.get(path)
        assert page.status_code == 200
    assert "この条件の予定はありません。" in page.content.decode()


@pytest.mark.parametrize("year", [0, 1, 1900, 2200, 99999999999999999999])
def test_a_year_out_of_all_reason(client, edition, cast, time_machine, year):
    time_machine.move_to(at(), tick=False)
    client.force_login(cast.sato)
    assert client.get(f"/year/{year}/").status_code == 404


def test_this_year(client, edition, cast, time_machine):
    time_machine.move_to(at(), tick=False)
    client.force_login(cast.sato)
    assert client.get(reverse("tasks:year_now")).url == "/year/2026/"
    assert '<a href="/year/" aria-current="true">年間予定</a>' in client.get(URL).content.decode()


@pytest.mark.parametrize("path", ["/year/", URL])
def test_doors(client, edition, cast, path):
    assert client.get(path).status_code == 302
    client.force_login(cast.kubo)
    assert client.get(path).status_code == 403
    client.force_login(cast.sato)
    assert client.post(path).status_code == 405
