"""The page that imports closed days: preview, then all or none, then the tasks due on them."""

import io
from datetime import date

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from opsdesk.audit.models import Event
from opsdesk.calendar.models import ClosedDay, OpenDay
from tests.make import at, make_task

URL = "/closed-days/import/"


@pytest.fixture
def office(client, cast, edition, holidays):
    client.force_login(cast.morishita)
    with time_machine.travel(at(10), tick=False):
        yield client


def file(*rows):
    book = openpyxl.Workbook()
    for row in [["日付", "名称", "種別", "団体"], *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("休庁日.xlsx", out.getvalue())


def preview(client, *rows, **values):
    return client.post(URL, {"file": file(*rows), "organization": "", **values})


def go_on(client, answer):
    return client.post(URL, {"lines": answer.context["carried"]})


def test_it_works(office, cast):
    make_task(9, due_on=date(2026, 11, 26))
    answer = preview(
        office,
        ["R8.11.26", "庁舎停電", "", ""],
        ["R8.11.28", "土曜", "", ""],
        ["R8.11.28", "休日窓口", "臨時開庁", "汐見市"],
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and "2日を登録する" in page and "土曜日のため" in page
    assert not ClosedDay.objects.exists()
    assert go_on(office, answer).url == "/closed-days/tasks/"
    assert ClosedDay.objects.get().on == date(2026, 11, 26)
    assert OpenDay.objects.get().organization == cast.shiomi
    assert Event.objects.filter(code__endswith="_day.added").count() == 2


def test_again_it_changes_nothing(office):
    rows = (["R8.11.26", "庁舎停電", "", ""],)
    go_on(office, preview(office, *rows))
    again = preview(office, *rows)
    assert "登録済み" in again.content.decode() and again.context["new"] == 0
    assert go_on(office, again).url == "/closed-days/"
    assert ClosedDay.objects.count() == 1


def test_with_a_problem_none_is_stored(office):
    answer = preview(office, ["R8.11.26", "停電", "", ""], ["R8.11.99", "停電", "", ""])
    page = answer.content.decode()
    assert "「Sheet」の A3" in page and "登録する</button>" not in page
    assert go_on(office, answer).status_code == 409
    assert not ClosedDay.objects.exists()


def test_somebody_was_faster(office, cast):
    answer = preview(office, ["R8.11.26", "停電", "", ""])
    ClosedDay.objects.create(on=date(2026, 11, 26), name="ほかの人")
    assert go_on(office, answer).status_code == 302
    assert ClosedDay.objects.get().name == "ほかの人"


def test_a_calendar_file(office):
    content = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261126\r\n"
        b"DTEND;VALUE=DATE:20261128\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    answer = office.post(URL, {"file": SimpleUploadedFile("days.ics", content)})
    assert answer.context["new"] == 2


@pytest.mark.parametrize(
    "values", [{}, {"file": SimpleUploadedFile("x.xlsx", b"x")}, {"file": SimpleUploadedFile("x.ics", b"x")}]
)
def test_no_file_or_a_wrong_one(office, values):
    for upload in values.values():
        upload.seek(0)
    answer = office.post(URL, values)
    assert answer.status_code == 422 and "エラー: " in answer.content.decode()


def test_what_was_carried_is_not_to_be_forged(office):
    assert office.post(URL, {"lines": "x"}).status_code == 409
    assert not ClosedDay.objects.exists()


def test_doors(client, cast):
    client.force_login(cast.sato)
    assert client.get(URL).status_code == 403
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 200
    assert client.put(URL).status_code == 405
