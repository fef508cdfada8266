"""progress.revise: a new version without reopening, the old one kept, acknowledged anew; the pages."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Acknowledgement, Publication, Task
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
MONTH = {"period": "2026-12", "period_on": date(2026, 12, 1), "opens_on": date(2026, 11, 2)}
YEAR = {"period": "FY2027", "period_on": date(2027, 4, 1), "opens_on": date(2026, 11, 2)}


def desk(cast, hour=9, **given):
    return {"by": cast.sato, "team": cast.team["operations"], "at": at(hour), **given}


def union(cast, hour=9, **given):
    return {"by": cast.morishita, "team": cast.team["union"], "at": at(hour), **given}


def attach(task, key, name="計画.xlsx", **common):
    return task.attachments.create(
        field_key=key, name=name, content_type="x", size=1, sha256="0", **common
    )


@pytest.fixture
def plan(cast, edition):
    task = make_task(28, **MONTH)
    attach(task, "monthly_plan", **desk(cast))
    return progress.close(task, answers={"remarks": "はじめ"}, **desk(cast))


def revise(task, cast, hour=11, **given):
    return progress.revise(
        task, **{"answers": {"remarks": "直した"}, "reason": "処理日の変更", **desk(cast, hour), **given}
    )


def test_it_works(cast, plan):
    progress.acknowledge(plan, by=cast.ono, team=cast.team["shiomi"], at=at(10))
    second = revise(plan, cast)
    task, first = Task.objects.get(pk=plan.pk), Publication.objects.get(task=plan, version=1)
    assert (task.state, task.answers, task.version) == ("done", {"remarks": "直した"}, plan.version + 1)
    assert (task.closed_at, task.closed_by) == (at(9), cast.sato)
    assert (second.version, second.is_current, second.answers) == (2, True, {"remarks": "直した"})
    assert (second.reason, second.published_at) == ("処理日の変更", at(11))
    assert (first.is_current, first.answers, first.withdrawn_at) == (False, {"remarks": "はじめ"}, None)
    assert first.acknowledgements.filter(acknowledged_at=at(10)).count() == 1
    assert Acknowledgement.objects.missing(TODAY).count() == 3  # anew
    event = Event.objects.about(plan).first()
    assert (event.code, event.data["version"], event.data["fields"]) == ("task.revised", 2, ["特記事項"])


def test_a_new_file_takes_the_place_of_its_fields_old_one(cast, plan):
    old = plan.attachments.get()
    new = attach(plan, "monthly_plan", "計画2.xlsx", **desk(cast, 11))
    beside = attach(plan, "", "議事録.pdf", **desk(cast, 11))
    assert revise(plan, cast, answers={}).files == [new.pk, beside.pk]
    assert Publication.objects.get(task=plan, version=1).files == [old.pk]
    third = revise(plan, cast, 12, answers={"remarks": "三"})
    assert third.files == [new.pk, beside.pk]


def test_what_others_attach_is_not_published(cast, plan):
    town = {"by": cast.ono, "team": cast.team["shiomi"], "at": at(11)}
    attach(plan, "", "意見.pdf", **town)
    attach(plan, "monthly_plan", "偽.xlsx", **town)
    attach(plan, "", "監視.pdf", audience="internal", **desk(cast, 11))
    assert revise(plan, cast).files == [plan.attachments.get(name="計画.xlsx").pk]


def test_a_required_file_can_not_be_lost(cast, plan):
    progress.withdraw(plan.attachments.get(), reason="誤り", **desk(cast, 10))
    with pytest.raises(Refusal) as refused:
        revise(plan, cast)
    assert "monthly_plan" in refused.value.errors


def test_a_reason_is_needed(cast, plan):
    with pytest.raises(Refusal) as refused:
        revise(plan, cast, reason=" ")
    assert "reason" in refused.value.errors
    assert Task.objects.get(pk=plan.pk).answers == {"remarks": "はじめ"}


def test_nothing_changed_is_no_version(cast, plan):
    with pytest.raises(Refusal, match="変わったところがありません"):
        revise(plan, cast, answers={"remarks": "はじめ"})
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("person, team", [("ono", "shiomi"), ("yamaguchi", "helpdesk"), ("ogawa", "package")])
def test_only_the_main_mark_revises(cast, plan, person, team):
    with pytest.raises(PermissionDenied):
        revise(plan, cast, by=getattr(cast, person), team=cast.team[team])


def test_the_union_revises_for_it_and_is_named(cast, plan):
    assert revise(plan, cast, by=cast.morishita).is_proxy
    assert Event.objects.about(plan).first().data["proxy"] is True


def test_two_at_once_one_is_told(cast, plan):
    revise(plan, cast, version=plan.version)
    with pytest.raises(Refusal, match="佐藤 美咲"):
        revise(plan, cast, by=cast.takahashi, version=plan.version, answers={"remarks": "別"})


def test_an_open_task_is_not_revised(cast, edition):
    with pytest.raises(Refusal, match="公開された結果がない"):
        revise(make_task(28, **MONTH), cast)


# --- wishes: No.39 of No.38 ------------------------------------------------------------------------------


@pytest.fixture
def wished(cast, edition):
    """38 closed by the union, 汐見市 wishes a change, 桐原市 does not, 瑞野町 has not said."""
    task = make_task(38, **YEAR)
    attach(task, "yearly_schedule", **union(cast))
    progress.close(task, answers={}, **union(cast))
    wish = make_task(39, cast.shiomi, **YEAR)
    ono = {"by": cast.ono, "team": cast.team["shiomi"], "at": at(10)}
    progress.close(wish, answers={"adjustment": "変更希望", "wish": "7月の納付書を6月に"}, **ono)
    none = make_task(39, cast.kirihara, **YEAR)
    makino = {"by": cast.makino, "team": cast.team["kirihara"], "at": at(10)}
    progress.close(none, answers={"adjustment": "希望なし"}, **makino)
    make_task(39, cast.mizuno, **YEAR)
    return task, wish


def test_a_revision_settles_wishes(cast, wished):
    task, wish = wished
    lines = {"lines": [{"form": "納付書", "print_month": "2027-06"}]}
    other = Task.objects.get(key=39, organization=cast.kirihara)
    second = progress.revise(
        task, answers=lines, reason="汐見市の希望", settles=[wish.pk, other.pk, 999], **union(cast, 11)
    )
    assert second.settles == [wish.pk]
    third = progress.revise(task, answers={"lines": []}, reason="x", settles=[wish.pk], **union(cast, 12))
    assert third.settles == []
