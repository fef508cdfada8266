"""手順書: versions by the duty's key, who reads and writes them, and the one that stays with a task."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import entry
from opsdesk.lib.refusal import Refusal
from raci import drafting
from raci.content import rows_of
from raci.editions import publish
from tasks import bulk, procedures, progress
from tasks.linediff import compared
from tasks.models import Procedure, ProcedureFile, Task
from tests.make import TODAY, at, duty, make_task

PDF = b"%PDF-1.7\n1 0 obj\n"
TEXT = "1 電源を確かめる\n2 <b>ランプ</b> を見る https://example.jp/x\n3 記録する"
OK = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")


def save(cast, number=9, text=TEXT, person="sato", team="operations", when=None, **given):
    return procedures.save(
        duty(number), by=getattr(cast, person), team=cast.team[team], at=when or at(), text=text, **given
    )


def file(name="配置図.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def words(response):
    main = re.search(r"<main.*</main>", response.content.decode(), re.S).group()
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.fixture
def see(client, edition, time_machine):
    """see(person, path, status) → the page's words at TODAY 9:00."""
    time_machine.move_to(at(9), tick=False)

    def ask(person, path, status=200):
        client.force_login(person)
        response = client.get(path)
        assert response.status_code == status, path
        return words(response) if status == 200 else response

    return ask


# --- commands -------------------------------------------------------------------------------------------


def test_it_works(cast, edition):
    made = save(cast, files=[file()])
    assert (made.key, made.number, made.text, made.reason) == (9, 1, TEXT, "")
    kept = made.files.get()
    assert (kept.name, kept.content_type, kept.size) == ("配置図.pdf", "application/pdf", len(PDF))
    event = Event.objects.about(made).get()
    assert (event.stream, event.code, event.team_name) == ("union", "procedure.saved", "業務運用")
    assert entry(event).title == "第1版を保存"


def test_a_version_is_added_and_the_old_one_stays(cast, edition):
    first = save(cast, files=[file("a.pdf"), file("b.pdf", PDF + b"b")])
    second = save(
        cast, text=TEXT + "\r\n4 報告する", reason="報告を足した", keep=[first.files.get(name="a.pdf").pk],
        files=[file("c.pdf", PDF + b"c")], version=1, person="takahashi", when=at(10),
    )  # fmt: skip
    assert second.text == TEXT + "\n4 報告する"
    assert [f.name for f in second.files.all()] == ["a.pdf", "c.pdf"]
    assert [f.name for f in Procedure.objects.get(pk=first.pk).files.all()] == ["a.pdf", "b.pdf"]
    assert procedures.current_of(9) == second


@pytest.mark.parametrize(
    "given, field",
    [
        ({"text": "  \n"}, "text"),
        ({"text": TEXT, "reason": "x"}, "text"),
        ({"text": "別", "reason": " "}, "reason"),
        ({"text": "別", "reason": "あ" * 201}, "reason"),
        ({"text": "あ" * 50_001, "reason": "x"}, "text"),
        ({"text": "\n" * 2000 + "x", "reason": "x"}, "text"),
        ({"text": "別", "reason": "x", "files": [file("a.exe", b"MZ\x00")]}, "file"),
        ({"text": "別", "reason": "x", "files": [file(f"{n}.txt", b"%d" % n) for n in range(21)]}, "file"),
    ],
)  # fmt: skip
def test_refusals(cast, edition, given, field):
    save(cast)
    with pytest.raises(Refusal) as refused:
        save(cast, **given)
    assert field in refused.value.errors
    assert Procedure.objects.count() == 1 and not ProcedureFile.objects.exists()


def test_somebody_saved_meanwhile(cast, edition):
    save(cast)
    with pytest.raises(Refusal, match="佐藤 美咲 が第1版を保存しています"):
        save(cast, text="別", version=0, person="takahashi")
    save(cast, text="別", reason="直した", version=1, person="takahashi")


