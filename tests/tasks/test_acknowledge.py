"""progress.acknowledge, ask and answer: what closing publishes, who is asked, who was faster; the pages."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from opsdesk.accounts.models import Organization
from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from raci import fixture
from raci.models import Edition
from tasks import progress
from tasks.models import Acknowledgement, Comment, Publication
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
MONTH = {"period": "2026-12", "period_on": date(2026, 12, 1), "opens_on": date(2026, 11, 2)}


@pytest.fixture
def plan(cast, edition):
    """No.28 of December, closed at 9 o'clock by 業務運用."""
    return closed(cast, make_task(28, **MONTH))


def closed(cast, task, person="sato", team="operations", **given):
    common = {"by": getattr(cast, person), "team": cast.team[team], "at": at(9)}
    for field in [f for f in task.duty.fields.all() if f.kind == "file"]:
        file = task.attachments.create(
            field_key=field.key, name="計画.xlsx", content_type="x", size=1, sha256="0", **common
        )
        assert file.audience == "all"
    return progress.close(task, answers=given.pop("answers", {}), **common, **given)


def town(cast, person="ono", team="shiomi", hour=10, **given):
    return {"by": getattr(cast, person), "team": cast.team[team], "at": at(hour), **given}


def current(task):
    return Publication.objects.get(task=task, is_current=True)


def test_closing_publishes_and_asks_every_municipality(cast, plan):
    publication = current(plan)
    assert (publication.version, publication.reason, publication.withdrawn_at) == (1, "", None)
    assert (publication.published_by, publication.published_for) == (cast.sato, cast.team["operations"])
    assert publication.published_at == at(9)
    assert publication.files == [plan.attachments.get().pk]
    asked = publication.acknowledgements.values_list("organization__code", "acknowledged_at")
    assert list(asked) == [("shiomi", None), ("kirihara", None), ("mizuno", None)]
    assert Event.objects.about(plan).first().data["published"] == 1


def test_it_works(cast, plan):
    row = progress.acknowledge(plan, version=1, **town(cast))
    row = Acknowledgement.objects.get(pk=row.pk)
    assert (row.acknowledged_at, row.acknowledged_by, row.acknowledged_for) == (
        at(10),
        cast.ono,
        cast.team["shiomi"],
    )
    event = Event.objects.about(plan).first()
    assert (event.code, event.data) == (
        "task.acknowledged",
        {"version": 1, "organization": cast.shiomi.pk},
    )
    assert Acknowledgement.objects.missing(TODAY).count() == 2


def test_a_task_that_asks_for_none_publishes_nothing(cast, edition):
    answers = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")
    closed(cast, make_task(9), answers=answers)
    assert not Publication.objects.exists()


def test_skipping_publishes_nothing(cast, edition):
    progress.skip(make_task(28, **MONTH), by=cast.sato, team=cast.team["operations"], at=at(), reason="不要")
    assert not Publication.objects.exists()


def test_only_who_is_a_member_that_day_is_asked(cast, edition):
    Organization.objects.filter(pk=cast.mizuno.pk).update(left_on=TODAY - timedelta(1))
    Organization.objects.filter(pk=cast.kirihara.pk).update(joined_on=TODAY)
    task = closed(cast, make_task(28, **MONTH))
    codes = current(task).acknowledgements.values_list("organization__code", flat=True)
    assert list(codes) == ["shiomi", "kirihara"]


def test_who_leaves_later_owes_nothing(cast, plan):
    progress.acknowledge(plan, **town(cast, "hamanaka", "mizuno"))
    Organization.objects.filter(code__in=["mizuno", "kirihara"]).update(left_on=TODAY)
    tomorrow = TODAY + timedelta(1)
    assert Acknowledgement.objects.missing(TODAY).count() == 2
    assert Acknowledgement.objects.missing(tomorrow).count() == 1
    assert Acknowledgement.objects.counted(tomorrow).count() == 2  # 瑞野町 had said so


def test_nobody_is_asked_where_the_municipalities_have_no_mark(cast):
    edition_with(key28={"marks": {"operations": "main"}})
    task = closed(cast, make_task(28, **MONTH))
    assert current(task).acknowledgements.count() == 0


def edition_with(**changes):
    """The 60 rows as the first edition, with settings of one row changed: key28={"scope": "each"}."""
    edition = Edition.objects.create(number=1, created_at=at())
    rows = deepcopy(fixture.source()["duties"])
    for row in rows:
        row.update(changes.get(f"key{row['key']}", {}))
    fixture.fill(edition, rows, fixture.roles())
    edition.state, edition.in_force_on, edition.published_at = "published", date(2026, 4, 1), at()
    edition.save()
    return edition


def test_twice_is_once_and_the_second_is_told(cast, plan):
    progress.acknowledge(plan, **town(cast))
    with pytest.raises(Refusal, match=r"大野 千尋\(汐見市\) がすでに確認済み"):
        progress.acknowledge(plan, **town(cast, "horie", hour=11))
    assert Event.objects.filter(code="task.acknowledged").count() == 1


