"""What is done in the grid of a draft: nothing is saved but by 保存する, and nothing typed is lost."""

import json

import pytest

from opsdesk.audit.models import Event
from raci import drafting
from raci.content import rows_of
from raci.models import Edition
from tests.make import at
from tests.tasks.grids import fields, keys, row, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]
URL = "/editions/2/grid/"


@pytest.fixture
def draft(edition, cast, time_machine):
    time_machine.move_to(at(10), tick=False)
    return drafting.revise(edition, by=cast.morishita, at=at(9))


@pytest.fixture
def page(client, cast, draft):
    """The page of the draft with all rows, as morishita sees it."""
    client.force_login(cast.morishita)
    return client.get("/editions/2/?rows=all").content.decode()


@pytest.fixture
def act(client, cast, draft):
    """act(page, what, **typed) → the page that answers."""

    def send(page, what, status=200, **typed):
        data = {**fields(page), **{name.replace("__", "-"): value for name, value in typed.items()}}
        answer = client.post(URL, {**data, "act": what})
        assert answer.status_code == status, words(answer.content.decode())[:400]
        return answer.content.decode() if status != 302 else ""

    return send


def stored(number=2):
    return {r["key"]: r for r in rows_of(Edition.objects.get(number=number))}


def test_it_works(act, page, draft, cast):
    act(page, "save", 302, **{"c-34-marks-helpdesk": "support", "c-34-marks-operations": "main"})
    assert stored()[34]["marks"] == {"helpdesk": "support", "operations": "main"}
    draft.refresh_from_db()
    assert (draft.version, draft.saved_by) == (1, cast.morishita)
    event = Event.objects.about(draft).filter(code="edition.saved").get()
    assert event.data == {"cells": 2, "rows": [34]}
    assert {k: r for k, r in stored().items() if k != 34} == {k: r for k, r in stored(1).items() if k != 34}


def test_saving_nothing(act, page, draft, client):
    act(page, "save", 302)
    draft.refresh_from_db()
    assert draft.version == 0
    assert "変更はありません" in client.get("/editions/2/").content.decode()


def test_acts_save_nothing_and_keep_what_is_typed(act, page, draft):
    page = act(page, "edit:9", **{"c-34-marks-union": "related", "c-43-cycle": "yearly"})
    assert fields(page)["c-9-work"] == "日常点検の実施" and "未保存" in page
    page = act(page, "show:0", **{"c-9-note": "毎朝", "c-9-work": " 日常点検 "})
    assert keys(page) == [8, 9, 10, 33, 34, 35, 42, 43, 44]
    page = act(page, "edit:9")
    assert "c-9-note" not in fields(page)  # folded, and not forgotten
    draft.refresh_from_db()
    assert draft.version == 0 and stored() == stored(1)
    act(page, "save", 302)
    after = stored()
    assert (after[9]["note"], after[9]["work"]) == ("毎朝", " 日常点検 ")
    assert after[34]["marks"]["union"] == "related"
    assert after[43]["cycle"] == "yearly" and "schedule" not in after[43]


def test_a_new_row(act, page, draft):
    page = act(page, "below:60")
    assert keys(page)[-1] == -1 and fields(page)["c--1-number"] == "61"
    assert 'data-focus-on="c--1-work"' in page and 'data-say="No.61 の行を追加しました。"' in page
    page = act(page, "above:34")
    assert "保存後に設定" in row(page, -2)
    typed = {"c--1-work": "バックアップ取得の確認", "c--1-cycle": "daily", "c--1-marks-hwnw": "main"}
    page = act(page, "retire:-2", **typed)
    assert -2 not in keys(page)
    act(page, "save", 302)
    new = stored()[61]
    assert (new["number"], new["work"], new["cycle"]) == (61, "バックアップ取得の確認", "daily")
    assert (new["marks"], new["schedule"], new["section"]) == ({"hwnw": "main"}, {}, "")


def test_two_new_rows_get_keys_of_their_own(act, page):
    page = act(act(page, "below"), "below")
    act(page, "save", 302, **{"c--1-work": "一つめ", "c--2-work": "二つめ"})
    assert [(k, r["work"]) for k, r in stored().items() if k > 60] == [(61, "一つめ"), (62, "二つめ")]


