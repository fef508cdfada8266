"""Writing into a case: who, for whom, what is refused; its files and its situation."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import casenotes, cases, progress
from tasks.models import Attachment, Comment
from tests.desk import Desk
from tests.make import TODAY, at
from tests.tasks.test_case import CALL15, CHANGE45, LEVEL16, note


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast)


@pytest.fixture
def incident(desk):
    """No.15 and 16 are closed, 18 (a municipality has ○) and 24 are open; 汐見市 and 桐原市."""
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "ishii", then=[18], **LEVEL16)
    return desk.case


def paper(name="a.txt", content=b"x"):
    return SimpleUploadedFile(name, content)


def readers(row, cast):
    people = ("sato", "ono", "makino", "hamanaka", "morishita", "yamaguchi")
    visible = type(row).objects.visible_to
    return {p for p in people if visible(getattr(cast, p), TODAY).filter(pk=row.pk).exists()}


ALL = {"sato", "ono", "makino", "morishita", "yamaguchi"}


@pytest.mark.parametrize(
    ("person", "audience", "kept", "who"),
    [
        ("sato", "", "all", ALL),
        ("ono", "", "member", {"sato", "ono", "morishita", "yamaguchi"}),
        ("ono", "all", "all", ALL),
        ("morishita", "internal", "internal", {"sato", "morishita", "yamaguchi"}),
        ("yamaguchi", "", "internal", {"sato", "morishita", "yamaguchi"}),  # 24 is all that it has open
    ],
)
def test_who_reads_a_note(desk, cast, incident, person, audience, kept, who):
    row = note(desk, person, "①㈱ 髙橋\n了解", audience=audience, files=[paper()])
    assert (row.audience, row.text) == (kept, "①㈱ 髙橋\n了解")
    assert readers(row, cast) == who
    assert readers(incident.attachments.get(), cast) == who
    last = list(Event.objects.about(incident)[:2])
    assert [e.code for e in last] == ["case.commented", "case.attached"]
    assert "了解" not in str(last[0].data) and ("a.txt" in str(last[1].data)) == (kept == "all")


def test_for_one_municipality_where_there_is_one(desk, cast, incident):
    with pytest.raises(Refusal) as refused:
        note(desk, "sato", "x", audience="member")
    assert set(refused.value.errors) == {"audience"}, "the incident concerns two"
    desk.raise_(45, "ono", **CHANGE45)
    own = note(desk, "yamaguchi", "x", audience="member")
    assert own.organization == cast.shiomi


@pytest.mark.parametrize("person", ["hamanaka", "kubo"])
def test_who_does_not_write(desk, cast, incident, person):
    with pytest.raises(PermissionDenied):
        casenotes.note(incident, by=getattr(cast, person), team=cast.team["mizuno"], at=at(), text="x")
    assert not Comment.objects.exists()


def test_who_reported_it_writes_though_it_has_no_mark(desk, cast):
    desk.case = cases.report(
        desk.raise_(15, "yamaguchi", whom=["kirihara"], **CALL15).entry,
        by=cast.ogawa, team=cast.team["package"], at=at(), title="x", concerns=[cast.shiomi],
        answers={"content": "x"},
    )  # fmt: skip
    assert note(desk, "ogawa", "見ました").audience == "all"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": ""}, "text"), ({"text": " \n"}, "text"), ({"text": "x" * 10_001}, "text"),
        ({"text": "a\0b"}, "text"), ({"kind": "gossip"}, "kind"), ({"audience": "x"}, "audience"),
        ({"files": [paper("a.txt", b"")]}, ""),
    ],
)  # fmt: skip
def test_what_is_refused_leaves_nothing(desk, incident, given, field):
    with pytest.raises(Refusal) as refused:
        note(desk, "sato", **{"text": "x", **given})
    assert set(refused.value.errors) == ({field} if field else set())
    assert not Comment.objects.exists() and not incident.attachments.exists()


def test_sent_twice_it_is_one(desk, incident):
    assert note(desk, "sato", "x") == note(desk, "sato", "x")
    assert note(desk, "sato", "x", at=at(9, 32)) and Comment.objects.count() == 2


def test_a_correction_is_read_by_the_same_people(desk, cast, incident):
    first = note(desk, "sato", "誤り", audience="internal")
    second = note(desk, "sato", "正しい", audience="all", corrects=first)
    assert (second.audience, second.corrects) == ("internal", first)
    first.refresh_from_db()
    assert first.text == "誤り"
    with pytest.raises(PermissionDenied):
        note(desk, "ishii", "勝手に", corrects=first)


def test_a_wrong_file_is_taken_back(desk, client, cast, incident):
    given = {"by": cast.sato, "team": cast.team["operations"], "at": at()}
    file = casenotes.attach(incident, file=paper(), **given)
    assert casenotes.attach(incident, file=paper(), **given) == file, "the same file twice is one"
    for person, status in (("ishii", 403), ("ono", 403), ("hamanaka", 404), ("sato", 200)):
        client.force_login(getattr(cast, person))
        assert client.get(f"/tasks/files/{file.pk}/withdraw/").status_code == status, person
    assert client.post(f"/tasks/files/{file.pk}/withdraw/", {"reason": " "}).status_code == 422
    answer = client.post(f"/tasks/files/{file.pk}/withdraw/", {"reason": "別の案件のもの"})
    assert answer.status_code == 302 and answer.url == f"/cases/{incident.number}/#files"
    assert client.get(f"/tasks/files/{file.pk}/").status_code == 404
    page = client.get(f"/cases/{incident.number}/").content.decode()
    assert "別の案件のもの" in page and "<del" in page
    event = Event.objects.about(incident).first()
    assert (event.code, event.data["reason"]) == ("case.evidence_withdrawn", "別の案件のもの")
    with pytest.raises(Refusal):
        progress.withdraw(Attachment.objects.get(pk=file.pk), reason="x", **given)


def situate(desk, person, version=None, **words):
    return casenotes.situate(
        desk.case, by=getattr(desk.cast, person), team=desk.team(person), at=at(), situation=words,
        version=version,
    )  # fmt: skip


def test_the_situation_is_written_over_what_was_seen(desk, incident):
    seen = incident.version
    case = situate(desk, "ishii", seen, now="調査中", impact="窓口", next="11:30 に連絡")
    assert case.situation["now"] == "調査中" and case.version == seen + 1
    assert Event.objects.about(case).first().data == {
        "now": "調査中",
        "impact": "窓口",
        "next": "11:30 に連絡",
    }
    with pytest.raises(Refusal, match="石井 大輔"):
        situate(desk, "sato", seen, now="別の話")
    with pytest.raises(Refusal) as refused:
        situate(desk, "sato", now=" ", impact="x")
    assert set(refused.value.errors) == {"now"}
    with pytest.raises(PermissionDenied):
        situate(desk, "ono", now="よその作業")
    cases.withdraw(case, by=desk.cast.morishita, at=at(), reason="誤報")
    with pytest.raises(Refusal, match="終わった案件"):
        situate(desk, "ishii", now="x")


def test_the_pages(desk, client, cast, incident):
    at_case = f"/cases/{incident.number}/"
    acts = ("comment/", "attach/")
    for person, status in (("hamanaka", 404), ("kubo", 403)):
        client.force_login(getattr(cast, person))
        for act in (*acts, "situation/"):
            assert client.post(f"{at_case}{act}", {"text": "x"}).status_code == status, act
    client.force_login(cast.sato)
    for act in acts:
        assert client.get(f"{at_case}{act}").status_code == 302
        assert client.delete(f"{at_case}{act}").status_code == 405
    typed = {"text": "決めた", "kind": "judgement", "audience": "internal", "file": paper("表.txt")}
    assert client.post(f"{at_case}comment/", typed).status_code == 302
    row = Comment.objects.get()
    assert (row.kind, row.audience, row.case) == ("judgement", "internal", incident)
    refused = client.post(f"{at_case}comment/", {"text": " ", "kind": "recovery", "audience": "internal"})
    page = refused.content.decode()
    assert refused.status_code == 422 and "記録の内容を入力してください。" in page
    assert 'value="recovery" id="f-kind-4" checked' in page and "<title>エラー: " in page
    assert client.post(f"{at_case}attach/").status_code == 422
    assert client.post(f"{at_case}attach/", {"file": paper("図.txt"), "audience": "all"}).status_code == 302
    assert incident.attachments.count() == 2
    assert client.get(f"{at_case}situation/").status_code == 200
    sent = {"now": "調査中", "version": incident.version}
    assert client.post(f"{at_case}situation/", sent).status_code == 302
    assert "調査中" in client.get(at_case).content.decode()
    again = client.post(f"{at_case}situation/", {**sent, "now": "別の話"})
    assert again.status_code == 409 and "別の話" in again.content.decode()
    client.force_login(cast.ono)
    assert client.get(f"{at_case}situation/").status_code == 403
    assert client.post(f"{at_case}comment/", {"text": "x", "corrects": row.pk}).status_code == 403
