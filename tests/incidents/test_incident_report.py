"""障害報告書: from the case, in versions, sent with its step, acknowledged, revised; drafts stay inside."""

import io
import re

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import load_workbook

from incidents import report
from incidents.models import IncidentReport
from incidents.reportdraft import draft
from incidents.reporters import sources_of
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import acknowledging, casenotes, cases, commenting, reopening
from tasks.models import Case, CommentKind, Publication
from tests.desk import Desk
from tests.make import TODAY, at

ENTRY = {
    "caller": "市民課", "channel": "電話", "noticed_at": "R8.11.24 9:05", "content": "証明書が\n出ない",
    "provisional_level": "2",
}  # fmt: skip
JUDGED = {"level": "2 一部停止", "concerns": ["shiomi", "mizuno"], "impact": "証明書の窓口交付"}


def confirmed(cast):
    """An incident of two towns up to the open step 26; notes of every audience on the way."""
    desk = Desk(cast, now=at(9, 12))
    desk.raise_(15, "yamaguchi", whom=("shiomi", "mizuno"), title="印刷サーバ停止", **ENTRY)
    desk.now = at(9, 31)
    desk.close(16, "sato", then={19, 22}, **JUDGED)
    say(desk, "yamaguchi", "両団体へ連絡", at(9, 48), kind=CommentKind.CONTACT, audience="all")
    say(desk, "ono", "汐見だけの話", at(9, 50), audience="member")
    say(desk, "ishii", "内部の話", at(10, 0), audience="internal")
    wrong = say(desk, "sato", "まちがい", at(10, 5))
    say(desk, "sato", "復旧の見込みは11時", at(10, 6), corrects=wrong)
    say(desk, "ono", "手書きで対応中", at(10, 7), audience="all")
    commenting.comment(
        desk.step(24), by=cast.yamaguchi, team=cast.team["helpdesk"], at=at(10, 8), text="内部の記録"
    )
    desk.now = at(10, 36)
    desk.close(19, "ishii", device="PRT01", cause="容量不足", action="一時ファイルを退避")
    desk.now = at(10, 40)
    desk.close(22, "sato", cause="帳票の一括出力", action="再出力")
    desk.now = at(10, 58)
    desk.close(25, "takahashi", result="回復", confirmed="試験印刷 正常")
    desk.now = at(11)
    desk.close(24, "yamaguchi", course_recorded=True, cause_kind="ハードウェア", prevention="自動削除")
    return desk


def say(desk, person, text, moment, **of):
    who = getattr(desk.cast, person)
    return casenotes.note(desk.case, by=who, team=desk.team(person), at=moment, text=text, **of)


@pytest.fixture
def desk(cast, edition, holidays):
    return confirmed(cast)


@pytest.fixture
def see(client, cast, time_machine):
    """see(person, path, status, **post) → the page's words."""
    time_machine.move_to(at(14), tick=False)

    def ask(person, path, status=200, *, raw=False, **post):
        client.force_login(getattr(cast, person))
        response = client.post(path, post) if post else client.get(path)
        assert response.status_code == status, response.content.decode()[-600:]
        if status in (302, 403, 404, 405):
            return response
        if raw:
            return response.content.decode()
        if "text/html" not in response["Content-Type"]:
            return load_workbook(io.BytesIO(response.content))
        main = re.search(r"<main.*</main>", response.content.decode(), re.S).group()
        return " ".join(re.sub(r"<[^>]+>", " ", main).split())

    return ask


def made(desk):
    return draft(sources_of(Case.objects.select_related("entry").get(pk=desk.case.pk)), TODAY)


def typed(desk, **of):
    from incidents.reportcontent import typed_of

    return {**typed_of(made(desk)), **of}


def save(desk, person="yamaguchi", team="helpdesk", moment=None, **of):
    version = of.pop("version", None)
    return report.save(
        step(desk), by=getattr(desk.cast, person), team=desk.cast.team[team], at=moment or at(12),
        typed=typed(desk, **of), version=version,
    )  # fmt: skip


