"""The fields of a duty: their list, each one's form, and what names them elsewhere."""

import re

import pytest

from raci import drafting
from raci.content import rows_of
from raci.models import Edition
from tests.make import at
from tests.sent import sent

HOME = "/editions/2/duties"
pytestmark = pytest.mark.once


@pytest.fixture
def desk(client, edition, cast, time_machine):
    time_machine.move_to(at(9), tick=False)
    drafting.revise(edition, by=cast.morishita, at=at())
    client.force_login(cast.morishita)
    return client


def words_of(response):
    body = response.content.decode()
    main = re.search(r"<main.*</main>", body, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", main.group() if main else body).split())


def row(key):
    return next(r for r in rows_of(Edition.objects.get(number=2)) if r["key"] == key)


def field(key, path):
    top, _dot, column = path.partition(".")
    found = next(f for f in row(key)["fields"] if f["key"] == top)
    return next(c for c in found["columns"] if c["key"] == column) if column else found


def post(client, page, **change):
    data = sent(client.get(page).content.decode())
    for name, value in change.items():
        name = name.replace("__", "-")
        data.pop(name, None)
        if value is not None:
            data[name] = value
    return client.post(page, data)


def act(client, key, verb):
    version = Edition.objects.get(number=2).version
    return client.post(f"{HOME}/{key}/fields/", {"version": version, "act": verb}, follow=True)


def keys(key):
    return [f["key"] for f in row(key)["fields"]]


# --- the list --------------------------------------------------------------------------------------------


def test_it_works(desk):
    words = words_of(desk.get(f"{HOME}/9/fields/"))
    assert "オンラインサービス稼働 選択 OK / NG / 対象なし 完了に必須 NG" in words
    assert "記入する人に見える形 見本です。記入はできません" in words
    page = desk.get(f"{HOME}/29/fields/").content.decode()
    assert 'id="p-f-lines-0-process"' in page and "<fieldset disabled>" in page


def test_fields_are_moved(desk):
    assert "「夜間バッチ結果」を上へ移しました。" in words_of(act(desk, 9, "up:night_batch"))
    assert keys(9)[:2] == ["night_batch", "online"]
    act(desk, 9, "down:night_batch")
    assert keys(9)[:2] == ["online", "night_batch"]
    act(desk, 9, "up:online")
    assert keys(9)[0] == "online"
    act(desk, 29, "down:lines.process")
    assert [c["key"] for c in field(29, "lines")["columns"]][:2] == ["process_on", "process"]


def test_a_field_is_taken_away(desk):
    assert "「典拠」を外しました。" in words_of(act(desk, 11, "drop:source"))
    assert "source" not in keys(11)


@pytest.mark.parametrize(
    ("key", "verb", "sentence"),
    [
        (5, "drop:result", "「差異の内容」: 条件にした項目「result」がありません。"),
        (8, "drop:machines", "「未更新」: 所見で比べる数値の項目「machines」がありません。"),
        (41, "drop:quantity", "専用帳票の授受 「受領数」: 所見で比べる数値の項目「41.quantity」が"),
        (41, "drop:deliver_on", "標準の期限に使う項目「41.deliver_on」がありません。"),
        (29, "drop:lines.process_on", "No.32 バッチ処理起動 「明細」: 列「process_on」が両方の"),
        (29, "drop:lines", "「今月は依頼なし」: 明細の項目「lines」がありません。"),
        (54, "drop:answered_at_once", "条件にした項目「answered_at_once」がありません。"),
    ],
)  # fmt: skip
def test_what_is_named_elsewhere_stays(desk, key, verb, sentence):
    answer = act(desk, key, verb)
    assert answer.status_code == 422
    assert "は外せません。次の設定が使っています。" in words_of(answer)
    assert sentence in words_of(answer)
    assert Edition.objects.get(number=2).version == 0


def test_the_last_column_stays(desk):
    for column in ("event", "ends_on"):
        act(desk, 27, f"drop:lines.{column}")
    assert "明細「明細」に列がありません。" in words_of(act(desk, 27, "drop:lines.starts_on"))


@pytest.mark.parametrize("verb", ["", "up", "up:gone", "burn:online", "drop:lines.x"])
def test_nonsense_changes_nothing(desk, verb):
    assert act(desk, 9, verb).status_code == 409
    assert Edition.objects.get(number=2).version == 0


def test_a_stale_list_is_told(desk, cast):
    draft = Edition.objects.get(number=2)
    drafting.save(draft, rows_of(draft)[:-1], by=cast.miura, at=at())
    answer = desk.post(f"{HOME}/9/fields/", {"version": "0", "act": "drop:online"})
    assert answer.status_code == 409 and "三浦 健一 がこの改定案を先に保存" in words_of(answer)


# --- one field -------------------------------------------------------------------------------------------


def test_a_new_field(desk):
    page = f"{HOME}/9/field/"
    assert post(desk, page, label="室温", kind="text").url == f"{HOME}/9/fields/"
    assert field(9, "item_1") == {"key": "item_1", "label": "室温", "kind": "text"}
    post(desk, page, label="湿度", kind="text", is_required="on", hint="％で")
    assert field(9, "item_2") == {
        **{"key": "item_2", "label": "湿度", "kind": "text"},
        **{"is_required": True, "hint": "％で"},
    }


def test_the_kind_is_changed_before_it_is_saved(desk):
    page = f"{HOME}/9/field/?field=online"
    shown = post(desk, page, kind="number", act="kind", label="応答 時間")
    assert shown.status_code == 200 and Edition.objects.get(number=2).version == 0
    data = sent(shown.content.decode())
    assert data["label"] == ["応答 時間"] and "find-rule" in data and "c-0-value" not in data
    data |= {"find-rule": "gt", "find-more": "３", "unit": "秒"}
    looked = words_of(desk.post(page, data | {"check": "1"}))
    assert "所見 3を超える" in looked and "応答 時間(秒)" in looked
    assert desk.post(page, data).status_code == 302
    assert field(9, "online") == {
        **{"key": "online", "label": "応答 時間", "kind": "number", "is_required": True},
        **{"finding": {"gt": 3}, "options": {"unit": "秒"}},
    }


def test_choices_are_added_moved_and_marked(desk):
    page = f"{HOME}/9/field/?field=online"
    data = sent(desk.get(page).content.decode())
    data |= {"c-3-value": "未確認", "c-3-is_found": "on", "c-3-is_skip": "on", "c-3-named_by": "hwnw"}
    data = sent(desk.post(page, data | {"act": "up-c-3"}).content.decode())
    assert (data["c-2-value"], data["c-3-value"]) == (["未確認"], ["対象なし"])
    data = sent(desk.post(page, data | {"act": "add-c"}).content.decode())
    assert "c-5-value" in data
    assert desk.post(page, data).status_code == 302
    found = field(9, "online")
    assert found["choices"] == ["OK", "NG", "未確認", "対象なし"]
    assert found["finding"] == {"in": ["NG", "未確認"]}
    assert found["options"] == {"skips": ["未確認"], "named_by": {"未確認": "hwnw"}}
    assert "未確認 はHW/NW保守が決める" in words_of(desk.get(page))


def test_a_choice_that_a_condition_names_stays(desk):
    answer = post(desk, f"{HOME}/47/field/?field=result", c__1__value="だめ")
    assert answer.status_code == 422
    assert "「コメント」: 「確認結果」に選択肢「NG」がありません。" in words_of(answer)
    assert 'value="だめ"' in answer.content.decode()


def test_required_if_an_answer(desk):
    page = f"{HOME}/9/field/"
    assert "「オンラインサービス稼働」が NG" in words_of(desk.get(page))
    post(desk, page, label="理由", kind="text", multiline="on", required_if=["online=NG", "backup=NG"])
    assert field(9, "item_1")["required_if"] == {"online": ["NG"], "backup": ["NG"]}
    words = words_of(desk.get(f"{HOME}/9/fields/"))
    assert "「オンラインサービス稼働」が NG または 「バックアップ結果」が NG なら必須" in words


def test_lines_and_their_columns(desk):
    new, column = f"{HOME}/9/field/", f"{HOME}/9/field/?in=item_1"
    data = sent(desk.post(new, {"kind": "lines", "act": "kind", "version": "0"}).content.decode())
    desk.post(new, data | {"label": "異常の一覧"})
    assert field(9, "item_1")["columns"] == [{"key": "item_1", "label": "内容", "kind": "text"}]
    answer = post(desk, column, label="発生日", kind="date")
    assert answer.url == f"{HOME}/9/field/?field=item_1"
    data = sent(desk.get(column).content.decode())
    data = sent(desk.post(column, data | {"kind": "date", "act": "kind"}).content.decode())
    data |= {"label": "回復日", "not_before": "item_2", "business_day": "on"}
    assert desk.post(column, data).status_code == 302
    assert field(9, "item_1.item_3") == {
        **{"key": "item_3", "label": "回復日", "kind": "date"},
        "options": {"not_before": "item_2", "business_day": True},
    }
    words = words_of(desk.get(f"{HOME}/9/field/?field=item_1"))
    assert "明細の列" in words and "開庁日、「発生日」以降" in words


def test_lines_that_begin_with_others(desk):
    page = f"{HOME}/33/field/?field=lines"
    post(desk, page, pre__source="29.lines", pre__columns=["process"], pre__settled_by="30")
    assert field(33, "lines")["options"] == {
        "prefill": {"key": 29, "field": "lines", "columns": ["process"], "settled_by": 30}
    }
    refused = post(desk, page, pre__columns=["end_state"])
    assert refused.status_code == 422
    assert "列「end_state」が両方の明細にありません。" in words_of(refused)
    assert "写す列を選んでください。" in words_of(post(desk, page, pre__columns=None))
    post(desk, page, pre__source="")
    assert "options" not in field(33, "lines")


def test_a_number_against_another(desk):
    page = f"{HOME}/4/field/?field=failed"
    post(
        desk,
        page,
        find__rule="over_percent_of",
        find__other="planned",
        find__limit_by="fixed",
        find__limit="10",
    )
    assert field(4, "failed")["finding"] == {"over_percent_of": "planned", "limit": 10}
    post(desk, page, find__rule="ne", find__other="applied")
    assert field(4, "failed")["finding"] == {"ne": "applied"}
    post(desk, page, find__rule="")
    assert "finding" not in field(4, "failed")


def test_who_fills_in_and_sees(desk):
    page = f"{HOME}/37/field/?field=reason"
    post(desk, page, filled_by=["union"], restricted_to=["union", "operations"], shows="36", default="調整")
    assert field(37, "reason")["options"] == {
        **{"multiline": True, "filled_by": ["union"], "restricted_to": ["union", "operations"]},
        **{"shows": 36, "default": "調整"},
    }
    post(desk, f"{HOME}/23/field/?field=data", signer="member")
    assert field(23, "data")["signer"] == "member"


@pytest.mark.parametrize(
    ("key", "path", "change", "sentence"),
    [
        (9, "online", {"label": ""}, "項目名: 入力してください。"),
        (9, "online", {"label": "　"}, "項目名: 入力してください。"),
        (9, "online", {"label": "あ" * 101}, "100文字までにしてください。"),
        (9, "online", {"hint": "あ" * 201}, "200文字までにしてください。"),
        (9, "online", {"kind": "x"}, "種類: 選び直してください。"),
        (9, "online", {"c__0__value": "NG"}, "「NG」が二つあります。"),
        (9, "online", {"c__0__value": "", "c__1__value": "", "c__2__value": ""}, "選択肢を一つ以上書くか、"),
        (9, "online", {"shows": "999"}, "並べて表示する業務: 選び直してください。"),
        (4, "failed", {"find__more": ""}, "この数を超えたら: 数字を入力してください。"),
        (4, "failed", {"find__rule": "ne"}, "比べる数の項目を選んでください。"),
        (
            4, "failed",
            {"find__rule": "over_percent_of", "find__other": "planned", "find__limit_by": "fixed"},
            "割合を入力してください。",
        ),
        (29, "lines.deliver_on", {"kind": "file"}, "種類: 選び直してください。"),
        (29, "lines.process_on", {"kind": "text"}, "「納品日」: 日付の項目「process_on」がありません。"),
        (8, "updated", {"kind": "text"}, "「総台数」: 合計する数値の項目「updated」がありません。"),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be(desk, key, path, change, sentence):
    answer = post(desk, f"{HOME}/{key}/field/?field={path}", **change)
    assert answer.status_code == 422 and sentence in words_of(answer), words_of(answer)[:600]
    assert Edition.objects.get(number=2).version == 0


@pytest.mark.parametrize("query", ["field=gone", "in=gone", "in=online", "field=lines.x", "field=online.x"])
def test_what_does_not_exist(desk, query):
    assert desk.get(f"{HOME}/9/field/?{query}").status_code == 404


@pytest.mark.parametrize("page", ["9/fields/", "29/field/?field=lines", "9/field/"])
def test_every_form_carries_its_token(desk, page):
    html = desk.get(f"{HOME}/{page}").content.decode()
    forms = re.findall(r'<form [^>]*method="post".*?</form>', html, re.S)
    assert forms and all("csrfmiddlewaretoken" in form for form in forms)
