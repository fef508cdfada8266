"""tasks:catalogue, tasks:raise: what one may raise, and the form that raises it."""

import re
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from opsdesk.accounts.models import Membership
from opsdesk.calendar.models import ClosedDay
from tasks.models import Attachment, Case
from tests.make import at

pytestmark = pytest.mark.django_db
CHANGE = {"f-kind": "プログラム", "f-content": "直したい", "f-reason": "不便", "f-wanted_on": "R8.12.10"}
CALL = {
    "f-caller": "大野", "f-channel": "電話", "f-noticed_at": "R8.11.24 8:40", "f-content": "つながらない",
    "f-provisional_level": "2",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def ask(client, cast, edition, holidays):
    """ask("ono", "/raise/") → the response; with fields: a POST."""

    def ask(login, url, **fields):
        client.force_login(getattr(cast, login))
        return client.post(url, fields) if fields else client.get(url)

    return ask


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def offered(response):
    return [o.line.number for _place, offers in response.context["groups"] for o in offers]


def form(**fields):
    return {"title": "件名", "token": "t1", **fields}


@pytest.mark.parametrize(
    ("login", "numbers"),
    [
        ("ono", [15, 54, 2, 11, 12, 13, 14, 37, 40, 45]),
        ("sato", [15, 54, 2, 11, 12, 13, 14, 37, 40, 43, 44]),
        ("yamaguchi", [15, 54]),
        ("ishii", [15, 54, 44, 57, 58, 59, 60]),
        ("morishita", [15, 54, 37]),
    ],
)
def test_the_catalogue_offers_what_the_marks_say(ask, login, numbers):
    response = ask(login, "/raise/")
    assert response.status_code == 200
    assert offered(response) == numbers
    for number in numbers:
        reported = number in (15, 54) and login != "yamaguchi"
        assert (f'href="/report/?duty={number}"' if reported else f'href="/raise/{number}/"') in (
            response.content.decode()
        )


def test_it_speaks_in_the_words_of_the_matrix(ask, client, django_assert_max_num_queries):
    shown = text(ask("ono", "/raise/"))
    for words in (
        "汐見市 から出せるもの 10種", "ユーザー情報メンテナンス(追加・更新・削除・ロック解除等)",
        "「適用日」の前の開庁日、空欄なら3開庁日",
        "区分、対象システム、明細、適用日、理由", "各構成団体",
        "自分の担当は ○", "誰でも通報できます", "直ちに",
    ):  # fmt: skip
        assert words in shown, words
    assert offered(client.get("/raise/?q=公印")) == [13]
    assert offered(client.get("/raise/?q=No.45")) == [45]
    assert "この語句に合うものはありません" in text(client.get("/raise/?q=監視")), "not offered, so not found"
    with django_assert_max_num_queries(10):
        client.get("/raise/")


def test_without_an_edition_nothing_is_offered(client, cast):
    client.force_login(cast.ono)
    assert "起票できる業務はありません" in text(client.get("/raise/"))
    assert client.get("/raise/45/").status_code == 404
    assert client.get("/report/").status_code == 409


def test_it_works(ask, client, cast):
    page = ask("ono", "/raise/45/")
    shown = text(page)
    assert "このあと" in shown and "No.52" in shown and "結果を確認します" in shown
    assert 'name="concerns"' not in page.content.decode(), "a municipality raises for itself, silently"
    assert "12月8日" in shown, "10 business days"
    response = ask("ono", "/raise/45/", **form(**CHANGE))
    case = Case.objects.get()
    assert response.status_code == 302 and (case.number, case.title) == ("CHG-R8-0001", "件名")
    step = case.steps.get()
    assert step.answers["wanted_on"] == "2026-12-10" and step.organization == cast.shiomi
    assert ask("ono", "/raise/45/", **form(**CHANGE)).status_code == 302
    assert Case.objects.count() == 1, "a double click is one case"
    assert client.get("/raise/").context["often"][0][1] == 1
    ask("horie", "/raise/45/", **form(**CHANGE))
    assert Case.objects.count() == 2, "the token is a person's own"


def test_a_duty_that_asks_whom_it_concerns_asks_once(ask):
    page = ask("sato", "/raise/44/").content.decode()
    assert page.count('type="checkbox" name="f-concerns"') == 3 and 'name="concerns"' not in page
    fields = {
        "f-kind": "改修", "f-content": "帳票", "f-risk": "戻せる", "f-planned_on": "R8.12.10",
        "f-concerns": ["shiomi", "mizuno"],
    }  # fmt: skip
    assert ask("sato", "/raise/44/", **form(**fields)).status_code == 302
    case = Case.objects.get()
    assert list(case.concerns.values_list("organization__code", flat=True)) == ["shiomi", "mizuno"]


def test_received_at_once(ask):
    page = ask("yamaguchi", "/raise/54/")
    assert "登録する" in text(page) and "登録と同時に完了します" in text(page)
    call = {
        "f-channel": "電話", "f-organization": "shiomi", "f-caller": "大野",
        "f-content": "出ない", "f-answered_at_once": "いいえ", "then": ["linked-15"],
    }  # fmt: skip
    response = ask("yamaguchi", "/raise/54/", **form(**{**call, "f-answered_at_once": ""}))
    assert (
        response.status_code == 422 and 'value="linked-15" id="then-1" checked' in response.content.decode()
    )
    assert not Case.objects.exists()
    assert ask("yamaguchi", "/raise/54/", **form(**call)).status_code == 302
    inquiry, incident = Case.objects.get(kind="inquiry"), Case.objects.get(kind="incident")
    assert inquiry.steps.get(key=54).state == "done" and inquiry.steps.get(key=55).is_open
    assert incident.sources.get().source == inquiry


def test_lines_and_files_are_kept_with_it(ask):
    lines = {"f-lines-0-user_code": "u1", "f-lines-0-name": "見本", "f-kind": "追加", "f-system": "住基"}
    more = ask("ono", "/raise/2/", **form(**lines, **{"add-line": "lines"}))
    assert more.status_code == 200 and 'name="f-lines-2-name"' in more.content.decode()
    assert not Case.objects.exists()
    fields = form(**lines, **{"f-apply_on": "R8.12.1", "f-reason": "異動"})
    for _double_click in range(2):
        sent = ask("ono", "/raise/2/", **fields, file=SimpleUploadedFile("一覧.csv", b"a,b"))
        assert sent.status_code == 302
    case = Case.objects.get()
    step = case.steps.get()
    assert step.answers["lines"] == [{"user_code": "u1", "name": "見本"}]
    assert step.due_on.isoformat() == "2026-11-30", "the business day before"
    assert Attachment.objects.get(task=step).name == "一覧.csv"


def test_a_column_says_until_when_it_must_be_there(ask):
    heads = re.findall(r"<th scope=\"col\">(.*?)</th>", ask("sato", "/raise/12/").content.decode())
    said = {re.sub(r"<[^>]+>", "", head) for head in heads}
    assert {"コード値 ※必須", "適用日 完了までに必須", "廃止日"} <= said
    lines = {"f-lines-0-code_kind": "住所", "f-lines-0-code": "1", "f-lines-0-name": "本町"}
    raised = ask("sato", "/raise/12/", **form(**lines, concerns=["shiomi"], **{"f-kind": "新規"}))
    assert raised.status_code == 302, text(raised)


def test_a_municipality_attaches_what_a_common_duty_asks(ask, cast):
    glyph = {"f-kind": "新規", "f-source": "戸籍"}
    without = ask("ono", "/raise/11/", **form(**glyph))
    assert without.status_code == 422 and "字形" in text(without)
    bad = ask("ono", "/raise/11/", **form(**glyph), **{"file-glyph": SimpleUploadedFile("x.exe", b"MZ\0\1")})
    assert bad.status_code == 422 and "もう一度選んでください" in text(bad) and "戸籍" in text(bad)
    assert not Case.objects.exists() and not Attachment.objects.exists()
    ask("ono", "/raise/11/", **form(**glyph), **{"file-glyph": SimpleUploadedFile("字.pdf", b"%PDF-1.4")})
    assert Attachment.objects.get().field_key == "glyph"


@pytest.mark.parametrize(
    ("login", "number", "fields", "sentence"),
    [
        ("ono", 45, {"title": " "}, "件名を入力してください"),
        ("ono", 45, {"f-reason": ""}, "理由"),
        ("ono", 45, {"f-wanted_on": "R8.13.1"}, "希望日"),
        ("sato", 43, {"f-form": "納税通知書"}, "関係する団体を選んでください"),
    ],
)
def test_what_was_typed_stays(ask, login, number, fields, sentence):
    response = ask(login, f"/raise/{number}/", **form(**{**CHANGE, **fields}))
    assert response.status_code == 422 and sentence in text(response)
    assert "<title>エラー: " in response.content.decode()
    typed = response.content.decode()
    assert "直したい" in typed or "納税通知書" in typed
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("login", "number", "status", "sentence"),
    [
        ("ishii", 17, 409, "見出し"),
        ("sato", 46, 409, "ほかの作業の後"),
        ("sato", 45, 403, ""),
        ("ono", 15, 403, ""),
        ("ono", 99, 404, ""),
        ("kubo", 45, 403, ""),
    ],
)
def test_what_can_not_be_raised(ask, login, number, status, sentence):
    assert ask(login, f"/raise/{number}/").status_code == status
    response = ask(login, f"/raise/{number}/", **form(**CHANGE))
    assert response.status_code == status and sentence in text(response)
    assert not Case.objects.exists()


