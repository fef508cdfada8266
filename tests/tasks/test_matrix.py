"""The matrix page."""

import re
from datetime import date

import pytest
from django.urls import reverse

from raci.confirmations import confirm
from raci.models import Edition
from tests.make import at, duty, make_task

URL = "/matrix/"


@pytest.fixture
def get(client, edition, time_machine):
    """get(person, **query) → the page's text at TODAY 9:00."""
    time_machine.move_to(at(9), tick=False)

    def ask(person, **query):
        client.force_login(person)
        response = client.get(URL, query)
        assert response.status_code == 200
        return response.content.decode()

    return ask


def rows(html):
    """Row numbers in the order of the page."""
    return [int(n) for n in re.findall(r'<tr id="n(\d+)"', html)]


def cell(html, number, name):
    """The text of one cell of one row."""
    row = re.search(rf'<tr id="n{number}".*?</tr>', html, re.S).group()
    found = re.search(rf'<td class="{name}[^"]*">(.*?)</td>', row, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split())


def test_it_works(get, cast):
    html = get(cast.sato)
    assert rows(html) == list(range(1, 61))
    assert html.count("<h1") == 1
    assert "第1版(令和8年4月1日 施行)" in html
    assert "業務運用の主担当 25行・担当 35行" in html
    assert "HW/NW保守の主担当 12行・担当 14行" in html
    assert cell(html, 7, "c-note") == "運用系業務システム構成化対応業務受託事業費"
    assert cell(html, 16, "c-operations") == "◎"
    assert cell(html, 16, "c-helpdesk") == ""


def test_who_can_confirm_sees_how_many_schedules_are_unconfirmed(get, cast):
    assert "未確認の周期設定 19件" in get(cast.morishita) and "未確認の周期設定 19件" in get(cast.kubo)
    assert "未確認の周期設定" not in get(cast.sato)
    confirm(duty(1), by=cast.morishita, at=at(8))
    confirm(duty(2), by=cast.morishita, at=at(8))  # on demand: no schedule
    assert "未確認の周期設定 18件" in get(cast.morishita)


def test_it_is_the_sheet(get, cast):
    html = get(cast.sato)
    assert [int(n) for n in re.findall(r'class="c-big" rowspan="(\d+)"><', html)] == [1, 25, 17, 10, 3, 4]
    assert '<span class="ib">業務処理</span><span class="ib">(年次・月次・随時)</span>' in html
    assert [int(n) for n in re.findall(r'<tr id="n(\d+)" class="hd', html)] == [6, 10, 17]
    assert html.count('class="c-work ind"') == 12
    assert html.count('<span class="mark mark-p" role="img" aria-label="主担当">◎</span></td>') == 70
    assert html.count('aria-label="支援担当">○</span></td>') == 37
    assert html.count('aria-label="関連担当">△</span></td>') == 17
    assert "委託ベンダ" in html and 'colspan="4"' in html
    assert "ヘルプ<br>デスク" in html and "業務運用</th>" in html


@pytest.mark.parametrize("who", ["sato", "ono", "morishita", "kubo"])
def test_everybody_reads_it(get, cast, who):
    assert rows(get(getattr(cast, who))) == list(range(1, 61))


def test_strangers_sign_in_first(client, edition):
    assert client.get(URL).status_code == 302


def test_only_get(client, edition, cast):
    client.force_login(cast.sato)
    assert client.post(URL).status_code == 405


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"cycle": "daily"}, [7, 8, 9]),
        ({"cycle": ["daily", "as_needed"]}, [7, 8, 9, 13, 14, 15]),
        ({"role": "helpdesk", "mark": "related"}, [44, 45]),
        ({"role": "", "mark": "related", "cycle": "monthly"}, [1, 28]),
        ({"q": "依頼書"}, [29, 30]),
        ({"q": "帳票管理", "role": "operations", "mark": "main"}, [40, 41, 42, 43]),
        ({"q": "ありえない語"}, []),
        ({"cycle": "weekly", "mark": "x", "state": "y", "role": "z"}, list(range(1, 61))),
    ],
)
def test_filters_stand_in_the_url(get, cast, query, expected):
    html = get(cast.sato, **query)
    assert rows(html) == expected
    if 0 < len(expected) < 60:
        assert f"60行のうち {len(expected)}行を表示しています。" in html
        assert html.count('rowspan="1"') == 2 * len(expected)