def send(desk, version, person="yamaguchi", team="helpdesk", moment=None, **of):
    return report.send(
        step(desk), by=getattr(desk.cast, person), team=desk.cast.team[team], at=moment or at(13),
        version=version, **of,
    )  # fmt: skip


def step(desk):
    return desk.case.steps.get(duty__number=26)


def path(desk, *more):
    return "/".join(["/incidents", desk.case.number, "report", *more, ""])


# --- the draft ------------------------------------------------------------------------------------------


def test_the_draft_is_what_the_case_says(desk):
    found = made(desk)
    assert {k: v for k, v in found.items() if k != "course"} == {
        "document_no": "INC-R8-0001",
        "reported_on": "2026-11-24",
        "title": "印刷サーバ停止",
        "occurred_at": "2026-11-24T09:05",
        "noticed_at": "2026-11-24T09:05",
        "judged_at": "2026-11-24T09:31",
        "handled_at": "2026-11-24T10:40",
        "recovered_at": "2026-11-24T10:58",
        "impact": "証明書の窓口交付",
        "cause": "【サーバ】\n容量不足\n【業務運用】\n帳票の一括出力",
        "action": "【サーバ】\n一時ファイルを退避\n【業務運用】\n再出力",
        "confirmed": "試験印刷 正常",
        "prevention": "自動削除",
        "note": "",
    }
    assert found["course"].splitlines() == [
        "11/24(火) 9:12 受付 証明書が 出ない",
        "11/24(火) 9:31 障害レベル、業務影響範囲の確認 2 一部停止",
        "11/24(火) 9:48 連絡(ヘルプデスク) 両団体へ連絡",
        "11/24(火) 10:06 経過(業務運用) 復旧の見込みは11時",
        "11/24(火) 10:07 経過(構成団体) 手書きで対応中",
        "11/24(火) 10:36 サーバ 完了",
        "11/24(火) 10:40 業務運用 完了",
        "11/24(火) 10:58 障害回復確認 回復",
        "11/24(火) 11:00 障害内容の記録、管理 ハードウェア",
    ]


def test_what_is_not_recovered_has_no_recovery(cast, edition, holidays):
    desk = Desk(cast, now=at(9, 12))
    desk.raise_(15, "yamaguchi", whom=("shiomi",), **ENTRY)
    desk.close(16, "sato", then={19}, **{**JUDGED, "concerns": ["shiomi"]})
    desk.close(19, "ishii", device="PRT01", cause="容量不足", action="退避")
    desk.close(25, "sato", result="未回復", confirmed="まだ出ない", again={19})
    assert (made(desk)["recovered_at"], made(desk)["confirmed"]) == ("", "")
    desk.close(19, "ishii", device="PRT01", cause="部品の故障", action="交換")
    desk.now = at(15)
    desk.close(25, "sato", result="回復", confirmed="出た")
    assert made(desk)["recovered_at"] == "2026-11-24T15:00"
    assert made(desk)["cause"] == "容量不足\n部品の故障"


# --- commands -------------------------------------------------------------------------------------------


def test_saving_adds_a_version(desk):
    first = save(desk)
    assert first.content["concerns"] == [[desk.cast.shiomi.pk, "汐見市"], [desk.cast.mizuno.pk, "瑞野町"]]
    assert (first.content["level"], first.content["cause_kind"]) == ("2 一部停止", "ハードウェア")
    assert save(desk) == first, "nothing changed"
    second = save(desk, "sato", "operations", version=1, cause="容量の不足")
    assert (second.number, second.team.name) == (2, "業務運用")
    assert IncidentReport.objects.get(number=1).content["cause"].startswith("【サーバ】")
    assert [e.code for e in Event.objects.about(second)] == ["incident_report.saved"]


