"""Acts on a case as a whole: each a page for who may, and what it says when it is refused."""

import pytest
import time_machine

from opsdesk.audit.models import Event
from tests.desk import Desk
from tests.make import at
from tests.tasks.test_case import CALL15, CHANGE45, LEVEL16


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast)


@pytest.fixture
def change(desk):
    """No.45 of 汐見市, closed with 52."""
    desk.raise_(45, "ono", **CHANGE45)
    desk.close(45, "ono", then=[52])
    return desk.case


@pytest.fixture
def incident(desk):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "ishii", then=[18, 23], **LEVEL16)
    return desk.case


def post(client, person, case, act, **typed):
    client.force_login(person)
    return client.post(f"/cases/{case.number}/{act}/", typed)


@pytest.mark.parametrize(
    ("act", "may", "may_not"),
    [
        ("withdraw", {"ono", "morishita"}, {"ogawa"}),
        ("duplicate", {"ono", "morishita"}, {"yamaguchi"}),
        ("add", {"ono"}, {"morishita", "ogawa"}),
        ("link", {"ono", "ogawa"}, {"ishii"}),
    ],
)
def test_who_may(client, cast, change, act, may, may_not):
    for person, status in (
        *((p, 200) for p in may), *((p, 403) for p in may_not), ("makino", 404), ("kubo", 403),
    ):  # fmt: skip
        client.force_login(getattr(cast, person))
        assert client.get(f"/cases/{change.number}/{act}/").status_code == status, person
    assert client.put(f"/cases/{change.number}/{act}/").status_code in (403, 405)


def test_withdraw(client, cast, change):
    page = post(client, cast.ono, change, "withdraw", reason=" ")
    assert page.status_code == 422 and "理由を入力してください。" in page.content.decode()
    assert post(client, cast.ono, change, "withdraw", reason="不要").status_code == 302
    change.refresh_from_db()
    assert change.state == "withdrawn"
    again = client.post(f"/cases/{change.number}/withdraw/", {"reason": "もう一度"}, follow=True)
    assert "この案件は終わっているので" in again.content.decode()


@pytest.mark.parametrize("number", ["", "CHG-R8-9999", "inc-r8-0001", "CHG-R8-0001"])
def test_duplicate_of_what_is_not_there(client, cast, change, number):
    """inc-r8-0001 is there, for others; CHG-R8-0001 is the case itself."""
    other = Desk(cast)
    other.raise_(15, "yamaguchi", whom=["kirihara"], **CALL15)
    page = post(client, cast.ono, change, "duplicate", number=number, reason="同じ")
    assert page.status_code == 422 and "f-number-e" in page.content.decode()
    change.refresh_from_db()
    assert change.is_open


def test_duplicate(client, cast, change):
    other = Desk(cast)
    kept = other.raise_(45, "ono", **CHANGE45)
    page = post(client, cast.ono, change, "duplicate", number="ｃhg-r8-0002 ", reason="")
    assert page.status_code == 422 and "ｃhg-r8-0002" in page.content.decode()
    answer = post(client, cast.ono, change, "duplicate", number="ｃhg-r8-0002 ", reason="同じ依頼")
    assert answer.status_code == 302
    change.refresh_from_db()
    assert (change.state, change.duplicate_of) == ("duplicate", kept)


def test_add(client, cast, desk, change):
    step = change.steps.get(duty__number=45)
    wrong = post(client, cast.ono, change, "add", choice=f"{step.pk}-52")
    assert wrong.status_code == 422 and "追加する作業を選んでください。" in wrong.content.decode()
    assert (
        post(client, cast.ono, change, "add", choice=f"{step.pk}-46", reason="設定も要る").status_code == 302
    )
    assert desk.open == ["46", "52"]
    event = Event.objects.about(change).first()
    assert (event.code, event.data["reason"]) == ("case.extended", "設定も要る")


def test_concerns(client, cast, desk, incident):
    client.force_login(cast.ishii)
    page = client.get(f"/cases/{incident.number}/concerns/").content.decode()
    assert page.count(" checked") == 2
    assert post(client, cast.ishii, incident, "concerns").status_code == 422
    sent = {"concerns": ["kirihara", "mizuno"], "reason": "影響が分かった"}
    client.force_login(cast.ishii)
    assert client.post(f"/cases/{incident.number}/concerns/", sent).status_code == 302
    assert "23@mizuno" in desk.open and "23@shiomi" not in desk.open
    for person, status in (("ono", 404), ("hamanaka", 403), ("yamaguchi", 403)):
        assert post(client, getattr(cast, person), incident, "concerns").status_code == status, person


def test_link(client, cast, desk, change):
    other = Desk(cast)
    incident = other.raise_(15, "yamaguchi", whom=["kirihara"], **CALL15)
    assert post(client, cast.ogawa, change, "link", number=change.number).status_code == 422
    assert post(client, cast.ogawa, change, "link", number=incident.number).status_code == 302
    assert incident.sources.get().source == change
    assert set(incident.concerns.values_list("organization__code", flat=True)) == {"shiomi", "kirihara"}
