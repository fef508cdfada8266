"""対応中の障害 beside the dashboards: whose, in which order, in one statement."""

import re
from datetime import date

import pytest
import time_machine

from incidents import handling
from incidents.models import Incident
from tasks.boardpanels import SIDE, panels_of
from tasks.boards import Board
from tasks.models import GenerationRun
from tests.desk import Desk
from tests.make import TODAY, at, make_task
from tests.tasks.test_case import CALL15, LEVEL16

WELL = {"result": "回復", "confirmed": "見た"}


@pytest.fixture(autouse=True)
def clock(db):
    GenerationRun.objects.create(started_at=at(9, 57), finished_at=at(9, 57), through_on=TODAY)
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def desks(cast, edition, holidays):
    """One that nobody has judged, one of level 3 of 瑞野町, one of level 2 that is well again."""
    found = {name: Desk(cast) for name in ("未判定", "縮退", "回復")}
    call = {**CALL15, "provisional_level": "4"}
    found["未判定"].raise_(15, "yamaguchi", whom=["shiomi"], title="未判定", **call)
    found["縮退"].raise_(15, "yamaguchi", whom=["mizuno"], title="縮退", **CALL15)
    found["縮退"].close(16, "ishii", then=[18], level="3 縮退", concerns=["mizuno"], impact="遅い")
    found["回復"].raise_(15, "yamaguchi", whom=["shiomi"], title="回復", **CALL15)
    found["回復"].close(16, "ishii", then=[18], **LEVEL16)
    found["回復"].close(18, "ishii", cause="故障", action="交換")
    found["回復"].close(25, "sato", **WELL)
    return found


@pytest.fixture
def look(client, cast):
    def ask(login, **query):
        client.force_login(getattr(cast, login))
        text = client.get("/", query).content.decode()
        panel = text.partition('id="s-incidents"')[2].partition("</section>")[0]
        return [" ".join(re.sub(r"<[^>]+>", " ", li).split()) for li in panel.split("<li>")[1:]]

    return ask


def test_the_worst_stands_first(desks, look):
    numbers = {name: desk.case.number for name, desk in desks.items()}
    wanted = [
        f"回復 {numbers['回復']} レベル2 報告・記録 停止 20分",
        f"縮退 {numbers['縮退']} レベル3 対応 経過 1時間20分",
        f"未判定 {numbers['未判定']} 仮レベル4 判定 経過 1時間20分",
    ]
    assert look("sato") == look("morishita") == wanted
    assert look("ono") == [wanted[0], wanted[2]]
    assert look("hamanaka") == [wanted[1]]
    handling.rejudge(
        desks["縮退"].case, level="1", by=desks["縮退"].cast.sato, team=desks["縮退"].team("sato"),
        at=at(10), reason="止まった",
    )  # fmt: skip
    assert look("sato")[0].startswith("縮退")


def test_without_one_there_is_no_panel(look, cast, edition, holidays):
    assert look("sato") == [] and look("kubo") == []


@pytest.mark.parametrize("size", [1, 12])
def test_one_statement(cast, edition, holidays, look, size, rf, django_assert_num_queries):
    for n in range(size):
        Desk(cast).raise_(15, "yamaguchi", whom=["shiomi"], title=f"第{n}号", **CALL15)
    request = rf.get("/")
    request.user, request.now, request.today = cast.ono, at(10), TODAY
    board = Board.of(request)
    panels_of(board, SIDE)
    with django_assert_num_queries(1):
        panels_of(board, SIDE)
    lines = look("ono")
    assert lines[-1] == ("ほか 7件" if size == 12 else lines[0])
    assert len(lines) == min(size, 6)


def test_statements_with_the_banner(desks, client, cast, django_assert_max_num_queries):
    """14 of everybody, while an incident of level 1 of 汐見市 goes on: in the banner, and beside."""
    Incident.objects.filter(case=desks["未判定"].case).update(level="1", stage=3)
    day = date(2026, 11, 20)
    for number in (7, 9, 30, 31, 34):
        make_task(number, period="2026-11-20", due_on=day, due_at=at(17, on=day))
    seven = ["ono", "sato", "yamaguchi", "ogawa", "ishii", "morishita", "miura"]
    for login in [*seven, "hamanaka", "kubo"]:
        client.force_login(getattr(cast, login))
        client.get("/")
        for scope in ("mine", "team", "all"):
            with django_assert_max_num_queries(14, info=f"{login} {scope}"):
                text = client.get("/", {"scope": scope}).content.decode()
            assert ('class="emg"' in text) == (login in seven), login
