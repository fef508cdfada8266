"""The pages of the roster: out as xlsx, in with a preview, start codes in one go."""

import io
from datetime import date

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from opsdesk.accounts import people, startcodes
from opsdesk.accounts.models import Membership, StartCode, User
from opsdesk.audit.models import Event
from opsdesk.lib import workbook
from tests.cast import make_user
from tests.make import at, make_task

USERS = ["ログインID", "氏名", "団体", "職名"]
MEMBERSHIPS = ["ログインID", "役割", "団体", "承認者", "開始日", "終了日"]
IMPORT, CODES = "/roster/import/", "/roster/codes/"


@pytest.fixture
def office(client, cast, edition):
    client.force_login(cast.kubo)
    with time_machine.travel(at(10), tick=False):
        yield client


def upload(**sheets):
    with workbook.write_book(sheets.items()) as file:
        return SimpleUploadedFile("名簿.xlsx", file.read())


def preview(client, **sheets):
    return client.post(IMPORT, {"file": upload(**sheets)})


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_it_works(office, cast):
    assert "利用者 12" in text(office.get("/roster/"))
    answer = preview(
        office,
        利用者=[USERS, ["sakurai", "桜井 学", "汐見市", "課長"], ["ono", "大野 千尋", "汐見市", "主任"]],
        所属=[MEMBERSHIPS, ["sakurai", "構成団体", "汐見市", "", "R9.4.1", ""]],
    )
    page = text(answer)
    assert "3件を取り込む" in page and "職名: なし → 主任" in page
    assert "桜井 学さんは課長ですが、承認者になっていません。" in page
    assert "この表にいない人" in page and "佐藤 美咲" in page
    assert not User.objects.filter(login="sakurai").exists()
    assert office.post(IMPORT, {"lines": answer.context["carried"]}).url == CODES
    assert User.objects.get(login="ono").post == "主任"
    assert office.post(IMPORT, {"lines": answer.context["carried"]}).status_code == 409


def test_the_export_is_what_the_import_takes(office):
    answer = office.get("/roster/?export=xlsx")
    content = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["団体", "担当", "利用者", "所属"]
    page = text(office.post(IMPORT, {"file": SimpleUploadedFile("x.xlsx", content)}))
    assert "取り込んでも変わることはありません" in page and "取り込む</button>" not in page


def test_who_leaves_with_open_tasks(office, cast):
    make_task(9, assignee=cast.sato)
    make_task(7, assignee=cast.sato)
    answer = preview(
        office,
        所属=[
            MEMBERSHIPS,
            ["sato", "業務運用", "soseki", "", "R8.4.1", "R9.3.31"],
            ["ishii", "hwnw", "soseki", "", "R8.4.1", "R9.3.31"],
        ],
    )
    page = text(answer)
    assert f'/people/{cast.sato.pk}/handover/">担当の作業 2件を引き継ぐ' in page
    assert "令和9年3月31日まで" in page and "担当の作業なし" in page
    assert "担当「HW/NW保守」には 令和9年4月1日 からだれもいません。" in page


def test_a_problem_is_shown_by_its_cell(office):
    answer = preview(office, 利用者=[USERS, ["ono", "大野", "雲居町", ""]])
    page = text(answer)
    assert "「利用者」の C2" in page and "団体「雲居町」がありません。" in page
    assert "取り込む</button>" not in page
    assert "問題" in text(office.post(IMPORT, {"lines": answer.context["carried"]}), 409)


@pytest.mark.parametrize("values", [{}, {"file": "x"}, {"file": ""}])
def test_no_workbook(office, values):
    files = {k: SimpleUploadedFile("x.xlsx", v.encode()) for k, v in values.items()}
    assert "エラー: " in text(office.post(IMPORT, files), 422)


def test_what_was_carried_is_not_to_be_forged(office):
    assert office.post(IMPORT, {"lines": "x"}).status_code == 409


@pytest.mark.parametrize("count", [2, 40])
def test_statements_do_not_grow(office, cast, count, django_assert_max_num_queries):
    for n in range(count):
        make_user(f"p{n}", team=cast.team["shiomi"])
    office.get("/matrix/")
    with django_assert_max_num_queries(12):
        office.get("/roster/")
    rows = [[f"p{n}", "構成団体", "汐見市", "", "R8.4.1", "R9.3.31"] for n in range(count)]
    with django_assert_max_num_queries(12):
        preview(office, 所属=[MEMBERSHIPS, *rows])
    with django_assert_max_num_queries(8):
        office.get(CODES)


@pytest.fixture
def newcomers(cast):
    made = []
    for n in range(3):
        user = people.create(login=f"new{n}", name=f"新人 {n}", organization=cast.shiomi, by=None, at=at(9))
        Membership.objects.create(user=user, team=cast.team["shiomi"], starts_on=date(2027, 4, 1))
        made.append(user)
    people.create(login="idle", name="所属なし", by=None, at=at(9))
    return made


def test_codes_in_one_go(office, cast, newcomers):
    startcodes.issue(newcomers[2], by=cast.kubo, at=at(9))
    page = text(office.get(CODES))
    assert "3人" in page and "所属なし" not in page
    assert page.count("checked") == 2 and "発行済み" in page
    answer = office.post(CODES, {"person": [newcomers[0].pk, newcomers[1].pk, cast.sato.pk]})
    slips = answer.context["slips"]
    assert [s["person"] for s in slips] == newcomers[:2]
    page = text(answer)
    assert all(s["code"] in page for s in slips) and "令和8年11月27日 10:00" in page
    assert startcodes.enter("new0", slips[0]["code"], by=None, at=at(11)) is not None
    assert Event.objects.filter(code="account.code_issued", actor_name="久保 管理").count() == 3


def test_not_too_many_codes_and_not_none(office, cast, newcomers, monkeypatch):
    assert "選んでください" in text(office.post(CODES, {}), 422)
    assert "選んでください" in text(office.post(CODES, {"person": ["x", "0"]}), 422)
    monkeypatch.setattr("tasks.views.roster_codes.MOST_AT_ONCE", 2)
    page = text(office.post(CODES, {"person": [p.pk for p in newcomers]}), 422)
    assert "2人まで" in page
    assert not StartCode.objects.exists()


def test_doors(client, cast):
    urls = ("/roster/", "/roster/?export=xlsx", IMPORT, CODES)
    for person in (cast.miura, cast.horie, cast.sato):
        client.force_login(person)
        assert {client.get(url).status_code for url in urls} == {403}
    client.force_login(cast.kubo)
    assert client.post("/roster/").status_code == 405
    assert client.put(IMPORT).status_code == client.put(CODES).status_code == 405
