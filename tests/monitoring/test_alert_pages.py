"""警報: the list, one alert with its evidence, 確認した, and the telling of those who look away."""

from datetime import timedelta

import pytest

from monitoring import escalation
from monitoring.alerts import raise_alert, recover
from monitoring.findings import Finding, fingerprint
from monitoring.models import Alert, Device, State
from opsdesk.notices.models import Notice
from tests.make import at

pytestmark = pytest.mark.django_db
URL = "/monitor/alerts/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(at(10), tick=False)
    return time_machine


@pytest.fixture
def db01(edition):
    return Device.objects.create(name="db01")


def alarm(device, what="ping", when=at(9), **more):  # noqa: B008
    values = {"watch": "liveness", "title": f"{device} {what}", "said": "timed out", **more}
    return raise_alert(Finding(fingerprint(device.pk, what), device=device, **values), by=None, at=when)


def test_the_list_and_its_filters(cast, db01, client, django_assert_max_num_queries):
    over = alarm(db01, "old")
    recover(over.fingerprint, by=None, at=at(9, 30), device=db01)
    alarm(db01, "disk", watch="performance", state=State.WARNING)
    client.force_login(cast.ishii)
    for query, shown in (
        ("", {"disk"}),
        ("?state=over", {"old"}),
        ("?state=any", {"old", "disk"}),
        ("?state=unseen&watch=performance&q=DB01", {"disk"}),
        ("?watch=log", set()),
        ("?since=R8.11.25&state=any", set()),
    ):
        text = client.get(URL + query).content.decode()
        assert {w for w in ("old", "disk") if f">db01 {w}</a>" in text} == shown, query
    for n in range(7):
        alarm(db01, f"more {n}")
    with django_assert_max_num_queries(6):
        assert client.get(URL).content.decode().count("data-open") == 8
    book = client.get(f"{URL}?export=xlsx")
    assert book.status_code == 200 and b"".join(book.streaming_content if book.streaming else [b"x"])
    book.close()


def test_one_alert_and_its_confirmation(cast, db01, client, django_assert_max_num_queries):
    found = alarm(db01, evidence={"labels.job": "node", "lines": ["12:00 error <b>"]})
    client.force_login(cast.ishii)
    with django_assert_max_num_queries(12):
        text = client.get(f"{URL}{found.pk}/").content.decode()
    token = "csrfmiddlewaretoken"  # a part that is drawn with `only` has none by itself
    for words in (
        "timed out",
        "12:00 error &lt;b&gt;",
        "No.58",
        found.case.number,
        "確認した</button>",
        token,
    ):
        assert words in text, words
    confirming = f"{URL}{found.pk}/confirm/"
    answer = client.post(confirming, {"note": "長" * 201})
    assert answer.status_code == 422 and "200文字まで" in answer.content.decode()
    assert client.get(confirming).status_code == 302 and Alert.objects.get().seen_at is None
    assert client.post(confirming, {"note": "現地へ向かう"}, follow=True).status_code == 200
    client.force_login(cast.morishita)
    text = client.post(confirming, {"note": "二番目"}, follow=True).content.decode()
    assert "石井 大輔さんが先に確認しています" in text and "現地へ向かう" in text
    found.refresh_from_db()
    assert (found.seen_by, found.seen_note) == (cast.ishii, "現地へ向かう")


def test_doors(cast, db01, client):
    found = alarm(db01)
    for who, status in (("sato", 404), ("ono", 404), ("kubo", 403), ("miura", 200)):
        client.force_login(getattr(cast, who))
        assert client.get(f"{URL}{found.pk}/").status_code == status, who
        assert client.post(f"{URL}{found.pk}/confirm/").status_code == (302 if status == 200 else status), who
    assert client.post(URL).status_code == client.post(f"{URL}{found.pk}/").status_code == 405


def test_after_a_quarter_of_an_hour_the_union_is_told_too(cast, db01, client):
    looked = alarm(db01, "seen", at(10))
    client.force_login(cast.ishii)
    client.post(f"{URL}{looked.pk}/confirm/")
    found = alarm(db01, "unseen", at(10))
    Notice.objects.all().delete()
    assert escalation.escalate(at(10, 5)) == 0  # the first time it only begins to count
    assert escalation.escalate(at(10, 14)) == 0
    assert escalation.escalate(at(10, 15)) > 0
    told = set(Notice.objects.filter(code="alert.unseen").values_list("person__login", flat=True))
    assert told == {"ishii", "morishita", "miura"}
    assert set(Notice.objects.values_list("object_id", flat=True)) == {str(found.pk)}
    assert escalation.escalate(at(10, 15)) == escalation.escalate(at(10) + timedelta(hours=1)) == 0
    text = client.get("/notices/", follow=True).content.decode()
    assert "15分たっても確認されていない警報: db01 unseen" in text
