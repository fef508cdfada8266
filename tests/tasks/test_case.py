"""The page of a case: who reads what of it, what it offers to whom, in how many statements."""

import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from opsdesk.audit.models import Event
from tasks import casenotes, cases, kinds, progress
from tasks.models import Comment
from tests.desk import Desk
from tests.make import at

CHANGE45 = {"kind": "プログラム", "content": "直したい", "reason": "不便"}
CHANGE44 = {
    "kind": "改修", "content": "帳票", "concerns": ["shiomi", "kirihara"], "risk": "戻せる",
    "planned_on": "R8.12.10",
}  # fmt: skip
WORK52 = {"release": "R1", "content": "改修", "rollback_ready": True, "carried_out_on": "R8.11.24"}
CALL15 = {
    "caller": "大野", "channel": "電話", "noticed_at": "R8.11.24 8:40", "content": "つながらない",
    "provisional_level": "2",
}  # fmt: skip
LEVEL16 = {"level": "2 一部停止", "concerns": ["shiomi", "kirihara"], "impact": "窓口"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast)


def get(client, person, case, query=""):
    client.force_login(person)
    return client.get(f"{reverse('tasks:case', args=[case.number])}{query}")


def text_of(client, person, case, query=""):
    """The words of the page, without tags."""
    page = get(client, person, case, query)
    assert page.status_code == 200
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def note(desk, person, text, **given):
    given = {"team": desk.team(person), "at": at(9, 30), **given}
    return casenotes.note(desk.case, by=getattr(desk.cast, person), text=text, **given)


@pytest.fixture
def change(desk):
    """No.44 for 汐見市 and 桐原市: done once, NG of 汐見市, OK of 桐原市; done once more."""
    desk.raise_(44, "ogawa", **CHANGE44)
    desk.close(44, "ogawa", then=[52])
    desk.close(52, "ogawa", file="test_result", **WORK52)
    desk.close(53, "makino", where="kirihara", result="OK")
    desk.close(53, "ono", where="shiomi", result="NG", comment="住所が違う")
    desk.close(52, "ogawa", file="test_result", **WORK52)
    return desk.case


def bar(client, person, case):
    page = get(client, person, case).content.decode()
    steps = page.partition('<ol class="steps')[2].partition("</ol>")[0]
    return [
        (look.split()[0], " ".join(re.sub(r"<[^>]+>", " ", inner).split()))
        for look, inner in re.findall(r'<li class="([^"]*)"[^>]*>(.*?)</li>', steps, re.S)
    ]


def test_it_works(client, cast, change):
    text = text_of(client, cast.morishita, change)
    for words in (
        "CHG-R8-0001 変更 対応中 実施予定日 R8.12/10(木)",
        "関係団体 汐見市・桐原市",
        "起票 令和8年11月24日(火) 9:00 小川 直樹(パッケージ保守)",
        "リスクと切戻し 戻せる",
        "住所が違う",
        "No.53 内容確認 汐見市 第2回",
        "◎ 構成団体",
    ):
        assert words in text, words
    assert get(client, cast.morishita, change).content.decode().count("<h1>") == 1


def test_the_bar_says_what_was_what_is_and_what_may_come(client, cast, desk, change):
    assert bar(client, cast.morishita, change) == [
        ("done", "No.44 変更作業申請 9:00 小川 直樹"),
        ("done", "No.52 作業依頼に基づくプログラムの改修/バージョンアップの実施 9:00 小川 直樹"),
        ("ng", "No.53 内容確認 NG 1 OK 1"),
        ("done", "No.52 作業依頼に基づくプログラムの改修/バージョンアップの実施 第2回 9:00 小川 直樹"),
        ("now", "No.53 内容確認 第2回 あと5開庁日"),
        ("todo", "終わり 案件を閉じる すべて終わると自動"),
    ]
    desk.raise_(44, "ogawa", **CHANGE44)
    desk.close(44, "ogawa", then=[52])
    desk.close(52, "ogawa", file="test_result", **WORK52)
    desk.close(53, "ono", where="shiomi", result="OK")
    assert ("now", "No.53 内容確認 9:00 大野 千尋 他団体 1件") in bar(client, cast.ono, desk.case)
    seen = bar(client, cast.makino, change)
    assert seen[2] == ("done", "No.53 内容確認 9:00 牧野 沙織 他団体 1件"), "what others said is not told"
    assert seen[4] == ("now", "No.53 内容確認 第2回 他団体 1件")
    desk.raise_(45, "ono", **CHANGE45)
    looks = [(look, words) for look, words in bar(client, cast.ono, desk.case)]
    assert looks == [
        ("now", "No.45 変更作業依頼 あと10開庁日"),
        ("todo", "No.46・48・50・52 いずれかを選ぶ これから"),
        ("todo", "No.47・49・51・53 いずれかを選ぶ これから"),
        ("todo", "終わり 案件を閉じる すべて終わると自動"),
    ]
    incident = desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "ishii", then=[18, 20], **LEVEL16)
    desk.close(20, "ishii", extent="庁内LANのため対象外")
    found = [(look, words.split()[0]) for look, words in bar(client, cast.ishii, incident)]
    assert found == [
        ("done", "No.15"), ("done", "No.16"), ("now", "No.24"), ("now", "No.18"), ("skipped", "No.20"),
        ("todo", "No.25"), ("todo", "No.26"), ("todo", "終わり"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "there", "not_there"),
    [
        ("ono", ["No.53 完了にする", "汐見市・他団体 1件", "住所が違う", "団体限り"], ["桐原市"]),
        ("makino", ["桐原市・他団体 1件", "記録する"], ["住所が違う", "大野", "完了にする", "汐見市"]),
        ("ogawa", ["汐見市・桐原市", "関係団体を変える", "作業を追加する", "取り下げる"], ["完了にする"]),
        ("sato", ["汐見市・桐原市", "内部", "記録する"], ["完了にする", "取り下げる", "状況を書く"]),
        ("morishita", ["取り下げる", "重複として終える", "記録する"], ["完了にする"]),
    ],
)  # fmt: skip
def test_what_each_role_sees(client, cast, change, person, there, not_there):
    text = text_of(client, getattr(cast, person), change)
    for words in there:
        assert words in text, words
    for words in not_there:
        assert words not in text, words


