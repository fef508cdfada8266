"""未登録の機器: adopted as a new device or as a name of one, or ignored."""

import json

import pytest

from monitoring.adopting import adopt
from monitoring.models import Alert, Device, Entry, Source, UnknownName
from monitoring.models.device import named
from monitoring.tokens import hashed
from opsdesk.lib.refusal import Refusal
from tests.make import at

pytestmark = pytest.mark.django_db
URL = "/monitor/unknown/"


@pytest.fixture
def name(cast, edition, client, time_machine):
    time_machine.move_to(at(10), tick=False)
    Source.objects.create(name="tool", kind="event", token_hash=hashed("t"))
    send(client)
    client.force_login(cast.ishii)
    return UnknownName.objects.get()


def send(client):
    body = json.dumps({"host": "NEW01", "message": "停止", "status": "problem"})
    where = f"/hooks/{Source.objects.get().pk}/"
    return client.post(where, body, content_type="application/json", HTTP_AUTHORIZATION="Bearer t")


def test_a_new_device(name, client, cast, django_assert_max_num_queries):
    client.get(URL)  # what a process asks once
    with django_assert_max_num_queries(6):
        assert ">new01</a>" in client.get(URL).content.decode()
    answer = client.post(f"{URL}{name.pk}/", {"act": "new", "title": "新サーバ1"}, follow=True)
    assert "新サーバ1 として登録しました" in answer.content.decode()
    device = Device.objects.get()
    assert named("new01") == device and Entry.objects.get().device == device
    assert not UnknownName.objects.exists()
    send(client)
    assert Entry.objects.filter(device=device).count() == 2 and not UnknownName.objects.exists()
    with pytest.raises(Refusal, match="もう登録しました"):
        adopt(name, by=cast.ishii, team=cast.team["hwnw"], at=at(11))


def test_a_name_of_a_device_that_stands_there(name, client):
    device = Device.objects.create(name="サーバ1")
    for given, word in (
        ({"act": "old"}, "どの機器か"),
        ({"act": "new", "title": "サーバ1"}, "すでにあります"),
        ({"act": "new", "title": "あ" * 101}, "100"),
        ({}, "必須"),
    ):
        answer = client.post(f"{URL}{name.pk}/", given)
        assert answer.status_code == 422 and word in answer.content.decode(), given
    client.post(f"{URL}{name.pk}/", {"act": "old", "device": device.pk})
    assert named("NEW01") == device and Device.objects.count() == 1


def test_none_of_ours(name, client):
    client.post(f"{URL}{name.pk}/", {"act": "ignore"})
    before = Alert.objects.get().count
    send(client)
    assert Alert.objects.get().count == before and Entry.objects.count() == 2
    assert ">new01</a>" not in client.get(URL).content.decode()
    assert ">new01</a>" in client.get(f"{URL}?state=ignored").content.decode()
    client.post(f"{URL}{name.pk}/", {"act": "heed"})
    send(client)
    assert Alert.objects.get().count == before + 1


def test_doors(name, client, cast):
    for who, listed, edited in (
        ("miura", 200, 403),
        ("sato", 403, 403),
        ("ono", 403, 403),
        ("kubo", 403, 403),
    ):
        client.force_login(getattr(cast, who))
        assert client.get(URL).status_code == listed, who
        assert client.get(f"{URL}{name.pk}/").status_code == edited, who
    client.force_login(cast.ishii)
    assert client.get(f"{URL}{name.pk + 1}/").status_code == 404
    assert client.post(URL).status_code == 405