def test_nothing_found_says_what_to_do(get, cast):
    assert "条件に合う行がありません" in get(cast.sato, q="ありえない語")


def test_the_own_role_is_emphasised(get, cast):
    assert re.search(r'id="r-operations" value="operations" checked', get(cast.sato))
    assert re.search(r'id="r-member" value="member" checked', get(cast.ono))
    assert re.search(r'id="r-none" value="" checked', get(cast.kubo))
    assert re.search(r'id="r-hwnw" value="hwnw" checked', get(cast.sato, role="hwnw"))


def test_this_periods_state(get, cast):
    make_task(9)
    make_task(7, state="done", done_on=at().date(), closed_at=at(), closed_by=cast.sato)
    html = get(cast.sato)
    assert (cell(html, 9, "c-st x"), cell(html, 9, "c-st2")) == ("今日 17:15", "未着手")
    assert (cell(html, 7, "c-st x"), cell(html, 7, "c-st2")) == ("毎開庁日", "本日完了")
    assert (cell(html, 1, "c-st x"), cell(html, 1, "c-st2")) == ("11/25(水)", "開始前")
    assert (cell(html, 2, "c-st x"), cell(html, 2, "c-st2")) == ("", "")
    assert (cell(html, 8, "c-st x"), cell(html, 8, "c-st2")) == ("", "")  # no mark of 業務運用
    assert f"{reverse('tasks:list')}?duty=9&amp;state=open" in html


def test_on_a_closed_day_nothing_was_done_today(get, cast, time_machine):
    friday = date(2026, 11, 20)
    make_task(7, due_on=friday, state="done", done_on=friday, closed_at=at(), closed_by=cast.sato)
    time_machine.move_to(at(9, on=date(2026, 11, 22)), tick=False)
    html = get(cast.sato)
    assert (cell(html, 7, "c-st x"), cell(html, 7, "c-st2")) == ("毎開庁日", "完了")


def test_late_and_begun(get, cast):
    make_task(9, due_on=at(on=at().date()).date().replace(day=20))
    make_task(29, cast.shiomi, due_on=at().date().replace(day=30), assignee=cast.ono, period="2026-12")
    make_task(29, cast.kirihara, due_on=at().date().replace(day=30), period="2026-12")
    html = get(cast.sato)
    assert cell(html, 9, "c-st2") == "超過"
    assert (cell(html, 29, "c-st x"), cell(html, 29, "c-st2")) == ("11/30(月)", "0/2 完了")
    assert rows(get(cast.sato, state="overdue")) == [9]
    assert rows(get(cast.sato, state="open")) == [9, 29]
    own = get(cast.ono)
    assert cell(own, 29, "c-st2") == "作業中"
    other = get(cast.makino)
    assert cell(other, 29, "c-st2") == "未着手"


def test_who_is_in_no_team_sees_no_state(get, cast):
    make_task(9)
    html = get(cast.kubo)
    assert "運用状況" not in html and "次の期限" not in html and "今日 17:15" not in html


def test_few_statements(client, edition, cast, time_machine, django_assert_max_num_queries):
    time_machine.move_to(at(9), tick=False)
    make_task(9)
    client.force_login(cast.sato)
    client.get(URL)
    with django_assert_max_num_queries(14):
        client.get(URL)


def test_before_the_first_edition(client, cast):
    client.force_login(cast.sato)
    assert "公開された分担表がありません" in client.get(URL).content.decode()


def test_an_edition_to_come_says_so(get, cast, time_machine):
    time_machine.move_to(at(9, on=at().date().replace(month=3)), tick=False)
    assert Edition.objects.in_force(at().date().replace(month=3)).first() is None
    assert "この版は 令和8年4月1日 から施行されます。" in get(cast.kubo)


def test_no_style_and_no_script_in_the_page(get, cast):
    html = get(cast.morishita)
    assert " style=" not in html and "<style" not in html and not re.search(r"\son\w+=", html)
