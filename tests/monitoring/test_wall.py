"""監視ウォール: the worst first, what is old as old, for whom the marks say; four statements."""

from datetime import timedelta

import pytest

from monitoring.alerts import confirm, raise_alert
from monitoring.findings import Finding, fingerprint
from monitoring.models import Check, Device, State
from monitoring.wallboard import in_words, waited
from tests.make import at

pytestmark = pytest.mark.django_db
URL = "/monitor/wall/"
LAST, FIRST = at(9, 59), at(9, 53)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(at(10), tick=False)
    return time_machine


def device(name, state=State.UP, last=LAST, **fields):
    found = Device.objects.create(name=name, **fields)
    if state:
        Check.objects.create(
            device=found, name="ping", kind="icmp", next_at=last + timedelta(minutes=1), state=state,
            last_at=last, last_ok_at=last, since_at=last,
        )  # fmt: skip
    return found


def alarm(found, state=State.DOWN, first=FIRST):
    finding = Finding(fingerprint(found.pk), "liveness", f"{found} 応答なし", state=state, device=found)
    return raise_alert(finding, by=None, at=first)


def page(client, who):
    client.force_login(who)
    return client.get(URL).content.decode()


def test_the_worst_first_and_their_alerts(cast, edition, client):
    for name in ("AP01", "AP02", "AP03", "ST2"):
        device(name)
    device("NEW", state=None)
    alarm(Device.objects.get(name="AP03"))
    seen = alarm(Device.objects.get(name="AP02"), State.WARNING, at(9, 30))
    confirm(seen, by=cast.ishii, team=cast.team["hwnw"], at=at(9, 40), note="経過観察")
    Check.objects.filter(device__name="ST2").update(next_at=at(9, 40), last_ok_at=at(9, 39))
    text = page(client, cast.ishii)
    order = [text.index(f">{name}</a></b>") for name in ("AP03", "AP02", "NEW", "ST2", "AP01")]
    assert order == sorted(order)
    for words in (
        "! 応答なし", "9:53から7分", "▲ 応答なし", "? 未取得", "9:39 が最後", "まだ一度もなし", "✓ 9:59",
        "<b>1</b>異常", "<b>2</b>未取得", "未確認 7分", "10:08 に広域組合へ連絡", "石井 大輔 9:40",
        "経過観察", "最終更新", 'data-age="60"',
        'data-left="120"',
    ):  # fmt: skip
        assert words in text, words
    assert "wall-s" not in text and 'http-equiv="refresh"' in text


@pytest.mark.parametrize(("minutes", "stale"), [(3, False), (3.1, True), (600, True)])
def test_what_is_old_is_said_to_be_old(cast, edition, client, minutes, stale):
    device("AP01", last=at(10) - timedelta(minutes=minutes))
    Check.objects.update(next_at=at(10))
    text = page(client, cast.ishii)
    assert ("wall-s" in text) is stale
    assert ('data-left="0"' in text) is stale
    assert ("<title>更新が止まっています" in text) is stale


def test_without_anything_it_is_old_too(cast, edition, client):
    text = page(client, cast.ishii)
    assert "wall-s" in text and "監視する機器がありません" in text and "まだ一度も受け取っていません" in text


def test_only_for_whom_the_marks_say(cast, edition, client):
    device("AP01")
    for who, sees in (("ishii", True), ("morishita", True), ("sato", False), ("ono", False)):
        assert (">AP01</a></b>" in page(client, getattr(cast, who))) is sees, who
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 403
    client.force_login(cast.ishii)
    assert client.post(URL).status_code == 405


@pytest.mark.parametrize("number", [3, 80])
def test_it_costs_the_same_for_many(cast, edition, client, number, django_assert_max_num_queries):
    for n in range(number):
        alarm(device(f"AP{n:02}")) if n % 20 == 0 else device(f"AP{n:02}")
    client.force_login(cast.ishii)
    with django_assert_max_num_queries(14):
        text = client.get(URL).content.decode()
    assert text.count('class="w-t ') == min(number, 60)
    assert ("ほか 21台" in text) is (number > 60)


@pytest.mark.parametrize(("seconds", "words"), [(5, "5秒前"), (258, "4分18秒前"), (11100, "3時間5分前")])
def test_ages_in_words(seconds, words):
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-1, "0分"),
        (0, "0分"),
        (59, "59分"),
        (60, "1時間0分"),
        (1439, "23時間59分"),
        (1440, "1日"),
        (22189, "15日"),
    ],
)
def test_how_long_nobody_has_seen_it(minutes, words):
    assert waited(timedelta(minutes=minutes)) == words