def test_rows_are_moved_retired_and_renumbered(act, page):
    page = act(act(act(page, "up:34"), "retire:2"), "renumber")
    assert "− 廃止" in row(page, 2)
    page = act(act(page, "retire:3"), "restore:3")
    act(page, "save", 302)
    rows = list(stored().values())
    assert [r["number"] for r in rows] == list(range(1, 60))
    assert [r["key"] for r in rows][31:33] == [34, 33] and 2 not in stored()
    assert (stored()[3]["category"], stored()[3]["number"]) == ("運用", 2)
    assert stored()[35]["section"] == "業務処理(構成団体出力)"


def test_what_cannot_be_stored_is_refused_and_stays(act, page, draft):
    page = act(page, "edit:9")
    page = act(page, "save", 422, **{"c-9-number": "八", "c-9-work": " ", "c-34-marks-union": "main"})
    assert "エラー: " in page and "No.八 作業内容を入力してください。" in words(page)
    assert 'href="#c-9-work"' in page and 'id="c-9-work-e"' in page
    assert fields(page)["c-9-number"] == "八" and fields(page)["c-34-marks-union"] == "main"
    draft.refresh_from_db()
    assert draft.version == 0
    page = act(page, "save", 422, **{"c-9-number": "8", "c-9-work": "点検"})
    assert "No. が重なっています" in page


def test_gaps_open(act, page):
    page = act(page, "show:0", **{"c-34-marks-union": "main"})
    assert keys(page) == [33, 34, 35]
    page = act(page, "open:36")
    assert keys(page) == [33, 34, 35, *range(36, 61)]
    assert keys(act(page, "show:1")) == list(range(1, 61))


def test_a_block_is_pasted(act, page):
    page = act(page, "paste:34", paste="○\t◎\nx\t〇\n", paste_column="marks.helpdesk")
    found = fields(page)
    assert (found["c-34-marks-helpdesk"], found["c-34-marks-operations"]) == ("support", "main")
    assert (found["c-35-marks-helpdesk"], found["c-35-marks-operations"]) == ("main", "support")
    assert "No.35 ヘルプデスク: 「x」は ◎ ○ △ 空白 のどれでもありません。" in words(page)
    assert 'href="#c-35-marks-helpdesk"' in page and 'aria-describedby="c-35-marks-helpdesk-e"' in page
    act(page, "save", 302)
    assert stored()[34]["marks"] == {"helpdesk": "support", "operations": "main"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"paste": "◎", "paste_number": "99"}, "貼り付けを始める行の No. を入力してください。"),
        ({"paste": "x\n" * 1001, "paste_number": "1", "paste_column": "work"}, "貼り付けは1000行までです。"),
    ],
)
def test_a_block_that_begins_nowhere(act, page, typed, sentence):
    page = act(page, "paste", **typed)
    assert sentence in page and typed["paste"][:20] in page


def test_without_scripts_a_block_is_pasted_by_number(act, page):
    page = act(page, "paste", paste="◎", paste_number="35", paste_column="marks.operations")
    assert fields(page)["c-35-marks-operations"] == "main"
    assert "週次" in act(page, "paste", paste="週次\t", paste_number="35", paste_column="cycle")
    assert "No. は1から" in act(page, "paste", paste="x", paste_number="35", paste_column="nothing")


