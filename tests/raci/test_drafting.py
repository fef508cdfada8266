"""Drafts: revised from an edition, saved all or none, undone, discarded; keys are never given twice."""

import copy
from datetime import date, timedelta

import pytest

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from raci import drafting, editions, fixture
from raci.comparison import Difference, compare
from raci.content import canonical, rows_of
from raci.models import Edition
from tests.make import TODAY, at


@pytest.fixture
def draft(edition, cast):
    return drafting.revise(edition, by=cast.morishita, at=at())


def row(rows, number):
    return next(r for r in rows if r["number"] == number)


NEW = {
    "number": 61,
    "category": "",
    "section": "",
    "work": "バックアップ取得の確認",
    "note": "",
    "cycle": "daily",
    "marks": {"hwnw": "main", "operations": "related"},
    "schedule": {},
}


def test_rows_of_the_first_edition_are_those_of_the_file(edition):
    assert rows_of(edition) == [canonical(r) for r in fixture.source()["duties"]]


def test_a_draft_has_the_rows_of_its_edition(edition, draft, cast):
    assert (draft.number, draft.based_on, draft.saved_by) == (2, edition, cast.morishita)
    assert rows_of(draft) == rows_of(edition)
    assert Event.objects.about(draft).get().code == "edition.revised"


def test_saving_replaces_all_rows(draft, cast):
    rows = rows_of(draft)
    row(rows, 34)["marks"]["helpdesk"] = "support"
    rows.append(copy.deepcopy(NEW))
    rows.remove(row(rows, 60))
    saved = drafting.save(draft, rows, by=cast.miura, at=at(10), version=0)
    assert (saved.version, saved.saved_by) == (1, cast.miura)
    after = rows_of(saved)
    assert row(after, 61)["key"] == 61
    assert [d.kind for d in compare(rows_of(draft.based_on), after)] == ["changed", "added", "retired"]
    event = Event.objects.about(draft).filter(code="edition.saved").get()
    assert event.data == {"cells": 3, "rows": [34, 60, 61]}


def test_a_key_is_never_given_twice(edition, draft, cast):
    rows = [*rows_of(draft), copy.deepcopy(NEW)]
    drafting.save(draft, rows, by=cast.miura, at=at())
    drafting.save(draft, rows_of(edition), by=cast.miura, at=at())
    drafting.discard(draft, by=cast.miura, at=at(), reason="作り直す")
    again = drafting.revise(edition, by=cast.miura, at=at())
    drafting.save(again, [*rows_of(again), copy.deepcopy(NEW)], by=cast.miura, at=at())
    assert row(rows_of(again), 61)["key"] == 62


def test_saving_the_same_saves_nothing(draft, cast):
    assert drafting.save(draft, rows_of(draft), by=cast.miura, at=at()).version == 0
    assert draft.savings.count() == 1


def test_a_stale_form_is_refused(draft, cast):
    drafting.save(draft, rows_of(draft)[1:], by=cast.miura, at=at(), version=0)
    with pytest.raises(Refusal, match="三浦 健一 がこの改定案を先に保存"):
        drafting.save(draft, rows_of(draft), by=cast.morishita, at=at(), version=0)


def test_undo_goes_back_one_saving_after_the_other(edition, draft, cast):
    for number in (60, 59):
        drafting.save(draft, [r for r in rows_of(draft) if r["number"] != number], by=cast.miura, at=at())
    drafting.undo(draft, by=cast.miura, at=at())
    assert [r["number"] for r in rows_of(draft)] == list(range(1, 60))
    drafting.undo(draft, by=cast.miura, at=at())
    assert rows_of(draft) == rows_of(edition)
    with pytest.raises(Refusal, match="元に戻せる保存がありません"):
        drafting.undo(draft, by=cast.miura, at=at())
    drafting.save(draft, rows_of(draft)[1:], by=cast.miura, at=at())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"number": 7}, "重なっています"),
        ({"work": " "}, "作業内容を入力"),
        ({"work": "あ" * 201}, "200文字まで"),
        ({"marks": {"nobody": "main"}}, "役割「nobody」がありません"),
        ({"marks": {"operations": "◎"}}, "担当区分は"),
        ({"cycle": "weekly"}, "周期は"),
        ({"parent": 7}, "見出し行が見つかりません"),
        ({"schedule": {"due_time": "25:00"}}, "17:15 のように"),
        ({"cycle": "monthly", "schedule": {"opens_by": "bd", "opens_n": 0}}, "開始の日は"),
        ({"cycle": "monthly", "schedule": {"opens_by": "bd", "opens_n": 1}}, "期限の日を"),
        ({"cycle": "on_demand", "schedule": {}}, "周期設定は"),
        ({"sharing": "signers"}, "順に署名"),
        ({"fields": [{"key": "x", "label": "", "kind": "text"}]}, "名前を付けて"),
        ({"fields": [{"key": "x", "label": "選ぶ", "kind": "choice"}]}, "選択肢がありません"),
        ({"fields": [{"key": "x", "label": "表", "kind": "lines"}]}, "列がありません"),
        ({"followups": [{"target": 10, "kind": "auto"}] * 2}, "同じ後続作業"),
    ],
)
def test_rows_that_can_be_no_edition_are_refused(draft, cast, change, sentence):
    rows = rows_of(draft)
    row(rows, 9).update(change)
    with pytest.raises(Refusal, match=sentence) as caught:
        drafting.save(draft, rows, by=cast.miura, at=at())
    assert any(place.startswith("9.") for place in caught.value.errors)
    draft.refresh_from_db()
    assert draft.version == 0
    assert rows_of(draft) == rows_of(draft.based_on)


