"""tasks:change_calendar: days of changes among closed days, service stops and days on which batches run."""

import re
from datetime import date

import pytest
import time_machine

from tasks.changeground import mentions
from tests.desk import Desk
from tests.make import at, make_task

URL = "/changes/calendar/"
DECEMBER = {"period": "2026-12", "period_on": date(2026, 12, 1), "opens_on": date(2026, 11, 2)}
WORK46 = {"before": "旧", "after": "新", "carried_out_on": "R8.11.20"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def desk(cast, edition, holidays):
    """Changes on a Sunday, on a stop, on a run and on a good day; one done in November; schedules."""
    for title, day, whom in (
        ("日曜", "R8.12.13", "shiomi"), ("停止日", "R8.12.11", "shiomi"), ("処理日", "R8.12.3", "shiomi"),
        ("良い日", "R8.12.8", "kirihara"), ("月末", "R8.12.28", "shiomi"),
    ):  # fmt: skip
        Desk(cast).raise_(
            44,
            "ogawa",
            title=title,
            kind="改修",
            content="帳票",
            concerns=[whom],
            risk="なし",
            planned_on=day,
        )
    done = Desk(cast)
    done.raise_(45, "ono", title="設定", kind="設定", content="直す", reason="不便", wanted_on="R8.11.18")
    done.close(45, "ono", then=[46, 52])
    done.close(46, "ishii", **WORK46)
    make_task(1, **DECEMBER, answers={"planned_stops": "12／11 22:00〜 全業務"}, state="done", closed_at=at(),
              done_on=date(2026, 11, 20), closed_by=cast.sato)  # fmt: skip
    for place, process, day in (
        (cast.shiomi, "住民税", "2026-12-03"), (cast.kirihara, "国保", "2026-12-08"),
        (cast.mizuno, "国保", "2026-12-08"),
    ):  # fmt: skip
        lines = [{"process": process, "process_on": day, "deliver_on": "2026-12-13"}]
        make_task(29, place, **DECEMBER, answers={"lines": lines})
    return done


@pytest.fixture
def look(client, desk, cast):
    def ask(who, **query):
        client.force_login(getattr(cast, who))
        return client.get(URL, query)

    return ask


def days(response):
    """What stands on each day that is not empty."""
    found = {}
    for cell in re.findall(r"<td[^>]*>(.*?)</td>", response.content.decode(), re.S):
        words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip()
        if words:
            found[words.partition(" ")[0]] = words.partition(" ")[2]
    return found


def clashes(response):
    return [clash.words for clash in response.context["month"].clashes]


def test_december(look):
    response = look("sato", month="2026-12")
    found = days(response)
    assert found["13日(日)"] == "閉庁日 日曜日 CHG-R8-0001 日曜 実施予定日"
    assert found["11日(金)"] == "CHG-R8-0002 停止日 実施予定日"
    assert found["3日(木)"] == "CHG-R8-0003 処理日 実施予定日 処理 住民税(汐見市) の処理日"
    assert "No.32 バッチ処理起動 の期限" in found["28日(月)"] and "の納品日" not in str(found)
    assert "年末年始" in found["29日(火)"] and "No.33" not in str(found)
    assert clashes(response) == [
        "CHG-R8-0003 処理日: 実施予定日 12/3(木) は、住民税(汐見市) の処理日です。",
        "CHG-R8-0004 良い日: 実施予定日 12/8(火) は、国保(桐原市、瑞野町) の処理日です。",
        "CHG-R8-0002 停止日: 実施予定日 12/11(金) は、No.1 のサービス停止予定に書かれた日です。",
        "CHG-R8-0001 日曜: 実施予定日 12/13(日) は閉庁日(日曜日)です。",
        "CHG-R8-0005 月末: 実施予定日 12/28(月) は、No.32 バッチ処理起動 の期限です。",
    ]
    assert "12／11 22:00〜 全業務" in response.content.decode()


def test_november_is_this_month_and_says_what_was_done(look):
    response = look("sato", month="nonsense")
    found = days(response)
    assert found["20日(金)"] == "CHG-R8-0006 設定 実施日" and found["18日(水)"] == "CHG-R8-0006 設定 希望日"
    assert clashes(response) == [], "what is past is no clash"
    assert "No.52 の期限" in days(look("sato", month="2026-12"))["22日(火)"]


@pytest.mark.parametrize(
    "who, seen, unseen",
    [
        ("ono", ["日曜", "処理日", "住民税"], ["良い日", "国保", "No.32"]),
        ("makino", ["良い日", "国保"], ["停止日", "住民税", "CHG-R8-0001"]),
        ("morishita", ["日曜", "良い日", "国保", "住民税", "No.32", "No.34"], []),
        ("ishii", ["日曜", "良い日"], ["国保", "住民税", "No.32"]),
    ],
)
def test_everybody_sees_only_their_own(look, who, seen, unseen):
    page = look(who, month="2026-12").content.decode()
    assert [word for word in seen if word not in page] == []
    assert [word for word in unseen if word in page] == []


@pytest.mark.parametrize("count", [1, 60])
def test_few_statements(look, client, cast, count, django_assert_max_num_queries):
    for _ in range(count - 1):
        Desk(cast).raise_(
            44, "ogawa", kind="改修", content="帳票", concerns=["mizuno"], risk="なし", planned_on="R8.12.8"
        )
    for who in ("sato", "ono"):
        look(who, month="2026-12")
        with django_assert_max_num_queries(8):
            client.get(URL, {"month": "2026-12"})


@pytest.mark.parametrize(
    "text, is_named",
    [
        ("12/19 22:00〜", True), ("１２月１９日(土)", True), ("2026-12-19", True), ("R8.12.19", True),
        ("令和8年12月19日", True), ("2026/12/19", True), ("12/1", False), ("12/190", False),
        ("112/19", False), ("2/19", False), ("計12.19時間", False), ("", False),
    ],
)  # fmt: skip
def test_days_in_free_text(text, is_named):
    assert mentions(text, date(2026, 12, 19)) is is_named


def test_doors(client, cast, edition):
    assert client.get(URL).status_code == 302
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 403
    client.force_login(cast.sato)
    assert client.post(URL).status_code == 405
