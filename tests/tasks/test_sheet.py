"""tasks:sheet, the empty check sheet."""

import re
from datetime import date

import pytest
import time_machine

from opsdesk.calendar.models import ClosedDay, OpenDay
from raci.access import standing_of
from raci.models import DutyField, FieldKind
from tasks.choices import teams_for
from tasks.sheet import Line, line_of, sheet_of
from tests.make import TODAY, at

URL = "/tasks/sheet/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(7), tick=False):
        yield


@pytest.fixture
def look(client, cast, edition):
    def ask(login, **query):
        client.force_login(getattr(cast, login))
        return client.get(URL, query)

    return ask


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def works(response):
    return [section.duty.number for section in response.context["sheet"].sections]


def test_it_works(look):
    response = look("sato")
    assert works(response) == [7, 9]
    shown = text(response)
    assert "令和8年11月24日(火)" in shown
    assert "業務運用" in shown
    assert "機器ランプ・空調・電源" in shown
    page = response.content.decode()
    assert page.count('<span class="cs-b">OK</span>') == 8
    assert page.count('<span class="cs-b">NG</span>') == 8
    assert page.count('<span class="cs-b">対象なし</span>') == 6
    assert '<span class="cs-v">件</span>' in page
    assert "課長" in page
    assert page.count("<h1") == 1


def test_the_sheet_of_a_municipality_is_its_own(look):
    response = look("ono")
    assert works(response) == [8]
    assert [line.label for line in response.context["sheet"].sections[0].lines] == [
        "総台数",
        "更新済",
        "未更新",
        "検出件数",
    ]
    assert "桐原市" not in response.content.decode()


def test_another_day(look):
    assert "令和9年1月4日(月)" in text(look("sato", date="R9.1.4"))
    assert works(look("sato", date="2027/01/04")) == [7, 9]


def test_a_closed_day_says_so(look, cast):
    response = look("sato", date="2026-11-28")
    assert works(response) == []
    assert "この日は閉庁日です（土曜日）。" in text(response)
    OpenDay.objects.create(on=date(2026, 11, 28), name="臨時開庁")
    assert works(look("sato", date="2026-11-28")) == [7, 9]


def test_a_municipalitys_own_closed_day(look, cast):
    ClosedDay.objects.create(on=TODAY, organization=cast.shiomi, name="市制記念日")
    assert works(look("ono")) == []
    assert "市制記念日" in text(look("ono"))
    assert works(look("makino")) == [8]
    assert works(look("sato")) == [7, 9]


def test_the_union_prints_any(look):
    assert works(look("morishita", team="operations")) == [7, 9]
    assert works(look("morishita", team="kirihara")) == [8]
    response = look("morishita")
    assert works(response) == []
    assert "日次の作業はありません" in text(response)


def test_others_sheets_are_not_there(look):
    for team in ("kirihara", "operations", "union", "nowhere"):
        assert look("ono", team=team).status_code == 404
    assert look("sato", team="shiomi").status_code == 404


def test_a_wrong_date_gets_a_sentence_and_todays_sheet(look):
    response = look("sato", date="2026/02/30")
    assert "「2026/02/30」という日はありません。" in text(response)
    assert "令和8年11月24日(火)" in text(response)
    assert 'value="2026/02/30"' in response.content.decode()
    assert "<title>エラー: " in response.content.decode()


def test_before_the_first_edition(look):
    assert "施行中の分担表がありません" in text(look("sato", date="2026/03/31"))


def test_doors(client, cast, edition):
    assert client.get(URL).status_code == 302
    client.force_login(cast.kubo)
    assert client.get(URL).status_code == 403
    client.force_login(cast.sato)
    assert client.post(URL).status_code == 405


def test_every_kind_of_field_has_a_place(cast, edition):
    kinds = {kind for kind in FieldKind if kind != FieldKind.LINES}
    for kind in kinds:
        line = line_of(DutyField(label="x", kind=kind, choices=["a", {"value": "b", "label": "び"}]))
        assert isinstance(line, Line)
        assert bool(line.boxes) == (kind in (FieldKind.CHECK, FieldKind.CHOICE, FieldKind.FILE))
    assert line_of(DutyField(kind=FieldKind.CHOICE, choices=["a", {"value": "b", "label": "び"}])).boxes == (
        "a",
        "び",
    )


def test_statements(look, client, django_assert_max_num_queries):
    look("sato")
    with django_assert_max_num_queries(8):
        client.get(URL)


def test_the_question_needs_no_request(cast, edition):
    teams = {team.code: team for team in teams_for(standing_of(cast.morishita, TODAY))}
    sheet = sheet_of(teams["operations"], TODAY)
    assert sheet.numbers == "7, 9"
    assert sheet.sections[0].title.endswith("サーバ")
    assert sheet.closed == ""
