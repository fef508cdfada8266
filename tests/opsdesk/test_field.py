"""The demonstration's devices: they answer our own probes, and are asked only while they stand."""

import asyncio
import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from monitoring import exporters, probes
from monitoring.models import Check, Device
from monitoring.probes import Question
from opsdesk.demo import field
from tests.make import at
from tests.monitoring.test_reaching import listed
from tests.servers import free_port

ADDRESSES = ["127.0.2.11", "127.51.100.21"]


def test_it_works():
    port = free_port()
    networks = tuple(listed(network, ports=str(port)) for network in field.NETWORKS)
    found = {}

    def ask(kind, address, **params):
        probe = exporters.measure if kind == "exporter" else probes.ask
        return probe(Question(kind, address, params, 3, at()), networks)

    def look():
        try:
            for address in ADDRESSES:
                page = {
                    "url": f"http://{address}:{port}/",
                    "status": 200,
                    "text": "ログイン",
                    "verify": False,
                }
                found[address] = (
                    ask("tcp", address, port=port),
                    ask("http", address, **page),
                    ask("exporter", address, port=port, path="/metrics", tls=False, verify=True),
                )
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=look)
    asyncio.run(field.stand(ADDRESSES, port, clock=time.time, ready=thread.start))
    thread.join()
    assert set(found) == set(ADDRESSES)
    for listens, page, measured in found.values():
        assert listens.ok and page.ok, (listens.said, page.said)
        assert set(measured.values) == {"cpu", "memory", "disk C:", "disk D:"}
    one, other = (found[address][2].values for address in ADDRESSES)
    assert one["disk D:"] != pytest.approx(other["disk D:"])
    now = field.load_of(ADDRESSES[0], timezone.now().timestamp())
    assert one["memory"] == pytest.approx(now["memory"], abs=0.5)
    assert one["cpu"] == pytest.approx(now["cpu"], abs=2)


def test_an_address_that_is_not_here():
    with pytest.raises(OSError):
        asyncio.run(field.stand(["203.0.113.1"], free_port(), clock=time.time, ready=list))


def test_no_device_is_ever_fuller_than_full():
    start = at().timestamp()
    for n in range(24 * 91):
        for address in ADDRESSES:
            load = field.load_of(address, start + n * 3600)
            assert all(0 < value < 80 for value in load.values()), load


@pytest.mark.django_db
def test_they_are_asked_only_while_they_stand():
    for address in ("127.0.2.11", "10.0.0.5"):
        device = Device.objects.create(name=address, address=address)
        Check.objects.create(device=device, kind="tcp", name="疎通", params={"port": 1}, next_at=at())
    assert field.addresses() == ["127.0.2.11"]
    now = timezone.now()
    field.rest(awake=False, at=now)
    far, other = Check.objects.order_by("pk").values_list("next_at", flat=True)
    assert far > now + timedelta(days=3000) and other == at()
    field.rest(awake=True, at=now)
    assert set(Check.objects.due(now)) == set(Check.objects.all())