def test_another_municipality_can_not_be_named(ask, cast):
    ask("ono", "/raise/45/", **form(**CHANGE), concerns=["kirihara"])
    assert list(Case.objects.get().concerns.values_list("organization__code", flat=True)) == ["shiomi"]


def test_the_due_is_said_as_one_types(ask, client, cast):
    client.force_login(cast.sato)
    response = client.post(
        "/raise/44/", {"f-planned_on": "R8.12.10", "title": ""}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 200 and "12月9日" in text(response) and not Case.objects.exists()


def test_two_teams_choose_for_which(ask, client, cast):
    extra = cast.team["operations"]
    Membership.objects.create(user=cast.ono, team=extra, starts_on=at().date())
    page = ask("ono", "/raise/2/").content.decode()
    assert "汐見市 として" in page and f"?team={extra.pk}" in page
    assert 'name="concerns"' in client.get(f"/raise/2/?team={extra.pk}").content.decode()


def test_the_door(client, cast, edition):
    assert client.get("/raise/").status_code == 302
    client.force_login(cast.kubo)
    assert client.get("/raise/").status_code == 403
    client.force_login(cast.ono)
    assert client.post("/raise/").status_code == 405
    assert client.delete("/raise/45/").status_code == 405


CODES = {"f-kind": "新規", "f-lines-0-code_kind": "町字", "f-lines-0-code": "0001", "f-lines-0-name": "本町"}


def test_a_common_work_goes_by_the_days_of_the_union(ask, cast):
    """5 business days after 11/24: a closed day of the municipality moves nothing, the union's does."""
    ClosedDay.objects.create(on=date(2026, 11, 25), name="町の休み", organization=cast.shiomi)
    ask("sato", "/raise/12/", **form(**CODES, concerns="shiomi"))
    ClosedDay.objects.create(on=date(2026, 11, 26), name="組合の休み", organization=cast.union)
    ask("sato", "/raise/12/", **form(**CODES, concerns=["shiomi", "mizuno"]) | {"token": "t2"})
    first, second = Case.objects.order_by("pk")
    assert [c.steps.get().due_on for c in (first, second)] == [date(2026, 12, 1), date(2026, 12, 2)]
    assert {c.steps.get().organization for c in (first, second)} == {cast.union}
    assert list(second.concerns.values_list("organization__code", flat=True)) == ["shiomi", "mizuno"]


def test_raising_takes_few_statements(ask, django_assert_max_num_queries):
    ask("sato", "/raise/12/", **form(**CODES, concerns="shiomi"))
    with django_assert_max_num_queries(19):  # with what signing in and the savepoints of a test take
        sent = ask("sato", "/raise/12/", **form(**CODES, concerns="shiomi") | {"token": "t2"})
    assert sent.status_code == 302
