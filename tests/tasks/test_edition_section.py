"""The form of each section: saved, refused in sentences, only looked at, told when stale."""

import re

import pytest

from raci import drafting
from raci.content import rows_of
from raci.editions import publish, withdraw
from raci.models import Edition
from tests.make import TODAY, at
from tests.sent import sent

HOME = "/editions/2/duties"
pytestmark = pytest.mark.once


@pytest.fixture
def draft(edition, cast, holidays, time_machine):
    time_machine.move_to(at(9), tick=False)
    return drafting.revise(edition, by=cast.morishita, at=at())


@pytest.fixture
def desk(client, draft, cast):
    client.force_login(cast.morishita)
    return client


def words_of(response):
    body = response.content.decode()
    main = re.search(r"<main.*</main>", body, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", main.group() if main else body).split())


def post(client, page, **change):
    """Open the form, change it ({name: value, list, or None: taken away}) and send it."""
    headers = change.pop("headers", {})
    data = sent(client.get(page).content.decode())
    for name, value in change.items():
        name = name.replace("__", "-")
        data.pop(name, None)
        if value is not None:
            data[name] = value
    return client.post(page, data, headers=headers)


def row(number):
    draft = Edition.objects.get(number=2)
    return next(r for r in rows_of(draft) if r["number"] == number)


# --- 周期設定 --------------------------------------------------------------------------------------------


def test_it_works(desk):
    answer = post(desk, f"{HOME}/1/schedule/", due_n="20", due_time="１２：００", due_move="next")
    assert (answer.status_code, answer.url) == (302, f"{HOME}/1/")
    assert row(1)["schedule"] == {
        **{"opens_by": "bd", "opens_n": 1, "opens_month": -1},
        **{"due_by": "day", "due_n": 20, "due_month": -1, "due_move": "next", "due_time": "12:00"},
    }
    assert "周期設定を保存しました。" in words_of(desk.get(answer.url))
    assert "前月20日(閉庁日は次の開庁日)12:00まで" in words_of(desk.get(answer.url))


def test_from_the_end_and_by_the_year(desk):
    post(desk, f"{HOME}/27/schedule/", due_month="-2", due_how="end", due_n="3", opens_month="-11")
    assert row(27)["schedule"]["due_n"] == -3
    words = words_of(desk.get(f"{HOME}/27/"))
    assert "前年度の5月の第1開庁日に開始、前年度の2月の末から3番目の開庁日" in words


def test_a_daily_one(desk):
    post(desk, f"{HOME}/9/schedule/", days="every", due_time="930")
    assert row(9)["schedule"] == {"days": "every", "due_time": "09:30"}


def test_a_new_monthly_duty_has_no_rule_yet(desk, draft, cast):
    rows = rows_of(draft)
    new = {"number": 61, "work": "新しい作業", "cycle": "monthly", "marks": {"hwnw": "main"}}
    drafting.save(draft, [*rows, new], by=cast.morishita, at=at())
    assert "まだ決まっていません" in words_of(desk.get(f"{HOME}/61/schedule/"))
    refused = desk.post(f"{HOME}/61/schedule/", {"version": "1"})
    assert refused.status_code == 422
    assert "開始の月: 選んでください。" in words_of(refused)
    post(desk, f"{HOME}/61/schedule/", opens_n="1", due_how="end", due_n="1")
    assert row(61)["schedule"] == {"opens_by": "bd", "opens_n": 1, "due_by": "bd", "due_n": -1}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"due_n": ""}, "期限の n: 数字を入力してください。"),
        ({"due_n": "x"}, "期限の n: 数字で入力してください。"),
        ({"due_n": "32"}, "期限の n: 1から31までの数字で入力してください。"),
        ({"opens_n": "24"}, "開始の n: 開庁日は1から23までで入力してください。"),
        ({"opens_n": "0"}, "1から31までの数字で入力してください。"),
        ({"due_time": "25:00"}, "期限の時刻: 時刻は 17:15 のように入力してください。"),
        ({"due_time": ""}, "時刻を入力してください。"),
        ({"due_month": "99"}, "期限の月: 選び直してください。"),
        ({"due_how": "x"}, "期限の数え方: 選び直してください。"),
    ],
)
def test_what_cannot_be_is_told_at_the_field(desk, draft, change, sentence):
    answer = post(desk, f"{HOME}/1/schedule/", **change)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    ((name, typed),) = change.items()
    assert sent(answer.content.decode())[name] == [typed] or name in ("due_month", "due_how")
    assert row(1)["schedule"]["due_n"] == 25


