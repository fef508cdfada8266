"""Logs: rules over lines, so many within a window, quiet again; the lines around are evidence."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring import calm
from monitoring.models import Alert, Device, Entry, LogHit, LogRule, Source
from monitoring.patterns import compiled, found
from monitoring.tokens import hashed
from tests.make import at

URL = "/monitor/rules/"


@pytest.mark.parametrize(
    ("text", "is_pattern", "line", "hit"),
    [
        ("ディスク", False, "致命的エラー: ディスクの空きがありません", True),
        ("OUT OF MEMORY", False, "kernel: Out of memory", True),
        ("", False, "anything", True),
        ("disk.*(full|空き)", True, "disk sda is full", True),
        (r"^\d+ errors", True, "no 3 errors", False),
        ("(a+)+$", True, "a" * 4000 + "b", False),  # linear: Python's own engine never ends here
    ],
)
def test_patterns(text, is_pattern, line, hit):
    assert found(text, line, is_pattern=is_pattern) is hit


@pytest.mark.parametrize("pattern", ["(", r"(a)\1", "a{1001}", "[[:bad:]]"])
def test_what_is_no_pattern_is_refused_in_words(pattern):
    with pytest.raises(ValueError, match="正規表現として読めません"):
        compiled(pattern)


@pytest.mark.django_db
class TestRules:
    @pytest.fixture(autouse=True)
    def _clock(self, time_machine):
        time_machine.move_to(at(10), tick=False)
        self.clock = time_machine

    @pytest.fixture
    def tool(self, edition, cast):
        Device.objects.create(name="db01")
        return Source.objects.create(name="syslog", kind="event", token_hash=hashed("t"))

    def send(self, client, tool, *words, host="db01", level="err", when=None):
        if when:
            self.clock.move_to(when, tick=False)
        rows = [{"host": host, "message": w, "severity": level, "app": "postgres"} for w in words]
        return client.post(
            f"/hooks/{tool.pk}/", json.dumps(rows), content_type="application/json",
            HTTP_AUTHORIZATION="Bearer t",
        )  # fmt: skip

    def test_so_many_within_the_window_are_one_alert_with_the_lines_around(self, tool, client, cast):
        LogRule.objects.create(name="空きなし", text="no space", count=3, minutes=10, quiet=30)
        self.send(client, tool, "start", "no space", "NO SPACE left")
        self.send(client, tool, "no space", when=at(10, 11))  # the first two are too long ago
        assert not Alert.objects.exists() and LogHit.objects.count() == 3
        self.send(client, tool, "no space", "vacuum", "no space", when=at(10, 12))
        self.send(client, tool, "no space", when=at(10, 13))
        alert = Alert.objects.get()
        assert (alert.title, alert.count, alert.task.duty.number) == ("db01 空きなし", 2, 57)
        (kept,) = alert.task.attachments.all()
        with kept.file.open() as file:
            text = file.read().decode()
        assert "2026-11-24 10:00:00 postgres start" in text and "postgres vacuum" in text
        client.force_login(cast.ishii)
        assert "postgres vacuum" in client.get(f"/monitor/alerts/{alert.pk}/").content.decode()
        assert calm.settle(at(10, 42)) == 0 and calm.settle(at(10, 44)) == 1
        alert.refresh_from_db()
        assert alert.recovered_at == at(10, 44)

    @pytest.mark.parametrize(
        ("rule", "hits"),
        [
            ({"text": "disk"}, True),
            ({"level": 2}, False),
            ({"program": "Post"}, True),
            ({"program": "nginx"}, False),
            ({"text": "^disk", "is_pattern": True}, True),
            ({"text": "disk", "is_active": False}, False),
        ],
    )
    def test_which_lines_hit(self, tool, client, rule, hits):
        LogRule.objects.create(name="r", **rule)
        self.send(client, tool, "disk full")
        assert Alert.objects.exists() is hits

    def test_a_rule_of_one_device_and_lines_of_nobody(self, tool, client):
        LogRule.objects.create(name="only", text="x", device=Device.objects.get())
        LogRule.objects.create(name="all", text="x")
        self.send(client, tool, "x", host="stranger")
        assert [a.title for a in Alert.objects.all()] == ["stranger all"]

    def test_a_storm_of_rules_ends_when_it_is_quiet(self, tool, client):
        for n in range(12):
            LogRule.objects.create(name=f"r{n}", text=f"fault {n:02}", quiet=30)
        self.send(client, tool, *(f"fault {n:02}" for n in range(12)))
        assert Alert.objects.open().count() == 10
        assert calm.settle(at(10, 29)) == 0 and calm.settle(at(10, 30)) == 10
        assert not Alert.objects.open().exists()

    def test_old_entries_go_and_the_evidence_stays(self, tool, client):
        LogRule.objects.create(name="r", text="x")
        self.send(client, tool, "x")
        assert calm.forget(at(10) + timedelta(days=34)) == 0
        assert calm.forget(at(10) + timedelta(days=36)) == 1
        assert not Entry.objects.exists() and Alert.objects.get().events.get().evidence["lines"]

    def test_pages(self, tool, client, cast, django_assert_max_num_queries):
        client.force_login(cast.ishii)
        given = {"name": "r", "text": "(", "is_pattern": "on", "level": 3, "count": 1, "minutes": 10}
        given |= {"quiet": 60, "state": "warning", "is_active": "on"}
        answer = client.post(f"{URL}add/", given)
        assert answer.status_code == 422 and "正規表現として読めません" in answer.content.decode()
        assert client.post(f"{URL}add/", {**given, "text": "x"}).status_code == 302
        rule = LogRule.objects.get()
        assert client.post(f"{URL}{rule.pk}/", {**given, "text": "y"}).status_code == 302
        with django_assert_max_num_queries(6):
            text = client.get(URL).content.decode()
        assert "/y/" in text and "10分に1回" in text
        for who, listed, edited in (("miura", 200, 403), ("sato", 403, 403), ("ono", 403, 403)):
            client.force_login(getattr(cast, who))
            assert client.get(URL).status_code == listed, who
            for place in (f"{URL}add/", f"{URL}{rule.pk}/"):
                assert client.get(place).status_code == edited, who
        assert client.post(URL).status_code == 405
        client.force_login(cast.ishii)
        assert client.get(f"{URL}{rule.pk + 1}/").status_code == 404

    def test_a_rule_that_every_line_hits_is_none(self):
        with pytest.raises(ValidationError, match="絞って"):
            LogRule(name="r", level=7).full_clean()
