"""月間予定: what is due and what opens on each day of a month."""

import re
from datetime import date
from html import unescape

import pytest
from openpyxl import load_workbook

from opsdesk.accounts.models import Organization
from opsdesk.calendar.models import ClosedDay
from tasks.generation import generate
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
URL = "/month/2026-12/"


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


def days(html):
    """{day of the month: its text, blanks made one}."""
    found = re.findall(r'<td id="d-(\d+)"[^>]*>(.*?)</td>', html, re.S)
    return {int(n): " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split()) for n, text in found}


def test_it_works(get, cast):
    found = days(get(cast.sato))
    assert list(found) == list(range(1, 32))
    assert found[1].startswith(
        "1日(火) 開始 1 ASP月次スケジュール作成 開始 27 年間イベント計画・立案 開始 28"
    )
    assert found[1].endswith("日次 2件 予定")
    assert found[2] == "2日(水) 33 処理監視、結果報告 予定 日次 2件 予定"
    assert "29 オペレーション依頼書 予定 0/3件" in found[11]
    assert found[5] == "5日(土) 閉庁日 土曜日" and found[29] == "29日(火) 閉庁日 年末年始"


def test_the_week_begins_on_sunday(get, cast):
    html = get(cast.sato)
    heads = re.findall(r'<th scope="col">(.)</th>', html)
    assert "".join(heads) == "日月火水木金土"
    first = re.search(r"<tbody>\s*<tr>(.*?)</tr>", html, re.S)[1]
    assert first.count('<td class="o">') == 2 and 'id="d-01"' in first  # 1 December is a Tuesday
    assert html.count("<td ") % 7 == 0


def test_closed_days_are_named(get, cast):
    ClosedDay.objects.create(on=date(2026, 11, 27), organization=None, name="庁舎停電")
    found = days(get(cast.ono, "/month/2026-11/"))
    assert found[23].startswith("23日(月) 閉庁日 勤労感謝の日")
    assert found[27].startswith("27日(金) 閉庁日 庁舎停電")
    assert found[24].startswith("24日(火) 今日")


def test_tasks_and_what_is_still_to_come(get, cast):
    generate(at(0, 5))
    html = get(cast.sato, "/month/2026-11/")
    found = days(html)
    assert "31 オペレーション処理スケジュール確認 未着手" in found[30]
    assert "日次 0/2件 未着手" in found[24] and found[25].endswith("日次 2件 予定")
    assert "超過" in found[5]
    assert "開始 33 処理監視、結果報告" in found[2]  # due in December
    row = re.search(r'id="d-30".*?</td>', html, re.S)[0]
    url = unescape(re.search(r'href="([^"]+)">オペレーション処理', row)[1])
    assert url == "/tasks/?state=any&duty=31&due_from=2026-11-30&due_to=2026-11-30"
    later = re.search(r'id="d-17".*?</td>', get(cast.sato), re.S)[0]
    assert "依頼書取りまとめ" in later and "<a " not in later


def test_a_town_sees_its_own_and_what_is_common(get, cast):
    for page in (get(cast.ono), get(cast.ono, view="list")):
        assert "桐原市" not in page and "バッチ処理起動" not in page
    found = days(get(cast.ono))
    assert "29 オペレーション依頼書 予定" in found[11] and "3件" not in found[11]
    assert found[28] == "28日(月) 日次 2件 予定"


def test_nothing_of_others(get, cast):
    found = days(get(cast.yamaguchi))
    assert "33 " not in found[2] and "35 処理監視 予定" in found[2]
    assert "日次" not in "".join(found.values())
    assert not any(re.search(r"\d 件|予定", text) for text in days(get(cast.ishii)).values())


def test_a_service_stop_is_shown_as_it_was_written(get, cast):
    text = "12/13(日) 終日\n<b>サーバ更新</b>"
    task = make_task(
        1, period_on=date(2026, 12, 1), due_on=date(2026, 11, 25), answers={"planned_stops": text}
    )
    html = get(cast.ono)
    assert "12/13(日) 終日<br>&lt;b&gt;サーバ更新&lt;/b&gt;" in html
    assert f'href="/tasks/{task.pk}/">No.1 の作業を開く' in html
    assert "サーバ更新" not in get(cast.ono, "/month/2026-11/")
    assert "サーバ更新" not in get(cast.yamaguchi)  # no mark on No.1


def test_clashes_of_the_month(get, cast):
    lines = [{"process": "国保", "process_on": "2026-12-31", "deliver_on": "2026-12-31"}]
    make_task(29, cast.shiomi, period_on=date(2026, 12, 1), due_on=TODAY, answers={"lines": lines})
    html = get(cast.ono)
    assert "明細1「国保」の処理日 12/31(木) は閉庁日(年末年始)です。" in html
    assert "明細1「国保」の納品日 12/31(木) は閉庁日(年末年始)です。" in html
    assert "閉庁日に重なる予定" not in get(cast.makino)
    assert "閉庁日に重なる予定" not in get(cast.ono, "/month/2027-01/")


def test_a_planned_day_on_a_closed_day(get, cast, edition):
    """A rule that leaves a closed day as it is: 30 January 2027 is a Saturday."""
    from raci import drafting, editions
    from raci.content import rows_of

    rows = rows_of(edition)
    row = next(row for row in rows if row["number"] == 32)
    row["schedule"] = {**row["schedule"], "due_by": "day", "due_n": 30, "due_move": "as_is"}
    draft = drafting.revise(edition, by=cast.morishita, at=at(), rows=rows)
    editions.publish(draft, by=cast.miura, at=at(), in_force_on=date(2026, 12, 1))
    html = get(cast.sato, "/month/2027-01/")
    assert "No.32 バッチ処理起動: 期限 1/30(土) は閉庁日(土曜日)です。" in html


def test_the_list(get, cast):
    html = get(cast.sato, view="list")
    assert html.count('<tr class="to-come">') == 8
    assert "年末" not in html


def test_months_beside_and_the_year_around(get, cast):
    html = get(cast.sato, team="operations")
    for path in ("/month/2026-11/", "/month/2027-01/", "/year/2026/"):
        assert f'href="{path}?team=operations"' in html
    assert 'href="/month/2027-03/"' in get(cast.sato, "/month/2027-04/")
    assert 'href="/year/2027/"' in get(cast.sato, "/month/2027-04/")


def test_xlsx(get, client, cast, tmp_path):
    client.force_login(cast.sato)
    response = client.get(URL, {"export": "xlsx"})
    file = tmp_path / "plan.xlsx"
    file.write_bytes(b"".join(response.streaming_content))
    rows = list(load_workbook(file).active.iter_rows(values_only=True))
    assert rows[0][0] == "月間予定 令和8年12月"
    assert sum(row[7] for row in rows[4:]) == 8 + 2  # 29 of three towns


def test_statements(get, client, cast, django_assert_max_num_queries):
    for filled in (False, True):
        if filled:
            generate(at(0, 5))
        for person in (cast.morishita, cast.ono, cast.sato):
            for path in (URL, "/month/2026-11/"):
                get(person, path)
                with django_assert_max_num_queries(10):
                    client.get(path)


def test_before_operation_started(get, cast):
    Organization.objects.filter(kind="union").update(operation_starts_on=date(2026, 12, 10))
    found = days(get(cast.sato))
    assert found[2] == "2日(水)" and found[9] == "9日(水)"
    assert "開始 28" not in found[1]
    assert "開始 27 年間イベント計画・立案" in found[10]  # what opens before opens on that day


@pytest.mark.parametrize("month", ["2026-13", "x", "2026-1", "1800-01", "2026-12-01", "９"])
def test_no_such_month(client, edition, cast, time_machine, month):
    time_machine.move_to(at(), tick=False)
    client.force_login(cast.sato)
    assert client.get(f"/month/{month}/").status_code == 404


def test_doors(client, edition, cast):
    assert client.get(URL).status_code == 302
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 403
    client.force_login(cast.sato)
    assert client.post(URL).status_code == 405