def test_looking_saves_nothing(desk, draft):
    answer = post(desk, f"{HOME}/1/schedule/", due_n="10", check="1")
    words = words_of(answer)
    assert answer.status_code == 200 and "前月10日" in words
    assert "令和9年1月 12/1(火) 12/10(木)" in words
    assert row(1)["schedule"]["due_n"] == 25
    look = post(desk, f"{HOME}/1/schedule/", due_n="10", check="1", headers={"HX-Request": "true"})
    assert "<html" not in look.content.decode() and "前月10日" in words_of(look)
    bad = post(desk, f"{HOME}/1/schedule/", due_n="x", check="1", headers={"HX-Request": "true"})
    assert bad.status_code == 200
    assert "前月25日" in words_of(bad) and "入力に読めないところがある" in words_of(bad)


def test_a_duty_done_on_demand_has_no_rule(desk):
    assert "周期設定はありません" in words_of(desk.get(f"{HOME}/11/schedule/"))


def test_cautions_stand_beside_the_rule(desk):
    words = words_of(post(desk, f"{HOME}/30/schedule/", due_month="3", check="1"))
    assert "後続の No.31 の期限が、この業務の期限より先に来ます(24か月に24回)。" in words


# --- 範囲・分け方 ----------------------------------------------------------------------------------------


def test_signers_in_order(desk):
    page = f"{HOME}/9/sharing/"
    added = post(desk, page, sharing="signers", act="add-s")
    assert added.status_code == 200 and "署名者1" in words_of(added)
    data = sent(added.content.decode()) | {"s-0-role": "operations"}
    data = sent(desk.post(page, data | {"act": "add-s"}).content.decode())
    data |= {"s-1-role": "union", "s-1-is_approver": "on", "s-1-label": "課長承認"}
    data = sent(desk.post(page, data | {"act": "up-s-1"}).content.decode())
    assert (data["s-0-role"], data["s-1-role"]) == (["union"], ["operations"])
    assert row(9).get("signers") is None
    assert desk.post(page, data).status_code == 302
    assert row(9)["sharing"] == "signers"
    assert row(9)["signers"] == [
        {"role": "union", "is_approver": True, "label": "課長承認"},
        {"role": "operations"},
    ]
    assert "順に署名: 広域組合(承認者) → 業務運用" in words_of(desk.get(f"{HOME}/9/"))


def test_a_signer_is_taken_away(desk):
    page = f"{HOME}/23/sharing/"
    data = sent(post(desk, page, act="drop-s-1").content.decode())
    assert [v for k, v in data.items() if k.endswith("-role")] == [["union"], ["member"]]
    refused = desk.post(page, data)
    assert refused.status_code == 422
    assert "「復旧前件数」は署名者が記入する項目ですが、その署名者がいません。" in words_of(refused)


@pytest.mark.parametrize(
    ("key", "change", "sentence"),
    [
        (9, {"sharing": "signers"}, "署名者を一人以上加えてください。"),
        (23, {"sharing": "one"}, "署名者は「順に署名」のときだけ使います。"),
        (23, {"s__0__role": ""}, "署名する役割: 選んでください。"),
        (23, {"s__0__role": "nobody"}, "署名する役割: 選び直してください。"),
        (23, {"s__0__label": "あ" * 41}, "40文字までにしてください。"),
        (9, {"scope": "x"}, "範囲: 選び直してください。"),
    ],
)
def test_sharing_that_cannot_be(desk, draft, key, change, sentence):
    answer = post(desk, f"{HOME}/{key}/sharing/", **change)
    assert answer.status_code == 422 and sentence in words_of(answer)
    assert Edition.objects.get(number=2).version == 0


