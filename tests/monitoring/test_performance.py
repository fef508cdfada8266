"""Performance: pages of exporters read, samples kept and rolled up, when a disk is full, the charts."""

import re
from datetime import timedelta

import pytest

from monitoring import filling, samples
from monitoring.exposition import busy, read
from monitoring.fullness import days_left
from monitoring.judgement import BAD, GOOD, MIDDLING, level
from monitoring.models import Alert, Check, Device, HourSample, Sample
from tests.make import at

TEN = at(10)
NODE = """# HELP node_cpu_seconds_total Seconds
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} %d
node_cpu_seconds_total{cpu="0",mode="user"} %d
node_memory_MemTotal_bytes 1000
node_memory_MemAvailable_bytes 250
node_filesystem_size_bytes{device="/dev/sda1",fstype="ext4",mountpoint="/"} 200
node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",mountpoint="/"} 20
node_filesystem_size_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 200
node_filesystem_avail_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 0
"""
WINDOWS = """windows_cpu_time_total{core="0,0",mode="idle"} 100
windows_cpu_time_total{core="0,0",mode="user"} 50
windows_memory_physical_total_bytes 1.0e+10
windows_memory_available_bytes 4.0e+09
windows_logical_disk_size_bytes{volume="C:"} 100
windows_logical_disk_free_bytes{volume="C:"} 19
windows_logical_disk_size_bytes{volume="HarddiskVolume1"} 100
windows_logical_disk_free_bytes{volume="HarddiskVolume1"} 1
"""


def test_pages_of_both_exporters():
    first, second = read(NODE % (100, 50)), read(NODE % (103, 51))
    assert {k: round(v) for k, v in first.shares.items()} == {"memory": 75, "disk /": 90}
    assert busy(first, second) == 25 and busy(second, second) is None
    assert {k: round(v) for k, v in read(WINDOWS).shares.items()} == {"memory": 60, "disk C:": 81}


@pytest.mark.parametrize("text", ["", "<html>", "a{b 1", "up 1", "node_cpu_seconds_total x"])
def test_what_is_no_page_is_refused(text):
    with pytest.raises(ValueError, match="."):
        read(text)


@pytest.mark.parametrize(
    ("values", "found"),
    [({"disk /": 79}, GOOD), ({"disk /": 80}, MIDDLING), ({"disk /var": 95}, BAD), ({"disk /big": 95}, GOOD)],
)
def test_one_limit_holds_for_every_disk(values, found):
    limits = {"disk": {"warning": 80, "critical": 90}, "disk /big": {"warning": 97}}
    assert level(True, values, limits) == found


@pytest.mark.parametrize(
    ("points", "left"),
    [
        ([(d / 4, 50 + d) for d in range(20)], (100 - 69) / 4),  # 4 % a day
        ([(d / 4, 50 - d) for d in range(20)], None),
        ([(d / 4, 50.0) for d in range(20)], None),
        ([(d / 100, 50 + d) for d in range(20)], None),  # less than a day
        ([(0.0, 1.0), (5.0, 50.0)], None),
        ([(d / 4, 90 + d) for d in range(20)], 0.0),
        ([(d / 4, 50 + d * 1e-3) for d in range(20)], None),  # in more than ten years
    ],
)
def test_when_a_disk_is_full(points, left):
    assert days_left(points) == (None if left is None else pytest.approx(left, abs=0.01))


@pytest.mark.django_db
class TestSamples:
    @pytest.fixture
    def check(self, cast, edition):
        device = Device.objects.create(name="db01")
        return Check.objects.create(
            device=device, name="性能", kind="exporter", watch="performance", next_at=at(10),
            limits={"disk": {"warning": 80, "critical": 90}},
        )  # fmt: skip

    def fill(self, check, hours=72, begin=TEN, slope=0.1, base=80.0):
        Sample.objects.bulk_create(
            Sample(check_of=check, quantity="disk /", at=begin - timedelta(hours=h), value=base - slope * h)
            for h in range(hours)
        )

    def test_35_days_in_full_then_by_the_hour(self, check):
        self.fill(check, 3, begin=at(10) - timedelta(days=34))
        old = at(10) - timedelta(days=36)
        Sample.objects.bulk_create(
            Sample(check_of=check, quantity="cpu", at=old + timedelta(minutes=m), value=m) for m in range(90)
        )
        assert samples.thin(at(10)) == 90
        assert samples.thin(at(10)) == 0
        assert Sample.objects.count() == 3
        hours = list(HourSample.objects.values_list("low", "mean", "high", "count"))
        assert hours == [(0, 29.5, 59, 60), (60, 74.5, 89, 30)]

    def test_a_disk_that_fills_up_is_an_alert_and_ends_with_hysteresis(self, check):
        self.fill(check)  # 2.4 % a day at 80 %: 8.3 days
        assert filling.foresee(at(10)) == 1 and filling.foresee(at(11)) == 1
        alert = Alert.objects.get()
        assert (alert.title, alert.count, alert.state) == ("db01 / あと 8 日で満杯", 2, "warning")
        assert alert.task.duty.number == 59
        for slope, ended in ((0.05, False), (0.03, True)):  # 16 days, 27 days
            Sample.objects.all().delete()
            self.fill(check, slope=slope)
            filling.foresee(at(12))
            alert.refresh_from_db()
            assert (alert.recovered_at is not None) is ended, slope

    def test_the_charts(self, check, client, cast, time_machine, django_assert_max_num_queries):
        time_machine.move_to(at(10), tick=False)
        self.fill(check)
        url = f"/monitor/devices/{check.device_id}/performance/"
        client.force_login(cast.ishii)
        client.get(url)  # what a process asks once
        for span in ("", "?span=week", "?span=month", "?span=x"):
            with django_assert_max_num_queries(10):
                text = client.get(url + span).content.decode()
            for words in ("あと 8 日で満杯", "<polyline", "注意 80%", "数値の表", "80.0%"):
                assert words in text, (span, words)
        week = [f"11/{day}" for day in range(18, 25)]
        for span, under in (("", ["12:00", "18:00", "11/24", "6:00"]), ("?span=week", week)):
            text = client.get(url + span).content.decode()
            assert re.findall(r'y="200"[^>]*>([^<]+)<', text) == under
            assert 'aria-current="true">' + ("7日" if span else "24時間") in text
        for who, status in (("miura", 200), ("sato", 404), ("ono", 404), ("kubo", 403)):
            client.force_login(getattr(cast, who))
            assert client.get(url).status_code == status, who
        client.force_login(cast.ishii)
        assert client.post(url).status_code == 405
        assert client.get("/monitor/devices/999/performance/").status_code == 404
        Sample.objects.all().delete()
        assert "この期間の測定値はありません" in client.get(url).content.decode()