@pytest.mark.parametrize("person, status", [("hamanaka", 404), ("kubo", 403)])
def test_who_does_not_read_it(client, cast, change, person, status):
    assert get(client, getattr(cast, person), change).status_code == status
    client.logout()
    assert client.get(f"/cases/{change.number}/").status_code == 302
    client.force_login(cast.ono)
    assert client.get("/cases/CHG-R8-9999/").status_code == 404
    assert client.post(f"/cases/{change.number}/").status_code == 405


def test_nothing_leaks_by_words_counts_or_files(client, cast, desk, change):
    """団体限り and 内部: by page, file, history, number of entries."""
    before = {p: text_of(client, getattr(cast, p), change) for p in ("ono", "makino", "sato")}
    paper = SimpleUploadedFile("秘密.txt", b"x")
    note(desk, "sato", "ヒミツ内部", audience="internal", files=[paper])
    own = note(desk, "ono", "うちだけの話")
    assert own.audience == "member"
    texts = {p: text_of(client, getattr(cast, p), change) for p in ("ono", "makino", "sato", "morishita")}
    assert texts["makino"] == before["makino"], "nothing came, and no number changed"
    assert "うちだけの話" in texts["ono"] and "ヒミツ" not in texts["ono"] and "秘密" not in texts["ono"]
    for person in ("sato", "morishita"):
        assert {"ヒミツ内部", "秘密.txt", "うちだけの話"} <= set(texts[person].split()), person
    file = change.attachments.get()
    for person, status in (("sato", 200), ("ono", 404), ("makino", 404), ("hamanaka", 404), ("kubo", 403)):
        client.force_login(getattr(cast, person))
        answer = client.get(f"/tasks/files/{file.pk}/")
        assert answer.status_code == status, person
        b"".join(answer)
    client.force_login(cast.ono)
    assert client.get(f"/tasks/files/{file.pk}/withdraw/").status_code == 404


def test_linked_cases_are_named_only_to_who_reads_them(client, cast, desk):
    first = desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    second = desk.raise_(15, "yamaguchi", whom=["kirihara"], **CALL15)
    cases.link(first, second, by=cast.yamaguchi, at=at())
    assert second.number in text_of(client, cast.yamaguchi, first)
    assert first.number in text_of(client, cast.yamaguchi, second)
    assert first.number in text_of(client, cast.makino, second), "the first concerns 桐原市 too now"
    text = text_of(client, cast.ono, first)
    assert second.number not in text and "ほかの案件" not in text, "ono does not read the second"


def test_a_duplicate_leads_to_what_it_duplicates(client, cast, desk):
    first = desk.raise_(15, "yamaguchi", whom=["kirihara"], **CALL15)
    second = cases.report(
        first.entry, by=cast.ono, team=cast.team["shiomi"], at=at(), title="出ない", answers={"content": "x"}
    )
    assert get(client, cast.ono, first).status_code == 404
    cases.close_as_duplicate(second, first, by=cast.ono, at=at(), reason="同じ障害")
    text = text_of(client, cast.ono, second)
    assert "この案件は「重複」です。" in text and "同じ障害" in text and f"{first.number} 件名" in text
    followed = text_of(client, cast.ono, first)
    assert "経過" in followed and "記録する" not in followed, "it is read, not written"
    assert second.number in text_of(client, cast.morishita, first)
    assert second.number not in text_of(client, cast.makino, first)