def test_sharing_in_words(desk):
    words = words_of(post(desk, f"{HOME}/16/sharing/", sharing="one", scope="each", check="1"))
    assert "◎ が複数ありますが、だれが完了にするかが決まっていません。" in words
    assert "範囲 構成団体ごと" in words
    assert "引き受けの必要がありません" in words_of(
        post(desk, f"{HOME}/9/sharing/", sharing="any", check="1")
    )


# --- 起票・確認 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "due", "words"),
    [
        ({"due__way": "days", "due__days": "７"}, {"business_days": 7}, "7開庁日"),
        ({"due__way": "none"}, None, "起票する人が入れる"),
        (
            {"due__way": "before", "due__date": "carried_out_on", "due__days": "3", "due__at_least": "5"},
            {"before": "carried_out_on", "business_days": 3, "at_least_business_days": 5},
            "「実施日」の前の開庁日、空欄なら3開庁日、少なくとも5開庁日あける",
        ),
        ({"due__way": "on", "due__date": "41.deliver_on"}, {"on": "41.deliver_on"}, "No.41「納期」の日"),
        ({"due__way": "at_once"}, {"at_once": True}, "直ちに"),
        ({"due__way": "same_day", "due__days": "よめない"}, {"same_day": True}, "当日"),
        (
            {"due__way": "after", "due__after": "25", "due__days": "2"},
            {"after": 25, "business_days": 2},
            "No.25から2開庁日",
        ),
        (
            {"due__way": "by_level", "due__level": "16.level", "due__days": "5", "due__n1": "4"}
            | {"due__n2": "2", "due__unit2": "business_days", "due__may_skip": "4"},
            {"business_days": 5, "level": "16.level", "may_skip_level": "4"}
            | {"by_level": {"1": {"hours": 4}, "2": {"business_days": 2}}},
            "レベル1 4時間 / レベル2 2開庁日(No.16「障害レベル」による)",
        ),
    ],
)
def test_every_standard_due(desk, change, due, words):
    assert words in words_of(post(desk, f"{HOME}/46/raising/", **change, check="1"))
    assert post(desk, f"{HOME}/46/raising/", **change).status_code == 302
    assert row(46).get("standard_due") == due


def test_raising_acknowledgement_and_register(desk):
    post(desk, f"{HOME}/46/raising/", is_entry="on", is_acknowledged="on", register="codes")
    found = row(46)
    assert found["is_entry"] and found["is_acknowledged"] and found["register"] == "codes"
    post(desk, f"{HOME}/46/raising/", is_entry=None, is_acknowledged=None, register="")
    assert not {"is_entry", "is_acknowledged", "register"} & set(row(46))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"due__way": "days", "due__days": ""}, "開庁日の数を入力してください。"),
        ({"due__way": "days", "due__days": "-1"}, "0から250までの数字で入力してください。"),
        ({"due__way": "before", "due__date": ""}, "もとにする日付の項目を選んでください。"),
        ({"due__way": "on", "due__date": "46.gone"}, "選び直してください。"),
        ({"due__way": "after", "due__days": "3"}, "数え始める業務を選んでください。"),
        ({"due__way": "by_level", "due__n1": "2"}, "レベルを決める項目を選んでください。"),
        ({"due__way": "by_level", "due__level": "16.level"}, "レベルごとの期限を一つ以上入力してください。"),
        ({"needs_choice": "on"}, "選べる後続作業がないので、だれも完了にできなくなります。"),
        ({"due__way": None}, "期限の決め方: 選んでください。"),
    ],
)
def test_a_due_that_cannot_be(desk, change, sentence):
    answer = post(desk, f"{HOME}/46/raising/", **change)
    assert answer.status_code == 422 and sentence in words_of(answer)
    assert row(46)["standard_due"] == {"business_days": 10}


def test_the_calendar_makes_the_tasks_of_a_scheduled_duty(desk):
    page = desk.get(f"{HOME}/9/raising/").content.decode()
    assert 'name="is_entry"' not in page and 'name="due-way"' not in page


# --- 後続作業 --------------------------------------------------------------------------------------------


