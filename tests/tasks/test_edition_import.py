"""A workbook becomes a draft: previewed with every difference and problem, all or nothing."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from opsdesk.accounts.models import Role
from opsdesk.audit.models import Event
from raci import drafting, importing
from raci.content import rows_of
from raci.models import Duty, Edition, Import
from raci.workbook import writing
from tests import customer
from tests.make import TODAY, at

UPLOAD = "/editions/import/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10), tick=False) as clock:
        yield clock


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.morishita)
    return client


def send(client, content, name="分担表.xlsx"):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})


def preview(client, content):
    """The address of the preview, and its page."""
    answer = send(client, content)
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer.url)
    assert page.status_code == 200
    return answer.url, page.content.decode()


def confirm(client, url, page, **fields):
    """Press the button of `page`."""
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("seen", "onto")}
    return client.post(url, {**hidden, **fields})


def exported(edition, cast):
    return writing.export(edition, by=cast.morishita, at=at())


def changed(content, title="作業分担表", **cells):
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in cells.items():
        book[title][place] = value
    return customer.saved(book)


def nothing_is_made():
    return not Edition.objects.drafts().exists() and Role.objects.count() == 6


# --- an edition is there ---------------------------------------------------------------------------------


def test_it_works(desk, cast, edition):
    lines = customer.source()
    lines[33]["helpdesk"], lines[33]["operations"] = "○", "◎"
    lines[59]["note"] = "追加"
    url, page = preview(desk, customer.book(lines))
    assert "3か所" in page and "変わる行 2" in page
    for words in ("ヘルプデスク", "業務運用", "◎", "○", "追加"):
        assert words in page
    assert nothing_is_made()
    answer = confirm(desk, url, page)
    assert (answer.status_code, answer.url) == (302, "/editions/2/")
    draft = Edition.objects.get(number=2)
    assert (draft.state, draft.based_on, draft.saved_by) == ("draft", edition, cast.morishita)
    row = rows_of(draft)[33]
    assert row["marks"] == {"helpdesk": "support", "operations": "main"}
    assert row["fields"] == rows_of(edition)[33]["fields"]
    codes = [e.code for e in Event.objects.about(draft).order_by("pk")]
    assert codes == ["edition.revised", "edition.imported"]
    assert Event.objects.about(draft).get(code="edition.imported").data["name"] == "分担表.xlsx"


def test_the_exported_workbook_has_no_difference(desk, cast, edition):
    url, page = preview(desk, exported(edition, cast))
    assert "違いはありません" in page and "改定案として取り込む" not in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    answer = desk.post(url, {"seen": seen, "onto": ""})
    assert answer.status_code == 409 and "違いがないので" in answer.content.decode()
    assert nothing_is_made()


def test_the_workbook_of_a_draft_goes_back_into_it(desk, cast, edition):
    draft = drafting.revise(edition, by=cast.miura, at=at())
    url, page = preview(desk, changed(exported(draft, cast), D12="クライアントPC(全台)"))
    assert "改定案 第2版 の行を置き換える" in page
    assert confirm(desk, url, page).url == "/editions/2/"
    draft.refresh_from_db()
    assert (draft.version, draft.saved_by) == (1, cast.morishita)
    assert rows_of(draft)[7]["work"] == "クライアントPC(全台)"
    drafting.undo(draft, by=cast.morishita, at=at())
    assert rows_of(draft) == rows_of(edition)


def test_another_target_is_compared_anew(desk, cast, edition):
    drafting.revise(edition, by=cast.miura, at=at(), rows=rows_of(edition)[:59])
    url, page = preview(desk, customer.book())
    assert "違いはありません" in page and "新しい改定案にします" in page
    page = desk.get(f"{url}?onto=2").content.decode()
    assert "新しい行 1" in page and "行を置き換える" in page
    assert desk.get(f"{url}?onto=1").status_code == 200  # no draft: a new one
    assert desk.get(f"{url}?onto=x").status_code == 200


def test_who_saved_meanwhile_is_not_overwritten(desk, cast, edition):
    draft = drafting.revise(edition, by=cast.miura, at=at())
    content = changed(exported(draft, cast), D12="クライアントPC(全台)")
    url, page = preview(desk, content)
    drafting.save(draft, rows_of(draft)[:-1], by=cast.miura, at=at())
    answer = confirm(desk, url, page)
    assert answer.status_code == 409
    again = answer.content.decode()
    assert "表示したあとに" in again and "新しい行 1" in again
    assert rows_of(draft)[7]["work"] == "クライアントPC"
    assert confirm(desk, url, again).status_code == 302


def test_twice_is_once(desk, cast, edition):
    lines = customer.source()
    lines[59]["note"] = "追加"
    url, page = preview(desk, customer.book(lines))
    assert confirm(desk, url, page).status_code == 302
    answer = confirm(desk, url, page)
    assert answer.status_code == 409 and "すでに第2版として" in answer.content.decode()
    assert Edition.objects.drafts().count() == 1
    assert desk.get(url).url == "/editions/2/"


# --- problems -------------------------------------------------------------------------------------------


def test_what_is_wrong_is_said_by_its_cell_and_nothing_comes_in(desk, cast, edition):
    lines = customer.source()
    lines[0]["union"], lines[2]["cycle"] = "×", "週次"
    url, page = preview(desk, customer.book(lines))
    assert "直すところ 2か所" in page and "F4" in page and "E6" in page
    assert "改定案として取り込む" not in page
    answer = desk.post(url, {"seen": re.search(r'name="seen" value="(\w+)"', page)[1], "onto": ""})
    assert answer.status_code == 409 and "F4 「×」" in answer.content.decode()
    assert nothing_is_made()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "ファイルが空"),
        (b"%PDF-1.7", "Excel ブック"),
        (customer.book(above=[()] * 30), "分担表が見つかりません"),
        (changed(customer.book(), "Sheet", A4="=1+1"), "A4 に数式"),
        (changed(customer.book(), "Sheet", D4="_x0000_"), "制御文字"),
        (changed(customer.book(), "Sheet", D4="_xD83D_"), "制御文字"),
    ],
)
def test_what_cant_be_read_is_said_beside_the_file(desk, edition, content, words):
    answer = send(desk, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Import.objects.exists() and nothing_is_made()


def test_no_file(desk, edition):
    answer = desk.post(UPLOAD, {})
    assert answer.status_code == 422 and "選んでください" in answer.content.decode()


def test_a_large_file_is_not_even_read(desk, edition):
    answer = send(desk, b"PK\x03\x04" + bytes(20 * 2**20))
    assert answer.status_code == 422 and "20 MB" in answer.content.decode()


# --- a new column ---------------------------------------------------------------------------------------


@pytest.fixture
def with_column():
    lines = customer.source()
    lines[0]["データセンター"], lines[8]["データセンター"] = "◎", "△"
    return customer.book(lines, columns=[*customer.COLUMNS[:-1], "データセンター", "note"])


ROLE = {
    "extra-0-do": "make",
    "extra-0-name": "データセンター",
    "extra-0-code": "dc",
    "extra-0-kind": "vendor",
}


def test_an_extra_column_becomes_a_role(desk, edition, with_column):
    url, page = preview(desk, with_column)
    assert "知らない列「データセンター」" in page and "No.1 ◎、No.9 △" in page
    assert confirm(desk, url, page, **ROLE).status_code == 302
    role = Role.objects.get(code="dc")
    assert (role.name, role.kind) == ("データセンター", "vendor")
    assert list(Role.objects.all())[-1] == role
    rows = rows_of(Edition.objects.get(number=2))
    assert (rows[0]["marks"]["dc"], rows[8]["marks"]["dc"]) == ("main", "related")
    assert Event.objects.filter(code="role.created").count() == 1


def test_an_extra_column_is_left_out(desk, edition, with_column):
    url, page = preview(desk, with_column)
    answer = confirm(desk, url, page, **{"extra-0-do": "leave"})
    assert answer.status_code == 409 and "違いがないので" in answer.content.decode()
    assert nothing_is_made()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"extra-0-code": ""}, "コードを入力"),
        ({"extra-0-code": "日本"}, "スラッグ|半角|有効な"),
        ({"extra-0-code": "union"}, "すでにあります"),
        ({"extra-0-name": ""}, "名称を入力"),
        ({"extra-0-kind": "x"}, "選択"),
        ({"extra-0-do": ""}, "必須|入力"),
    ],
)
def test_a_role_that_can_be_none(desk, edition, with_column, wrong, words):
    url, page = preview(desk, with_column)
    answer = confirm(desk, url, page, **{**ROLE, **wrong})
    assert answer.status_code == 422
    assert re.search(words, answer.content.decode())
    assert nothing_is_made()


def test_a_role_is_not_made_without_its_draft(desk, edition):
    lines = customer.source()
    lines[0]["データセンター"], lines[1]["no"] = "◎", "1"
    content = customer.book(lines, columns=[*customer.COLUMNS[:-1], "データセンター", "note"])
    url, page = preview(desk, content)
    assert confirm(desk, url, page, **ROLE).status_code == 409
    assert nothing_is_made()


# --- an empty house -------------------------------------------------------------------------------------


def test_the_customers_sheet_in_an_empty_house_is_the_first_edition(desk, cast):
    assert "まだ分担表がありません" in desk.get(UPLOAD).content.decode()
    url, page = preview(desk, customer.book())
    assert "付属の分担表（60行）と比べます" in page and "違いはありません" in page
    answer = confirm(desk, url, page)
    assert answer.url == "/editions/1/"
    draft = Edition.objects.get()
    assert rows_of(draft) == customer.fixture_rows()
    assert (draft.based_on, draft.last_key, Duty.objects.count()) == (None, 60, 60)


def test_it_equals_the_fixture_that_seed_loads(desk, cast, edition):
    """The same rows, whether they came from the file of the house or from the customer's."""
    assert rows_of(edition) == customer.fixture_rows()


