"""Programs of the field on loopback: node-exporter, Prometheus with Alertmanager, syslog-ng.

Each leads to an alert, to the task of its row on HW/NW保守's dashboard, to its end, and to its closing."""

import contextlib
import socket
import subprocess
import time

import pytest

from monitoring import calm, checks
from monitoring.models import Alert, Check, Device, DeviceName, Entry, LogRule, Sample, Source
from monitoring.tokens import hashed
from tasks import closing
from tests.make import at
from tests.monitoring.peers import allow_loopback, free_port
from tests.servers import program

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PATIENCE = 60
TOKEN = "s3cret-of-the-source"
PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]}}]}}
rule_files: [rules.yml]
scrape_configs:
- job_name: node
  static_configs: [{{targets: ["127.0.0.1:{exporter}"], labels: {{host: db01}}}}]
"""
RULES = """
groups:
- name: field
  rules:
  - alert: NodeDown
    expr: up == 0
    labels: {severity: critical, watch: hardware}
    annotations: {summary: "db01 が応答しません", description: "日本語の説明"}
"""
ALERTMANAGER = """
route: {{receiver: opsdesk, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers:
- name: opsdesk
  webhook_configs:
  - url: {url}
    send_resolved: true
    http_config: {{authorization: {{type: Bearer, credentials: {token}}}}}
"""
SYSLOG = """@version: 3.38
options {{ stats-freq(0); keep-hostname(yes); use-dns(no); }};
source s_udp {{ syslog(transport("udp") ip(127.0.0.1) port({port})); }};
destination d_http {{ http(url("{url}") method("POST")
  headers("Content-Type: application/json", "Authorization: Bearer {token}")
  body("$(format-json --scope rfc5424 --key ISODATE --key HOST --key LEVEL --key PROGRAM --key MESSAGE)")
  batch-lines(1) timeout(10) workers(1) retries(10)); }};
log {{ source(s_udp); destination(d_http); }};
"""


@contextlib.contextmanager
def running(home, name, package, *arguments, port=None):
    """The program until the end of the block; ready when it listens on `port`."""
    command = [program(name, package), *map(str, arguments)]
    with (home / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, stdout=log, stderr=subprocess.STDOUT)
        try:
            until(lambda: port is None or listens(port), home / f"{name}.log")
            yield process
        finally:
            process.terminate()
            process.wait(20)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(found, log=None):
    """Wait for what comes; the answer of `found`."""
    end = time.monotonic() + PATIENCE
    while not (answer := found()):
        assert time.monotonic() < end, log.read_text(errors="replace")[-2000:] if log else "it never came"
        time.sleep(0.1)
    return answer


@pytest.fixture
def db01(cast, edition, time_machine):
    time_machine.move_to(at(10), tick=True)
    device = Device.objects.create(name="DBサーバ1", address="127.0.0.1")
    DeviceName.objects.create(device=device, name="db01")
    return device


@contextlib.contextmanager
def exporter(home, port):
    address = f"--web.listen-address=127.0.0.1:{port}"
    name = "prometheus-node-exporter"
    with running(home, name, name, address, port=port) as process:
        yield process


def is_on_the_dashboard(client, cast, alert):
    client.force_login(cast.ishii)
    return alert.title in client.get("/").content.decode()


def close(cast, alert, hour=11):
    answers = {"judgement": "経過観察", "content": "様子を見る"}
    task = closing.close(alert.task, by=cast.ishii, team=cast.team["hwnw"], at=at(hour), answers=answers)
    assert task.state == "done"


def test_a_node_exporter_is_read(cast, db01, client, tmp_path, time_machine):
    allow_loopback()
    port = free_port()
    check = Check(
        device=db01, name="性能", kind="exporter", watch="performance", params={"port": port}, timeout=10,
        limits={"memory": {"warning": 0}}, bad_of=1, window=1, good_in_a_row=1, next_at=at(9),
    )  # fmt: skip
    check.full_clean()
    check.save()
    with exporter(tmp_path, port):
        checks.run_due(lambda: at(10, 1))
        check.refresh_from_db()
        quantities = set(Sample.objects.values_list("quantity", flat=True))
        assert {"cpu", "memory"} < quantities and any(q.startswith("disk ") for q in quantities)
        assert all(0 <= value <= 100 for value in Sample.objects.values_list("value", flat=True))
        alert = Alert.objects.get()
        assert (alert.state, alert.task.duty.number) == ("warning", 59)
        assert is_on_the_dashboard(client, cast, alert)
        Check.objects.update(limits={})
        checks.run_due(lambda: at(10, 3))
    alert.refresh_from_db()
    assert alert.recovered_at == at(10, 3)
    close(cast, alert)


def test_prometheus_and_alertmanager_fire_and_resolve(cast, db01, client, live_server, tmp_path):
    source = Source.objects.create(name="am", kind="alertmanager", token_hash=hashed(TOKEN))
    node, prometheus, alertmanager = free_port(), free_port(), free_port()
    (tmp_path / "prometheus.yml").write_text(PROMETHEUS.format(exporter=node, alertmanager=alertmanager))
    (tmp_path / "rules.yml").write_text(RULES)
    url = f"{live_server.url}/hooks/{source.pk}/"
    (tmp_path / "am.yml").write_text(ALERTMANAGER.format(url=url, token=TOKEN))
    with contextlib.ExitStack() as stack:
        stack.enter_context(
            running(
                tmp_path, "prometheus-alertmanager", "prometheus-alertmanager", "--config.file=am.yml",
                "--storage.path=am", f"--web.listen-address=127.0.0.1:{alertmanager}",
                "--cluster.listen-address=", port=alertmanager,
            )
        )  # fmt: skip
        stack.enter_context(
            running(
                tmp_path, "prometheus", "prometheus", "--config.file=prometheus.yml",
                "--storage.tsdb.path=tsdb", f"--web.listen-address=127.0.0.1:{prometheus}",
                "--rules.alert.resend-delay=1s", port=prometheus,
            )
        )  # fmt: skip
        alert = until(Alert.objects.first)  # nobody exports anything yet
        assert (alert.device, alert.watch, alert.task.duty.number) == (db01, "hardware", 60)
        assert "db01 が応答しません" in alert.title and "日本語の説明" in alert.said
        assert is_on_the_dashboard(client, cast, alert)
        stack.enter_context(exporter(tmp_path, node))
        until(lambda: Alert.objects.exclude(recovered_at=None).first())
    assert Alert.objects.count() == 1 and not Entry.objects.waiting().exists()
    answers = {"judgement": "問題なし", "content": "再起動"}
    closing.close(alert.task, by=cast.ishii, team=cast.team["hwnw"], at=at(11), answers=answers)


def test_syslog_ng_sends_a_line(cast, db01, client, live_server, tmp_path):
    source = Source.objects.create(name="syslog", kind="event", token_hash=hashed(TOKEN))
    LogRule.objects.create(name="空きなし", text="空き容量がありません", quiet=30)
    port = free_port()
    url = f"{live_server.url}/hooks/{source.pk}/"
    (tmp_path / "sng.conf").write_text(SYSLOG.format(port=port, url=url, token=TOKEN))
    said = "\ufeff致命的エラー: ディスクの空き容量がありません"
    line = f"<131>1 2026-11-24T10:00:00+09:00 db01 postgres 1 - - {said}"
    places = ("-F", "-f", "sng.conf", "-R", "sng.persist", "-p", "sng.pid", "-c", "sng.ctl", "--no-caps")
    with (
        running(tmp_path, "syslog-ng", "syslog-ng-core", *places),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):

        def arrived():
            sender.sendto(line.encode(), ("127.0.0.1", port))
            time.sleep(0.5)
            return Alert.objects.first()

        alert = until(arrived, tmp_path / "syslog-ng.log")
    entry = Entry.objects.first()
    assert (entry.device, entry.program, entry.level) == (db01, "postgres", 3)
    assert (alert.title, alert.task.duty.number) == ("DBサーバ1 空きなし", 57)
    assert is_on_the_dashboard(client, cast, alert) and alert.task.attachments.count() == 1
    assert calm.settle(at(12)) == 1
    close(cast, alert, 13)