def test_what_is_no_draft_does_not_change(edition, draft, cast):
    with pytest.raises(Refusal, match="公開済み"):
        drafting.save(edition, [], by=cast.miura, at=at())
    drafting.discard(draft, by=cast.miura, at=at(), reason="やめる")
    for act in (drafting.undo, drafting.discard):
        with pytest.raises(Refusal, match="破棄済み"):
            act(draft, by=cast.miura, at=at(), **({"reason": "x"} if act is drafting.discard else {}))
    with pytest.raises(Refusal, match="理由"):
        drafting.discard(drafting.revise(edition, by=cast.miura, at=at()), by=cast.miura, at=at(), reason=" ")


def test_who_saved_last_leaves_publishing_to_another(draft, cast):
    tomorrow = TODAY + timedelta(1)
    drafting.save(draft, rows_of(draft)[:-1], by=cast.miura, at=at())
    given = {"by": cast.miura, "at": at(), "in_force_on": tomorrow}
    cast.morishita.can_publish_matrix = True
    cast.morishita.save(update_fields=["can_publish_matrix"])
    with pytest.raises(Refusal, match="最後に保存した人は公開できません"):
        editions.publish(draft, **given)
    with pytest.raises(Refusal, match="表示したあとに"):
        editions.publish(draft, **{**given, "by": cast.morishita, "version": 0})
    cast.morishita.can_publish_matrix = False
    cast.morishita.save(update_fields=["can_publish_matrix"])
    assert editions.publish(draft, **given).state == Edition.State.PUBLISHED


def test_an_edition_without_rows_is_not_published(draft, cast):
    drafting.save(draft, [], by=cast.morishita, at=at())
    with pytest.raises(Refusal, match="行のない"):
        editions.publish(draft, by=cast.miura, at=at(), in_force_on=date(2026, 12, 1))


# --- compare: pure ----------------------------------------------------------------------------------------


def rows(*keys, **changes):
    found = [
        {"key": k, "number": k, "category": "", "section": "", "work": f"作業{k}", "note": "", "cycle": ""}
        | {"marks": {}}
        for k in keys
    ]
    found[0] |= {"category": "大", "section": "中"}
    for key, change in changes.items():
        next(r for r in found if f"k{r['key']}" == key).update(change)
    return found


def test_nothing_differs():
    assert compare(rows(1, 2, 3), rows(1, 2, 3)) == []


def test_cells_differ():
    old = rows(1, 2, k2={"marks": {"union": "main"}})
    new = rows(1, 2, k2={"marks": {"member": "main", "union": "related"}, "work": "別"})
    assert compare(old, new) == [
        Difference(2, 2, "changed", "work", "", "作業2", "別"),
        Difference(2, 2, "changed", "mark", "union", "main", "related"),
        Difference(2, 2, "changed", "mark", "member", None, "main"),
    ]


def test_the_fewest_rows_are_called_moved():
    found = compare(rows(1, 2, 3, 4, 5), [rows(1, 2, 3, 4, 5)[at] for at in (0, 3, 1, 2, 4)])
    assert [(d.key, d.kind, d.before, d.after) for d in found] == [(4, "moved", 3, 1)]


def test_a_row_that_falls_into_another_group_has_changed():
    old = rows(1, 2, 3, k2={"category": "別", "section": "外"})
    new = rows(1, 2, 3)
    assert [(d.key, d.aspect, d.before, d.after) for d in compare(old, new)] == [
        (2, "category", "別", "大"),
        (2, "section", "外", "中"),
        (3, "category", "別", "大"),
        (3, "section", "外", "中"),
    ]


def test_fields_and_edges_differ_one_by_one():
    field = {
        "key": "a",
        "label": "甲",
        "kind": "lines",
        "columns": [{"key": "x", "label": "列", "kind": "text"}],
    }
    other = copy.deepcopy(field)
    other["columns"][0]["label"] = "欄"
    old = rows(1, k1={"fields": [field], "followups": [{"target": 2, "kind": "auto"}]})
    new = rows(1, k1={"fields": [other, {"key": "b", "label": "乙", "kind": "text"}]})
    assert [(d.aspect, d.part) for d in compare(old, new)] == [
        ("field", "a.x"),
        ("field", "b"),
        ("followup", "2"),
    ]


def test_the_order_of_edges_differs():
    edges = [{"target": 3, "kind": "auto"}, {"target": 2, "kind": "chosen"}]
    old, new = rows(1, k1={"followups": edges}), rows(1, k1={"followups": edges[::-1]})
    assert compare(old, new) == [Difference(1, 1, "changed", "followups", "", [3, 2], [2, 3])]