# --- doors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("kubo", 200), ("miura", 200), ("ono", 403), ("sato", 403)])
def test_who_may(client, cast, edition, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(UPLOAD).status_code == status
    assert (send(client, customer.book()).status_code == 302) == (status == 200)


def test_an_upload_is_its_uploaders_alone_and_gone_after_a_day(desk, cast, edition, now):
    url, page = preview(desk, customer.book())
    desk.force_login(cast.miura)
    assert desk.get(url).status_code == 404
    assert confirm(desk, url, page).status_code == 404
    desk.force_login(cast.morishita)
    now.shift(timedelta(days=1, minutes=-1))
    desk.force_login(cast.morishita)
    assert desk.get(url).status_code == 200
    now.shift(timedelta(minutes=2))
    assert desk.get(url).status_code == 404
    preview(desk, customer.book())
    assert Import.objects.count() == 1


def test_strangers_and_wrong_methods(client, desk, edition):
    url, _page = preview(desk, customer.book())
    for path in (UPLOAD, url):
        assert desk.put(path).status_code == 405
    assert desk.get(f"{UPLOAD}999999/").status_code == 404
    desk.logout()
    for path in (UPLOAD, url):
        assert desk.get(path).status_code == 302
        assert "/accounts/login/" in desk.get(path).url


def test_the_matrix_leads_to_it_for_those_who_may(client, cast, edition):
    for who, is_there in (("morishita", True), ("kubo", True), ("ono", False)):
        client.force_login(getattr(cast, who))
        assert (UPLOAD in client.get("/matrix/").content.decode()) == is_there


def test_few_statements(desk, cast, edition, django_assert_max_num_queries):
    lines = customer.source()
    for line in lines:
        line["note"] = "新しい備考"
    url, _page = preview(desk, customer.book(lines))
    with django_assert_max_num_queries(22):
        desk.get(url)


def test_two_confirm_at_once(cast, edition):
    """The command itself: one draft, the other is told."""
    lines = customer.source()
    lines[59]["note"] = "追加"
    content = customer.book(lines)
    kept = importing.keep(importing.read(content), content=content, name="a.xlsx", by=cast.morishita, at=at())
    seen = importing.preview(kept, onto=None, today=TODAY).seen
    how = {"by": cast.morishita, "at": at(), "onto": None, "today": TODAY, "seen": seen}
    importing.adopt_into_draft(kept, **how)
    with pytest.raises(importing.Refusal, match="すでに"):
        importing.adopt_into_draft(kept, **how)
