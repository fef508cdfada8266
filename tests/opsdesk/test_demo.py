"""The demonstration: replayed through the commands, on its own day and on any other; never in production."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from ipaddress import ip_address

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from incidents.models import Incident, Pause
from monitoring.models import Alert, Check, Device, Sample
from monitoring.reaching import allowed
from opsdesk.accounts.models import Membership, User
from opsdesk.audit.models import Event, Stream
from opsdesk.audit.verify import verify
from opsdesk.demo import field, load
from opsdesk.demo.placeholders import placeholder
from raci.models import CaseKind, Confirmation
from tasks.models import Acknowledgement, Case, Outcome, Task
from tasks.uploads import judge

pytestmark = pytest.mark.django_db
ITS_DAY = datetime(2026, 11, 20, 1, 58, tzinfo=UTC)


def seed(now: datetime, *args: str) -> str:
    out = StringIO()
    with time_machine.travel(now, tick=True):
        call_command("seed", *args, stdout=out)
    return out.getvalue()


@pytest.mark.slow
def test_it_works():
    printed = seed(ITS_DAY, "--demo")
    check(ITS_DAY, printed)
    waiting = Task.objects.open().filter(key=29, signatures__void_at=None, signatures__position=1)
    assert waiting.filter(organization__code="shirane").exists(), "業務運用 has a signature to give"
    assert Event.objects.filter(code="task.sent_back").exists()
    plan = Acknowledgement.objects.missing(ITS_DAY.date()).filter(publication__task__key=28)
    assert [a.organization.code for a in plan] == ["mizuno"], "one has not read the plan yet"
    assert Event.objects.filter(code="task.answered").exists()
    worst = Incident.objects.get(level="1")
    assert worst.recovered_at and not Incident.objects.alarming().exists()
    assert Incident.objects.get(rejudged_at__isnull=False).level == "3"
    assert Pause.objects.get().is_running(ITS_DAY), "a clock stands still"
    networks = allowed()
    assert all(
        any(network.opens(ip_address(address), field.PORT) for network in networks)
        for address in Device.objects.values_list("address", flat=True)
    )
    assert not Check.objects.due(ITS_DAY + timedelta(days=30)).exists(), "nobody asks what does not stand"
    assert Sample.objects.filter(quantity="disk D:").count() > 1000
    assert authenticate(username="sato.misaki", password=load.password())
    assert not Membership.objects.filter(user__login="kubo.rei").exists(), "an administrator without a team"
    assert all(not verify(name).fault for name in Stream.objects.values_list("name", flat=True))
    before = (Task.objects.count(), User.objects.count(), Event.objects.count())
    again = seed(ITS_DAY, "--demo")
    assert (Task.objects.count(), User.objects.count(), Event.objects.count()) == before
    assert load.password() in again, "the same password, still printed"


@pytest.mark.slow
def test_it_works_on_any_day():
    """A new year's January: months that requests.json doesn't have, and a closed week behind."""
    now = datetime(2027, 1, 12, 5, 0, tzinfo=UTC)
    check(now, seed(now, "--demo"))


def check(now: datetime, printed: str) -> None:
    done, open_ = Task.objects.done(), Task.objects.open()
    assert done.count() > 250, "two months lie behind it"
    assert open_.filter(due_at__lt=now).exists(), "somebody is late"
    assert open_.filter(due_on__gte=now.date()).exists(), "something is to be done"
    assert done.filter(outcome=Outcome.ABNORMAL).exists()
    assert not Task.objects.filter(closed_at__gt=now).exists(), "nobody works in the future"
    assert set(Case.objects.values_list("state", flat=True)) == {"open", "closed", "withdrawn"}
    assert set(Case.objects.values_list("kind", flat=True)) == set(CaseKind.values)
    assert Device.objects.count() == 60 and Alert.objects.open().exists()
    assert not Alert.objects.filter(first_at__gt=now).exists()
    assert open_.filter(case__isnull=False).exists() and Task.objects.filter(round=2).exists()
    assert not Case.objects.filter(raised_at__gt=now).exists()
    assert {t.procedure.number for t in done.filter(key=9).select_related("procedure")} == {1, 2}
    assert Confirmation.objects.count() == 10
    assert load.password() in printed
    for login, _words in load.SIGN_INS:
        assert login in printed


def test_a_production_start_never_loads_it():
    printed = seed(ITS_DAY)
    assert list(User.objects.values_list("login", flat=True)) == ["admin"]
    assert "sato.misaki" not in printed


def test_it_refuses_a_database_in_use():
    seed(ITS_DAY)
    with pytest.raises(CommandError, match="空のデータベース"):
        seed(ITS_DAY, "--demo")


@pytest.mark.parametrize(
    ("name", "kind"), [("計画.xlsx", "sheet"), ("依頼書.pdf", "pdf"), ("写真.jpg", "jpeg"), ("図.png", "png")]
)
def test_a_placeholder_is_what_its_name_says(name, kind):
    file = placeholder(name)
    assert kind in judge(name, file.read()).content_type