@pytest.mark.parametrize(
    "person, team", [("sato", "operations"), ("morishita", "union"), ("ono", "kirihara"), ("kubo", "shiomi")]
)
def test_only_a_municipality_acknowledges_and_only_for_itself(cast, plan, person, team):
    with pytest.raises(PermissionDenied):
        progress.acknowledge(plan, **town(cast, person, team))


def test_what_was_revised_meanwhile_is_read_first(cast, plan):
    Publication.objects.filter(task=plan).update(version=2)
    with pytest.raises(Refusal, match="第2版に改訂"):
        progress.acknowledge(plan, version=1, **town(cast))


def test_an_open_task_has_nothing_to_acknowledge(cast, edition):
    with pytest.raises(Refusal, match="確認するものがありません"):
        progress.acknowledge(make_task(28, **MONTH), **town(cast))


def test_reopening_withdraws_what_was_published(cast, plan):
    progress.acknowledge(plan, **town(cast))
    again = {"by": cast.sato, "team": cast.team["operations"], "at": at(11)}
    progress.reopen(plan, reason="誤り", **again)
    first = Publication.objects.get(task=plan)
    assert (first.is_current, first.withdrawn_at, first.withdrawn_reason) == (False, at(11), "誤り")
    assert Event.objects.about(plan).first().data["withdrawn"] == 1
    with pytest.raises(Refusal, match="取り下げられています"):
        progress.acknowledge(plan, **town(cast, "makino", "kirihara"))
    assert not Acknowledgement.objects.missing(TODAY).exists()
    progress.close(plan, answers={"remarks": "直した"}, **again)
    second = current(plan)
    assert (second.version, second.answers) == (2, {"remarks": "直した"})
    assert second.acknowledgements.filter(acknowledged_at=None).count() == 3
    assert first.acknowledgements.get(organization=cast.shiomi).acknowledged_by == cast.ono


def test_a_question_is_a_comment_that_waits_for_a_reply(cast, plan):
    row = progress.ask(plan, text="12/10 でよいか", version=1, **town(cast))
    assert (row.question.text, row.question.audience, row.question.organization) == (
        "12/10 でよいか",
        "member",
        cast.shiomi,
    )
    with pytest.raises(Refusal, match="まだ回答がありません"):
        progress.ask(plan, text="まだか", **town(cast))
    desk = {"by": cast.takahashi, "team": cast.team["operations"], "at": at(11)}
    progress.answer(row, text="はい", **desk)
    row.refresh_from_db()
    assert (row.reply.text, row.reply.organization, row.acknowledged_at) == ("はい", cast.shiomi, None)
    with pytest.raises(Refusal, match=r"高橋 亮\(業務運用\) がすでに回答"):
        progress.answer(row, text="いいえ", **desk)
    progress.ask(plan, text="印刷は", **town(cast, hour=12))
    row.refresh_from_db()
    assert row.reply is None
    progress.acknowledge(plan, **town(cast, hour=13))  # without waiting for the reply
    codes = list(Event.objects.about(plan).values_list("code", flat=True))
    assert codes[:4] == ["task.acknowledged", "task.asked", "task.answered", "task.asked"]


@pytest.mark.parametrize("text", ["", " \n", "あ" * 10_001])
def test_a_question_needs_words(cast, plan, text):
    with pytest.raises(Refusal) as refused:
        progress.ask(plan, text=text, **town(cast))
    assert "question" in refused.value.errors
    assert not Comment.objects.exists()


def test_a_municipality_answers_nobody(cast, plan):
    row = progress.ask(plan, text="?", **town(cast))
    with pytest.raises(PermissionDenied):
        progress.answer(row, text="!", **town(cast, "makino", "kirihara"))


def test_a_task_of_one_municipality_asks_that_one_unless_it_closed_it_itself(cast):
    edition_with(key28={"scope": "each"}, key39={"is_acknowledged": True})
    task = closed(cast, make_task(28, cast.shiomi, **MONTH))
    assert [a.organization for a in current(task).acknowledgements.all()] == [cast.shiomi]
    own = make_task(39, cast.shiomi)
    progress.close(own, answers={"adjustment": "希望なし"}, **town(cast))
    assert current(own).acknowledgements.count() == 0


# --- the pages ------------------------------------------------------------------------------------------


@pytest.fixture
def clock():
    with time_machine.travel(at(10, 30), tick=False):
        yield


@pytest.fixture
def ask(client, cast, clock):
    """ask("ono", path, data to post) → the response."""

    def go(login, path, data=None):
        client.force_login(getattr(cast, login))
        return client.get(path) if data is None else client.post(path, data)

    return go


def test_a_municipality_reads_how_many_not_who(ask, cast, plan):
    progress.acknowledge(plan, **town(cast, "makino", "kirihara"))
    text = ask("ono", f"/tasks/{plan.pk}/").content.decode()
    assert "1/3 確認済" in text and "確認した" in text and "質問する" in text
    for other in ("桐原市", "瑞野町", "牧野", "chk-n"):
        assert other not in text, other
    own = ask("makino", f"/tasks/{plan.pk}/").content.decode()
    assert "牧野 沙織" in own and ">確認した<" not in own
    for login in ("sato", "morishita"):
        text = ask(login, f"/tasks/{plan.pk}/").content.decode()
        assert text.count('class="chk chk-n"') == 2 and text.count('class="chk"') == 1
        assert "確認した<" not in text and "質問する" not in text


