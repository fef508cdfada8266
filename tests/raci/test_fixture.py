"""The 60 rows equal the source character by character; loading twice changes nothing."""

import csv
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from opsdesk.audit.models import Event
from raci.fixture import load
from raci.models import Assignment, Cycle, Duty, DutyField, Edition, Mark

ROLES = ("union", "member", "helpdesk", "operations", "package", "hwnw")
GLYPHS = {"main": "◎", "support": "○", "related": "△"}
AT = datetime(2026, 3, 1, tzinfo=UTC)


def source() -> list[dict[str, str]]:
    with Path(__file__).with_name("duty_matrix.tsv").open(encoding="utf-8", newline="") as file:
        return [
            {key: value or "" for key, value in row.items()}
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def as_source(duty: Duty) -> dict[str, str]:
    marks = {a.role.code: GLYPHS[a.mark] for a in duty.assignments.select_related("role")}
    return {
        "no": str(duty.number),
        "major": duty.category,
        "middle": duty.section,
        "work": duty.work,
        "cycle": str(Cycle(duty.cycle).label) if duty.cycle else "",
        **{role: marks.get(role, "") for role in ROLES},
        "note": duty.note,
    }


def test_it_works(edition):
    assert edition.state == Edition.State.PUBLISHED
    assert edition.in_force_on == date(2026, 4, 1)
    assert list(Edition.objects.in_force(date(2026, 4, 1))) == [edition]
    assert not Edition.objects.in_force(date(2026, 3, 31))


def test_every_cell_is_that_of_the_source(edition):
    assert [as_source(d) for d in edition.duties.order_by("position")] == source()


def test_counts(edition):
    duties = edition.duties.all()
    assert [d.number for d in duties.filter(is_heading=True)] == [6, 10, 17]
    assert duties.filter(is_heading=False).count() == 57
    marks = Counter(Assignment.objects.filter(duty__edition=edition).values_list("mark", flat=True))
    assert marks == {Mark.MAIN: 70, Mark.SUPPORT: 37, Mark.RELATED: 17}
    cycles = Counter(duties.filter(is_heading=False).values_list("cycle", flat=True))
    assert cycles == {"daily": 3, "monthly": 10, "yearly": 6, "on_demand": 35, "as_needed": 3}


def test_headings_hold_the_rows_below_them(edition):
    parents = {d.number: d.parent.number for d in edition.duties.filter(parent__isnull=False)}
    assert parents == {7: 6, 8: 6, 11: 10, 12: 10, 13: 10, 14: 10, **dict.fromkeys(range(18, 24), 17)}


def test_keys_of_fields_are_ascii_and_their_labels_one_each(edition):
    fields = DutyField.objects.filter(duty__edition=edition)
    assert all(f.key.isascii() and f.key.isidentifier() for f in fields)
    labels = Counter((f.duty_id, f.parent_id, f.label) for f in fields)
    assert labels.most_common(1)[0][1] == 1


def test_loading_again_changes_nothing(edition):
    before = (Duty.objects.count(), DutyField.objects.count(), Event.objects.count())
    assert load(in_force_on=date(2030, 1, 1), by=None, at=AT) == edition
    assert (Duty.objects.count(), DutyField.objects.count(), Event.objects.count()) == before


def test_it_is_told(edition):
    events = Event.objects.filter(object_type="raci.edition").order_by("pk")
    assert [e.code for e in events] == ["edition.loaded", "edition.published"]
    assert {e.stream for e in events} == {"union"}


def test_it_makes_the_roles_and_needs_nobody(db):
    load(in_force_on=date(2026, 4, 1), by=None, at=AT)
    assert Assignment.objects.count() == 124


def test_few_statements(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        load(in_force_on=date(2026, 4, 1), by=None, at=AT)


@pytest.mark.parametrize("number", [7, 9, 60])
def test_names_are_those_of_the_sheet(edition, number):
    duty = edition.duties.get(number=number)
    assert str(duty) == f"No.{number} {source()[number - 1]['work']}"
