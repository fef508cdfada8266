"""tasks:cases, the list of cases."""

import io
import re

import pytest
import time_machine
from openpyxl import load_workbook

from tasks import cases
from tasks.casetable import CaseTable
from tasks.models import Case, Concern, Task
from tests.desk import Desk
from tests.make import at, duty

URL = "/cases/"
pytestmark = pytest.mark.django_db
CHANGE45 = {"kind": "プログラム", "content": "直したい", "reason": "不便"}
CALL15 = {
    "caller": "大野", "channel": "電話", "noticed_at": "R8.11.24 8:40", "content": "つながらない",
    "provisional_level": "2",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def look(client, cast, edition, holidays):
    """look("sato", state="any") → the response."""

    def ask(login, **query):
        client.force_login(getattr(cast, login))
        return client.get(URL, query)

    return ask


@pytest.fixture
def history(cast, edition, holidays):
    """An incident of two, a change of one that is done, one of another, and one that was withdrawn."""
    incident = Desk(cast)
    incident.raise_(15, "yamaguchi", whom=["shiomi", "kirihara"], title="基幹が止まった", **CALL15)
    change = Desk(cast)
    change.raise_(45, "ono", title="帳票を直す", **CHANGE45)
    change.close(45, "horie", then=[50])
    change.close(50, "sato", users="1", content="追加", carried_out_on="R8.11.24")
    change.close(51, "ono", result="OK")
    foreign = Desk(cast)
    foreign.raise_(45, "makino", title="桐原の依頼", **CHANGE45)
    gone = Desk(cast)
    gone.raise_(45, "ono", title="やめた", **CHANGE45)
    cases.withdraw(gone.case, by=cast.ono, at=at(), reason="不要")
    return [d.case.number for d in (incident, change, foreign, gone)]


def numbers(response):
    return sorted(case.number for case in response.context["table"].page.rows)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


INC, DONE, FOREIGN, GONE = "INC-R8-0001", "CHG-R8-0001", "CHG-R8-0002", "CHG-R8-0003"


@pytest.mark.parametrize(
    ("login", "query", "wanted"),
    [
        ("morishita", {}, [FOREIGN, INC]),
        ("morishita", {"state": "any"}, [DONE, FOREIGN, GONE, INC]),
        ("ono", {}, [INC]),
        ("ono", {"state": "any"}, [DONE, GONE, INC]),
        ("makino", {"state": "any"}, [FOREIGN, INC]),
        ("hamanaka", {"state": "any"}, []),
        ("ono", {"state": "any", "kind": "change"}, [DONE, GONE]),
        ("sato", {"state": "any", "organization": "kirihara"}, [FOREIGN, INC]),
        ("ishii", {"scope": "turn"}, [INC]),
        ("yamaguchi", {"scope": "turn"}, [INC]),
        ("makino", {"scope": "turn"}, [FOREIGN]),
        ("ono", {"scope": "raised", "state": "any"}, [DONE, GONE]),
        ("morishita", {"q": "帳票", "state": "any"}, [DONE]),
        ("morishita", {"q": "inc-r8", "state": "any"}, [INC]),
        ("morishita", {"duty": "15"}, [INC]),
        ("morishita", {"raised_from": "R8.11.25", "state": "any"}, []),
        ("morishita", {"raised_to": "R8.11.24"}, [FOREIGN, INC]),
    ],
)
def test_it_works(look, history, login, query, wanted):
    response = look(login, **query)
    assert response.status_code == 200 and numbers(response) == sorted(wanted)


def test_what_a_row_says(look, history):
    shown = text(look("sato"))
    for words in (
        "基幹が止まった",
        "汐見市、桐原市",
        "No.16",
        "No.24",
        "ヘルプデスク",
        "対応中",
        "No.45 変更作業依頼: 桐原市",
    ):
        assert words in shown, words
    foreign = text(look("ono"))
    assert "汐見市、他団体 1件" in foreign and "桐原" not in foreign.partition("</form>")[2]
    rows = next(iter(look("ono").context["table"].page.rows))
    assert (rows.number, len(rows.turns)) == (INC, 2)


def test_a_town_reads_no_other_towns_name(look, cast, history):
    desk = Desk(cast, Case.objects.get(number=INC))
    level = {"level": "2 一部停止", "concerns": ["shiomi", "kirihara"], "impact": "窓口"}
    desk.close(16, "ishii", then=[23], **level)
    table = look("ono").content.decode().partition("<tbody")[2]
    assert "No.23 データリカバリー: 汐見市、No.24" in re.sub(r"<[^>]+>", "", table) or "他団体 1件" in table
    assert "桐原" not in table and "他団体 1件" in table
    assert "桐原市" in look("sato").content.decode().partition("<tbody")[2]


def test_the_same_rows_as_a_workbook(client, look, history):
    look("ono")
    response = client.get(URL, {"state": "any", "export": "xlsx"})
    rows = list(load_workbook(io.BytesIO(b"".join(response))).active.values)
    flat = [" ".join(str(cell) for cell in row if cell is not None) for row in rows]
    assert any("番号 件名 種類 依頼元 関係団体 現在の作業" in line for line in flat)
    assert sum("R8-000" in line for line in flat) == 3
    assert not any("桐原" in line for line in flat) and any("他団体 1件" in line for line in flat)


def fill(cast, count):
    """`count` open incidents of two towns, with two open steps each."""
    entry, step = duty(15), duty(16)
    rows = Case.objects.bulk_create(
        Case(
            kind="incident", fiscal_year=2026, serial=n, number=f"INC-R8-{n:04}", title=f"障害{n}",
            entry=entry, raised_at=at(8), raised_for=cast.team["helpdesk"],
        )
        for n in range(1, count + 1)
    )  # fmt: skip
    Concern.objects.bulk_create(
        Concern(case=case, organization=o) for case in rows for o in (cast.shiomi, cast.kirihara)
    )
    Task.objects.bulk_create(
        Task(
            key=d.key, duty=d, organization=cast.union, period=f"C{case.pk}", period_on=at().date(),
            due_at=at(17), opens_on=at().date(), due_on=at().date(), created_at=at(8), case=case,
        )
        for case in rows
        for d in (step, duty(24))
    )  # fmt: skip


@pytest.mark.parametrize("count", [10, 1000])
@pytest.mark.parametrize("login", ["sato", "ono", "morishita"])
def test_at_most_six_statements(client, look, cast, django_assert_max_num_queries, login, count):
    fill(cast, count)
    look(login)
    with django_assert_max_num_queries(6):
        response = client.get(URL)
    assert len(numbers(response)) == min(count, 50)
    if token := response.context["page"]["next"]:
        with django_assert_max_num_queries(6):
            assert client.get(URL + token).context["page"]["previous"]


def test_every_column_is_drawn_fast(look, history):
    assert not look("sato").context["table"].stock_columns()
    assert issubclass(CaseTable, type(look("sato").context["table"]))


def test_the_door(client, cast, edition):
    assert client.get(URL).status_code == 302
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 403
    client.force_login(cast.ono)
    assert client.post(URL).status_code == 405
