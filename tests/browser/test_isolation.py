"""A municipality's task is not there for another one, whichever way it is asked for; for its own it is.

Each "no" stands beside its "yes": a page that is broken for everybody must not be taken for a closed door."""

import io
import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from opsdesk.audit.models import Event
from tasks import progress
from tasks.models import Attachment, Comment, Signature, Task
from tests.make import at, make_task

pytestmark = pytest.mark.django_db
SECRET = "瑞野町だけの所見"
ANSWERS = {"f-machines": "40", "f-updated": "40", "f-not_updated": "0", "f-detections": "0"}
#: Who may not and who may; of the "yes" the second is the union, who sees everything.
NO, YES = ("ono", "horie", "makino"), ("hamanaka", "morishita")
GETS = ("", "skip/", "reopen/", "assign/")
#: Of what is published: they are pages of nobody here, and of a stranger not even that.
CLOSED = ("revise/", "versions/1/", "repoint/")
POSTS = {
    "close/": {**ANSWERS, "outcome": "normal", "done_on": "R8.11.24", "version": "0"},
    "save/": {**ANSWERS, "version": "0"},
    "sign/": {"version": "0"},
    "take/": {},
    "let-go/": {},
    "assign/": {"assignee": ""},
    "skip/": {"reason": "他団体から", "version": "0"},
    "reopen/": {"reason": "他団体から", "version": "0"},
    "comment/": {"text": "他団体から", "audience": "all"},
    "files/": {"audience": "all"},
    "acknowledge/": {"published": "1"},
    "ask/": {"question": "他団体から", "published": "1"},
    "answer/": {"asked": "1", "answer": "他団体から"},
    "revise/": {"reason": "他団体から", "version": "0"},
    "repoint/": {"reason": "他団体から", "version": "0"},
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def ask(client, cast):
    """ask("ono", path, data to post) → the response."""

    def go(login, path, data=None, **headers):
        client.force_login(getattr(cast, login))
        return client.get(path, **headers) if data is None else client.post(path, data, **headers)

    return go


@pytest.fixture
def foreign(cast, edition, holidays):
    """瑞野町's own daily numbers with a remark, a comment and a file; 汐見市 has a task of its own too."""
    make_task(8, cast.shiomi)
    task = make_task(8, cast.mizuno, remark=SECRET)
    town = {"by": cast.hamanaka, "team": cast.team["mizuno"], "at": at(9)}
    progress.attach(task, file=SimpleUploadedFile("台数.txt", "瑞野町 40台".encode()), **town)
    progress.comment(task, text=SECRET, audience="member", **town)
    return task


def state_of(task):
    """Everything of a task that somebody else might have changed."""
    return (
        Task.objects.filter(pk=task.pk).values().get(),
        list(Attachment.objects.filter(task=task).values()),
        list(Comment.objects.filter(task=task).values()),
        list(Signature.objects.filter(task=task).values()),
        Event.objects.count(),
    )


@pytest.mark.parametrize("path", GETS)
def test_pages(ask, foreign, path):
    address = f"/tasks/{foreign.pk}/{path}"
    for login in NO:
        answer = ask(login, address)
        assert answer.status_code == 404, login
        assert "瑞野町" not in answer.content.decode()
    yes = ask("hamanaka", address)
    assert yes.status_code == 200 and "瑞野町" in yes.content.decode()


@pytest.mark.parametrize("path", CLOSED)
def test_pages_of_published_results(ask, foreign, path):
    for login in NO:
        assert ask(login, f"/tasks/{foreign.pk}/{path}").status_code == 404, login
    assert ask("hamanaka", f"/tasks/{foreign.pk}/{path}").status_code in (403, 404)


def test_the_union_reads_it(ask, foreign):
    assert SECRET in ask("morishita", f"/tasks/{foreign.pk}/").content.decode()


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}], ids=["page", "htmx"])
@pytest.mark.parametrize("path", POSTS)
def test_posts(ask, foreign, path, headers):
    before = state_of(foreign)
    for login in NO:
        data = dict(POSTS[path])
        if path == "files/":
            data["file"] = SimpleUploadedFile("他団体.txt", b"x")
        answer = ask(login, f"/tasks/{foreign.pk}/{path}", data, **headers)
        assert answer.status_code == 404, login
        assert SECRET not in answer.content.decode()
    assert state_of(foreign) == before


@pytest.mark.parametrize("path", ["close/", "comment/", "files/", "take/", "save/"])
def test_posts_of_the_town_itself(ask, foreign, path):
    before = state_of(foreign)
    data = dict(POSTS[path], version=foreign.version)
    if path == "files/":
        data["file"] = SimpleUploadedFile("追加.txt", b"x")
    assert ask("hamanaka", f"/tasks/{foreign.pk}/{path}", data).status_code == 302
    assert state_of(foreign) != before


