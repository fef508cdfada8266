"""Whatever comes in: no 500, nothing of a body that was refused, all of one that was taken."""

import pytest

from monitoring.models import Device, DeviceName, Entry, LogRule, Source
from monitoring.tokens import hashed
from tests.make import at
from tests.monitoring.fuzz import bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(cast, edition, client, time_machine):
    time_machine.move_to(at(10), tick=False)
    DeviceName.objects.create(device=Device.objects.create(name="db01"), name="web01")
    LogRule.objects.create(name="disk", text="ディスク")
    kinds = ("alertmanager", "zabbix", "event")
    sources = {k: Source.objects.create(name=k, kind=k, token_hash=hashed(k), rate=100_000) for k in kinds}
    types = (
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; x",
        "",
    )

    def post(kind, body, number):
        url, token = f"/hooks/{sources[kind].pk}/", f"Bearer {kind}"
        return client.post(url, body, content_type=types[number % len(types)], HTTP_AUTHORIZATION=token)

    return post


def try_all(send, count):
    answers = {}
    for number, (kind, body) in enumerate(bodies(count)):
        before = Entry.objects.count()
        answer = send(kind, body, number)
        added = Entry.objects.count() - before
        assert answer.status_code in (200, 400, 422), (kind, body)
        assert added == (answer.json()["accepted"] if answer.status_code == 200 else 0), (kind, body)
        answers[answer.status_code] = answers.get(answer.status_code, 0) + 1
    assert not Entry.objects.waiting().exists()
    return answers


def test_two_hundred_bodies(send):
    answers = try_all(send, 200)
    assert set(answers) == {200, 400, 422} and min(answers.values()) >= 10, answers


@pytest.mark.faults
def test_three_thousand_bodies(send):
    try_all(send, 3000)