def test_an_ended_case_says_so_and_offers_nothing(client, cast, desk):
    case = desk.raise_(45, "ono", **CHANGE45)
    cases.withdraw(case, by=cast.ono, at=at(), reason="不要になった")
    text = text_of(client, cast.ono, case)
    assert "この案件は「取り下げ」です。" in text and "理由 不要になった" in text
    assert "No.45 変更作業依頼 取り下げ 9:00 大野 千尋" in text and "理由 不便" in text
    for words in ("取り下げる", "重複として終える", "状況を書く", "完了にする"):
        assert words not in text, words
    assert "続きの案件を起票" not in text_of(client, cast.ogawa, case), "45 is not ogawa's to raise"
    client.force_login(cast.ono)
    sequel = f"/raise/45/?source={case.number}"
    assert f'href="{sequel}"' in client.get(f"/cases/{case.number}/").content.decode()
    assert f"もとの案件 {case}" in " ".join(
        re.sub(r"<[^>]+>", " ", client.get(sequel).content.decode()).split()
    )
    typed = {f"f-{key}": value for key, value in CHANGE45.items()}
    assert client.post(sequel, {"title": "もう一度", "token": "t", **typed}).status_code == 302
    assert case.linked.get().case.title == "もう一度"
    client.force_login(cast.makino)
    assert client.get(sequel).status_code == 404


def test_fields_of_other_roles_are_hidden(client, cast, desk):
    """The imprint of No.13 is for its municipality, 業務運用 and the union, not for who only follows it."""
    seal = {"kind": "新規", "seal_name": "市長印", "use_from": "R9.1.4"}
    case = desk.raise_(13, "sato", whom=["shiomi"], files=["imprint"], **seal)
    progress.attach(
        case.steps.get(), by=cast.sato, team=cast.team["operations"], at=at(), field_key="imprint",
        file=SimpleUploadedFile("印影.txt", b"x"),
    )  # fmt: skip
    other = desk.raise_(13, "makino", files=["imprint"], **seal)
    cases.close_as_duplicate(other, case, by=cast.makino, at=at(), reason="同じ")
    seen = {p: text_of(client, getattr(cast, p), case) for p in ("sato", "ono", "morishita", "makino")}
    assert {p: "印影.txt" in t for p, t in seen.items()} == {
        "sato": True, "ono": True, "morishita": True, "makino": False,
    }  # fmt: skip
    assert "市長印" in seen["makino"] and "印影" not in seen["makino"]


def test_the_timeline_turns_filters_and_pages(client, cast, desk, change):
    note(desk, "sato", "決めたこと", kind="judgement", at=at(9, 31))
    first = note(desk, "sato", "誤った数", kind="contact", at=at(9, 32))
    note(desk, "sato", "正しい数", kind="contact", at=at(9, 33), corrects=first)
    text = text_of(client, cast.sato, change)
    assert text.index("正しい数") < text.index("決めたこと")
    assert "11/24(火) 9:32 の記録 の訂正" in text and "この記録は後で訂正されています。" in text
    old = text_of(client, cast.sato, change, "?order=old")
    assert old.index("決めたこと") < old.index("正しい数")
    told = text_of(client, cast.sato, change, "?show=told")
    assert "正しい数" in told and "決めたこと" not in told and "経過 2件" in told
    assert "この条件の記録はありません。" in text_of(client, cast.sato, change, "?show=file&order=x&page=99")
    for n in range(60):
        note(desk, "sato", f"記録その{n}。", at=at(9, 34))
    pages = [text_of(client, cast.sato, change, f"?show=note&page={n}") for n in ("1", "2", "all", "0", "９")]
    assert "記録その59。" in pages[0] and "記録その5。" not in pages[0] and "次の50件" in pages[0]
    assert "記録その5。" in pages[1] and "記録その59。" not in pages[1]
    assert all(f"記録その{n}。" in pages[2] for n in range(60))


def test_an_app_above_has_its_own_page(client, cast, change, monkeypatch):
    own = kinds.Kind("change", page=lambda case: f"/own/{case.number}/")
    monkeypatch.setitem(kinds._kinds, "change", own)
    assert get(client, cast.ono, change).url == f"/own/{change.number}/"
    assert get(client, cast.hamanaka, change).status_code == 404


def test_the_page_of_a_step_names_its_case(client, cast, desk, change):
    client.force_login(cast.ono)
    step = desk.step(53, "shiomi")
    text = client.get(f"/tasks/{step.pk}/").content.decode()
    assert f'href="/cases/{change.number}/">{change.number} 件名</a>' in text and 'class="case-bar"' in text


@pytest.mark.parametrize("more", [0, 60])
def test_statements(client, cast, desk, change, django_assert_max_num_queries, more):
    """10, with 5 steps and with 65, and 200 entries."""
    done = change.steps.filter(state="done").first()
    for n in range(more):
        done.pk, done.serial, done.round = None, 10 + n, 2 + n
        done.save(force_insert=True)
    words = {"case": change, "team": cast.team["operations"], "by": cast.sato, "at": at()}
    notes = Comment.objects.bulk_create(Comment(text=f"{n}", **words) for n in range(more * 3))
    Event.objects.bulk_create(
        Event(
            stream="union", code="case.commented", object_type="tasks.case", object_id=str(change.pk),
            at=at(), data={"comment": row.pk}, hash="",
        )
        for row in notes
    )  # fmt: skip
    for person in ("ono", "sato", "morishita"):
        assert get(client, getattr(cast, person), change).status_code == 200
        with django_assert_max_num_queries(10):
            client.get(f"/cases/{change.number}/")
