"""tasks:answers, the list of requests: whose, which, by what words, and as a workbook."""

import io
import re
from datetime import datetime

import pytest
import time_machine
from openpyxl import load_workbook

from raci.access import standing_of
from tasks.models import Attachment, Case, Task
from tasks.requests import duties_for
from tasks.requests_table import RequestTable
from tests.desk import Desk
from tests.make import TODAY, at

URL = "/requests/"
HEAD = 4
OWN = ["番号", "件名", "関係団体", "受付日", "期限", "状態", "実施日"]
USERS = [
    {"user_code": "U001", "name": "山田 太郎", "department": "=1+1"},
    {"user_code": "U002", "name": "鈴木 花子"},
]
ALL = ("shiomi", "kirihara", "mizuno")
ASKS2 = {"kind": "追加", "system": "住基", "apply_on": "R8.12.10", "reason": "人事異動 100%"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def desk(cast, edition, holidays):
    """Requests of several kinds: 2 of 汐見市 and 桐原市, 13 of 汐見市 with 印影, 14 for two, 40, a change."""
    desk = Desk(cast)
    desk.raise_(2, "ono", title="職員の追加", lines=USERS, **ASKS2)
    desk.raise_(2, "makino", title="桐原の追加", **{**ASKS2, "kind": "更新"}, lines=USERS[1:])
    desk.raise_(13, "ono", title="市長印", kind="新規", seal_name="汐見市長之印", use_from="R9.1.12")
    Attachment.objects.create(
        task=desk.step(13), field_key="imprint", name="印影.pdf", content_type="application/pdf", size=1,
        sha256="0", team=desk.team("sato"), by=cast.sato, at=at(),
    )  # fmt: skip
    desk.raise_(
        14, "sato", title="首長交代", whom=("shiomi", "mizuno"), post="市長", name="汐見 一郎",
        apply_on="R8.12.1",
    )  # fmt: skip
    desk.raise_(
        40, "sato", title="封筒", whom=("shiomi", "kirihara", "mizuno"), form="窓あき封筒", quantity=500
    )
    desk.raise_(
        44, "ogawa", title="変更", kind="改修", content="印影の変更", concerns=["shiomi"], risk="なし",
        planned_on="R8.12.10",
    )  # fmt: skip
    return desk


@pytest.fixture
def look(client, desk, cast):
    """look("sato", q="封筒") → the response."""

    def ask(who, **query):
        client.force_login(getattr(cast, who))
        return client.get(URL, query)

    return ask


def titles(response):
    return [task.case.title for task in response.context["table"].page.rows]


def book(response):
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()][HEAD - 1 :]


def test_it_works(look):
    response = look("sato")
    assert titles(response) == ["封筒", "首長交代", "市長印", "桐原の追加", "職員の追加"], (
        "no change among them"
    )
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
    assert "公印名 汐見市長之印" in page and "汐見市、瑞野町" in page and "No.13 " in page


@pytest.mark.parametrize(
    "who, expected",
    [
        ("morishita", ["封筒", "首長交代", "市長印", "桐原の追加", "職員の追加"]),
        ("ono", ["封筒", "首長交代", "市長印", "職員の追加"]),
        ("makino", ["封筒", "桐原の追加"]),
        ("hamanaka", ["封筒", "首長交代"]),
        ("yamaguchi", []),
        ("ogawa", []),
    ],
)
def test_everybody_sees_only_their_own(look, who, expected):
    assert titles(look(who)) == expected
    assert {row[1] for row in book(look(who, export="xlsx"))[1:]} == set(expected)


