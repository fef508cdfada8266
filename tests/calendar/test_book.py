"""Calendars of organizations: for all, the union's, and a municipality's own on top."""

from datetime import UTC, date, datetime

from opsdesk.accounts.models import User
from opsdesk.calendar import closing
from opsdesk.calendar.book import calendar_in, calendar_of, calendars_of, days_of
from opsdesk.calendar.models import ClosedDay, OpenDay

AT = datetime(2026, 11, 1, tzinfo=UTC)
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)


def close(on, organization=None):
    closing.add(ClosedDay(on=on, organization=organization, name="休庁"), by=None, at=AT)


def open_(on, organization=None):
    closing.add(OpenDay(on=on, organization=organization, name="臨時開庁"), by=None, at=AT)


def test_it_works(cast, holidays):
    close(FRIDAY, cast.shiomi)
    calendars = calendars_of([cast.union, cast.shiomi, cast.kirihara])
    assert calendars[cast.union.pk].is_business_day(FRIDAY)
    assert calendars[cast.kirihara.pk].is_business_day(FRIDAY)
    assert not calendars[cast.shiomi.pk].is_business_day(FRIDAY)
    assert calendars[cast.shiomi.pk].reason_closed(FRIDAY) == "休庁"
    assert calendars[cast.shiomi.pk].reason_closed(MONDAY) == "勤労感謝の日"


def test_what_the_union_and_all_close(cast):
    close(FRIDAY)
    close(date(2026, 11, 19), cast.union)
    for organization in (None, cast.union, cast.shiomi, cast.soseki):
        calendar = calendar_of(organization)
        assert not calendar.is_business_day(FRIDAY)
        assert not calendar.is_business_day(date(2026, 11, 19))


def test_an_open_day_wins(cast, holidays):
    open_(SATURDAY)
    open_(MONDAY, cast.mizuno)
    close(SATURDAY, cast.shiomi)
    assert calendar_of().is_business_day(SATURDAY)
    assert calendar_of(cast.shiomi).is_business_day(SATURDAY)
    assert calendar_of(cast.mizuno).is_business_day(MONDAY)
    assert not calendar_of().is_business_day(MONDAY)


def test_one_statement(cast, holidays, django_assert_num_queries):
    close(FRIDAY)
    with django_assert_num_queries(1):
        calendars_of([cast.union, cast.shiomi, cast.kirihara, cast.mizuno])
    with django_assert_num_queries(1):
        calendar_of()


def test_a_row_brings_the_calendar_of_its_organization(cast, holidays, django_assert_num_queries):
    close(FRIDAY, cast.shiomi)
    close(MONDAY, cast.shiomi)  # a holiday too: its own name stays
    close(date(2026, 11, 19), cast.union)
    close(date(2026, 11, 18))
    open_(SATURDAY, cast.kirihara)
    asked = User.objects.filter(organization__isnull=False).annotate(**days_of("organization"))
    with django_assert_num_queries(1):
        found = {user.organization_id: calendar_in(user) for user in asked}
    for organization in (cast.union, cast.shiomi, cast.kirihara):
        assert found[organization.pk] == calendar_of(organization)
    assert found[cast.shiomi.pk].reason_closed(MONDAY) == "勤労感謝の日"


def test_a_row_without_any_day_has_an_empty_calendar(cast):
    row = User.objects.annotate(**days_of("organization")).first()
    assert calendar_in(row) == calendar_of(None)


def test_a_name_may_hold_what_stands_between_rows(cast):
    closing.add(ClosedDay(on=FRIDAY, organization=cast.shiomi, name="休\x1e庁\x1f日"), by=None, at=AT)
    row = User.objects.filter(organization=cast.shiomi).annotate(**days_of("organization")).first()
    assert calendar_in(row).reason_closed(FRIDAY) == "休庁日"
