"""Evidence: what is accepted by its content, what is kept of it, who reads it, and how a wrong one goes."""

import contextlib
import io
import zipfile
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Attachment
from tasks.uploads import GPS, judge, safe_name
from tests.make import TODAY, at, make_task

PDF = b"%PDF-1.7\n1 0 obj\n"


def picture(kind="JPEG", *, gps=False, size=(40, 30)):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    if gps:
        exif.get_ifd(GPS)[1] = "N"
        exif.get_ifd(GPS)[2] = (34.0, 23.0, 1.0)
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, exif=exif)
    return out.getvalue()


def office(folder="xl/", extra=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}a.xml", *extra):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def attach(task, cast, name="点検表.pdf", content=PDF, person="sato", team="operations", **given):
    file = SimpleUploadedFile(name, content)
    return progress.attach(task, by=getattr(cast, person), team=cast.team[team], at=at(), file=file, **given)


def fetch(client, url):
    """The answer, with its content read and its file closed."""
    answer = client.get(url)
    if answer.streaming:
        answer.content_read = b"".join(answer.streaming_content)
    return answer


@pytest.fixture
def task(edition):
    return make_task(9)


def test_it_works(cast, task):
    kept = attach(task, cast)
    assert (kept.name, kept.content_type, kept.size, kept.audience) == (
        "点検表.pdf",
        "application/pdf",
        len(PDF),
        "all",
    )
    with kept.file.open() as file:
        assert file.read() == PDF and len(kept.sha256) == 64
    event = Event.objects.about(task).get()
    assert event.code == "task.attached" and event.data["name"] == "点検表.pdf"


@pytest.mark.parametrize(
    "name, content, content_type, kept_as",
    [
        ("a.jpeg", picture(), "image/jpeg", "a.jpeg"),
        ("a.png", picture("PNG"), "image/png", "a.png"),
        ("a.webp", picture("WEBP"), "image/webp", "a.webp"),
        ("表.xlsx", office(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "表.xlsx"),
        ("a.csv", "日付,件数\n11/24,3".encode("cp932"), "text/plain", "a.csv"),
        ("a.txt", "異常なし".encode(), "text/plain", "a.txt"),
        ("点検表.pdf", picture("PNG"), "image/png", "点検表.pdf.png"),
        ("virus.exe", "テキスト".encode(), "text/plain", "virus.exe.txt"),
    ],
)
def test_the_type_is_that_of_the_content(name, content, content_type, kept_as):
    upload = judge(name, content)
    assert (upload.content_type, upload.name) == (content_type, kept_as)


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.pdf", b"MZ\x90\0\x03\0\0\0"),
        ("a.html", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
        ("a.zip", office("other/")),
        ("a.xlsm", office(extra=("xl/vbaProject.bin",))),
        ("a.xlsx", b"PK\x03\x04broken"),
        ("a.txt", b"abc\0def"),
        ("a.jpg", b"\xff\xd8\xff\xe0 no picture"),
        ("a.pdf", b""),
    ],
)
def test_what_is_not_accepted_is_refused_in_words(name, content):
    with pytest.raises(Refusal, match=name.replace(".", r"\.")):
        judge(name, content)


def test_too_big_is_refused_before_it_is_read(cast, task):
    class Big(SimpleUploadedFile):
        def read(self, *args):
            raise AssertionError("read")

    file = Big("大.pdf", PDF)
    file.size = 21 * 2**20
    with pytest.raises(Refusal, match="21.0 MB あります。20 MB まで"):
        progress.attach(task, by=cast.sato, team=cast.team["operations"], at=at(), file=file)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_loses_where_it_was_taken(kind):
    taken = picture(kind, gps=True)
    assert GPS in Image.open(io.BytesIO(taken)).getexif()
    kept = Image.open(io.BytesIO(judge("a.jpg", taken).content))
    assert GPS not in kept.getexif() and kept.size == (30, 40)  # upright, without being told so


def test_a_picture_without_a_position_is_kept_byte_for_byte():
    assert judge("a.jpg", picture()).content == picture()


def test_heic_becomes_jpeg():
    import pillow_heif

    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "navy")).save(out)
    upload = judge("IMG_0001.HEIC", out.getvalue())
    assert (upload.content_type, upload.name) == ("image/jpeg", "IMG_0001.HEIC.jpg")
    assert Image.open(io.BytesIO(upload.content)).size == (64, 48)