def test_only_duties_that_can_be_read_are_offered(desk, cast):
    offered = [line.number for line in duties_for(standing_of(cast.sato, TODAY)).values()]
    assert offered == [2, 11, 12, 13, 14, 37, 40, 41, 42, 43], "no monitoring, incident, inquiry or change"
    assert not duties_for(standing_of(cast.yamaguchi, TODAY))


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"duty": "2"}, ["桐原の追加", "職員の追加"]),
        ({"organization": "shiomi"}, ["封筒", "首長交代", "市長印", "職員の追加"]),
        ({"organization": "kirihara"}, ["封筒", "桐原の追加"]),
        ({"q": "山田"}, ["職員の追加"]),
        ({"q": "Ｕ００２ 更新"}, ["桐原の追加"]),
        ({"q": "令和9年1月12日"}, ["市長印"]),
        ({"q": "500"}, ["封筒"]),
        ({"q": "100%"}, ["桐原の追加", "職員の追加"]),
        ({"q": "人_異"}, []),
        ({"q": "req-r8-0005"}, ["封筒"]),
        ({"q": "user_code"}, []),
        ({"state": "open", "raised_from": "R8.11.24", "raised_to": "R8.11.24", "duty": "13"}, ["市長印"]),
        ({"raised_to": "R8.11.23"}, []),
        ({"due_to": "R8.12.1"}, ["首長交代"]),
        ({"state": "overdue"}, []),
        ({"state": "dropped"}, []),
        ({"duty": "9999"}, ["封筒", "首長交代", "市長印", "桐原の追加", "職員の追加"]),
    ],
)
def test_filters(look, query, expected):
    assert titles(look("sato", **query)) == expected


def test_nonsense_gets_a_sentence_and_the_list(look):
    response = look("sato", raised_from="きのう", page='[0,"x"]', sort="nonsense")
    assert response.status_code == 200 and len(titles(response)) == 5
    assert response.context["faults"]


def test_the_fields_are_the_columns_and_lines_are_rows(look):
    page = look("sato", duty="2").content.decode()
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', page)
    assert heads == [*OWN, "区分", "対象システム", "明細", "適用日", "理由", "反映確認"]
    found = book(look("sato", duty="2", export="xlsx", organization="shiomi"))
    of_lines = ["ユーザーID", "氏名", "所属"]
    assert found[0] == [*OWN, "区分", "対象システム", *of_lines, "適用日", "理由", "反映確認"]
    raised, apply_on = datetime(2026, 11, 24), datetime(2026, 12, 10)
    same = ["REQ-R8-0001", "職員の追加", "汐見市", raised, datetime(2026, 12, 9, 17, 15), "未着手", None]
    assert found[1:] == [
        [*same, "追加", "住基", "U001", "山田 太郎", "=1+1", apply_on, "人事異動 100%", None],
        [*same, "追加", "住基", "U002", "鈴木 花子", None, apply_on, "人事異動 100%", None],
    ]


def test_files_are_links_for_those_who_may_open_them(look, cast):
    for who, is_there in (("sato", True), ("ono", True), ("morishita", True)):
        page = look(who, duty="13").content.decode()
        assert ("印影.pdf" in page) is is_there
    assert "印影.pdf" in str(book(look("sato", duty="13", export="xlsx")))


def test_what_was_withdrawn_says_so(look, desk):
    Task.objects.filter(duty__number=40).update(state="skipped", is_withdrawn=True, closed_at=at())
    assert titles(look("sato", state="dropped")) == ["封筒"]
    assert "取り下げ" in look("sato", state="dropped").content.decode()
    assert titles(look("sato", state="skipped")) == []


def more(model, row, count, differing):
    """`count` rows like `row`, but for what differs."""
    same = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if f.name != "id"}
    model.objects.bulk_create(model(**{**same, **differing(n)}) for n in range(count))


@pytest.mark.parametrize("count", [10, 1000])
@pytest.mark.parametrize("who", ["sato", "ono"])
def test_six_statements(look, client, cast, desk, count, who, django_assert_max_num_queries):
    first = Case.objects.get(title="職員の追加")
    step = first.steps.get()
    more(Case, first, count, lambda n: {"serial": 5000 + n, "number": f"REQ-R8-{5000 + n}"})
    more(Task, step, count, lambda n: {"serial": 1 + n})
    for query in ({}, {"duty": "2"}, {"duty": "2", "q": "山田"}, {"duty": "2", "export": "xlsx"}):
        warm = look(who, **query)
        assert not warm.streaming or book(warm)
        with django_assert_max_num_queries(6):
            response = client.get(URL, query)
            if response.streaming:
                assert len(book(response)) == 1 + 2 * (count + 1) + (who == "sato")
    assert RequestTable(Task.objects.none(), asker=response.wsgi_request, duty=2).stock_columns() == []


def test_doors(client, cast, edition):
    assert client.get(URL).status_code == 302
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 403
    client.force_login(cast.sato)
    assert client.post(URL).status_code == 405
