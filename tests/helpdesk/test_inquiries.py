"""helpdesk:inquiries, the work list; helpdesk:answer and helpdesk:ask on the page of an inquiry."""

import io
import re

import pytest
import time_machine
from openpyxl import load_workbook

from helpdesk import contacts, inbox
from helpdesk.models import Canned, Inquiry
from opsdesk.notices.models import Notice
from tasks import taking
from tasks.models import Case, Concern, Task
from tests.desk import Desk
from tests.make import at

URL = "/inquiries/"
#: The budget of a list.
MOST = 6


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast)


@pytest.fixture
def call(cast, desk):
    def register(town="kirihara", title="件名", hour=8, **given):
        usual = {"channel": "phone", "text": "内容", "caller": "柴田", "received_at": at(hour)}
        who = {"by": cast.yamaguchi, "team": cast.team["helpdesk"], "at": at(hour)}
        desk.case = inbox.register(getattr(cast, town), **{**usual, **given}, **who, title=title)
        return desk.case

    return register


@pytest.fixture
def ask(client, cast):
    def ask(who, url=URL, **fields):
        client.force_login(getattr(cast, who))
        return client.post(url, fields) if fields else client.get(url)

    return ask


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def titles(response):
    return [i.case.title for i in response.context["table"].page.rows]


@pytest.fixture
def calls(call, cast, desk):
    call(title="新しい", hour=9)
    call(title="古い", hour=7, town="shiomi", channel="fax")
    call(title="即答", first_answer="はい")
    call(title="引受済")
    taking.take(desk.step(55), by=cast.ogawa, team=cast.team["package"], at=at(9))


def test_it_works(ask, calls):
    response = ask("yamaguchi")
    assert titles(response) == ["古い", "引受済", "新しい"]
    page = text(response)
    assert "小川 直樹(パッケージ保守)" in page and "業務運用・パッケージ保守・HW/NW保守" in page
    assert "受付を登録" in page
    sheet = ask("yamaguchi", f"{URL}?export=xlsx")
    book = load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    assert len([row for row in book.active.iter_rows(values_only=True) if row[0] and "INQ-" in row[0]]) == 3


@pytest.mark.parametrize(
    ("who", "query", "expected"),
    [
        ("yamaguchi", "state=open", ["古い", "即答", "引受済", "新しい"]),
        ("yamaguchi", "state=open&scope=team", ["即答"]),
        ("ogawa", "scope=mine", ["古い", "引受済", "新しい"]),
        ("sato", "scope=team", ["古い", "新しい"]),
        ("yamaguchi", "channel=fax", ["古い"]),
        ("yamaguchi", "organization=kirihara&q=新", ["新しい"]),
        ("yamaguchi", "state=any&hour=8", ["引受済", "即答"]),
        ("yamaguchi", "received_from=R8.11.25", []),
        ("ono", "", ["古い"]),
        ("hamanaka", "state=any", []),
        ("morishita", "", ["古い", "引受済", "新しい"]),
    ],
)
def test_filters_and_who_sees_what(ask, calls, who, query, expected):
    assert titles(ask(who, f"{URL}?{query}")) == expected


def many(count):
    """As many more inquiries, with an open step, as there are to be."""
    one = Inquiry.objects.select_related("case").first()
    step = one.case.steps.get(key=55)
    town = one.organization
    for n in range(100, 100 + count):
        step.pk, case = None, Case.objects.get(pk=one.case_id)
        case.pk, case.serial, case.number = None, n, f"INQ-R8-{n}"
        case.save()
        step.case, step.period = case, f"C{case.pk}"
        step.save()
        Concern.objects.create(case=case, organization=town)
        Inquiry.objects.create(case=case, organization=town, received_at=one.received_at)


@pytest.mark.parametrize("count", [10, 1000])
def test_statements(ask, call, client, count, django_assert_max_num_queries):
    call()
    many(count)
    ask("yamaguchi")
    with django_assert_max_num_queries(MOST):
        assert len(titles(client.get(URL))) == min(count + 1, 50)
    assert Task.objects.filter(key=55).count() == count + 1


def test_an_answer(ask, call, cast):
    case = call()
    contacts.keep(Canned(name="調査中", key="1", text="調べています。"), by=cast.kubo, at=at())
    page = text(ask("ogawa", f"/cases/{case.number}/"))
    assert "調べています。" in page and "ほかの担当へ引き渡す" in page and "未回答 期限" in page
    url = f"/inquiries/{case.number}/answer/"
    assert ask("ogawa", url, answer="こうします").status_code == 302
    assert case.comments.get().audience == "member"
    assert Notice.objects.filter(person=cast.makino, code="case.commented").exists()
    assert "こうします" in text(ask("makino", f"/cases/{case.number}/"))
    empty = ask("ogawa", url, answer=" ")
    assert empty.status_code == 422 and 'id="f-answer-e"' in empty.content.decode()
    assert ask("ogawa", url, answer="x", audience="internal").status_code == 422
    assert ask("makino", url, answer="私").status_code == 403
    assert ask("ono", url, answer="私").status_code == 404
    assert ask("ogawa", url).status_code == 302


def test_a_question_after_the_end_is_a_new_inquiry(ask, call, cast, desk):
    case = call(first_answer="済み")
    url = f"/inquiries/{case.number}/ask/"
    assert ask("makino", url, ask="まだ？").status_code == 403
    desk.close(56, "yamaguchi", history_recorded=True)
    assert "もう一度たずねる" in text(ask("makino", f"/cases/{case.number}/"))
    assert ask("makino", url).status_code == 302
    response = ask("makino", url, ask=" ")
    assert response.status_code == 422 and 'id="f-ask-e"' in response.content.decode()
    assert ask("makino", url, ask="直りません").status_code == 302
    new = case.linked.get().case
    assert (new.title, new.inquiry.organization, new.reporter) == (
        "件名（続き）",
        cast.kirihara,
        cast.kirihara,
    )
    assert ask("sato", url, ask="x").status_code == 403
    assert ask("ono", url, ask="x").status_code == 404


def test_another_kind_of_case_has_no_answer(ask, desk, cast):
    case = desk.raise_(45, "ono", kind="設定", content="x", reason="y", wanted_on="R8.12.10")
    assert ask("ogawa", f"/inquiries/{case.number}/answer/", answer="x").status_code == 403


@pytest.mark.parametrize("url", [URL, "/inquiries/x/answer/", "/inquiries/x/ask/"])
def test_another_method_is_refused(client, cast, url):
    client.force_login(cast.yamaguchi)
    assert client.put(url).status_code == 405
