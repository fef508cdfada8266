"""Adding, changing and removing days: administrators only, each with its Event."""

from datetime import UTC, date, datetime

import pytest
from django.contrib import admin
from django.test import RequestFactory

from opsdesk.audit.models import Event
from opsdesk.calendar import closing
from opsdesk.calendar.admin import AddedDayAdmin
from opsdesk.calendar.models import ClosedDay, Holiday, OpenDay
from opsdesk.lib.refusal import Refusal

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
DAY = date(2026, 12, 4)


def test_it_works(cast):
    day = closing.add(ClosedDay(on=DAY, organization=cast.shiomi, name="庁舎停電"), by=cast.kubo, at=AT)
    event = Event.objects.about(day).get()
    assert (event.code, event.stream, event.actor_name) == ("closed_day.added", "shiomi", "久保 管理")
    assert event.data["on"] == "2026-12-04"


def test_change_and_remove(cast):
    day = closing.add(OpenDay(on=DAY, name="臨時開庁"), by=cast.kubo, at=AT)
    day.on = date(2026, 12, 5)
    closing.change(day, by=cast.kubo, at=AT)
    changed = Event.objects.about(day).first()
    assert (changed.code, changed.stream) == ("open_day.changed", "union")
    assert (changed.data["before"]["on"], changed.data["on"]) == ("2026-12-04", "2026-12-05")
    pk = day.pk
    closing.remove(day, by=cast.kubo, at=AT)
    assert not OpenDay.objects.exists()
    assert Event.objects.get(code="open_day.removed").object_id == str(pk)


@pytest.mark.parametrize("person", ["sato", "horie"])
def test_administrators_and_the_union_only(cast, person):
    day = closing.add(ClosedDay(on=DAY, name="停電"), by=cast.kubo, at=AT)
    for act in (
        lambda by: closing.add(OpenDay(on=DAY, name="開庁"), by=by, at=AT),
        lambda by: closing.change(day, by=by, at=AT),
        lambda by: closing.remove(day, by=by, at=AT),
    ):
        with pytest.raises(Refusal, match="管理者だけ"):
            act(getattr(cast, person))
    assert ClosedDay.objects.count() == 1 and not OpenDay.objects.exists()
    assert Event.objects.filter(code__startswith="closed_day").count() == 1


def test_the_union_closes_days_but_makes_no_holiday(cast):
    day = closing.add(ClosedDay(on=DAY, name="停電"), by=cast.morishita, at=AT)
    closing.remove(day, by=cast.morishita, at=AT)
    with pytest.raises(Refusal, match="管理者だけ"):
        closing.add(Holiday(on=DAY, name="臨時の祝日"), by=cast.morishita, at=AT)


@pytest.mark.parametrize("of", [None, "shiomi"])
def test_once(cast, of):
    organization = getattr(cast, of) if of else None
    closing.add(ClosedDay(on=DAY, organization=organization, name="停電"), by=cast.kubo, at=AT)
    with pytest.raises(Refusal, match="この日はすでに休庁日です。"):
        closing.add(ClosedDay(on=DAY, organization=organization, name="停電"), by=cast.kubo, at=AT)
    assert ClosedDay.objects.count() == Event.objects.filter(code="closed_day.added").count() == 1


def test_a_name_is_needed(cast):
    with pytest.raises(Refusal):
        closing.add(ClosedDay(on=DAY), by=cast.kubo, at=AT)


def test_the_admin_uses_the_commands(cast):
    request = RequestFactory().post("/")
    request.user, request.now, request.today = cast.kubo, AT, DAY
    page = AddedDayAdmin(ClosedDay, admin.site)
    day = ClosedDay(on=DAY, name="停電")
    page.save_model(request, day, None, change=False)
    day.name = "庁舎停電"
    page.save_model(request, day, None, change=True)
    page.delete_queryset(request, ClosedDay.objects.all())
    codes = Event.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["closed_day.added", "closed_day.changed", "closed_day.removed"]
    request.user = cast.sato
    assert not page.has_add_permission(request)
    assert not page.has_module_permission(request)
