"""Checks that are due: each once, whoever looks; a real server that stops and comes back."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from monitoring import checks
from monitoring.models import Alert, Check, CheckDay, Device, State
from monitoring.probes import Answer
from opsdesk.notices.models import Notice
from tasks import closing
from tasks.models import Task
from tests.make import TODAY, at
from tests.monitoring.peers import allow_loopback, free_port, listener, web


def make_check(device=None, kind="tcp", **fields):
    device = device or Device.objects.get_or_create(name="web01", defaults={"address": "127.0.0.1"})[0]
    values = {"name": kind, "bad_of": 2, "window": 2, "good_in_a_row": 1, "timeout": 2, "next_at": at(9)}
    check = Check(device=device, kind=kind, **{**values, **fields})
    check.full_clean()
    check.save()
    return check


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["tcp", "https"])
def test_a_server_stops_and_comes_back(cast, edition, client, time_machine, tmp_path, kind):
    """Alert, task on HW/NW保守's dashboard, recovery in the timeline, closing."""
    allow_loopback()
    port = free_port()
    server = listener if kind == "tcp" else lambda p: web(p, folder=tmp_path, ends=at() + timedelta(days=99))
    params = {"port": port} if kind == "tcp" else {"url": f"https://127.0.0.1:{port}/ok", "verify": False}
    check = make_check(kind=kind[:4], name="サービス", params=params)

    def run(minute):
        checks.run_due(lambda: at(10, minute))
        check.refresh_from_db()
        return check.state

    with server(port):
        assert run(0) == State.UP and check.last_ok_at == at(10)
    assert run(1) == State.UP  # one of two: not yet
    assert run(2) == State.DOWN and run(3) == State.DOWN
    alert = Alert.objects.get()
    assert (alert.title, alert.count, alert.first_at) == ("web01 サービス 異常", 2, at(10, 2))
    assert alert.task.duty.number == 58
    time_machine.move_to(at(10, 3), tick=False)
    client.force_login(cast.ishii)
    assert "web01 サービス 異常" in client.get("/").content.decode()
    with server(port):
        assert run(4) == State.UP
    alert.refresh_from_db()
    assert alert.recovered_at == at(10, 4)
    answers = {"judgement": "経過観察", "content": "再起動で復旧"}
    closing.close(alert.task, by=cast.ishii, team=cast.team["hwnw"], at=at(10, 9), answers=answers)
    assert Task.objects.get().state == Task.State.DONE
    assert CheckDay.objects.values_list("on", "good", "bad").get() == (TODAY, 2, 3)
    assert Notice.objects.filter(person=cast.ishii).count() == 1


@pytest.mark.django_db
def test_what_may_not_be_reached_is_unknown_and_no_alert(cast, edition):
    with listener() as (port, seen):
        check = make_check(params={"port": port})
        checks.run_due(lambda: at(10))
    check.refresh_from_db()
    assert check.state == State.UNKNOWN and "監視してよいネットワーク" in check.last_said and seen == []
    assert not Alert.objects.exists() and check.last_at is None and check.next_at == at(10, 1)


@pytest.mark.django_db
def test_only_what_is_due_and_active_runs(cast):
    make_check(name="later", params={"port": 1}, next_at=at(11))
    make_check(name="off", params={"port": 1}, is_active=False)
    gone = Device.objects.create(name="old", address="127.0.0.1", is_active=False)
    make_check(gone, params={"port": 1})
    held = make_check(name="held", params={"port": 1}, leased_until=at(10, 1), leased_by="somebody")
    assert checks.claim(at(10), 10) == []
    assert checks.claim(at(10, 2), 10) == [held]  # the lease of one who died has run out
    assert not checks.store(held, Answer(True, ""), by=None, at=at(10, 3))  # who died comes back: too late


@pytest.mark.django_db
def test_a_slow_answer_is_a_warning(cast, edition):
    check = make_check(
        params={"port": 80}, limits={"seconds": {"warning": 3, "critical": 10}}, bad_of=1, window=1
    )
    for seconds, state in ((1.0, State.UP), (4.0, State.WARNING), (11.0, State.DOWN), (1.0, State.UP)):
        [check] = checks.claim(check.next_at, 1)
        checks.store(check, Answer(True, f"{seconds}秒", {"seconds": seconds}), by=None, at=check.next_at)
        check.refresh_from_db()
        assert check.state == state and check.last_value == seconds
    assert Alert.objects.get().state == State.DOWN and Alert.objects.get().recovered_at is not None


@pytest.mark.django_db(transaction=True)
def test_ten_workers_run_each_check_once(cast):
    device = Device.objects.create(name="web01", address="127.0.0.1")
    for n in range(60):
        make_check(device, name=f"c{n}", params={"port": 1})
    found, lock = [], threading.Lock()

    def work():
        try:
            while mine := checks.claim(at(10), 7):
                with lock:
                    found.extend(c.pk for c in mine)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == len(set(found)) == 60


@pytest.mark.django_db
def test_a_target_that_hangs_blocks_nobody(cast, edition):
    """Six that hang and forty that answer, with eight threads: the forty pass by on the other two."""
    allow_loopback()
    start = time.monotonic()
    with listener(answers=False) as (silent, _seen), listener() as (port, seen):
        url = {"url": f"http://127.0.0.1:{silent}/"}
        for n in range(6):
            make_check(kind="http", name=f"h{n}", params=url, timeout=1)
        for n in range(40):
            make_check(name=f"c{n}", params={"port": port}, next_at=at(9, 1))
        report = checks.run_due(timezone.now, threads=8)
        assert len(seen) == 40
    assert report.run == 46 and time.monotonic() - start < 10
    assert Check.objects.filter(state=State.UP).count() == 40
