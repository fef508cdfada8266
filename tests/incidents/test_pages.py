"""The list of incidents, the acts on one and its page, the banner: who sees and does what."""

import re

import pytest
import time_machine

from incidents.models import Incident
from tests.desk import Desk
from tests.make import at
from tests.tasks.test_case import CALL15, LEVEL16

FIRST = {**LEVEL16, "level": "1 全面停止"}
WORK = {"cause": "故障", "action": "交換"}
WELL = {"result": "回復", "confirmed": "見た"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False) as clock:
        yield clock


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast, now=at(9, 30))


@pytest.fixture
def judged(desk):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], title="印刷サーバ停止", **CALL15)
    desk.close(16, "ishii", then=[18], **LEVEL16)
    return desk


@pytest.fixture
def look(client, cast):
    def ask(person, path="/incidents/", **query):
        client.force_login(getattr(cast, person))
        return client.get(path, query)

    return ask


def words(response):
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_the_list_goes_by_stage(judged, look, desk):
    first = judged.case
    desk.raise_(15, "yamaguchi", whom=["mizuno"], title="別の障害", **CALL15)
    said = words(look("sato"))
    assert said.index("判定 INC-") < said.index("対応 INC-")
    assert "レベル2 一部停止" in said and "未判定 仮2" in said and "1時間20分" in said
    assert [c.number for c in look("sato", level="2").context["table"].page.rows] == [first.number]
    assert [c.number for c in look("sato", level="unjudged").context["table"].page.rows] == [desk.case.number]
    assert [c.number for c in look("sato", stage="3").context["table"].page.rows] == [first.number]
    book = look("sato", export="xlsx")
    assert book["Content-Type"].endswith("sheet")
    book.close()


def test_a_municipality_sees_what_concerns_it(judged, look):
    assert "印刷サーバ停止" in words(look("ono"))
    assert "他団体 1件" in words(look("ono"))
    assert "印刷サーバ停止" not in words(look("hamanaka"))
    assert look("kubo").status_code == 403


def test_statements(desk, look, client, cast, django_assert_max_num_queries):
    for n in range(30):
        desk.raise_(15, "yamaguchi", whom=["shiomi"], title=f"{n}", **CALL15)
    client.force_login(cast.sato)
    client.get("/matrix/")  # what is kept for a minute is there
    with django_assert_max_num_queries(6):
        assert len(client.get("/incidents/").context["table"].page.rows) == 30
    path = f"/cases/{desk.case.number}/"
    client.force_login(cast.ishii)
    desk.close(16, "ishii", then=[18], **LEVEL16)
    with django_assert_max_num_queries(15):
        client.get(path)


def test_the_page_says_level_clock_and_reckoning(judged, look):
    said = words(look("ishii", f"/cases/{judged.case.number}/"))
    for words_ in (
        "障害レベル 2 一部停止",
        "検知 令和8年11月24日 8:40",
        "あと 7時間30分",
        "24時間",
        "レベルを見直す",
        "先方待ちにする",
    ):
        assert words_ in said, words_
    said = words(look("ono", f"/cases/{judged.case.number}/"))
    assert "目標の時間" in said and "レベルを見直す" not in said and "先方待ちにする" not in said


ACTS = {"level": {"level": "1", "reason": "広がった"}, "pause": {"until": "R8.11.24 15:00", "reason": "部品"}}


def test_the_acts(judged, client, cast):
    client.force_login(cast.ishii)
    where = f"/incidents/{judged.case.number}"
    for act, typed in ACTS.items():
        assert client.get(f"{where}/{act}/").status_code == 200
        assert client.post(f"{where}/{act}/", typed).status_code == 302
    said = words(client.get(f"/cases/{judged.case.number}/"))
    assert (
        "障害レベル 1 全面停止" in said and "先方待ち" in said and "時計は 令和8年11月24日 15:00 まで" in said
    )
    assert client.get(f"{where}/resume/").status_code == 200
    assert client.post(f"{where}/resume/").status_code == 302
    assert "障害レベルをレベル2からレベル1に見直し" in words(client.get(f"/cases/{judged.case.number}/"))


def test_what_was_typed_stays(judged, client, cast):
    client.force_login(cast.ishii)
    where = f"/incidents/{judged.case.number}"
    refused = client.post(f"{where}/pause/", {"until": "あした", "reason": "部品待ち"})
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "部品待ち" in said and 'value="あした"' in said and "R8.11.20 10:30 のように" in said
    refused = client.post(f"{where}/level/", {"level": "1", "reason": ""})
    assert refused.status_code == 422 and "見直す理由を入力してください" in refused.content.decode()


@pytest.mark.parametrize("act", ["level", "pause", "resume"])
def test_doors(judged, client, cast, act):
    path = f"/incidents/{judged.case.number}/{act}/"
    for person, status in (("yamaguchi", 403), ("ono", 403), ("hamanaka", 404), ("kubo", 403)):
        client.force_login(getattr(cast, person))
        assert client.get(path).status_code == status, person
    client.force_login(cast.ishii)
    assert client.put(path).status_code == 405


def test_another_case_is_no_incident(desk, client, cast):
    desk.raise_(45, "ono", kind="プログラム", content="直したい", reason="不便")
    client.force_login(cast.morishita)
    assert client.get(f"/incidents/{desk.case.number}/level/").status_code == 404


def banner(look, person, path="/tasks/"):
    found = re.search(r'<section class="emg".*?</section>', look(person, path).content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_level_1_stands_over_every_page_until_recovery(desk, look, client, cast):
    desk.raise_(
        15, "yamaguchi", whom=["shiomi"], title="全庁で住民記録が止まり窓口の受付ができない", **CALL15
    )
    assert banner(look, "ono") == ""
    desk.close(16, "ishii", then=[18], **{**FIRST, "concerns": ["shiomi", "kirihara"]})
    for person in ("ono", "makino", "morishita", "sato", "yamaguchi"):
        said = banner(look, person)
        assert said.startswith("全面停止 全庁で住民記録が止まり") and desk.case.number in said, person
    assert len(re.sub(r" INC.*", "", banner(look, "ono"))) <= 30
    assert banner(look, "ono", "/matrix/") and banner(look, "ono", "/")
    assert banner(look, "hamanaka") == ""
    desk.close(18, "ishii", **WORK)
    desk.close(25, "sato", again=[18], result="未回復", confirmed="まだ")
    assert banner(look, "ono")
    desk.close(18, "ishii", **WORK)
    desk.close(25, "sato", **WELL)
    assert banner(look, "ono") == "" and Incident.objects.get().recovered_at


def test_the_banner_costs_nothing_while_nothing_alarms(judged, look, django_assert_num_queries, client, cast):
    client.force_login(cast.sato)
    client.get("/matrix/")
    with django_assert_num_queries(3):
        client.get("/tasks/")
    Incident.objects.update(level="1")
    with django_assert_num_queries(4):
        client.get("/tasks/")