def test_a_follow_up_is_added(desk):
    page = f"{HOME}/57/followups/"
    data = sent(post(desk, page, act="add-e").content.decode())
    data |= {"e-1-target": "60", "e-1-kind": "auto", "e-1-when": "answers"}
    data |= {"e-1-answers": ["judgement=経過観察", "judgement=障害"]}
    looked = desk.post(page, data | {"check": "1"})
    assert "No.60 ハード障害監視 自動 「判断」が 経過観察・障害" in words_of(looked)
    assert desk.post(page, data).status_code == 302
    assert row(57)["followups"] == [
        {"target": 15, "kind": "linked", "condition": {"judgement": ["障害"]}},
        {"target": 60, "kind": "auto", "condition": {"judgement": ["経過観察", "障害"]}},
    ]


def test_follow_ups_are_moved_and_taken_away(desk):
    page = f"{HOME}/42/followups/"
    data = sent(post(desk, page, act="down-e-0").content.decode())
    assert desk.post(page, data).status_code == 302
    assert [e["target"] for e in row(42)["followups"]] == [42, 43]
    assert row(42)["followups"][0]["condition"] == {"received": {"lt": "41.quantity"}}
    assert desk.post(page, sent(post(desk, page, act="drop-e-0").content.decode())).status_code == 302
    assert row(42)["followups"] == [{"target": 43, "kind": "auto"}]
    data = sent(post(desk, page, act="drop-e-0").content.decode())
    assert desk.post(page, data).status_code == 302
    assert "followups" not in row(42)


@pytest.mark.parametrize(
    ("key", "change", "sentence"),
    [
        (57, {"e__0__target": ""}, "後続の業務: 選んでください。"),
        (57, {"e__0__target": "6"}, "後続の業務: 選び直してください。"),
        (57, {"e__0__kind": "confirming", "e__0__when": "always"}, "やり直しになる答え(NG など)を"),
        (57, {"e__0__answers": None}, "どの答えのときかを選んでください。"),
        (57, {"e__0__when": "less"}, "比べる二つの数を選んでください。"),
        (44, {"e__1__target": "46"}, "同じ後続作業が二つあります。"),
        (16, {"e__0__answers": ["level=なし"]}, "この答えのとき"),
    ],
)  # fmt: skip
def test_a_follow_up_that_cannot_be(desk, key, change, sentence):
    answer = post(desk, f"{HOME}/{key}/followups/", **change)
    assert answer.status_code == 422 and sentence in words_of(answer)
    assert Edition.objects.get(number=2).version == 0


def test_what_must_be_chosen_needs_a_choice(desk):
    page = f"{HOME}/45/followups/"
    data = sent(desk.get(page).content.decode())
    for _n in range(4):
        data = sent(desk.post(page, data | {"act": "drop-e-0"}).content.decode())
    answer = desk.post(page, data)
    assert answer.status_code == 422 and "選べる後続作業がありません" in words_of(answer)


# --- 見出し ----------------------------------------------------------------------------------------------


def test_a_row_moves_under_another_heading(desk):
    assert post(desk, f"{HOME}/9/heading/", parent="6").status_code == 302
    assert row(9)["parent"] == 6
    post(desk, f"{HOME}/9/heading/", parent="")
    assert "parent" not in row(9)


@pytest.mark.parametrize(
    ("key", "change", "sentence"),
    [
        (9, {"is_heading": "on"}, "周期か担当区分があるので、見出しにできません。"),
        (6, {"is_heading": None}, "No.7・No.8 がこの見出しの下にあります。"),
        (6, {"parent": "10"}, "見出し行を別の見出し行の下には置けません。"),
        (9, {"parent": "9"}, "選び直してください。"),
    ],
)
def test_a_heading_that_cannot_be(desk, key, change, sentence):
    answer = post(desk, f"{HOME}/{key}/heading/", **change)
    assert answer.status_code == 422 and sentence in words_of(answer)


# --- two at once, and who may ----------------------------------------------------------------------------


