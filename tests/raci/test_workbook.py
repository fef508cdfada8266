"""The workbook of an edition: looks like the source sheet, holds everything flat, keeps text as text."""

import io

import openpyxl
import pytest
import time_machine

from opsdesk.accounts.models import Role
from opsdesk.lib import sheets
from raci import drafting
from raci.content import canonical
from raci.fixture import source
from raci.shapes import DOCUMENTS, is_sound
from raci.workbook import layout, writing
from raci.workbook.paper import About
from tests.make import at

ODD = [
    *("=1+1", "+81", "-5", "@x", " 前後 ", "　全角　", "改行\nあり", "a\r\nb"),
    *("\x01制御", "_x000D_", "\ufa19", "葛\U000e0101", "\ue000外字", "\uffff"),
]


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10), tick=False):
        yield


def download(client, number=1):
    answer = client.get(f"/editions/{number}/workbook/")
    assert answer.status_code == 200, answer
    return answer


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def test_it_works(client, cast, edition):
    client.force_login(cast.ono)
    answer = download(client)
    assert "%E5%88%86%E6%8B%85%E8%A1%A8_%E7%AC%AC1%E7%89%88_20261124.xlsx" in answer["Content-Disposition"]
    book = opened(answer.content)
    assert book.sheetnames == ["作業分担表", "データ", "opsdesk"]
    assert book["opsdesk"].sheet_state == "hidden"


def test_it_looks_like_the_source(client, cast, edition):
    client.force_login(cast.ono)
    sheet = opened(download(client).content)["作業分担表"]
    assert sheet["A1"].value == "運用業務作業分担表"
    assert sheet["A2"].value == "(凡例 主担当:◎、支援担当:○、関連担当:△)"
    assert sheet["L2"].value == "第1版（令和8年4月1日 施行）"
    heads = [
        "No.",
        "大項目",
        "中項目",
        "作業内容",
        "周期",
        "広域\n組合",
        "構成\n団体",
        "委託ベンダ",
        None,
        None,
        None,
        "備考",
    ]
    assert [c.value for c in sheet[3]] == heads
    assert [c.value for c in sheet[4]][7:11] == [
        "ヘルプ\nデスク",
        "業務運用",
        "パッケージ\n保守",
        "HW/NW\n保守",
    ]
    merged = {str(m) for m in sheet.merged_cells.ranges}
    assert {"A1:L1", "H3:K3", "A3:A4", "L3:L4", "B6:B30", "C31:C37"} <= merged
    assert sheet["C31"].value == "業務処理\n(年次・月次・随時)"
    found = {c.column_letter: c.value for c in sheet[11] if c.value is not None}
    assert found == {
        "A": 7,
        "D": "サーバ",
        "E": "日次",
        "I": "◎",
        "L": "運用系業務システム構成化対応業務受託事業費",
    }
    assert sheet.freeze_panes == "E5"
    assert sheet.print_title_rows == "$3:$4"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert [b.id for b in sheet.row_breaks.brk] == [30]  # 1-26, 27-60 as on the source's paper
    assert sheet.oddHeader.right.text == "第1版（令和8年4月1日 施行）"
    assert "令和8年11月24日" in sheet.oddFooter.left.text and "大野 千尋" in sheet.oddFooter.left.text


def test_the_flat_sheet_is_one_row_a_duty(client, cast, edition):
    client.force_login(cast.ono)
    sheet = opened(download(client).content)["データ"]
    assert not sheet.merged_cells.ranges
    assert sheet.max_row == 61
    heads = [c.value for c in sheet[1]]
    assert heads == layout.columns({r.code: r.name for r in Role.objects.all()})
    row = dict(zip(heads, (c.value for c in sheet[30]), strict=True))
    assert (row["key"], row["number"], row["cycle"], row["role:member"]) == (29, 29, "月次", "◎")
    assert (row["scope"], row["sharing"], row["schedule"], row["schedule.opens_n"]) == (
        "each",
        "signers",
        "1",
        4,
    )
    assert row["signers"] == '[{"role":"member"},{"role":"operations"}]'


@pytest.fixture
def odd_rows():
    rows = [canonical(r) for r in source()["duties"]]
    for row, text in zip(rows, ODD, strict=False):
        row["work"], row["note"] = text, text
    return rows


@pytest.fixture
def roles(db):
    kinds = {"union": "union", "member": "member"}
    codes = ("union", "member", "helpdesk", "operations", "package", "hwnw")
    return [Role(pk=n, code=c, name=c, kind=kinds.get(c, "vendor"), position=n) for n, c in enumerate(codes)]


def test_text_is_never_a_formula_and_comes_back_byte_for_byte(odd_rows, roles):
    content = writing.write(odd_rows, roles, About(1, "=表題&1", "&版"))
    book = opened(content)
    for sheet in book:
        assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    cells = sheets.read(content).sheets["データ"].cells
    assert [cells[n, 5] for n in range(2, len(ODD) + 2)] == ODD
    assert book["作業分担表"].oddHeader.right.text == "＆版"


def test_long_settings_are_spread_and_never_cut(odd_rows, roles):
    field = {"key": "x", "label": "選ぶ", "kind": "choice", "choices": ["長い選択肢" * 100] * 100}
    odd_rows[0]["fields"] = [field]
    cells = sheets.read(writing.write(odd_rows, roles, About(1, "表"))).sheets["データ"].cells
    heads = {value: column for (row, column), value in cells.items() if row == 1}
    pieces = [cells[2, heads[h]] for h in ("fields", "fields:2", "fields:3", "fields:4")]
    assert "".join(pieces) == layout.document([field])
    assert all(len(piece.encode("utf-16-le")) // 2 <= 32_767 for piece in pieces)


def test_a_draft_is_for_those_who_may_draft(client, cast, edition):
    drafting.revise(edition, by=cast.morishita, at=at())
    for who, status in (("ono", 404), ("sato", 404), ("morishita", 200), ("kubo", 200)):
        client.force_login(getattr(cast, who))
        assert client.get("/editions/2/workbook/").status_code == status, who


def test_there_is_none(client, cast, edition):
    client.force_login(cast.morishita)
    assert client.get("/editions/99/workbook/").status_code == 404
    assert client.post("/editions/1/workbook/").status_code == 405
    client.logout()
    assert client.get("/editions/1/workbook/").status_code == 302


def test_the_matrix_leads_to_it(client, cast, edition):
    client.force_login(cast.ono)
    assert 'href="/editions/1/workbook/"' in client.get("/matrix/").content.decode()


def test_few_statements(client, cast, edition, django_assert_max_num_queries):
    client.force_login(cast.ono)
    with django_assert_max_num_queries(14):
        download(client)


def test_the_settings_of_the_source_are_all_sound():
    for row in source()["duties"]:
        for name in DOCUMENTS:
            assert name not in row or is_sound(name, row[name]), (row["number"], name)
