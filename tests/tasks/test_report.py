"""tasks:report, 通報・問合せ by anybody, and from a finding."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from tasks import closing
from tasks.models import Attachment, Case
from tests.make import at, make_task

pytestmark = pytest.mark.django_db
FINE = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def ask(client, cast, edition, holidays):
    """ask("ono", "/report/") → the response; with fields: a POST."""

    def ask(login, url="/report/", **fields):
        client.force_login(getattr(cast, login))
        return client.post(url, fields) if fields else client.get(url)

    return ask


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_it_works(ask, cast):
    page = ask("ono")
    html = page.content.decode()
    assert "障害" in text(page) and "問合せ" in text(page)
    assert 'value="汐見市 大野 千尋"' in html and 'value="画面" id="f-channel-4" checked' in html
    assert 'name="concerns"' not in html and "検知日時" in text(page)
    fields = {"duty": "15", "title": "つながらない", "f-content": "朝から", "f-channel": "画面", "token": "t"}
    response = ask("ono", **fields, file=SimpleUploadedFile("画面.pdf", b"%PDF-1.4"))
    case = Case.objects.get()
    assert response.status_code == 302 and case.number in response.url
    assert (case.reporter, case.kind, case.title) == (cast.shiomi, "incident", "つながらない")
    step = case.steps.get()
    assert step.is_open and step.answers == {"content": "朝から", "channel": "画面"}
    assert Attachment.objects.get(task=step).team == cast.team["shiomi"], "without any mark on No.15"
    assert ask("ono", **fields).status_code == 302 and Case.objects.count() == 1


def test_an_inquiry_for_the_own_organization(ask, cast):
    page = ask("ono", "/report/?duty=54").content.decode()
    assert 'name="f-organization"' not in page, "nobody is asked for the own organization"
    fields = {"duty": "54", "title": "使い方", "f-content": "帳票の出し方", "f-subject": "使い方"}
    assert ask("ono", **fields).status_code == 302
    case = Case.objects.get()
    assert case.steps.get().answers["organization"] == "shiomi"
    assert (case.number, case.reporter) == ("INQ-R8-0001", cast.shiomi)


@pytest.mark.parametrize(
    ("login", "fields", "sentence"),
    [
        ("ono", {"title": "", "f-content": "朝から"}, "件名を入力してください"),
        ("ono", {"title": "件名"}, "内容"),
        ("ono", {"title": "件名", "f-content": "朝から", "f-noticed_at": "きのう"}, "検知日時"),
        ("sato", {"title": "件名", "f-content": "朝から"}, "関係する団体を選んでください"),
    ],
)
def test_what_was_typed_stays(ask, login, fields, sentence):
    response = ask(login, **{"duty": "15", **fields})
    assert response.status_code == 422 and sentence in text(response)
    typed = fields.get("f-content") or fields["title"]
    assert typed in response.content.decode() and not Case.objects.exists()


def test_a_finding_offers_the_incident_filled_in(ask, client, cast):
    task = make_task()
    closing.close(
        task, by=cast.sato, team=cast.team["operations"], at=at(9), remark="再取得した",
        answers={**FINE, "backup": "NG"},
    )  # fmt: skip
    page = ask("sato", f"/tasks/{task.pk}/").content.decode()
    assert f'href="/report/?task={task.pk}"' in page
    form = ask("sato", f"/report/?task={task.pk}")
    shown = form.content.decode()
    assert "再取得した" in shown and "異常あり" in shown and "R8.11/24(火) 09:00" in shown
    fields = {
        "duty": "15",
        "title": "バックアップ",
        "f-content": "NG",
        "concerns": ["shiomi"],
        "task": task.pk,
    }
    assert ask("sato", **fields).status_code == 302
    case = Case.objects.get()
    assert case.sources.get().task == task
    there = ask("sato", f"/tasks/{task.pk}/").content.decode()
    assert case.number in there and "障害を通報" not in there


def test_nothing_is_offered_for_what_was_fine_or_is_not_seen(ask, cast):
    fine = make_task()
    closing.close(fine, by=cast.sato, team=cast.team["operations"], at=at(9), answers=FINE)
    assert "/report/?task=" not in ask("sato", f"/tasks/{fine.pk}/").content.decode()
    assert ask("ono", f"/report/?task={make_task(8, cast.kirihara).pk}").status_code == 404


def test_the_door(client, cast, edition):
    assert client.get("/report/").status_code == 302
    client.force_login(cast.kubo)
    assert client.get("/report/").status_code == 403
    client.force_login(cast.ono)
    assert client.put("/report/").status_code == 405
