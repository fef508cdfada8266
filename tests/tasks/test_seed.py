"""seed: what a new house needs, and nothing more when it is run again."""

from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from opsdesk.accounts.models import Organization, Role, StartCode, User
from opsdesk.audit.models import Event
from opsdesk.calendar.models import Era, Holiday
from raci.models import Edition
from tasks.models import Task
from tests.make import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(at(10), tick=False):
        yield


def seed(*arguments: str, **options) -> str:
    out, err = StringIO(), StringIO()
    call_command("seed", *arguments, stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


def counts() -> list[int]:
    return [m.objects.count() for m in (Role, Era, Holiday, Organization, Edition, User, Task)]


def test_an_empty_house_gets_what_it_needs():
    said = seed()
    assert Role.objects.count() == 6 and Era.objects.count() >= 5
    assert Holiday.objects.filter(on="2026-11-23", name="勤労感謝の日").exists()
    years = {on.year for on in Holiday.objects.values_list("on", flat=True)}
    assert set(range(2025, 2029)) <= years
    union = Organization.objects.get()
    assert (union.kind, union.name, union.operation_starts_on) == ("union", "広域組合", date(2026, 11, 24))
    edition = Edition.objects.get()
    assert (edition.state, edition.in_force_on, edition.duties.count()) == ("published", date(2026, 4, 1), 60)
    admin = User.objects.get()
    assert admin.is_staff and not admin.has_usable_password()
    assert admin.login in said and StartCode.objects.filter(user=admin).count() == 1
    assert Task.objects.filter(key=9, period="2026-11-24", is_caught_up=False).exists()
    assert not Task.objects.filter(due_on__lt=date(2026, 11, 24)).exists()


def test_again_changes_nothing():
    seed()
    User.objects.get().set_unusable_password()
    before, events = counts(), Event.objects.exclude(code="account.code_issued").count()
    seed()
    assert counts() == before
    assert Event.objects.exclude(code="account.code_issued").count() == events


def test_an_administrator_with_a_password_gets_no_new_code():
    seed()
    admin = User.objects.get()
    admin.set_password("sora-no-iro-7-kumo")
    admin.save(update_fields=["password"])
    assert "開始コード" not in seed()
    assert StartCode.objects.count() == 1


def test_a_start_in_the_past_is_meant(settings):
    settings.GENERATION_CAP = 50
    said = seed("--from", "R8.9.1")
    assert Organization.objects.get().operation_starts_on == date(2026, 9, 1)
    assert Task.objects.filter(key=9).count() == 19 + 21 + 15  # business days to 11/24
    assert Task.objects.filter(key=9, is_caught_up=True).count() == 54
    assert "うち遡及" in said
    assert Edition.objects.get().in_force_on == date(2026, 4, 1)


def test_a_start_on_the_first_of_april_has_the_month_that_runs_into_it():
    seed("--from", "2026-04-01")
    assert Edition.objects.get().in_force_on == date(2025, 4, 1)
    assert Task.objects.filter(key=33, period="2026-03", opens_on=date(2026, 4, 1)).exists()


def test_beyond_the_cap_the_house_starts_all_the_same_and_says_so(settings):
    seed("--from", "2026-11-24")
    Task.objects.all().delete()
    Organization.objects.update(operation_starts_on=date(2026, 9, 1))
    settings.GENERATION_CAP = 10
    assert "--force" in seed()
    assert not Task.objects.exists()


def test_the_demonstration_is_never_put_into_a_house_that_is_in_use():
    seed()
    with pytest.raises(CommandError, match="空のデータベース"):
        seed(demo=True)
    assert Organization.objects.count() == 1


def test_a_house_may_begin_without_our_matrix():
    said = seed("--without-matrix")
    assert "分担表 なし" in said and "開始コード" in said
    assert (Edition.objects.count(), Task.objects.count()) == (0, 0)
    assert Role.objects.count() == 6 and Organization.objects.count() == 1
    seed()  # as every later start does
    assert not Edition.objects.exists()


def test_a_matrix_that_is_there_stays():
    seed()
    assert "分担表 第1版" in seed("--without-matrix")
    assert Edition.objects.count() == 1


def test_the_demonstration_needs_the_matrix():
    with pytest.raises(CommandError, match="一緒に使えません"):
        seed("--without-matrix", demo=True)


def test_a_wrong_date_is_told_in_a_sentence():
    with pytest.raises(CommandError, match="令和8年13月1日"):
        seed("--from", "令和8年13月1日")