def test_two_at_once(desk):
    save(desk)
    save(desk, "sato", "operations", version=1, cause="先に直した")
    with pytest.raises(Refusal, match="佐藤 美咲\\(業務運用\\) が第2版を保存しています。入力した内容は"):
        save(desk, version=1, cause="あとから")
    with pytest.raises(Refusal, match="第2版を保存しています"):
        send(desk, 1)
    assert IncidentReport.objects.count() == 2 and step(desk).is_open


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"recovered_at": "R8.11.24 8:00"}, {"recovered_at": "回復日時が発生日時より前になっています。"}),
        ({"judged_at": "R8.11.25 9:00"}, {"judged_at": "判定日時に先の日時は入力できません。"}),
        ({"judged_at": "きのう"}, {"judged_at": "日時は R8.11.20 10:30 のように入力してください。"}),
        ({"title": "あ" * 201}, {"title": "件名は200文字までにしてください。"}),
    ],
)
def test_what_cannot_be_read(desk, given, errors):
    with pytest.raises(Refusal) as refused:
        save(desk, **given)
    assert refused.value.errors == errors
    assert not IncidentReport.objects.exists()


@pytest.mark.parametrize(("person", "team"), [("ono", "shiomi"), ("kubo", "helpdesk")])
def test_who_does_not_fill_in_does_not_write(desk, person, team):
    with pytest.raises(PermissionDenied):
        save(desk, person, team)


def test_sending_closes_the_step_with_the_workbook(desk):
    with pytest.raises(Refusal, match="まだ保存されていません"):
        send(desk, 0)
    save(desk, impact="")
    with pytest.raises(Refusal) as refused:
        send(desk, 1)
    assert refused.value.errors == {"impact": "業務影響を入力してください。"}
    save(desk)
    with pytest.raises(PermissionDenied):
        send(desk, 2, "sato", "operations")  # ○ writes, ◎ sends
    sent = send(desk, 2)
    task = step(desk)
    assert (task.state, task.closed_by, sent.sent_by) == ("done", desk.cast.yamaguchi, desk.cast.yamaguchi)
    file = task.attachments.get()
    assert (file.field_key, file.name) == ("incident_report", "障害報告書_INC-R8-0001_第2版.xlsx")
    assert sent.publication == Publication.objects.get(task=task, is_current=True)
    assert sent.publication.files == [file.pk]
    desk.case.refresh_from_db()
    assert desk.case.state == "closed"
    text = cells(book_in(file))
    assert "汐見市" not in text and "構成団体 2団体" in text and "1時間53分" in text
    assert "内部" not in text and "汐見だけ" not in text and "まちがい" not in text
    with pytest.raises(Refusal, match="第2版は、すでに送られています"):
        send(desk, 2)


def book_in(attachment):
    with attachment.file.open("rb") as stored:
        return load_workbook(io.BytesIO(stored.read()))


def cells(book):
    return "\n".join(str(c.value) for row in book.active.rows for c in row if c.value is not None)


def test_a_formula_stays_text(desk):
    save(desk, cause='=HYPERLINK("x")', course="\n".join(f"=1+{n}" for n in range(200)))
    send(desk, 1)
    book = book_in(step(desk).attachments.get())
    values = [c for row in book.active.rows for c in row if str(c.value).startswith("=")]
    assert values and all(c.data_type == "s" for c in values)
    assert max(d.height or 0 for d in book.active.row_dimensions.values()) <= 409


def test_a_revision_is_acknowledged_anew(desk):
    save(desk)
    send(desk, 1)
    who = {"by": desk.cast.ono, "team": desk.cast.team["shiomi"], "at": at(13, 30)}
    acknowledging.acknowledge(step(desk), **who, version=1)
    save(desk, moment=at(14), cause="調べ直した")
    with pytest.raises(Refusal, match="理由"):
        send(desk, 2, moment=at(14))
    second = send(desk, 2, moment=at(14), reason="原因が分かった")
    assert (second.publication.version, second.publication.reason) == (2, "原因が分かった")
    assert second.publication.acknowledgements.filter(acknowledged_at=None).count() == 2
    assert len(second.publication.files) == 1
    assert IncidentReport.objects.get(number=1).publication.version == 1


def test_what_was_taken_back_is_sent_again(desk):
    """While another work keeps the case open."""
    who = {"by": desk.cast.yamaguchi, "team": desk.cast.team["helpdesk"]}
    judged = desk.case.steps.get(duty__number=16)
    cases.add_choice(judged, 20, by=desk.cast.sato, team=desk.cast.team["operations"], at=at(11, 30))
    save(desk)
    send(desk, 1)
    reopening.reopen(step(desk), **who, at=at(13, 5), reason="宛先の誤り")
    assert IncidentReport.objects.get().publication.withdrawn_at == at(13, 5)
    again = send(desk, 1, moment=at(13, 10))
    assert (again.publication.version, step(desk).attachments.count()) == (2, 1)