def test_a_bomb_is_no_photograph():
    with pytest.raises(Refusal, match="写真として"):
        out = io.BytesIO()
        Image.new("1", (20000, 20000)).save(out, "PNG")
        judge("bomb.png", out.getvalue())


@pytest.mark.parametrize(
    "name, safe",
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\点検.pdf", "点検.pdf"),
        ("a\u202efdp.exe", "a_fdp.exe"),
        ("", "file"),
        ("x" * 300 + ".pdf", None),
    ],
)
def test_names_are_only_names(name, safe):
    assert safe_name(name) == safe if safe else len(safe_name(name)) <= 120


def test_the_same_file_twice_is_one(cast, task):
    assert attach(task, cast) == attach(task, cast)
    assert Event.objects.about(task).count() == 1


def test_a_field_of_a_file(cast, edition):
    task = make_task(1, period_on=TODAY.replace(day=1))
    with pytest.raises(Refusal) as refused:
        progress.close(task, by=cast.sato, team=cast.team["operations"], at=at())
    assert refused.value.errors == {"schedule_sheet": "スケジュール表のファイルを付けてください。"}
    attach(task, cast, field_key="schedule_sheet")
    progress.close(task, by=cast.sato, team=cast.team["operations"], at=at())
    with pytest.raises(Refusal):
        attach(task, cast, field_key="planned_stops")


def test_every_mark_attaches_and_no_mark_does_not(cast, task):
    kept = attach(task, cast, person="ono", team="shiomi")
    assert (kept.audience, kept.organization) == ("member", cast.shiomi)
    with pytest.raises(PermissionDenied):
        attach(task, cast, person="yamaguchi", team="helpdesk")


