"""tasks:search: what is found, by whom, in how many statements; and that the index says what the rows say."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opsdesk.lib.folding import fold
from tasks import cases, indexing, progress, searching
from tasks.models import Attachment, Comment, SearchText, Task
from tests.desk import Desk
from tests.make import TODAY, at, make_task

URL = "/search/"
FINE = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")
LINES = {"lines": [{"process": "住民税 納税通知", "process_on": "R8.11.26", "deliver_on": "R8.11.27"}]}
EVERYBODY = {"sato", "ono", "makino", "morishita", "yamaguchi", "kubo"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def ask(client, cast, edition):
    """ask("sato", "再取得") → the response."""

    def get(login, q, **query):
        client.force_login(getattr(cast, login))
        return client.get(URL, {"q": q, **query})

    return get


@pytest.fixture
def desk(cast):
    return {"by": cast.sato, "team": cast.team["operations"], "at": at(9)}


@pytest.fixture
def town(cast):
    return {"by": cast.ono, "team": cast.team["shiomi"], "at": at(9)}


@pytest.fixture
def told(cast, edition, holidays, desk, town):
    """One thing of each kind and audience, by name."""
    check, request, printing = make_task(9), make_task(29, cast.shiomi), make_task(7)
    progress.sign(request, answers=LINES, **town)
    progress.close(
        check, answers={**FINE, "backup": "NG"}, outcome="abnormal", remark="ﾊﾞｯｸｱｯﾌﾟを再取得した", **desk
    )
    progress.skip(printing, reason="全庁停電のため", **desk)
    progress.comment(check, text="東側の空調を確かめました", **desk)
    progress.comment(check, text="費用は内々に相談", audience="internal", **desk)
    progress.comment(check, text="うちの庁舎だけの話", **town)
    progress.attach(check, file=SimpleUploadedFile("写真帖.txt", b"1"), **desk)
    progress.attach(check, file=SimpleUploadedFile("見積書.txt", b"2"), audience="internal", **desk)
    gone = progress.attach(check, file=SimpleUploadedFile("取違え.txt", b"3"), **desk)
    progress.withdraw(gone, reason="別の日のもの", **desk)
    return {"check": check, "request": request, "printing": printing}


def found(response):
    return [(hit.kind, int(hit.number[3:])) for hit in response.context["hits"]]


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_it_works(ask, told):
    response = ask("sato", "ばっくあっぷ")
    assert response.status_code == 200
    assert found(response) == [("task", 9)]
    page = response.content.decode()
    assert "<mark>ﾊﾞｯｸｱｯﾌﾟ</mark>を再取得した" in page
    assert f'href="/tasks/{told["check"].pk}/"' in page
    assert 'id="find-q" name="q" type="search" value="ばっくあっぷ"' in page


SEEN_BY = {  # words, the kind and No. of what they find, who finds it
    "再取得": (("task", 9), {"sato", "ono", "makino", "morishita"}),
    "納税 住民税": (("task", 29), {"sato", "ono", "morishita"}),
    "令和8年11月26日": (("task", 29), {"sato", "ono", "morishita"}),
    "停電 全庁": (("task", 7), {"sato", "morishita"}),
    "空調": (("comment", 9), {"sato", "ono", "makino", "morishita"}),
    "内々": (("comment", 9), {"sato", "morishita"}),
    "うちの": (("comment", 9), {"sato", "ono", "morishita"}),
    "写真帖": (("file", 9), {"sato", "ono", "makino", "morishita"}),
    "見積書": (("file", 9), {"sato", "morishita"}),
    "取違え": (None, set()),
}


def test_only_what_the_person_may_read(ask, told):
    seen = {words: {} for words in SEEN_BY}
    for login in sorted(EVERYBODY):
        for words in SEEN_BY:
            response = ask(login, words)
            seen[words][login] = found(response)
            # who may not read it learns neither its text, nor its place, nor that there is something
            assert bool(found(response)) != ("見つかりませんでした" in text(response)), (login, words)
    assert seen == {
        words: {login: [what] if login in readers else [] for login in sorted(EVERYBODY)}
        for words, (what, readers) in SEEN_BY.items()
    }


def test_a_number_finds_its_duty_first(ask, told):
    for q in ("29", "No.29", "Ｎｏ．２９", "no 29", "№29", "029"):
        response = ask("ono", q)
        assert [(hit.duty.number, hit.is_exact) for hit in response.context["duties"]] == [(29, True)], q
        assert 'href="/duties/29/"' in response.content.decode()
    assert [hit.duty.number for hit in ask("ono", "9").context["duties"]] == [9]


def test_duties_are_found_by_everybody(ask):
    for login in ("sato", "yamaguchi", "kubo"):
        duties = ask(login, "依頼書 おぺれーしょん").context["duties"]
        assert duties and all("オペレーション依頼書" in hit.duty.work for hit in duties)


def test_words_of_the_place_count_with_own_ones_only(ask, told, desk):
    """What No.9 is called finds the duty, not each of its days; with a word of the day it finds that day."""
    other = make_task(9, period="2026-11-25", due_on=TODAY.replace(day=25), period_on=TODAY.replace(day=25))
    progress.save_answers(other, answers={}, remark="再取得は要らない", **desk)
    assert found(ask("sato", "日常点検")) == []
    assert len(found(ask("sato", "再取得 日常点検"))) == 2
    assert found(ask("sato", "再取得 2026-11-24")) == [("task", 9)]
    assert found(ask("sato", "納税 汐見市")) == [("task", 29)]
    assert found(ask("sato", "再取得 汐見市")) == []


def test_kinds(ask, told):
    assert {kind for kind, _no in found(ask("sato", "確かめ"))} == {"comment"}
    assert found(ask("sato", "確かめ", kind="file")) == []
    assert found(ask("sato", "確かめ", kind="?")) == [("comment", 9)]


BAD = [  # what is typed, the answer's status, the sentence
    ("", 200, "言葉か番号を入力してください。"),
    ("  \u3000 ", 200, "言葉か番号を入力してください。"),
    ("障", 422, "2文字以上の言葉を入力してください。"),
    ("ﾊﾞ", 422, "2文字以上の言葉を入力してください。"),
    ("障 害", 422, "2文字以上の言葉を入力してください。"),
    ("あ" * 101, 422, "検索する言葉は 100 文字以内にしてください。"),
    ("%%", 200, "見つかりませんでした。"),
    ("__", 200, "見つかりませんでした。"),
    ("\\\\", 200, "見つかりませんでした。"),
    ("\ud800\udfffx".encode("utf-8", "surrogatepass").decode("latin-1"), 200, "見つかりませんでした。"),
    ("<script>alert(1)</script>", 200, "見つかりませんでした。"),
    ("\u200b\u200b", 200, "言葉か番号を入力してください。"),
    ("0000", 200, "見つかりませんでした。"),
]


def test_bad_input(ask, told):
    for q, status, sentence in BAD:
        response = ask("sato", q)
        assert response.status_code == status, q
        assert sentence in text(response), q
        assert "<script>alert" not in response.content.decode()


def test_nul_and_broken_bytes(client, cast, edition):
    client.force_login(cast.sato)
    assert client.get(URL, {"q": "ab\0"}).status_code == 400
    assert client.get(URL + "?q=%ED%A0%80%FF%FEab").status_code == 200


def test_what_is_found_is_what_was_meant(ask, told, desk):
    """% and _ are letters like others."""
    progress.comment(told["check"], text="進捗は80%_済", **desk)
    assert found(ask("sato", "80%_")) == [("comment", 9)]
    assert found(ask("sato", "8_%")) == []


def test_doors(client, cast, edition):
    assert client.get(URL).status_code == 302
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 200
    assert client.post(URL, {"q": "再取得"}).status_code == 405


def test_the_box_stands_in_the_head_of_every_page(client, cast, edition):
    client.force_login(cast.sato)
    for page in ("/", "/tasks/", "/matrix/"):
        assert 'action="/search/"' in client.get(page).content.decode()


def test_a_restricted_field_is_not_found(cast, edition, desk):
    """Its answer and its files stay out; the other answers of the task are found."""
    task = make_task(13)
    row = next(f for f in indexing.definition_of(task.duty_id).fields if "restricted_to" in f.options)
    task.answers = {row.key: "公印の印影", **dict.fromkeys(_texts(task), "公開の言葉")}
    assert indexing.of_task(task).text == "公開の言葉"
    file = Attachment(task=task, field_key=row.key, name="印影.png", at=at())
    assert indexing.of_file(file) is None
    file.field_key = ""
    assert indexing.of_file(file).text == "印影.png"


def _texts(task):
    return [f.key for f in indexing.definition_of(task.duty_id).fields if f.kind == "text" and not f.options]


CHANGE = {"kind": "プログラム", "content": "帳票の罫線を直したい", "reason": "不便"}


def test_cases(ask, cast, holidays):
    """By number in full or short, by title, by what was asked; a municipality what concerns it."""
    case = Desk(cast).raise_(45, "ono", title="納税通知書の様式", **CHANGE)
    Comment.objects.create(
        case=case, text="様式は内々に", audience="internal", team=cast.team["package"], by=cast.ogawa, at=at()
    )
    Comment.objects.create(
        case=case, text="様式を確かめた", team=cast.team["package"], by=cast.ogawa, at=at(10)
    )
    written = rows()
    assert {(kind, bool(of)) for kind, of, *_rest in written} == {("case", True), ("task", True)}
    indexing.rebuild()
    assert set(map(str, written)) < set(map(str, rows()))
    for q in ("CHG-R8-0001", "chg-r8-1", "Ｒ８－１", "r8-0001", "様式"):
        assert case.number in [hit.number for hit in ask("ono", q).context["hits"]], q
        assert ask("makino", q).context["hits"] == [], q
    assert ask("ono", "CHG-R8-1").context["hits"][0].kind == "case"
    step = case.steps.get()
    assert [hit.url for hit in ask("ono", "罫線").context["hits"]] == [f"/tasks/{step.pk}/"]
    assert [hit.url for hit in ask("ogawa", "CHG-R8-1").context["hits"]] == [f"/cases/{case.number}/"]
    assert len(ask("ogawa", "様式").context["hits"]) == 3
    assert len(ask("ono", "様式").context["hits"]) == 2


def test_a_withdrawn_case(cast, edition, holidays, ask):
    case = Desk(cast).raise_(45, "ono", title="様式", **CHANGE)
    cases.withdraw(case, by=cast.ono, at=at(), reason="取りやめ")
    assert [hit.kind for hit in ask("ono", "取りやめ").context["hits"]] == ["case"]
    written = rows()
    indexing.rebuild()
    assert rows() == written


# --- the index ------------------------------------------------------------------------------------------


def rows():
    columns = ("kind", "of", "task", "case", "audience", "organization", "at", "text", "folded", "context")
    return sorted(SearchText.objects.values_list(*columns), key=repr)


def test_the_commands_write_what_reindexing_makes(told, cast, desk, town):
    progress.reopen(told["printing"], reason="誤り", **desk)
    progress.comment(told["request"], text="よろしく", **town)
    written = rows()
    assert len(written) == 8
    SearchText.objects.filter(kind="task").delete()
    SearchText.objects.filter(kind="file").update(folded="x", audience="all")
    SearchText.objects.create(
        kind="file", of=99, task=told["check"], at=at(), text="", folded="y", context=""
    )
    check = Comment.objects.first()
    SearchText.objects.filter(kind="comment", of=check.pk).update(of=10**6)
    indexing.rebuild()
    assert rows() == written
    indexing.rebuild()
    assert rows() == written


def test_in_small_chunks(told, monkeypatch, capsys):
    written = rows()
    monkeypatch.setattr(indexing, "CHUNK", 1)
    SearchText.objects.all().delete()
    call_command("reindex")
    assert rows() == written
    assert "3件  コメント" in capsys.readouterr().out


def test_a_refused_command_leaves_the_index(told, desk):
    before = rows()
    with pytest.raises(Exception, match="すでに完了"):
        progress.close(told["check"], answers={}, remark="書き換え", **desk)
    assert rows() == before


def test_repointed_tasks_take_their_comments_along(told):
    task = Task.objects.get(pk=told["check"].pk)
    task.duty = make_task(31).duty
    indexing.note_place(task)
    assert all(
        "no.31" in row for row in SearchText.objects.filter(task=task).values_list("context", flat=True)
    )


def test_one_statement_more(cast, edition, holidays, desk):
    """Closing asks the index once, whether there are words or none."""
    for n, remark in enumerate(("", "静か")):
        task = make_task(9, period=f"x{n}")
        with CaptureQueriesContext(connection) as asked:
            progress.close(task, answers=FINE, remark=remark, **desk)
        assert len([q for q in asked if "tasks_searchtext" in q["sql"]]) == 1


# --- statements -----------------------------------------------------------------------------------------


def fill(cast, count):
    task = make_task(9)
    texts = [f"第{n}回 定期の見回り" for n in range(count)]
    Comment.objects.bulk_create(
        Comment(task=task, text=t, team=cast.team["operations"], by=cast.sato, at=at()) for t in texts
    )
    indexing.rebuild()


@pytest.mark.parametrize("count", [10, 1000])
@pytest.mark.parametrize("who", ["sato", "ono", "morishita"])
def test_at_most_six_statements(ask, client, cast, edition, django_assert_max_num_queries, who, count):
    fill(cast, count)
    ask(who, "見回り")
    with django_assert_max_num_queries(6):
        response = client.get(URL, {"q": "見回り 定期"})
    assert len(response.context["hits"]) == min(count, 50)
    if count > 50:
        with django_assert_max_num_queries(6):
            second = client.get(URL + response.context["page"]["next"])
        both = [hit.text for r in (response, second) for hit in r.context["hits"]]
        assert len(both) == 100 and len(set(map(str, both))) == 100
        assert second.context["page"]["previous"]


def test_reading():
    assert searching.read("ﾊﾞｯｸｱｯﾌﾟ　ばっくあっぷ NG").words == (fold("バックアップ"), "ng")
    assert len(searching.read(" ".join(f"w{n}" for n in range(20))).words) == searching.WORDS
