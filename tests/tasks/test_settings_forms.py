"""The forms of settings on rows alone: opened and saved, nothing changes; what they can't say, they keep."""

import copy

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from opsdesk.accounts.models import Role
from raci import fixture
from raci.content import canonical
from raci.models import Edition
from tasks.settings_forms.field import FieldSection
from tasks.settings_forms.followups import FollowUpsSection
from tasks.settings_forms.ground import Ground, paths
from tasks.settings_forms.heading import HeadingSection
from tasks.settings_forms.raising import RaisingSection
from tasks.settings_forms.schedule import ScheduleSection
from tasks.settings_forms.sharing import SharingSection
from tests.make import TODAY
from tests.sent import sent

ROWS = [canonical(r) for r in fixture.source()["duties"]]
ROLES = {
    code: Role(code=code, name=name)
    for code, name in (
        ("union", "広域組合"),
        ("member", "構成団体"),
        ("helpdesk", "ヘルプデスク"),
        ("operations", "業務運用"),
        ("package", "パッケージ保守"),
        ("hwnw", "HW/NW保守"),
    )
}
SECTIONS = (SharingSection, RaisingSection, FollowUpsSection, HeadingSection)


def ground_of(number, **changes):
    rows = copy.deepcopy(ROWS)
    row = next(r for r in rows if r["number"] == number)
    row.update(changes)
    return Ground(Edition(number=2), rows, row, ROLES, TODAY)


def opened(section):
    """What a browser would send of the section's form as it stands."""
    html = render_to_string(section.template, {"section": section})
    data = QueryDict(mutable=True)
    for name, values in sent(f'<form id="settings">{html}</form>').items():
        data.setlist(name, values)
    return data


def saved(kind, ground, act="", change=None, **names):
    """The row after the form was opened, changed ({name: value or list, None: taken away}) and sent."""
    data = opened(kind(ground, **names))
    for name, value in (change or {}).items():
        data.pop(name, None)
        if value is not None:
            data.setlist(name, value if isinstance(value, list) else [value])
    section = kind(ground, data, act, **names)
    assert section.is_valid(), section.errors
    return canonical(section.row())


def refused(kind, ground, change, **names):
    """The errors of the form after it was opened, changed and sent."""
    data = opened(kind(ground, **names))
    for name, value in change.items():
        data.pop(name, None)
        if value is not None:
            data.setlist(name, value if isinstance(value, list) else [value])
    section = kind(ground, data, **names)
    assert not section.is_valid()
    return section.errors


@pytest.mark.parametrize("number", range(1, 61))
def test_opened_and_saved_nothing_changes(number):
    ground = ground_of(number)
    if ground.row.get("is_heading"):
        assert saved(HeadingSection, ground) == ground.row
        return
    for kind in SECTIONS:
        assert saved(kind, ground) == ground.row, kind
    if "schedule" in ground.row:
        assert saved(ScheduleSection, ground) == ground.row
    for path, _field in paths(ground.row.get("fields", ())):
        assert saved(FieldSection, ground, path=path) == ground.row, path


def odd(kind, options=None, **settings):
    """Duty 9 with one more field."""
    field = {"key": "odd", "label": "変わった項目", "kind": kind, "options": options or {}, **settings}
    fields = [*ground_of(9).row["fields"], field]
    return ground_of(9, fields=canonical({**ground_of(9).row, "fields": fields})["fields"])


@pytest.mark.parametrize(
    "ground",
    [
        odd("text", {"someday": {"x": 1}, "multiline": True}),
        odd("text", {"multiline": "yes", "carry_over": True}),
        odd("number", {"min": None, "unit": 5}, finding={"gt": 1, "ne": "x"}),
        odd("number", {"min": -5}, finding={"over_percent_of": "other", "limit": 12}),
        odd("number", {"default": 0, "sum_of": ["gone"]}),
        odd("choice", {"skips": ["gone"]}, choices=["a", "b"], finding={"in": ["gone"]}),
        odd("choice", choices=[{"value": "a", "color": "red"}, "b"], finding={"in": ["b", "a"]}),
        odd("choice", {"organizations": "few"}),
        odd("date", {"not_before": "gone", "filled_by": ["nobody", "union"], "shows": 999}),
        odd("check", {"instead_of": "gone"}, required_if={"online": ["NG"], "backup": ["OK", "NG"]}),
        odd("check", required_if={"other": [True]}),
        odd("lines", {"prefill": {"key": 29, "field": "lines", "columns": ["gone"], "only": "first"}},
            columns=[{"key": "a", "label": "列", "kind": "text", "options": {"shows": 3}}]),
        odd("lines", {"prefill": {"key": 999, "field": "gone", "columns": ["gone"]}},
            columns=[{"key": "a", "label": "列", "kind": "date", "required_if": {"online": ["NG"]}}]),
        odd("file", {"restricted_to": ["union"]}, finding={"in": ["x"]}, signer="nobody"),
    ],
)  # fmt: skip
def test_what_a_form_cannot_say_stays(ground):
    for path in (p for p, _f in paths(ground.row["fields"]) if p.startswith("odd")):
        assert saved(FieldSection, ground, path=path) == ground.row


@pytest.mark.parametrize(
    "due",
    [
        {"on": "15.noticed_at"},
        {"after": 3, "business_days": 0},
        {"before": "gone", "business_days": 2, "at_least_business_days": 1},
        {"on": "gone", "before": "gone"},
        {"at_once": True, "same_day": True},
        {"by_level": {"1": {"minutes": 5}}, "level": "16.level"},
        {"by_level": {"9": {"hours": 5}}, "level": "16.level"},
        {"by_level": {"2": {"hours": 5}}, "level": "gone", "business_days": 3, "may_skip_level": "1"},
        {"may_skip_level": "4", "level": "16.level"},
        {"someday": "x"},
    ],
)
def test_every_standard_due_stays(due):
    ground = ground_of(46, standard_due=due)
    assert saved(RaisingSection, ground) == ground.row


@pytest.mark.parametrize(
    "edge",
    [
        {"target": 999, "kind": "auto"},
        {"target": 9, "kind": "auto", "condition": {"a": ["x"], "b": ["y"]}},
        {"target": 9, "kind": "linked", "condition": {"gone": ["x"]}},
        {"target": 9, "kind": "chosen", "condition": {"gone": {"lt": "41.gone"}}},
        {"target": 9, "kind": "chosen", "condition": {"gone": {"gt": 3}}},
    ],
)
def test_every_edge_stays(edge):
    ground = ground_of(46, followups=[edge])
    assert saved(FollowUpsSection, ground) == ground.row


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        (1, {"opens_by": "bd", "opens_n": -2, "opens_month": -5, "due_by": "day", "due_n": 31}),
        (1, {"opens_by": "bd", "opens_n": 2, "due_by": "day", "due_n": 1, "due_month": 7}),
        (3, {"opens_by": "day", "opens_n": 1, "opens_month": -24, "due_by": "bd", "due_n": 23}),
        (3, {"opens_by": "day", "opens_n": 1, "due_by": "bd", "due_n": 23, "due_month": 24}),
        (9, {"days": "every", "due_time": "08:30"}),
    ],
)  # fmt: skip
def test_every_rule_stays(number, rule):
    ground = ground_of(number, schedule=rule)
    assert saved(ScheduleSection, ground) == ground.row
