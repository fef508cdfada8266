"""References between settings: the sheet has none that lead nowhere, and each broken one is told."""

import copy

import pytest

from raci import fixture
from raci.content import canonical
from raci.references import broken, newly_broken

ROWS = [canonical(r) for r in fixture.source()["duties"]]


def changed(change):
    rows = copy.deepcopy(ROWS)
    change({r["key"]: r for r in rows})
    return rows


def field(rows, key, path):
    top, _dot, column = path.partition(".")
    found = next(f for f in rows[key]["fields"] if f["key"] == top)
    return next(c for c in found["columns"] if c["key"] == column) if column else found


def prefill(rows, key):
    return field(rows, key, "lines")["options"]["prefill"]


def test_the_sheet_is_whole():
    assert broken(ROWS) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda r: field(r, 5, "result").update(key="x"), (5, "fields", "difference")),
        (lambda r: field(r, 5, "result").update(choices=["差異あ"]), (5, "fields", "difference")),
        (lambda r: field(r, 5, "result").update(choices=["差異なし"]), (5, "fields", "result")),
        (lambda r: field(r, 8, "machines").update(kind="text"), (8, "fields", "not_updated")),
        (lambda r: field(r, 8, "machines").update(options={"sum_of": ["x"]}), (8, "fields", "machines")),
        (lambda r: field(r, 43, "book_count").update(key="x"), (43, "fields", "real_count")),
        (lambda r: field(r, 41, "quantity").update(key="x"), (42, "fields", "received")),
        (lambda r: field(r, 41, "quantity").update(key="x"), (42, "followups", "42")),
        (lambda r: field(r, 20, "extent").update(choices=["対象"]), (20, "fields", "extent")),
        (lambda r: field(r, 45, "kind").update(choices=["設定"]), (45, "fields", "kind")),
        (lambda r: field(r, 29, "lines.process_on").update(kind="text"), (29, "fields", "lines.deliver_on")),
        (lambda r: field(r, 29, "lines").update(key="x"), (29, "fields", "no_request")),
        (lambda r: field(r, 29, "lines.process").update(key="x"), (34, "fields", "lines")),
        (lambda r: field(r, 30, "adjustment").update(options={"shows": 999}), (30, "fields", "adjustment")),
        (lambda r: prefill(r, 32).update(settled_by=999), (32, "fields", "lines")),
        (lambda r: prefill(r, 32).update(key=30), (32, "fields", "lines")),
        (lambda r: r[23]["signers"].pop(0), (23, "signers", "data")),
        (lambda r: r[23].update(sharing="one"), (23, "signers", "data")),
        (lambda r: r[2].update(standard_due={"before": "gone"}), (2, "standard_due", "before")),
        (lambda r: r[42].update(standard_due={"on": "41.quantity"}), (42, "standard_due", "on")),
        (lambda r: r[16]["standard_due"].update(level="x.y"), (16, "standard_due", "level")),
        (lambda r: r[24].update(standard_due={"after": 999}), (24, "standard_due", "after")),
        (lambda r: r[1]["followups"][0].update(target=999), (1, "followups", "999")),
        (lambda r: r[1]["followups"][0].update(target=6), (1, "followups", "6")),
        (lambda r: r[47]["followups"][0].pop("condition"), (47, "followups", "46")),
        (lambda r: field(r, 47, "result").update(choices=["OK"]), (47, "followups", "46")),
        (lambda r: r[44].pop("followups"), (44, "needs_choice", "")),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_told(change, expected):
    found = newly_broken(ROWS, changed(change))
    assert expected in [(b.key, b.aspect, b.part) for b in found]
    assert all(str(b) for b in found)


def test_what_was_broken_before_is_not_new():
    rows = changed(lambda r: r[1]["followups"][0].update(target=999))
    again = copy.deepcopy(rows)
    again[0]["note"] = "別"
    assert broken(again) and newly_broken(rows, again) == []