@pytest.mark.parametrize(
    "number, person, team, may",
    [
        (9, "sato", "operations", True),  # ◎
        (9, "morishita", "union", True),  # the union
        (9, "ono", "shiomi", False),  # no ◎
        (9, "yamaguchi", "helpdesk", False),
        (29, "ono", "shiomi", True),  # ◎ of 構成団体
        (34, "yamaguchi", "helpdesk", True),
        (34, "sato", "operations", False),
        (9, "sato", "helpdesk", False),  # not the own team
        (9, "kubo", "operations", False),
    ],
)
def test_who_writes(cast, edition, number, person, team, may):
    if may:
        assert save(cast, number, person=person, team=team)
        return
    with pytest.raises(PermissionDenied):
        save(cast, number, person=person, team=team)


def test_withdrawing(cast, edition):
    first, second = save(cast), save(cast, text="誤り", reason="x")
    act = {"by": cast.takahashi, "team": cast.team["operations"], "at": at(10)}
    with pytest.raises(Refusal) as refused:
        procedures.withdraw(second, reason=" ", **act)
    assert "reason" in refused.value.errors
    procedures.withdraw(second, reason="別の業務の手順", **act)
    assert procedures.current_of(9) == first
    with pytest.raises(Refusal, match="すでに取り下げ"):
        procedures.withdraw(second, reason="x", **act)
    with pytest.raises(PermissionDenied):
        procedures.withdraw(first, reason="x", by=cast.ono, team=cast.team["shiomi"], at=at())
    third = save(cast, text="正しい", reason="直した")
    assert third.number == 3
    assert entry(Event.objects.about(second).first()).text == "理由 別の業務の手順"


# --- the version that stays with a task -----------------------------------------------------------------


def close(cast, task, **given):
    return progress.close(
        task, **{"by": cast.sato, "team": cast.team["operations"], "at": at(10), "answers": OK, **given}
    )


def test_none_while_there_is_none(cast, edition):
    assert close(cast, make_task(9)).procedure is None


def test_the_version_in_force_stays_with_the_task(cast, edition):
    first = save(cast)
    task = make_task(9)
    close(cast, task)
    save(cast, text="新しい", reason="x", when=at(11))
    assert Task.objects.get(pk=task.pk).procedure == first


def test_by_the_day_on_which_the_work_was_done(cast, edition):
    yesterday = TODAY - timedelta(1)
    first = save(cast, when=at(9, on=yesterday))
    save(cast, text="今日から", reason="x", when=at(9))
    late = make_task(9, due_on=yesterday)
    assert close(cast, late, done_on=yesterday).procedure == first
    long_ago = make_task(9, due_on=TODAY - timedelta(4))
    assert close(cast, long_ago, done_on=TODAY - timedelta(4)).procedure is None


def test_a_withdrawn_version_is_not_in_force(cast, edition):
    first, second = save(cast, when=at(8)), save(cast, text="誤り", reason="x", when=at(8))
    procedures.withdraw(second, by=cast.sato, team=cast.team["operations"], at=at(9), reason="誤り")
    assert close(cast, make_task(9)).procedure == first


def test_with_signatures_the_last_one_counts(cast, edition):
    save(cast, 29, "月の依頼書", person="ono", team="shiomi", when=at(8))
    task = make_task(29, cast.shiomi)
    lines = {"lines": [{"process": "住民税", "process_on": "R8.11.5", "deliver_on": "R8.11.6"}]}
    progress.sign(task, by=cast.ono, team=cast.team["shiomi"], at=at(9), answers=lines)
    assert Task.objects.get(pk=task.pk).procedure is None
    last = save(cast, 29, "直した", reason="x", person="ono", team="shiomi", when=at(9))
    progress.sign(task, by=cast.sato, team=cast.team["operations"], at=at(10))
    assert Task.objects.get(pk=task.pk).procedure == last


def test_in_bulk_too_and_reopening_takes_it_away(cast, edition):
    made = save(cast)
    task = make_task(9)
    assert bulk.close_many([task], by=cast.sato, at=at(), is_confirmed=True)[0].is_done
    assert Task.objects.get(pk=task.pk).procedure == made
    progress.reopen(task, by=cast.sato, team=cast.team["operations"], at=at(11), reason="x")
    assert Task.objects.get(pk=task.pk).procedure is None


def test_the_tasks_page_names_it(cast, see):
    made = save(cast, when=at(8))
    task = make_task(9)
    close(cast, task, at=at(9))
    assert "手順書 手順書 第1版" in see(cast.sato, f"/tasks/{task.pk}/")
    assert see(cast.sato, f"/procedures/duty/{task.key}/", 302).url == "/duties/9/procedure/"
    assert "第1版 現在の版" in see(cast.sato, f"/procedures/{made.pk}/")


