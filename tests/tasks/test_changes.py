"""tasks:changes, the list of changes by stage: whose, which, in what stage, whose turn it is."""

import io
import re
from datetime import datetime

import pytest
import time_machine
from openpyxl import load_workbook

from tasks import cases
from tasks.changes import work_names
from tasks.changes_table import ChangeTable
from tasks.models import Case, Concern, Task
from tests.desk import Desk
from tests.make import at

URL = "/changes/"
HEAD = 4
WORK46 = {"before": "旧", "after": "新", "carried_out_on": "R8.11.20"}
ASKS45 = {"kind": "設定", "content": "直したい", "reason": "不便"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


def asks44(*concerns, planned="R8.12.10", **more):
    return {
        "kind": "改修", "content": "帳票の改修", "concerns": list(concerns), "risk": "戻せる",
        "planned_on": planned, **more,
    }  # fmt: skip


@pytest.fixture
def desks(cast, edition, holidays):
    """A change in each stage, by its title."""
    found = {name: Desk(cast) for name in ("申請中", "実施中", "確認中", "第2回", "完了", "取り下げ")}
    found["申請中"].raise_(45, "ono", title="申請中", wanted_on="R8.12.13", **ASKS45)
    for name, whom in (
        ("実施中", ("shiomi", "mizuno")), ("確認中", ("shiomi", "kirihara")), ("第2回", ("kirihara",)),
    ):  # fmt: skip
        found[name].raise_(44, "ogawa", title=name, **asks44(*whom))
        found[name].close(44, "ogawa", then=[46, 52] if name == "実施中" else [46])
    for name in ("確認中", "第2回"):
        found[name].close(46, "ishii", **WORK46)
    found["確認中"].close(47, "ono", where="shiomi", result="OK")
    found["第2回"].close(47, "makino", result="NG", comment="違う")
    found["完了"].raise_(45, "ono", title="完了", **ASKS45)
    found["完了"].close(45, "ono", then=[46])
    found["完了"].close(46, "ishii", **WORK46)
    found["完了"].close(47, "horie", result="OK")
    found["取り下げ"].raise_(45, "makino", title="取り下げ", **ASKS45)
    cases.withdraw(found["取り下げ"].case, by=cast.makino, at=at(), reason="不要")
    return found


@pytest.fixture
def look(client, desks, cast):
    def ask(who, **query):
        client.force_login(getattr(cast, who))
        return client.get(URL, query)

    return ask


def titles(response):
    return [case.title for case in response.context["table"].page.rows]


def heads(response):
    """What stands above the rows of each stage."""
    found = re.findall(r'<th scope="rowgroup"[^>]*>(.*?)</th>', response.content.decode())
    return [re.sub(r"<[^>]+>", "", head) for head in found]


def rows(response):
    """Of each row of the page its cells, as they read."""
    body = response.content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
    ]


def test_it_works(look):
    response = look("morishita")
    assert titles(response) == ["申請中", "第2回", "実施中", "確認中", "取り下げ", "完了"]
    assert heads(response) == ["申請・依頼 1件", "実施 2件", "確認 1件", "完了 2件"]
    setting, program = "ソフトウェアの設定変更作業", "プログラムの改修/バージョンアップ"
    planned = "12/10(木) 実施予定日"
    found = {row[1]: row[2:9] for row in rows(response)}
    assert found["申請中"] == ["", "汐見市", "12/13(日) 希望日", "申請・依頼", "汐見市", "12/8(火)", ""]
    assert found["第2回"] == [setting, "桐原市", planned, "実施", "HW/NW保守", "12/8(火)", "第2回"]
    assert found["実施中"][:2] == [f"{setting}、{program}", "汐見市、瑞野町"]
    assert found["実施中"][4:] == ["HW/NW保守、パッケージ保守", "12/8(火)", ""]
    assert found["確認中"] == [setting, "汐見市、桐原市", planned, "確認", "桐原市", "12/1(火)", ""]
    assert found["完了"] == [setting, "汐見市", "", "完了", "", "", ""]
    assert found["取り下げ"][3] == "取り下げ"