def test_the_page_acknowledges(ask, cast, plan):
    answer = ask("ono", f"/tasks/{plan.pk}/acknowledge/", {"published": "1"})
    assert (answer.status_code, answer.url) == (302, f"/tasks/{plan.pk}/#published")
    row = Acknowledgement.objects.get(organization=cast.shiomi)
    assert (row.acknowledged_by, row.acknowledged_at) == (cast.ono, at(10, 30))
    again = ask("horie", f"/tasks/{plan.pk}/acknowledge/", {"published": "1"})
    assert again.status_code == 409 and "すでに確認済み" in again.content.decode()
    home = ask("makino", f"/tasks/{plan.pk}/acknowledge/", {"published": "1", "back": "home"})
    assert home.url == "/"


def test_the_page_of_an_older_version_acknowledges_nothing(ask, plan):
    answer = ask("ono", f"/tasks/{plan.pk}/acknowledge/", {"published": "7"})
    assert answer.status_code == 409 and "第1版に改訂" in answer.content.decode()
    assert not Acknowledgement.objects.exclude(acknowledged_at=None).exists()


def test_asking_and_answering(ask, cast, plan):
    answer = ask("ono", f"/tasks/{plan.pk}/ask/", {"question": " ", "published": "1"})
    assert answer.status_code == 422 and "質問を入力してください。" in answer.content.decode()
    assert (
        ask("ono", f"/tasks/{plan.pk}/ask/", {"question": "枠は空くか", "published": "1"}).status_code == 302
    )
    row = Acknowledgement.objects.get(question__isnull=False)
    for login, sees in (("ono", True), ("makino", False), ("sato", True), ("morishita", True)):
        text = ask(login, f"/tasks/{plan.pk}/").content.decode()
        assert ("枠は空くか" in text) == sees, login
        assert ("汐見市への回答" in text) == (login in ("sato", "morishita")), login
    assert "汐見市" not in ask("makino", f"/tasks/{plan.pk}/").content.decode()
    empty = ask("sato", f"/tasks/{plan.pk}/answer/", {"asked": row.pk, "answer": ""})
    assert empty.status_code == 422 and f'href="#f-answer-{row.pk}"' in empty.content.decode()
    assert ask("makino", f"/tasks/{plan.pk}/answer/", {"asked": row.pk, "answer": "x"}).status_code == 403
    assert ask("sato", f"/tasks/{plan.pk}/answer/", {"asked": 999, "answer": "x"}).status_code == 404
    assert ask("sato", f"/tasks/{plan.pk}/answer/", {"asked": row.pk, "answer": "空く"}).status_code == 302
    assert "空く" in ask("ono", f"/tasks/{plan.pk}/").content.decode()
    assert "空く" not in ask("hamanaka", f"/tasks/{plan.pk}/").content.decode()


@pytest.mark.parametrize("path", ["acknowledge", "ask", "answer"])
@pytest.mark.parametrize("login, status", [("sato", 403), ("ogawa", 404), ("yamaguchi", 404), ("kubo", 403)])
def test_doors(ask, cast, plan, path, login, status):
    if (path, login) == ("answer", "sato"):
        return  # may
    row = Acknowledgement.objects.get(organization=cast.shiomi)
    data = {"question": "x", "answer": "x", "asked": row.pk}
    assert ask(login, f"/tasks/{plan.pk}/{path}/", data).status_code == status


@pytest.mark.parametrize("path", ["acknowledge", "ask", "answer"])
def test_get_goes_to_the_task_and_nothing_else_is_allowed(client, ask, cast, plan, path):
    assert ask("ono", f"/tasks/{plan.pk}/{path}/").url == f"/tasks/{plan.pk}/#published"
    assert client.put(f"/tasks/{plan.pk}/{path}/").status_code == 405
    assert not Acknowledgement.objects.exclude(acknowledged_at=None).exists()


@pytest.mark.parametrize("size", [12, 60])
@pytest.mark.parametrize("login", ["sato", "ono", "morishita"])
def test_ten_statements(ask, cast, edition, holidays, client, django_assert_max_num_queries, size, login):
    for n in range(size - 3):
        Organization.objects.create(
            code=f"town{n}", kind="member", name=f"{n}町", short_name=f"{n}町", joined_on=date(2026, 4, 1)
        )
    task = closed(cast, make_task(28, **MONTH))
    progress.ask(task, text="?", **town(cast, "makino", "kirihara"))
    for n in range(3):
        progress.revise(
            task, by=cast.sato, team=cast.team["operations"], at=at(10, n), answers={"remarks": str(n)},
            reason="x",
        )  # fmt: skip
    assert current(task).acknowledgements.count() == size
    ask(login, f"/tasks/{task.pk}/")
    with django_assert_max_num_queries(10):
        answer = client.get(f"/tasks/{task.pk}/")
    assert f"0/{size} 確認済" in answer.content.decode()
