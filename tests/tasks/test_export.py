"""xlsx of a list: the same rows and columns, never another municipality's, and LibreOffice reads it."""

import csv
import io
import re
import shutil
import subprocess
from datetime import datetime

import pytest
import time_machine
from openpyxl import load_workbook

from opsdesk.lib import bookwriting, workbook
from tasks.models import Task
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
HEAD = 4  # title, filter, who and when, head


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def export(client, cast, edition):
    """export("sato", state="open") → the file's bytes."""

    def ask(login, **query):
        client.force_login(getattr(cast, login))
        response = client.get("/tasks/", {**query, "export": "xlsx"})
        assert response.status_code == 200
        assert response["Content-Type"] == workbook.CONTENT_TYPE
        return b"".join(response.streaming_content)  # and closes it

    return ask


def lines(content):
    """The sheet's lines, the three above the head included."""
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.values]


def test_it_works(export, cast):
    make_task(9, assignee=cast.sato)
    make_task(8, cast.shiomi)
    make_task(7, period="2026-11-20", due_on=TODAY.replace(day=20), due_at=at(17, 15, TODAY.replace(day=20)))
    found = lines(export("morishita"))
    assert [row[0] for row in found[:3]] == [
        "作業一覧",
        "条件: 状態: 未完了、範囲: 全体",
        "令和8年11月24日 10:00 森下 由佳",
    ]
    assert found[3] == [
        "期限",
        "No.・作業",
        "対象期間",
        "団体",
        "担当区分",
        "周期",
        "担当者",
        "状態",
        "証跡",
        "実施日",
    ]
    assert found[4:] == [
        [datetime(2026, 11, 20, 17, 15), "No.7 サーバ", "令和8年11月20日", "共通", None, "日次", None]
        + ["超過", 0, None],
        [datetime(2026, 11, 24, 17, 15), "No.9 日常点検の実施", "令和8年11月24日", "共通", "△ 関連担当"]
        + ["日次", "佐藤 美咲", "作業中", 0, None],
        [datetime(2026, 11, 24, 17, 15), "No.8 クライアントPC", "令和8年11月24日", "汐見市", "○ 支援担当"]
        + ["日次", None, "未着手", 0, None],
    ]


def test_the_columns_are_the_pages(client, export, cast):
    make_task(9)
    head = lines(export("sato"))[3]
    page = client.get("/tasks/").content.decode()
    shown = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<th scope=\"col\".*?</th>", page)]
    assert [name for name in shown if name not in ("選択", "操作")] == head


def test_all_rows_of_the_filter_not_only_the_page(client, export, cast, django_assert_max_num_queries):
    for n in range(120):
        make_task(9 if n % 2 else 7, serial=n)
    found = lines(export("sato", duty=9))
    with django_assert_max_num_queries(6):
        b"".join(client.get("/tasks/", {"duty": 9, "export": "xlsx"}).streaming_content)
    assert len(found) == HEAD + 60
    assert {row[1].partition("（")[0] for row in found[HEAD:]} == {"No.9 日常点検の実施"}


def test_never_another_municipalitys(export, cast):
    make_task(8, cast.shiomi)
    make_task(8, cast.kirihara, remark="桐原市だけの所見")
    make_task(7)  # no mark for a municipality
    make_task(9)
    for query in (
        {},
        {"organization": "kirihara"},
        {"state": "any"},
        {"scope": "all"},
        {"q": "所見"},
        {"duty": 7},
    ):
        found = lines(export("ono", **query))
        assert "桐原市" not in str(found)
        assert "No.7" not in str(found)
    assert {row[3] for row in lines(export("ono"))[HEAD:]} == {"汐見市", "共通"}
    assert "桐原市" in str(lines(export("morishita")))


def test_names_that_look_like_formulas_stay_text(export, cast):
    cast.sato.name = '=HYPERLINK("http://example.invalid/","x")'
    cast.sato.save(update_fields=["name"])
    make_task(9, assignee=cast.sato)
    sheet = load_workbook(io.BytesIO(export("sato"))).active
    assert sheet.cell(HEAD + 1, 7).value == cast.sato.name
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_a_wrong_date_is_left_out_as_on_the_page(export, cast):
    make_task(9)
    assert len(lines(export("sato", due_from="きのう"))) == HEAD + 1


def test_too_many_rows_are_cut_with_a_sentence(export, cast, monkeypatch):
    monkeypatch.setattr(bookwriting, "MOST_ROWS", 2)
    for n in range(4):
        make_task(9, serial=n)
    found = lines(export("sato"))
    assert len(found) == HEAD + 3
    assert found[-1][0].startswith("2件を超えるため")


def test_the_file_says_what_and_when(client, export, cast):
    make_task(9)
    export("sato")
    response = client.get("/tasks/", {"export": "xlsx"})
    assert b"".join(response.streaming_content)
    assert "%E4%BD%9C%E6%A5%AD%E4%B8%80%E8%A6%A7_20261124.xlsx" in response["Content-Disposition"]


def test_strangers_get_no_file(client, cast, edition):
    assert client.get("/tasks/", {"export": "xlsx"}).status_code == 302
    client.force_login(cast.kubo)
    assert client.get("/tasks/", {"export": "xlsx"}).status_code == 403


@pytest.mark.slow
def test_libreoffice_reads_the_same(export, cast, tmp_path):
    names = ["=1+1", "+81 3", "-5", "@x", "髙﨑 一", 'カンマ,と"引用"', "改行\nあり", "①㈱～"]
    for n, name in enumerate(names):
        cast.sato.pk, cast.sato.login, cast.sato.name = None, f"u{n}", name
        cast.sato.save(force_insert=True)
        make_task(9, serial=n, assignee_id=cast.sato.pk)
    cast.sato.pk = None
    content = export("takahashi")
    (tmp_path / "list.xlsx").write_bytes(content)
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "LibreOffice is missing: apt-get install libreoffice-calc"
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
        + ["csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"]
        + ["--outdir", str(tmp_path), str(tmp_path / "list.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    found = next(path for path in tmp_path.iterdir() if path.suffix == ".csv")
    with found.open(newline="", encoding="utf-8") as file:
        read = list(csv.reader(file))
    ours = lines(content)
    assert len(read) == len(ours) == HEAD + len(names)
    for theirs, mine in zip(read[HEAD:], ours[HEAD:], strict=True):
        assert theirs[1:8] == ["" if value is None else str(value) for value in mine[1:8]]
    assert sorted(row[6] for row in read[HEAD:]) == sorted(names)
    assert Task.objects.count() == len(names)