def test_a_stale_form_is_told_and_keeps_what_was_typed(desk, draft, cast):
    data = sent(desk.get(f"{HOME}/1/schedule/").content.decode()) | {"due_n": "18"}
    drafting.save(draft, rows_of(draft)[:-1], by=cast.miura, at=at())
    answer = desk.post(f"{HOME}/1/schedule/", data)
    assert answer.status_code == 409
    assert "三浦 健一 がこの改定案を先に保存しました" in words_of(answer)
    page = answer.content.decode()
    assert 'value="18"' in page and row(1)["schedule"]["due_n"] == 25
    again = desk.post(f"{HOME}/1/schedule/", sent(page))
    assert again.status_code == 409  # the version it was typed on stays


def test_a_form_without_its_version_saves_nothing(desk):
    answer = post(desk, f"{HOME}/1/schedule/", due_n="18", version=None)
    assert answer.status_code == 409 and row(1)["schedule"]["due_n"] == 25


def test_the_same_again_saves_nothing(desk):
    answer = post(desk, f"{HOME}/1/schedule/")
    assert "周期設定は変わっていません。" in words_of(desk.get(answer.url))
    assert Edition.objects.get(number=2).version == 0


PAGES = ("", "schedule/", "sharing/", "raising/", "followups/", "heading/", "fields/", "field/")


@pytest.mark.parametrize("page", PAGES)
def test_doors(client, draft, cast, page):
    assert client.get(f"{HOME}/9/{page}").status_code == 302
    for person in (cast.sato, cast.ono, cast.ishii):
        client.force_login(person)
        assert client.get(f"{HOME}/9/{page}").status_code == 403
        assert client.post(f"{HOME}/9/{page}", {"version": "0"}).status_code == 403
    for person in (cast.morishita, cast.miura, cast.kubo):
        client.force_login(person)
        assert client.get(f"{HOME}/9/{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_what_does_not_exist(desk, page):
    assert desk.get(f"/editions/2/duties/99/{page}").status_code == 404
    assert desk.get(f"/editions/9/duties/9/{page}").status_code == 404
    assert desk.put(f"{HOME}/9/{page}").status_code == 405
    assert desk.get(f"{HOME}/9/nothing/").status_code == 404
    assert desk.post(f"{HOME}/9/").status_code == 405


@pytest.mark.parametrize("page", PAGES)
def test_a_published_edition_is_read_where_duties_are(desk, draft, cast, page):
    assert desk.get(f"/editions/1/duties/9/{page}").url == "/duties/9/"
    publish(draft, by=cast.miura, at=at(), in_force_on=TODAY.replace(month=12))
    assert desk.get(f"{HOME}/9/{page}").url == "/duties/9/"


def test_what_is_published_meanwhile_is_not_saved(desk, draft, cast):
    data = sent(desk.get(f"{HOME}/1/schedule/").content.decode()) | {"due_n": "18"}
    published = publish(draft, by=cast.miura, at=at(), in_force_on=TODAY.replace(month=12))
    answer = desk.post(f"{HOME}/1/schedule/", data, follow=True)
    assert "第2版はもう改定案ではないので、保存していません。" in words_of(answer)
    withdraw(published, by=cast.miura, at=at(), reason="日を改める")
    assert desk.get(f"{HOME}/1/schedule/").url == "/duties/1/"


def test_a_new_row_of_a_later_edition_leads_to_that_edition(desk, draft, cast):
    new = {
        "number": 61,
        "category": "",
        "section": "",
        "work": "新しい作業",
        "note": "",
        "cycle": "on_demand",
    }
    drafting.save(draft, [*rows_of(draft), {**new, "marks": {"hwnw": "main"}}], by=cast.morishita, at=at())
    draft.refresh_from_db()
    publish(draft, by=cast.miura, at=at(), in_force_on=TODAY.replace(month=12))
    assert desk.get(f"{HOME}/61/").url == "/editions/2/"
    assert desk.get(f"{HOME}/62/").status_code == 404


def test_a_discarded_draft_is_gone(desk, draft, cast):
    drafting.discard(draft, by=cast.morishita, at=at(), reason="やめる")
    assert desk.get(f"{HOME}/9/").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_few_statements(desk, page, django_assert_max_num_queries):
    desk.get(f"{HOME}/29/{page}")
    with django_assert_max_num_queries(14):
        desk.get(f"{HOME}/29/{page}")
