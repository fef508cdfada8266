"""改定履歴: the list of editions."""

import io
from datetime import date

import openpyxl
import pytest

from raci import changes, drafting, editions
from raci.content import rows_of
from tasks.editiontable import EditionTable
from tests.make import at
from tests.tasks.grids import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(client, edition, cast, time_machine):
    time_machine.move_to(at(10), tick=False)

    def ask(person, path="/editions/"):
        client.force_login(person)
        answer = client.get(path)
        assert answer.status_code == 200
        return words(answer.content.decode())

    return ask


def revised(edition, cast, without=60):
    draft = drafting.revise(edition, by=cast.morishita, at=at(8))
    return drafting.save(draft, rows_of(draft)[: without - 1], by=cast.morishita, at=at(9))


def test_it_works(get, edition, cast):
    second = revised(edition, cast)
    editions.publish(second, by=cast.miura, at=at(9, 30), in_force_on=date(2026, 12, 1))
    revised(second, cast, 58)
    text = get(cast.morishita)
    assert "第3版 改定案 — 第2版 廃止 2 森下 由佳 令和8年11月24日 編集する" in text
    assert "第2版 公開 令和8年12月1日 第1版 廃止 1 三浦 健一 令和8年11月24日 開く" in text
    assert "第1版 施行中 令和8年4月1日 — — システム 令和8年3月1日 開く" in text
    assert "改定案を作る" in text
    text = get(cast.sato)
    assert "第3版" not in text and "改定案を作る" not in text and "第2版" in text
    assert "2件" in text


def test_filter_and_xlsx(get, client, edition, cast):
    revised(edition, cast)
    text = get(cast.kubo, "/editions/?state=draft")
    assert "第2版 改定案" in text and "第1版 施行中" not in text
    assert "この条件に合う版はありません" in get(cast.sato, "/editions/?state=draft")
    client.force_login(cast.kubo)
    answer = client.get("/editions/?export=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = [[c.value for c in row] for row in book.active.iter_rows(min_row=4)]
    assert rows[0] == ["版", "状態", "施行日", "元の版", "元の版からの変更", "公開・最終保存"]
    assert rows[1][:2] == ["第2版", "改定案"] and rows[1][4] == "廃止 1"


@pytest.mark.parametrize("size", [2, 12])
def test_few_statements(get, client, edition, cast, django_assert_max_num_queries, size):
    for _ in range(size):
        drafting.revise(edition, by=cast.morishita, at=at(8))
    get(cast.morishita)
    with django_assert_max_num_queries(6):
        client.get("/editions/")
    changes.forget()  # a process that has just begun: the rows of all editions at once
    with django_assert_max_num_queries(11):
        client.get("/editions/")


def test_columns_are_drawn_fast(edition, cast):
    assert EditionTable([], in_force=None, is_drafter=True).stock_columns() == []


def test_wrong_method(client, cast):
    client.force_login(cast.sato)
    assert client.post("/editions/").status_code == 405