def test_withdrawal_leaves_a_tombstone_and_no_content(cast, task, django_capture_on_commit_callbacks):
    kept = attach(task, cast)
    path = Path(kept.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        progress.withdraw(
            kept, by=cast.takahashi, team=cast.team["operations"], at=at(10), reason="別の日の表"
        )
    kept.refresh_from_db()
    assert not path.exists() and not kept.file
    assert (kept.withdrawn_by, kept.withdrawn_reason, kept.name) == (
        cast.takahashi,
        "別の日の表",
        "点検表.pdf",
    )
    assert Event.objects.about(task).first().data["reason"] == "別の日の表"
    with pytest.raises(Refusal, match="すでに取り消され"):
        progress.withdraw(kept, by=cast.sato, team=cast.team["operations"], at=at(11), reason="x")


def test_only_the_team_that_attached_it_withdraws_with_a_reason(cast, task):
    kept = attach(task, cast)
    with pytest.raises(PermissionDenied):
        progress.withdraw(kept, by=cast.ono, team=cast.team["shiomi"], at=at(), reason="x")
    with pytest.raises(Refusal, match="理由"):
        progress.withdraw(kept, by=cast.sato, team=cast.team["operations"], at=at(), reason=" ")


def test_the_file_is_for_those_who_may_read_it(client, cast, task):
    kept = attach(task, cast, person="ono", team="shiomi")
    own = attach(make_task(8, cast.kirihara), cast, person="makino", team="kirihara")
    with time_machine.travel(at(11), tick=False):
        for person, first, second in (
            ("ono", 200, 404),
            ("makino", 404, 200),
            ("morishita", 200, 200),
            ("yamaguchi", 404, 404),
        ):
            client.force_login(getattr(cast, person))
            assert fetch(client, f"/tasks/files/{kept.pk}/").status_code == first, person
            assert fetch(client, f"/tasks/files/{own.pk}/").status_code == second, person


def test_how_a_file_is_sent(client, cast, task):
    pdf, photo = attach(task, cast), attach(task, cast, "現場.jpg", picture())
    with time_machine.travel(at(11), tick=False):
        client.force_login(cast.sato)
        answer = fetch(client, f"/tasks/files/{pdf.pk}/")
        assert (
            answer["Content-Disposition"].startswith("attachment")
            and answer["X-Content-Type-Options"] == "nosniff"
        )
        assert "sandbox" in answer["Content-Security-Policy"] and answer.content_read == PDF
        answer = fetch(client, f"/tasks/files/{photo.pk}/")
        assert answer["Content-Disposition"].startswith("inline") and answer["Content-Type"] == "image/jpeg"
        assert fetch(client, f"/tasks/files/{photo.pk}/?download=1")["Content-Disposition"].startswith(
            "attachment"
        )


def test_the_pages(client, cast, task, django_capture_on_commit_callbacks):
    with time_machine.travel(at(11), tick=False):
        client.force_login(cast.ono)
        answer = client.post(f"/tasks/{task.pk}/files/", {"file": SimpleUploadedFile("a.html", b"<html>")})
        assert answer.status_code == 422 and "受け付けられない種類" in answer.content.decode()
        assert client.post(f"/tasks/{task.pk}/files/", {}).status_code == 422
        assert (
            client.post(f"/tasks/{task.pk}/files/", {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code
            == 302
        )
        kept = Attachment.objects.get()
        assert "a.pdf" in client.get(f"/tasks/{task.pk}/").content.decode()
        url = f"/tasks/files/{kept.pk}/withdraw/"
        assert client.get(url).status_code == 200
        assert client.post(url, {"reason": ""}).status_code == 422
        client.force_login(cast.sato)
        assert client.get(url).status_code == 403
        client.force_login(cast.ono)
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(url, {"reason": "誤り"}).status_code == 302
        assert client.get(f"/tasks/files/{kept.pk}/").status_code == 404
        text = client.get(f"/tasks/{task.pk}/").content.decode()
        assert "<del" in text and "誤り" in text


def test_the_same_file_for_others_is_another(cast, task):
    """Else what a municipality attaches would vanish behind a file that it can't read."""
    internal = attach(task, cast, audience="internal")
    own = attach(task, cast, person="ono", team="shiomi")
    assert own.pk != internal.pk
    assert Attachment.objects.visible_to(cast.ono, TODAY).get() == own


def test_the_union_attaches_for_the_team_it_acts_for(client, cast, task):
    data = {
        "proxy": "1",
        "reason": "業務運用が不在",
        "file": SimpleUploadedFile("a.pdf", PDF),
        "version": "0",
    }
    with time_machine.travel(at(11), tick=False):
        client.force_login(cast.morishita)
        assert client.post(f"/tasks/{task.pk}/save/", data).status_code == 302
    kept = task.attachments.get()
    assert (kept.team, kept.by) == (cast.team["operations"], cast.morishita)
    assert Event.objects.about(task).get(code="task.attached").data["proxy"] is True


def test_history_tells_nobody_of_a_file_or_comment_for_others(client, cast, task):
    kept = attach(task, cast, audience="internal")
    progress.withdraw(
        kept, by=cast.sato, team=cast.team["operations"], at=at(10), reason="汐見市の住所録だった"
    )
    mine = {"by": cast.ono, "team": cast.team["shiomi"], "at": at(10)}
    progress.comment(task, text="市内部の話", **mine)
    words = {}
    with time_machine.travel(at(11), tick=False):
        for person in ("makino", "ono", "sato"):
            client.force_login(getattr(cast, person))
            words[person] = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "汐見市の住所録" in words["sato"] and "コメントを書き込み" in words["sato"]
    assert "汐見市の住所録" not in words["makino"] and "コメントを書き込み" not in words["makino"]
    assert "汐見市の住所録" not in words["ono"] and "コメントを書き込み" in words["ono"]


def test_an_archive_of_an_unknown_version_is_refused():
    wicked = bytearray(office())
    at_ = bytes(wicked).rindex(b"PK\x01\x02")
    wicked[at_ + 6 : at_ + 8] = b"\xff\xff"  # "version needed to extract"
    with pytest.raises(Refusal, match="受け付けられない"):
        judge("a.xlsx", bytes(wicked))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_broken_picture_is_refused_in_words(kind):
    """Whatever byte is broken, a decoder's own error reaches nobody."""
    whole = picture(kind, gps=True)
    for place in range(12, len(whole), max(1, len(whole) // 60)):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        for content in (bytes(broken), whole[:place]):
            with contextlib.suppress(Refusal):
                judge("a.jpg", content)
