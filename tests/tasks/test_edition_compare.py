"""新旧対照表: any two editions, cell by cell, with the effect of each difference."""

import io
from datetime import date

import openpyxl
import pytest

from raci import drafting, editions
from raci.content import rows_of
from tests.make import at
from tests.tasks.grids import words

pytestmark = pytest.mark.django_db
URL = "/editions/compare/"


@pytest.fixture
def draft(edition, cast, time_machine):
    time_machine.move_to(at(10), tick=False)
    draft = drafting.revise(edition, by=cast.morishita, at=at(9))
    rows = rows_of(draft)
    rows[34]["marks"] = {"operations": "main"}
    rows[40]["note"] = "=1+1"
    return drafting.save(draft, rows[:-1], by=cast.morishita, at=at(9, 30))


@pytest.fixture
def get(client, draft, cast):
    def ask(person, query="?old=1&new=2"):
        client.force_login(person)
        answer = client.get(URL + query)
        assert answer.status_code == 200
        return words(answer.content.decode())

    return ask


def test_it_works(get, cast):
    text = get(cast.morishita)
    assert "第1版(令和8年4月1日 施行) → 第2版(改定案) 変更 3か所 2行 廃止 1" in text
    assert "35 ヘルプデスク ◎ 空白 見えなくなる 35 業務運用 空白 ◎ 受け持つ。入力し、完了にできる" in text
    assert "41 備考 空白 =1+1 表記だけが変わる" in text
    assert "60 廃止する行 ハード障害監視 随時 HW/NW保守 ◎ — 新しい案件では開かなくなる" in text
    assert "承認 確認 作成" in text


def test_without_numbers_the_newest_against_its_base(get, cast):
    assert get(cast.morishita, "") == get(cast.morishita)
    assert "第2版(改定案) → 第1版(令和8年4月1日 施行)" in get(cast.morishita, "?old=2&new=1")
    assert "違いはありません" in get(cast.morishita, "?old=2&new=2")
    assert "第2版" in get(cast.morishita, "?old=x&new=99999999999999999999")


def test_drafts_are_not_there_for_others(get, client, draft, cast):
    for person in (cast.sato, cast.ono):
        assert "第2版" not in get(person) and "比べられる版が二つありません" in get(person)
        assert "比べられる版が二つありません" in get(person, "")
        assert client.get(URL + "?old=1&new=2&export=xlsx")["Content-Type"].startswith("text/html")
    editions.publish(draft, by=cast.miura, at=at(9, 50), in_force_on=date(2026, 12, 1))
    assert "第2版(令和8年12月1日 施行)" in get(cast.ono)


def test_xlsx(client, draft, cast):
    client.force_login(cast.morishita)
    answer = client.get(URL + "?old=1&new=2&export=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = [[c.value for c in row] for row in book.active.iter_rows()]
    assert rows[1][0] == "第1版(令和8年4月1日 施行) → 第2版(改定案)"
    assert rows[3] == ["No.", "欄", "旧 第1版", "新 第2版", "何が変わるか"]
    assert rows[6] == [41, "備考", "空白", "=1+1", "表記だけが変わる"]
    assert book.active.cell(7, 4).data_type == "s"


@pytest.mark.parametrize("size", [60, 500])
def test_few_statements(get, client, draft, cast, django_assert_max_num_queries, size):
    if size > 60:
        rows = rows_of(draft)
        new = [{**rows[8], "key": 1000 + n, "number": 1000 + n, "followups": []} for n in range(size)]
        drafting.save(draft, [*rows, *new], by=cast.morishita, at=at(9, 50))
    client.force_login(cast.morishita)
    with django_assert_max_num_queries(12):
        client.get(URL + "?old=1&new=2")


def test_an_empty_installation(client, cast):
    client.force_login(cast.sato)
    assert client.get(URL).status_code == 200
    assert client.post(URL).status_code == 405
