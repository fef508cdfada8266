"""The settings of one duty of a draft in words; and every form, opened and saved, changes nothing."""

import re

import pytest

from raci import drafting
from tests.make import at

SECTIONS = ("schedule", "sharing", "raising", "followups", "heading")


@pytest.fixture
def draft(edition, cast, holidays, time_machine):
    time_machine.move_to(at(9), tick=False)
    return drafting.revise(edition, by=cast.morishita, at=at())


@pytest.fixture
def desk(client, draft, cast):
    client.force_login(cast.morishita)
    return client


def words_of(response):
    main = re.search(r"<main.*</main>", response.content.decode(), re.S).group()
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_it_works(desk):
    words = words_of(desk.get("/editions/2/duties/29/"))
    assert "改定案 第2版" in words and "オペレーション依頼書" in words
    assert "規則 前月の第4開庁日に開始、前月の第9開庁日 17:15まで" in words
    assert "完了 順に署名: 構成団体 → 業務運用(最後の署名で完了)" in words
    assert "› 納品日 日付、完了に必須" in words
    assert "この業務の前 No.28 月次処理計画・立案、周期どおり" in words
    assert "この業務の後 No.30" in words


def test_a_heading_has_only_its_heading(desk):
    words = words_of(desk.get("/editions/2/duties/6/"))
    assert "この行は見出しです" in words and "周期設定" not in words
    assert desk.get("/editions/2/duties/6/schedule/").status_code == 404
    assert desk.get("/editions/2/duties/6/fields/").status_code == 404
    assert desk.get("/editions/2/duties/6/field/").status_code == 404
    assert desk.get("/editions/2/duties/6/heading/").status_code == 200