@pytest.mark.parametrize(
    "who, expected",
    [
        ("ono", ["申請中", "実施中", "確認中", "完了"]),
        ("makino", ["第2回", "確認中", "取り下げ"]),
        ("hamanaka", ["実施中"]),
        ("ishii", ["申請中", "第2回", "実施中", "確認中", "取り下げ", "完了"]),
        ("yamaguchi", ["申請中", "第2回", "実施中", "確認中", "取り下げ", "完了"]),
    ],
)
def test_everybody_sees_only_what_they_may_read(look, who, expected):
    assert titles(look(who)) == expected


def test_a_municipality_does_not_read_who_else_is_waited_for(look):
    found = {row[1]: row for row in rows(look("ono"))}
    assert found["確認中"][6] == "ほかの団体"
    assert {row[1]: row for row in rows(look("makino"))}["確認中"][6] == "桐原市"


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"stage": "0"}, ["申請中"]),
        ({"stage": "1"}, ["第2回", "実施中"]),
        ({"stage": "2"}, ["確認中"]),
        ({"stage": "3"}, ["取り下げ", "完了"]),
        ({"organization": "mizuno"}, ["実施中"]),
        ({"team": "package"}, ["実施中"]),
        ({"team": "kirihara"}, ["確認中"]),
        ({"q": "違う"}, ["第2回"]),
        ({"q": "chg-r8-0001"}, ["申請中"]),
        ({"raised_to": "R8.11.23"}, []),
        (
            {"raised_from": "R8.11.24", "stage": "9"},
            ["申請中", "第2回", "実施中", "確認中", "取り下げ", "完了"],
        ),
    ],
)
def test_filters(look, query, expected):
    response = look("morishita", **query)
    assert titles(response) == expected
    if "stage" in query and query["stage"] in "012" and len(heads(response)) == 1:
        assert heads(response)[0].endswith(f" {len(expected)}件")


def test_the_workbook_has_the_same_rows(look):
    sheet = load_workbook(io.BytesIO(b"".join(look("ono", export="xlsx").streaming_content))).active
    found = [[cell.value for cell in row] for row in sheet.iter_rows()][HEAD - 1 :]
    assert found[0] == [
        "番号", "件名", "作業の種類", "関係団体", "予定日", "段階", "いまの担当", "期限", "回", "起票日",
    ]  # fmt: skip
    assert [row[1] for row in found[1:]] == ["申請中", "実施中", "確認中", "完了"]
    day = datetime(2026, 11, 24)
    assert found[1][3:] == [
        "汐見市",
        datetime(2026, 12, 13),
        "申請・依頼",
        "汐見市",
        datetime(2026, 12, 8),
        1,
        day,
    ]


def many(case, count):
    """`count` changes more like `case`, with their steps and whom they concern."""
    steps, concerns = list(case.steps.all()), list(case.concerns.all())
    found = Case.objects.bulk_create(
        copy_of(case, serial=5000 + n, number=f"CHG-R8-{5000 + n}") for n in range(count)
    )
    Task.objects.bulk_create(copy_of(s, case_id=c.pk, period=f"C{c.pk}") for c in found for s in steps)
    Concern.objects.bulk_create(copy_of(o, case_id=c.pk) for c in found for o in concerns)


def copy_of(row, **changed):
    same = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name != "id"}
    return type(row)(**{**same, **changed})


@pytest.mark.parametrize("count", [10, 1000])
def test_six_statements(look, client, desks, count, django_assert_max_num_queries):
    many(desks["実施中"].case, count)
    for who in ("ishii", "ono"):
        for query in ({}, {"stage": "1", "team": "package", "q": "改修"}):
            look(who, **query)
            with django_assert_max_num_queries(6):
                response = client.get(URL, query)
            assert any(head.startswith("実施 ") for head in heads(response))
            seen, after = titles(response), response.context["page"]["next"]
            if after:
                with django_assert_max_num_queries(6):
                    assert client.get(URL + after).context["page"]["previous"]
            if not query:
                assert len(seen) == 50 if count > 50 else count < len(seen) < 50
    assert ChangeTable(Case.objects.none(), asker=response.wsgi_request).stock_columns() == []


def test_the_words_that_all_kinds_share_are_left_out(edition):
    assert list(work_names(edition.pk).values()) == [
        "ソフトウェアの設定変更作業", "データ、DB等の修正作業", "ユーザ情報のメンテナンス",
        "プログラムの改修/バージョンアップ",
    ]  # fmt: skip


def test_doors(client, cast, edition):
    assert client.get(URL).status_code == 302
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 403
    client.force_login(cast.sato)
    assert client.post(URL).status_code == 405
