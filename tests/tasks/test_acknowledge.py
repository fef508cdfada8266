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
    progress.skip(
        make_task(28, **MONTH), by=cast.sato, team=cast.team["operations"], at=at(), reason="不要"
    )
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
