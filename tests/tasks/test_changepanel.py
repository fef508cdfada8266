"""The panels of one change: planned day, impact and roll-back, works with files, confirmations by round."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from raci.definition import definition_of
from tasks.changepanel import panel_of
from tasks.models import Attachment
from tests.desk import Desk
from tests.make import TODAY, at

WORK46 = {"before": "旧の値", "after": "新の値", "carried_out_on": "R8.11.20"}


@pytest.fixture
def desk(cast, edition, holidays):
    """44 for three with one NG; 桐原市 was asked again, 瑞野町 moved to the second round."""
    desk = Desk(cast)
    desk.raise_(
        44, "ogawa", title="帳票", kind="改修", content="帳票の改修",
        concerns=["shiomi", "kirihara", "mizuno"], risk="旧版に戻す", planned_on="R8.12.13",
    )  # fmt: skip
    desk.close(44, "ogawa", then=[46])
    work = desk.close(46, "ishii", **WORK46)
    Attachment.objects.create(
        task=work, name="設定.txt", content_type="text/plain", size=1, sha256="0", team=desk.team("ishii"),
        by=cast.ishii, at=at(),
    )  # fmt: skip
    desk.close(47, "ono", where="shiomi", result="OK")
    desk.close(47, "makino", where="kirihara", result="NG", comment="値が違う")
    desk.close(46, "ishii", **{**WORK46, "after": "直した値"})
    return desk


def panel(desk, cast, who):
    user = getattr(cast, who)
    steps = desk.case.steps.filter(is_withdrawn=False).order_by("pk")
    seen = steps.model.objects.visible_to(user, TODAY).filter(pk__in=steps)
    rows = list(seen.select_related("organization", "closed_by", "case").order_by("pk"))
    concerned = list(desk.case.concerns.values_list("organization", flat=True))
    return lambda: panel_of(desk.case, rows, user, now=at(10), today=TODAY, concerned=concerned)


def text(found):
    page = render_to_string("tasks/_case_change.html", {"change": found}, RequestFactory().get("/"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_it_works(desk, cast, django_assert_max_num_queries):
    ask = panel(desk, cast, "sato")
    ask()
    with django_assert_max_num_queries(3):
        found = ask()
    assert found.clashes == ["12/13(日) は閉庁日(日曜日)です。"]
    assert [(w.number, w.name, w.round, w.who, w.pill[1]) for w in found.works] == [
        (46, "ソフトウェアの設定変更作業", 1, "石井 大輔", "完了"),
        (46, "ソフトウェアの設定変更作業", 2, "石井 大輔", "完了"),
    ]
    assert found.works[0].said == [("変更前", "旧の値"), ("変更後", "新の値")]
    assert found.works[0].days == [("実施日", "R8.11/20(金)")]
    (one,) = found.confirmings
    assert [(name, [(c.pill[1], c.words, c.comment) for c in cells]) for name, cells in one.rows] == [
        ("汐見市", [("OK", "11/24(火) 大野 千尋", ""), ("引継ぎ", "前の回のOKを引き継ぎ", "")]),
        ("桐原市", [("NG", "11/24(火) 牧野 沙織", "値が違う"), ("未確認", "期限 12/1(火)", "")]),
        ("瑞野町", [("", "次の回へ移行", ""), ("未確認", "期限 12/1(火)", "")]),
    ]
    page = text(found)
    for words in (
        "令和8年12月13日(日)",
        "旧版に戻す",
        "汐見市、桐原市、瑞野町",
        "設定.txt",
        "No.46",
        "第2回",
        "No.47",
    ):
        assert words in page


def test_a_municipality_reads_only_its_own_confirmation(desk, cast):
    found = panel(desk, cast, "makino")()
    assert [name for name, _cells in found.confirmings[0].rows] == ["桐原市"]
    assert "大野" not in text(found)


def test_what_a_role_may_not_see_is_not_there(desk, cast):
    field = next(f for f in definition_of(desk.case.entry_id).fields if f.key == "risk")
    field.options["restricted_to"] = ["package"]
    assert "旧版に戻す" not in text(panel(desk, cast, "sato")())
    assert "旧版に戻す" in text(panel(desk, cast, "ogawa")())


def test_nothing_is_said_of_a_day_that_is_past_or_a_change_that_is_over(desk, cast):
    desk.close(47, "makino", where="kirihara", result="OK")
    desk.close(47, "hamanaka", where="mizuno", result="OK")
    assert desk.case.state == "closed"
    assert panel(desk, cast, "sato")().clashes == []