# --- pages ----------------------------------------------------------------------------------------------


def test_the_page(cast, see, client):
    assert "手順書はまだありません" in see(cast.ono, "/duties/9/procedure/")
    save(cast, files=[file()], when=at(8))
    save(cast, text=TEXT + "\n4 報告", reason="報告を足した", when=at(8, 30))
    text = see(cast.ono, "/duties/9/procedure/")
    assert "No.9 日次 第2版 現在の版" in text and "4 報告" in text and "直す" not in text
    assert "第1版 11/24(火) 8:00 佐藤 美咲" in text and "報告を足した" in text
    html = client.get("/duties/9/procedure/").content.decode()
    assert "&lt;b&gt;ランプ&lt;/b&gt;" in html and 'href="https://example.jp' not in html
    old = see(cast.sato, "/duties/9/procedure/?version=1")
    assert "以前の版です。" in old and "配置図.pdf" in old and "手順書を直す" in old
    see(cast.sato, "/duties/9/procedure/?version=7", 404)
    see(cast.sato, "/duties/9/procedure/?version=x", 404)


@pytest.mark.parametrize("who, status", [("ono", 404), ("ogawa", 404), ("sato", 200), ("miura", 200)])
def test_who_reads(cast, see, client, who, status):
    """No.7: 業務運用 ◎ and others; a municipality and the package's team have no mark on it."""
    made = save(cast, 7, files=[file()], when=at(8))
    marked = {a.role.code for a in duty(7).assignments.all()}
    assert "operations" in marked and not marked & {"member", "package"}
    person = getattr(cast, who)
    for path in ("duties/7/procedure/", "duties/7/procedure/compare/", f"procedures/{made.pk}/"):
        see(person, f"/{path}", status)
    see(person, "/procedures/duty/7/", 302 if status == 200 else 404)
    response = see(person, f"/procedures/files/{made.files.get().pk}/", status) if status == 404 else None
    assert response is None or response.status_code == 404
    if status == 404:
        assert client.get("/duties/7/procedure/edit/").status_code == 404
        assert client.get(f"/procedures/{made.pk}/withdraw/").status_code == 404
    assert ("手順書</a>" in client.get("/duties/7/").content.decode()) == (status == 200)