def test_the_union_sends_for_the_help_desk_with_a_reason(desk):
    save(desk)
    with pytest.raises(Refusal, match="代行の理由"):
        send(desk, 1, "miura")
    send(desk, 1, "miura", reason="担当の不在")
    assert (step(desk).is_proxy, step(desk).closed_for.name) == (True, "ヘルプデスク")


# --- pages ----------------------------------------------------------------------------------------------


def test_the_pages(desk, see, client, django_assert_max_num_queries):
    assert "経過から下書きを作る" in see("yamaguchi", path(desk))
    assert "まだ送られていません" in see("ono", path(desk))
    form = see("yamaguchi", path(desk, "edit"))
    assert "容量不足" in form and "2 一部停止" in form and "汐見市、瑞野町" in form
    assert not IncidentReport.objects.exists(), "GET changes nothing"
    for place in (f"/tasks/{step(desk).pk}/", f"/cases/{desk.case.number}/"):
        assert path(desk) in see("yamaguchi", place, raw=True)
        assert path(desk) not in see("ono", place, raw=True)
    given = typed(desk)
    see("yamaguchi", path(desk, "edit"), 302, **given, version="0")
    see("sato", path(desk, "edit"), 302, **{**given, "cause": "見直し"}, version="1")
    refused = see("yamaguchi", path(desk, "edit"), 409, **{**given, "cause": "私の文"}, version="1")
    assert "佐藤 美咲(業務運用) が第2版を保存しています" in refused and "私の文" in refused
    assert 'value="2"' not in refused  # words only
    refused = see("yamaguchi", path(desk, "edit"), 422, **{**given, "noticed_at": "x"}, version="2")
    assert "日時は R8.11.20 10:30" in refused
    shown = see("sato", path(desk))
    assert "見直し" in shown and "汐見市、瑞野町" in shown and "下書き" in shown
    assert "【サーバ】" in see("sato", path(desk) + "?version=1")
    assert "変更" in see("sato", path(desk, "compare"))
    assert "まだ送られていません" in see("ono", path(desk)), "a draft is none of a municipality's"
    for more in ("?version=1", "?version=2", "?version=x"):
        see("ono", path(desk) + more, 404)
    see("ono", path(desk, "export"), 404)
    see("ono", path(desk, "compare"), 404)
    see("sato", path(desk, "send"), 403, version="2")
    see("yamaguchi", path(desk, "send"), 409, version="1")
    see("yamaguchi", path(desk, "send"), 302, version="2")
    read = see("ono", path(desk))
    assert "見直し" in read and "汐見市、他団体 1件" in read and "瑞野町" not in read
    assert "No.26 で確認する" in read and "第1版" not in read
    see("ono", path(desk) + "?version=1", 404)
    assert "瑞野町" not in cells(see("ono", path(desk, "export")))
    assert "瑞野町" in cells(see("ishii", path(desk, "export") + "?version=1"))
    for person in ("yamaguchi", "ono"):
        client.force_login(getattr(desk.cast, person))
        with django_assert_max_num_queries(10):
            client.get(path(desk))


def test_doors(desk, see, client):
    for more in ((), ("edit",), ("send",), ("compare",), ("export",)):
        see("makino", path(desk, *more), 404 if more != ("send",) else 404)
        see("kubo", path(desk, *more), 403)
    see("ono", path(desk, "edit"), 403)
    see("ono", path(desk, "edit"), 403, title="x")
    see("yamaguchi", path(desk), 405, x="1")
    see("yamaguchi", path(desk, "send"), 302)
    see("yamaguchi", "/incidents/INC-R8-9999/report/", 404)


def test_nothing_before_its_step(cast, edition, holidays, see):
    desk = Desk(cast, now=at(9, 12))
    desk.raise_(15, "yamaguchi", whom=("shiomi",), **ENTRY)
    see("yamaguchi", path(desk), 404)