def test_the_form_for_a_row(ask, foreign):
    """What htmx fetches into the dashboard."""
    for login in NO:
        answer = ask(login, f"/tasks/{foreign.pk}/close/", HTTP_HX_REQUEST="true")
        assert answer.status_code == 404 and SECRET not in answer.content.decode()
    yes = ask("hamanaka", f"/tasks/{foreign.pk}/close/", HTTP_HX_REQUEST="true")
    assert yes.status_code == 200 and SECRET in yes.content.decode()


def test_files(ask, foreign):
    file = Attachment.objects.get(task=foreign)
    for login in (*NO, "kubo"):
        for path in ("", "withdraw/"):
            answer = ask(login, f"/tasks/files/{file.pk}/{path}")
            assert answer.status_code == (403 if login == "kubo" else 404), (login, path)
        assert ask(login, f"/tasks/files/{file.pk}/withdraw/", {"reason": "x"}).status_code in (403, 404)
        assert ask(login, file.file.name).status_code == 404, "no way around the door"
        assert ask(login, f"/media/{file.file.name}").status_code == 404
    for login in YES:
        answer = ask(login, f"/tasks/files/{file.pk}/")
        assert b"".join(answer.streaming_content).decode() == "瑞野町 40台"
    file.refresh_from_db()
    assert file.withdrawn_at is None


LISTS = ("scope=all", "organization=mizuno", "team=mizuno", "q=瑞野町", "state=open&scope=all", "duty=8")


@pytest.mark.parametrize("query", LISTS)
def test_lists(ask, foreign, query):
    address = f"/tasks/{foreign.pk}/"
    for login in NO:
        for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
            answer = ask(login, f"/tasks/?{query}", **headers)
            assert answer.status_code == 200
            text = answer.content.decode()
            assert address not in text and f'value="{foreign.pk}"' not in text, (login, query)
    assert address in ask("hamanaka", f"/tasks/?{query}").content.decode()
    assert address in ask("morishita", f"/tasks/?{query}&scope=all").content.decode()


def cells(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    book = load_workbook(io.BytesIO(content), read_only=True)
    return json.dumps(
        [list(r) for s in book for r in s.iter_rows(values_only=True)], default=str, ensure_ascii=False
    )


@pytest.mark.parametrize("query", ["scope=all", "organization=mizuno"])
def test_workbooks(ask, foreign, query):
    export = f"/tasks/?{query}&export=xlsx"
    for login in NO:
        assert "瑞野町" not in cells(ask(login, export)), login
    assert "汐見市" in cells(ask("ono", "/tasks/?scope=all&export=xlsx"))
    for login in YES:
        assert "瑞野町" in cells(ask(login, export)), login


def test_counts_and_the_ledger(ask, foreign):
    for path in ("/", "/?scope=all", "/ledger/?organization=mizuno", "/duties/8/", "/matrix/"):
        text = ask("ono", path).content.decode()
        assert f"/tasks/{foreign.pk}/" not in text and "瑞野町" not in text, path
    assert f"/tasks/{foreign.pk}/" in ask("hamanaka", "/").content.decode()
    assert f"/tasks/{foreign.pk}/" in ask("hamanaka", "/duties/8/").content.decode()


def test_closing_many(ask, foreign, cast):
    own = Task.objects.get(organization=cast.shiomi)
    before = state_of(foreign)
    for confirmed in ({}, {"confirmed": "1", "is_confirmed": "1"}):
        answer = ask("ono", "/tasks/close/", {"task": [own.pk, foreign.pk], **confirmed})
        assert answer.status_code == 200
        text = answer.content.decode()
        assert f"/tasks/{own.pk}/" in text
        assert f"/tasks/{foreign.pk}/" not in text and "瑞野町" not in text
    assert state_of(foreign)[0] == before[0]


def test_an_administrator_without_a_team_sees_no_task(ask, foreign):
    for path in (
        f"/tasks/{foreign.pk}/",
        "/tasks/",
        "/tasks/?scope=all&export=xlsx",
        "/ledger/",
        "/tasks/sheet/",
    ):
        assert ask("kubo", path).status_code == 403, path
    for path in ("/", "/duties/8/", "/matrix/", "/admin/"):
        answer = ask("kubo", path)
        assert answer.status_code == 200, path
        assert f"/tasks/{foreign.pk}/" not in answer.content.decode(), path
    before = state_of(foreign)
    for path, data in POSTS.items():
        assert ask("kubo", f"/tasks/{foreign.pk}/{path}", data).status_code == 403, path
    assert state_of(foreign) == before


def test_nobody_is_nobody(client, foreign):
    for path in ("", "close/", "comment/"):
        answer = client.post(f"/tasks/{foreign.pk}/{path}", {})
        assert answer.status_code == 302 and answer.url.startswith("/accounts/login/")