def test_a_file_is_served_as_evidence_is(cast, see, client):
    made = save(cast, files=[file()], when=at(8))
    client.force_login(cast.ono)
    answer = client.get(f"/procedures/files/{made.files.get().pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]


def test_writing(cast, see, client):
    see(cast.sato, "/duties/9/procedure/edit/")
    answer = client.post(
        "/duties/9/procedure/edit/", {"text": TEXT, "version": "0", "file": [file()], "reason": ""}
    )
    assert (answer.status_code, answer.url) == (302, "/duties/9/procedure/")
    made = procedures.current_of(9)
    page = client.get("/duties/9/procedure/edit/").content.decode()
    assert f'name="keep" value="{made.files.get().pk}" checked' in page and "3 記録する</textarea>" in page
    answer = client.post("/duties/9/procedure/edit/", {"text": "別", "version": "1"})
    assert answer.status_code == 422 and "何を変えたかを入力してください。" in words(answer)
    assert ">\n別</textarea>" in answer.content.decode()
    assert f'value="{made.files.get().pk}" checked' not in answer.content.decode()  # as it was sent


def test_a_stale_form_keeps_what_was_typed(cast, see, client):
    made = save(cast, files=[file()], when=at(8))
    see(cast.takahashi, "/duties/9/procedure/edit/")
    answer = client.post("/duties/9/procedure/edit/", {"text": "私の", "version": "0", "reason": "x"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "第1版を保存しています" in words(answer)
    assert ">\n私の</textarea>" in page and 'name="version" value="1"' in page
    assert f'value="{made.files.get().pk}" checked' in page
    assert Procedure.objects.count() == 1


def test_comparing(cast, see):
    save(cast, files=[file("a.pdf")], when=at(8))
    save(cast, text=TEXT.replace("電源", "主電源") + "\n4 <i>", reason="x", when=at(8))
    text = see(cast.ono, "/duties/9/procedure/compare/?old=1&new=2")
    assert "変更 1 1 電源を確かめる 1 1 主電源を確かめる" in text
    assert "追加 4 4 &lt;i&gt;" in text and "a.pdf 削除" in text
    assert "手順の文章は同じです。" in see(cast.ono, "/duties/9/procedure/compare/?old=2&new=2")
    see(cast.ono, "/duties/8/procedure/compare/", 404)


def test_withdrawing_by_page(cast, see, client):
    made = save(cast, when=at(8))
    assert "第1版を取り下げる" in see(cast.sato, f"/procedures/{made.pk}/withdraw/")
    assert client.post(f"/procedures/{made.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert client.post(f"/procedures/{made.pk}/withdraw/", {"reason": "誤り"}).status_code == 302
    assert client.post(f"/procedures/{made.pk}/withdraw/", {"reason": "誤り"}).status_code == 409
    assert "佐藤 美咲 が取り下げました。理由 誤り" in see(cast.sato, "/duties/9/procedure/")


def test_doors(cast, see, client):
    made = save(cast, when=at(8))
    see(cast.ono, "/duties/9/procedure/edit/", 403)  # a mark, but no ◎
    see(cast.ono, f"/procedures/{made.pk}/withdraw/", 403)
    see(cast.kubo, "/duties/9/procedure/", 403)
    see(cast.sato, "/duties/6/procedure/", 404)  # a heading
    see(cast.sato, "/duties/999/procedure/", 404)
    see(cast.sato, "/procedures/999/", 404)
    see(cast.sato, "/procedures/duty/999/", 404)
    for path in ("/duties/9/procedure/", "/duties/9/procedure/compare/", f"/procedures/{made.pk}/"):
        assert client.post(path).status_code == 405
    client.logout()
    assert client.get("/duties/9/procedure/").status_code == 302


def test_a_duty_that_is_gone_keeps_what_its_tasks_carry(cast, see, time_machine):
    made = save(cast, when=at(8))
    task = make_task(9)
    close(cast, task, at=at(9))
    rows = [row for row in rows_of(duty(9).edition) if row["key"] != 9]
    for row in rows:
        row["followups"] = [e for e in row.get("followups", ()) if e["target"] != 9]
    draft = drafting.revise(duty(9).edition, rows=rows, by=cast.morishita, at=at(9))
    publish(draft, by=cast.miura, at=at(9), in_force_on=TODAY + timedelta(7))
    time_machine.move_to(at(9, on=TODAY + timedelta(8)), tick=False)
    assert see(cast.sato, "/procedures/duty/9/", 302).url == f"/procedures/{made.pk}/"
    assert "いまの分担表にはない業務です" in see(cast.ono, f"/procedures/{made.pk}/")
    assert "3 記録する" in see(cast.morishita, f"/procedures/{made.pk}/")
    see(cast.yamaguchi, f"/procedures/{made.pk}/", 404)
    see(cast.sato, "/duties/9/procedure/", 404)


def test_few_statements(cast, edition, client, django_assert_max_num_queries):
    for n in range(12):
        save(cast, text=f"{n}", reason="x", files=[file(content=PDF + bytes([65 + n]))], when=at(8))
    client.force_login(cast.ono)
    newest = procedures.current_of(9).pk
    client.get("/duties/9/procedure/")
    with django_assert_max_num_queries(10):
        client.get("/duties/9/procedure/")
    with django_assert_max_num_queries(10):
        client.get(f"/procedures/{newest}/")


# --- line by line ---------------------------------------------------------------------------------------


def test_lines():
    old = [str(n) for n in range(20)]
    new = [*old[:10], "x", *old[11:], "y"]
    found = [(line.kind, line.old, line.new, line.skipped) for line in compared(old, new)]
    assert found[0] == ("gap", "", "", 7)
    assert found[4] == ("chg", "10", "x", 0)
    assert [kind for kind, *_rest in found] == [
        "gap",
        *["same"] * 3,
        "chg",
        *["same"] * 3,
        "gap",
        *["same"] * 3,
        "add",
    ]
    assert compared(old, old) == [] == compared([], [])
    assert [(x.kind, x.old_number, x.new_number) for x in compared(["a", "b"], ["b"])] == [
        ("del", 1, 0),
        ("same", 2, 1),
    ]  # fmt: skip
