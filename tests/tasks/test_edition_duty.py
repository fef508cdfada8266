"""The settings of one duty of a draft in words; and every form, opened and saved, changes nothing."""

import re

import pytest

from raci import drafting
from raci.comparison import compare
from raci.content import rows_of
from tests.make import at
from tests.sent import sent

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


def pages(row):
    """Every form of a row."""
    home = f"/editions/2/duties/{row['key']}"
    if row.get("is_heading"):
        return [f"{home}/heading/"]
    fields = [f["key"] for f in row.get("fields", ())]
    columns = [f"{f['key']}.{c['key']}" for f in row.get("fields", ()) for c in f.get("columns", ())]
    return [f"{home}/{s}/" for s in SECTIONS] + [f"{home}/field/?field={p}" for p in (*fields, *columns)]


def test_opened_and_saved_nothing_changes(desk, draft):
    """Every form of all 60 rows, fields and columns."""
    rows, seen = rows_of(draft), 0
    for page in (page for row in rows for page in pages(row)):
        opened = desk.get(page)
        assert opened.status_code == 200, page
        data = sent(opened.content.decode())
        saved = desk.post(page, data)
        has_none = page.endswith("/schedule/") and len(data) == 1  # done on demand: nothing to save
        assert saved.status_code == (422 if has_none else 302), f"{page} {words_of(saved)[:400]}"
        draft.refresh_from_db()
        assert draft.version == 0, f"{page} {compare(rows, rows_of(draft))}"
        seen += 1
    assert rows_of(draft) == rows
    assert seen > 500
