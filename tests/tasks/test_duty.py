"""The page of one duty."""

import re

import pytest

from raci.confirmations import confirm, unconfirm
from raci.words import REGISTERS
from tests.make import TODAY, at, duty, make_task


@pytest.fixture
def get(client, edition, time_machine):
    """ask(person, number) → the page's words at TODAY 9:00, without its tags."""
    time_machine.move_to(at(9), tick=False)

    def ask(person, number):
        client.force_login(person)
        response = client.get(f"/duties/{number}/")
        assert response.status_code == 200
        main = re.search(r"<main.*</main>", response.content.decode(), re.S).group()
        return " ".join(re.sub(r"<[^>]+>", " ", main).split())

    return ask


def test_it_works(get, cast):
    words = get(cast.sato, 29)
    assert "オペレーション依頼書(処理日、パラメータ値、納品日等)" in words
    assert "分担表の記載 原文のまま 大項目 2. 業務オペレーション 中項目 業務処理(年次・月次・随時)" in words
    assert "担当 ◎ 構成団体 ◎ 業務運用 備考" in words
    assert "本システムの設定 分担表の原文にはない、運用のための読み方です 範囲 構成団体ごと" in words
    assert "順に署名: 構成団体 → 業務運用(最後の署名で完了)" in words
    assert "周期設定 前月の第4開庁日に開始、前月の第9開庁日 17:15まで" in words
    assert "明細 › 納品日 日付 完了に必須 — 開庁日、「処理日」以降" in words
    assert "この業務の前 No.28 月次処理計画・立案 周期どおり" in words


def test_the_next_twelve_occasions(get, cast):
    words = get(cast.sato, 29)
    coming = words.split("今後12回の開始と期限 対象 開始 期限 ")[1].split(" 直近の結果")[0]
    assert coming.startswith("令和9年1月 12/4(金) 12/11(金) 令和9年2月 1/7(木) 1/14(木)")
    assert coming.count("令和") == 12
    assert "11/24(火) 11/24(火) 11/24(火) 11/25(水)" in get(cast.sato, 9)
    yearly = get(cast.ono, 3).split("対象 開始 期限 ")[1].split(" 直近の結果")[0]
    assert yearly.startswith("令和9年度 2/1(月) 3/15(月)")
    assert yearly.count("年度") == 12


def test_results_are_those_one_may_see(get, cast):
    for organization, closer in ((cast.shiomi, cast.ono), (cast.kirihara, cast.makino)):
        make_task(
            8, organization, state="done", done_on=TODAY, closed_at=at(), closed_by=closer, closed_for=None
        )
    make_task(8, cast.mizuno)
    everything = get(cast.morishita, 8)
    assert "11/24(火) 汐見市 完了 実施 11/24(火) 大野 千尋" in everything
    assert "牧野 沙織" in everything and "瑞野町 未着手" in everything
    own = get(cast.ono, 8)
    assert "大野 千尋" in own and "牧野 沙織" not in own and "瑞野町" not in own
    for stranger in (cast.kubo, cast.ishii):
        words = get(stranger, 8)
        assert "大野 千尋" not in words and "あなたが見られる結果は、まだありません。" in words


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (2, "標準の期限 「適用日」の前の開庁日、空欄なら3開庁日"),
        (8, "未更新 数値 (台) 完了に必須 「総台数」に対する割合が団体の限度を超える"),
        (9, "オンラインサービス稼働 選択 OK / NG / 対象なし 完了に必須 NG"),
        (13, "「使用開始日」の前の開庁日、少なくとも5開庁日あける"),
        (13, "印影 ファイル 「区分」が 新規・変更 なら必須"),
        (13, "台帳 電子公印"),
        (15, "標準の期限 直ちに"),
        (16, "主担当のうち引き受けた担当が完了にする"),
        (16, "レベル1 1時間 / レベル2 2時間 / レベル3 4時間 / レベル4 1開庁日(No.15「仮レベル」による)"),
        (16, "後続の選択 完了のときに一つ以上選ぶ"),
        (24, "No.25から2開庁日"),
        (25, "No.18 クライアントPC・プリンタ 確認 「確認結果」が 未回復"),
        (26, "レベル4は対象外にできる"),
        (30, "No.29 の同じ月の記入を並べて表示"),
        (32, "No.29 の明細から始まる(行は足せる)"),
        (37, "広域組合・業務運用も記入できる"),
        (42, "標準の期限 No.41「納期」の日"),
        (42, "「受領数」がNo.41「数量」より少ない間"),
        (43, "「帳簿数」と違う"),
        (45, "わからない はヘルプデスクが決める"),
        (54, "No.55 対応(電話、FAX、メール) 自動 「一次回答で完結」が いいえ"),
        (54, "No.15 一次受付 別の案件"),
        (60, "必要なときに始まる業務なので、決まった予定はありません。"),
    ],
)
def test_settings_in_words(get, cast, number, sentence):
    assert sentence in get(cast.morishita, number)


def test_every_duty_has_a_page(get, cast, edition):
    for number in range(1, 61):
        words = get(cast.sato, number)
        row = edition.duties.get(number=number)
        assert row.work in words and row.note in words
    assert set(edition.duties.exclude(register="").values_list("register", flat=True)) == set(REGISTERS)


def test_a_heading_names_its_rows_and_has_no_tasks(get, cast):
    words = get(cast.sato, 6)
    assert "この見出しの業務 No.7 サーバ No.8 クライアントPC" in words
    assert "見出しの行です。作業は作られません。" in words
    assert "記入項目" not in words


def test_what_does_not_exist(client, edition, cast):
    client.force_login(cast.sato)
    assert client.get("/duties/61/").status_code == 404
    assert client.get("/duties/x/").status_code == 404
    assert client.post("/duties/7/").status_code == 405


def test_before_the_first_edition(client, cast):
    client.force_login(cast.sato)
    assert client.get("/duties/7/").status_code == 404


def test_who_confirmed_its_settings(get, cast):
    assert "設定の確認 未確認 本システムの設定" in get(cast.ono, 1)
    confirm(duty(1), by=cast.morishita, at=at(8), note="会議で")
    assert "設定の確認 確認済 11/24(火) 森下 由佳 会議で" in get(cast.ono, 1)
    unconfirm(duty(1), by=cast.kubo, at=at(9))
    words = get(cast.ono, 1)
    assert "設定の確認 未確認" in words
    assert "確認の経緯 2件 未確認に戻した 11/24(火) 9:00 久保 管理 確認済にした 11/24(火) 8:00" in words


def test_strangers_sign_in_first(client, edition):
    assert client.get("/duties/7/").status_code == 302


def test_few_statements(client, edition, cast, django_assert_max_num_queries):
    for serial in range(30):
        make_task(9, serial=serial, state="done", done_on=TODAY, closed_at=at(), closed_by=cast.sato)
    client.force_login(cast.sato)
    client.get("/duties/9/")
    with django_assert_max_num_queries(18):
        client.get("/duties/9/")
