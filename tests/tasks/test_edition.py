"""The page of one edition: a draft to work in, a published one to read."""

from datetime import date

import pytest

from raci import drafting, editions
from raci.content import rows_of
from raci.models import Edition
from tests.make import at
from tests.tasks.grids import fields, keys, row, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(edition, cast, time_machine):
    time_machine.move_to(at(10), tick=False)
    return drafting.revise(edition, by=cast.morishita, at=at(9))


@pytest.fixture
def get(client, cast):
    def ask(person, path="/editions/2/", status=200):
        client.force_login(person)
        response = client.get(path)
        assert response.status_code == status, path
        return response.content.decode()

    return ask


def change(draft, by, **cells):
    """Save these marks ("key_role": mark) and cells."""
    rows = rows_of(draft)
    for name, value in cells.items():
        key, column = name.removeprefix("k").split("_", 1)
        found = next(r for r in rows if r["key"] == int(key))
        if column in found:
            found[column] = value
        else:
            found["marks"] = {r: m for r, m in {**found["marks"], column: value}.items() if m}
    return drafting.save(draft, rows, by=by, at=at(9, 55))


def test_it_works(get, draft, cast):
    change(draft, cast.morishita, k34_helpdesk="support", k41_union="support")
    page = get(cast.morishita)
    text = words(page)
    assert "改定案 第2版 下書き 第1版(令和8年4月1日)から作成 変更 2か所 2行" in text
    assert "最終保存 11/24(火) 9:55 森下 由佳" in text
    assert keys(page) == [33, 34, 35, 40, 41, 42]
    assert "全60行のうち変更のある行とその前後" in text and "表示していない 32行を表示" in text
    assert "バッチ処理起動 ◎なし" in row(page, 34) and "◎→" in row(page, 34)
    assert "第1開庁日 → 最終開庁日" in row(page, 34) and 'href="/editions/2/duties/34/"' in page
    assert "確認あり" in row(page, 40)
    assert "公開を妨げるもの 1件 No.34 バッチ処理起動 主担当(◎)がないため、誰も完了にできません。" in text
    assert "34 ヘルプデスク ◎ ○ 閉じられるチームがない" in text
    assert "公開できる人 三浦 健一" in text
    assert fields(page)["c-34-marks-helpdesk"] == "support"


def test_all_rows_and_one_to_edit(get, draft, cast):
    page = get(cast.morishita)
    assert keys(page) == list(range(1, 61))  # nothing changed yet: all are shown
    assert "変更なし" in words(page)
    assert keys(get(cast.morishita, "/editions/2/?rows=changed")) == []
    page = get(cast.morishita, "/editions/2/?rows=changed&edit=9")
    assert keys(page) == [9] and fields(page)["c-9-work"] == "日常点検の実施"
    assert keys(get(cast.morishita, "/editions/2/?rows=x&edit=999999999999999999999")) == list(range(1, 61))


def test_lint_leads_to_its_row(get, draft, cast):
    change(draft, cast.morishita, k11_cycle="", k1_note="x")
    page = get(cast.morishita, "/editions/2/?rows=all")
    assert 'href="#r11">No.11 外字' in page and "周期がありません" in page


def test_who_may_publish_and_why_not(get, draft, cast):
    assert "公開の確認へ進む" not in get(cast.morishita)
    assert 'formaction="/editions/2/publish/">公開の確認へ進む' in get(cast.miura)
    change(draft, cast.miura, k34_helpdesk="support")
    page = get(cast.miura)
    assert "No.34 を直すと公開できます" in page and 'disabled aria-describedby="why"' in page
    cast.morishita.can_publish_matrix = True
    cast.morishita.save(update_fields=["can_publish_matrix"])
    change(draft, cast.miura, k34_helpdesk="main")
    assert "最後に保存した人は公開できません" in get(cast.miura)
    assert "最後に保存した人は公開できません" not in get(cast.morishita)


def test_a_published_edition_is_read(get, draft, cast):
    change(draft, cast.morishita, k35_helpdesk="", k35_operations="main")
    editions.publish(draft, by=cast.miura, at=at(9, 58), in_force_on=date(2026, 12, 1))
    for person in (cast.sato, cast.ono, cast.kubo):
        page = get(person)
        text = words(page)
        assert (
            "第2版 公開" in text
            and "令和8年12月1日 施行" in text
            and "公開 令和8年11月24日 9:58 三浦 健一" in text
        )
        assert "<select" not in page and keys(page) == [34, 35, 36]
        assert "◎→" in row(page, 35) and "空→ ◎" in row(page, 35)
        assert "35 ヘルプデスク ◎ 空白 見えなくなる" in text
        assert "公開しました（令和8年12月1日施行）" in text
    assert "取り下げる" in get(cast.miura) and "取り下げる" not in get(cast.morishita)
    assert "この版から改定案を作る" in get(cast.morishita) and "改定案を作る" not in get(cast.sato)
    page = get(cast.sato, "/editions/1/")
    assert keys(page) == list(range(1, 61)) and "◎→" not in page


def test_the_matrix_says_what_comes(get, draft, cast, time_machine):
    change(draft, cast.morishita, k35_operations="related")
    assert "から施行されます" not in get(cast.sato, "/matrix/")
    editions.publish(draft, by=cast.miura, at=at(9, 58), in_force_on=date(2026, 12, 1))
    page = get(cast.sato, "/matrix/")
    assert "第2版が 令和8年12月1日 から施行されます。" in page and 'href="/editions/2/"' in page
    assert "改定案を作る" not in page and "改定案を作る" in get(cast.morishita, "/matrix/")
    time_machine.move_to(at(10, on=date(2026, 12, 1)), tick=False)
    page = get(cast.sato, "/matrix/")
    assert "から施行されます" not in page and "第2版(令和8年12月1日 施行)" in page


def test_strangers(get, draft, cast):
    for person in (cast.sato, cast.ono, cast.yamaguchi):
        get(person, status=404)
    get(cast.kubo)
    drafting.discard(draft, by=cast.morishita, at=at(9, 58), reason="作り直す")
    for person in (cast.sato, cast.ono):
        get(person, status=404)
    assert "破棄" in get(cast.morishita)
    get(cast.morishita, "/editions/3/", status=404)
    get(cast.morishita, "/editions/999999999999999999999/", status=404)


def test_wrong_method(client, draft, cast):
    client.force_login(cast.morishita)
    assert client.post("/editions/2/").status_code == 405


def many(draft, count):
    rows = rows_of(draft)
    new = [
        {**rows[8], "key": 1000 + n, "number": 1000 + n, "work": f"作業 {n}", "followups": []}
        for n in range(count - len(rows))
    ]
    return drafting.save(draft, [*rows, *new], by=draft.saved_by, at=at(9, 50))


@pytest.mark.parametrize("size", [60, 1000])
def test_few_statements(get, client, draft, cast, django_assert_max_num_queries, size):
    if size > 60:
        many(draft, size)
    get(cast.morishita)  # the base is kept in the process
    with django_assert_max_num_queries(15):  # 12 of its own, 3 of the lint's facts
        page = client.get("/editions/2/?rows=all").content.decode()
    assert len(keys(page)) == min(size, 600)


def test_a_first_edition_in_an_empty_installation(get, cast, time_machine):
    time_machine.move_to(at(10), tick=False)
    drafting.revise(None, by=cast.morishita, at=at(9))
    text = words(get(cast.morishita, "/editions/1/"))
    assert "改定案 第1版 下書き はじめての版" in text and "行がありません" in text
    assert "行を追加すると公開できます" in words(get(cast.miura, "/editions/1/"))
    assert Edition.objects.get().is_draft