def test_htmx_gets_the_grid_alone(client, page, draft):
    answer = client.post(URL, {**fields(page), "act": "edit:9"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert text.lstrip().startswith("<form") and "<html" not in text and "c-9-work" in text


# --- two people at once -----------------------------------------------------------------------------------


def test_a_stale_form_is_laid_over_what_the_other_saved(act, page, draft, cast):
    rows = rows_of(draft)
    rows[33]["marks"] = {"package": "main"}
    rows[8]["note"] = "毎朝"
    rows.append({**rows[59], "key": 0, "number": 61, "work": "新しい監視", "followups": []})
    drafting.save(draft, [r for r in rows if r["key"] != 60], by=cast.miura, at=at(9, 55))
    typed = {"c-34-marks-package": "support", "c-9-marks-union": "support", "c-60-marks-union": "main"}
    page = act(page, "save", 409, **typed)
    text = words(page)
    assert "三浦 健一 が 9:55 に先に保存しました。" in text and "まだ保存していません" in text
    assert "No.34 パッケージ保守: 三浦 健一 は「◎」、あなたは「○」" in text
    assert stored()[34]["marks"] == {"package": "main"}  # nothing is half done
    assert fields(page)["c-34-marks-package"] == "support" and 60 not in keys(page) and 61 in keys(page)
    assert fields(page)["version"] == "1"
    act(page, "save", 302)
    after = stored()
    assert after[34]["marks"] == {"package": "support"}
    assert (after[9]["note"], after[9]["marks"]["union"]) == ("毎朝", "support")
    assert after[61]["work"] == "新しい監視"


def test_a_stale_act_is_told_too(act, page, draft, cast):
    drafting.save(draft, rows_of(draft)[:-1], by=cast.miura, at=at(9, 55))
    page = act(page, "edit:9", 409, **{"c-1-marks-union": "main"})
    assert "先に保存しました" in page and fields(page)["c-1-marks-union"] == "main"


def test_what_was_undone_meanwhile(act, client, page, draft, cast):
    drafting.save(draft, rows_of(draft)[:-1], by=cast.miura, at=at(9, 55))
    page = client.get("/editions/2/?rows=all").content.decode()
    drafting.undo(draft, by=cast.miura, at=at(9, 56))
    page = act(page, "save", 409, **{"c-1-marks-union": "main"})
    act(page, "save", 302)
    assert 60 in stored() and stored()[1]["marks"]["union"] == "main"


# --- hostile forms, doors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    ["", "x", "[]", "{}", "null", '{"rows":[[1]]}', '{"rows":[[9,{"parent":"x"},0]],"view":"","opened":[],'
     '"editing":[],"start":0}', '{"rows":[["a",{},0]],"view":"","opened":[],"editing":[],"start":0}'],
)  # fmt: skip
def test_a_form_that_is_none_of_ours(client, page, draft, state):
    answer = client.post(URL, {**fields(page), "act": "save", "state": state})
    assert answer.status_code == 409 and "画面を開き直してください" in answer.content.decode()
    assert stored() == stored(1)


@pytest.mark.parametrize(
    "name", ["up:99999", "down:x", "retire:0", "open:9999999999999999999", "nothing:1", "edit:"]
)
def test_acts_on_nothing_change_nothing(act, page, name):
    if name.startswith("nothing"):
        act(page, name, 302)
    else:
        assert keys(act(page, name)) == list(range(1, 61))
    assert stored() == stored(1)


def test_rows_that_the_form_leaves_out_stay(client, page, draft):
    state = json.loads(fields(page)["state"])
    state["rows"] = state["rows"][:3] + [[999, {"work": "x"}, False]]
    client.post(URL, {**fields(page), "act": "save", "state": json.dumps(state)})
    assert stored() == stored(1)


def test_doors(client, page, draft, cast):
    for person in (cast.sato, cast.ono):
        client.force_login(person)
        assert client.post(URL, fields(page)).status_code == 403
    client.force_login(cast.kubo)
    assert client.post(URL, {**fields(page), "c-1-marks-union": "main"}).status_code == 302
    assert stored()[1]["marks"]["union"] == "main"
    assert client.get(URL).url == "/editions/2/"
    assert client.post("/editions/9/grid/", fields(page)).status_code == 404
    assert client.put(URL).status_code == 405


def test_what_is_no_draft(client, page, draft, cast):
    drafting.discard(draft, by=cast.miura, at=at(9, 50), reason="やめる")
    assert client.post(URL, {**fields(page), "c-1-marks-union": "main"}).url == "/editions/2/"
    assert client.post("/editions/1/grid/", fields(page)).url == "/editions/1/"
    assert stored()[1]["marks"] == stored(1)[1]["marks"]


def test_a_thousand_rows(client, act, draft, cast):
    rows = rows_of(draft)
    new = [{**rows[8], "key": 1000 + n, "number": 1000 + n, "followups": []} for n in range(940)]
    drafting.save(draft, [*rows, *new], by=cast.morishita, at=at(9, 50))
    client.force_login(cast.morishita)
    page = client.get("/editions/2/?rows=all").content.decode()
    assert len(keys(page)) == 600
    page = act(page, f"open:{1000 + 540}")
    assert keys(page)[0] == 1540 and len(keys(page)) == 400
    act(page, "save", 302, **{"c-1939-marks-union": "main"})
    assert stored()[1939]["marks"]["union"] == "main" and len(stored()) == 1000
