"""Publish and withdraw."""

from datetime import UTC, date, datetime

import pytest

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from raci.editions import publish, withdraw
from raci.models import Assignment, Duty, Edition

AT = datetime(2026, 11, 20, 1, 58, tzinfo=UTC)
LATER = date(2027, 4, 1)


@pytest.fixture
def draft(cast):
    edition = Edition.objects.create(number=2, created_at=AT)
    duty = Duty.objects.create(edition=edition, key=1, number=1, position=1, work="作業", cycle="daily")
    Assignment.objects.create(duty=duty, role=cast.role["operations"], mark="main")
    return edition


def test_it_works(edition, draft, cast):
    publish(draft, by=cast.miura, at=AT, in_force_on=LATER)
    draft.refresh_from_db()
    assert (draft.state, draft.in_force_on) == (Edition.State.PUBLISHED, LATER)
    assert (draft.published_by, draft.published_at) == (cast.miura, AT)
    assert list(Edition.objects.in_force(date(2027, 3, 31))) == [edition]
    assert list(Edition.objects.in_force(LATER)) == [draft]
    event = Event.objects.about(draft).get()
    assert (event.code, event.actor_name, event.data) == (
        "edition.published",
        "三浦 健一",
        {"in_force_on": "2027-04-01"},
    )


def test_only_who_has_the_right_publishes(draft, cast):
    with pytest.raises(Refusal, match="公開する権限がありません"):
        publish(draft, by=cast.morishita, at=AT, in_force_on=LATER)


def test_once(edition, cast):
    with pytest.raises(Refusal, match="すでに公開されています"):
        publish(edition, by=cast.miura, at=AT, in_force_on=LATER)


@pytest.mark.parametrize("day", [date(2026, 11, 20), date(2026, 4, 2)])
def test_a_second_edition_begins_tomorrow_at_the_earliest(edition, draft, cast, day):
    with pytest.raises(Refusal, match="明日以降"):
        publish(draft, by=cast.miura, at=AT, in_force_on=day)


def test_one_edition_a_day(edition, draft, cast):
    publish(draft, by=cast.miura, at=AT, in_force_on=LATER)
    third = Edition.objects.create(number=3, created_at=AT)
    with pytest.raises(Refusal, match="この施行日の版"):
        publish(third, by=cast.miura, at=AT, in_force_on=LATER)


def test_not_while_nobody_could_close_a_duty(draft, cast):
    Duty.objects.create(edition=draft, key=2, number=2, position=2, work="宙に浮く", cycle="daily")
    with pytest.raises(Refusal, match=r"No\.2 主担当"):
        publish(draft, by=cast.miura, at=AT, in_force_on=LATER)


def test_withdrawn_before_its_day(edition, draft, cast):
    publish(draft, by=cast.miura, at=AT, in_force_on=LATER)
    withdraw(draft, by=cast.miura, at=AT, reason="議会で保留")
    assert list(Edition.objects.in_force(LATER)) == [edition]
    event = Event.objects.about(draft).first()
    assert (event.code, event.data) == ("edition.withdrawn", {"reason": "議会で保留"})
    with pytest.raises(Refusal, match="公開されていません"):
        withdraw(draft, by=cast.miura, at=AT, reason="もう一度")


def test_not_withdrawn_once_in_force(edition, cast):
    with pytest.raises(Refusal, match="施行日を迎えた版"):
        withdraw(edition, by=cast.miura, at=AT, reason="やめたい")


def test_withdrawing_asks_a_right_and_a_reason(edition, draft, cast):
    publish(draft, by=cast.miura, at=AT, in_force_on=LATER)
    with pytest.raises(Refusal, match="取り下げる権限"):
        withdraw(draft, by=cast.morishita, at=AT, reason="理由")
    with pytest.raises(Refusal, match="理由を書いて") as refused:
        withdraw(draft, by=cast.miura, at=AT, reason=" ")
    assert "reason" in refused.value.errors
