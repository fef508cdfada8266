"""Whatever is sent is refused with one sentence, within 10 seconds and 300 MB, or read; nothing crashes."""

import io
import random
import subprocess
import sys
import time
import zipfile

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsdesk.lib import sheets
from opsdesk.lib.refusal import Refusal
from raci import drafting
from raci.content import rows_of
from raci.models import Edition
from raci.workbook import reading, writing
from raci.workbook.adopting import Base, adopt
from raci.workbook.cells import put
from raci.workbook.paper import About
from tests import customer, editions, hostile
from tests.make import at

pytestmark = pytest.mark.once
SECONDS, KILOBYTES = 10, 300 * 2**10
#: Beside the sheet: on a fast machine it is read within the limits all the same.
HARMLESS = ("fonts", "names")
#: From a small process: what a child weighs begins with what its parent did.
MEASURE = """
import contextlib, resource, subprocess, sys
with contextlib.suppress(subprocess.TimeoutExpired):
    subprocess.run(sys.argv[1:], stdin=sys.stdin.buffer, stdout=subprocess.DEVNULL, timeout=10)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak(content):
    """The memory of the process that reads, in kilobytes."""
    child = [sys.executable, "-I", str(sheets.CHILD), "5000", "200"]
    done = subprocess.run([sys.executable, "-c", MEASURE, *child], input=content, stdout=-1, check=True)
    return int(done.stdout)


def read(content):
    return reading.read(sheets.read(content), customer.NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile.FILES)
def test_it_is_refused_in_time_and_space(name):
    content = hostile.FILES[name]()
    began = time.monotonic()
    try:
        assert len(read(content).rows) == 60 and name in HARMLESS
    except Refusal as no:
        assert "%(" not in str(no) and str(no).endswith("。")
    assert time.monotonic() - began < SECONDS + 2  # of which ten are the limit itself
    if time.monotonic() - began > 1:  # the others end before anything could fill the memory
        assert peak(content) < KILOBYTES


@pytest.mark.slow
def test_cells_merged_over_the_whole_sheet_are_no_bomb():
    began = time.monotonic()
    sheet = read(hostile.whole_sheet_merged())
    assert "大きすぎます" in str([p.sentence for p in sheet.problems if p.is_fatal])
    assert time.monotonic() - began < SECONDS


def test_many_wrong_cells_are_not_all_said():
    lines = [{"no": n, "work": f"作業{n}", "cycle": "?", "major": "x"} for n in range(1, 900)]
    sheet = read(customer.book(lines))
    assert len(sheet.problems) <= 202 and not sheet.is_sound


def test_too_many_rows_for_a_matrix():
    lines = [{"no": n, "work": f"作業{n}", "cycle": "随時", "major": "x"} for n in range(1, 1300)]
    sheet = read(customer.book(lines))
    assert "行か問題が多すぎる" in sheet.problems[-1].sentence


# --- whatever stands in the cells ------------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        ["◎", "○", "△", "●", "日次", "月次", "随時", "週次", "No.", "作業内容", "備考", "1", "２", "※"]
    ),
    st.integers(-5, 99),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.dates(),
    editions.texts(40),
)
CHANGES = st.lists(st.tuples(st.integers(1, 70), st.integers(1, 15), CELLS), max_size=12)
HEADS = st.permutations(customer.COLUMNS).flatmap(
    lambda columns: st.integers(9, 12).map(lambda n: columns[:n])
)


@st.composite
def structured(draw):
    """The customer's sheet with rows lost, doubled and moved, columns in any order, cells of anything."""
    lines = draw(st.lists(st.sampled_from(customer.source()), max_size=30))
    columns = draw(st.one_of(st.just(customer.COLUMNS), HEADS))
    changes = draw(CHANGES)
    merges = draw(st.lists(st.tuples(*[st.integers(1, 40), st.integers(1, 13)] * 2), max_size=3))

    def dress(sheet, first):
        for row, column, value in changes:
            put(sheet, row, column, value)
        for r1, c1, r2, c2 in merges:
            sheet.merged_cells.add(
                f"{sheet.cell(min(r1, r2), min(c1, c2)).coordinate}:"
                f"{sheet.cell(max(r1, r2), max(c1, c2)).coordinate}"
            )

    return customer.book(lines or None, columns=columns, dress=dress, left=draw(st.integers(0, 2)))


def check(content, cast):
    """Read and refused, or read and sound, and then it is an edition; never anything between."""
    before = Edition.objects.count()
    try:
        sheet = adopt(read(content), Base(customer.fixture_rows(), 60, is_ours=True), customer.KINDS)
    except Refusal as no:
        assert str(no)
        return
    assert all(p.sentence for p in sheet.problems)
    if not sheet.is_sound:
        assert any(p.cell for p in sheet.problems)
        return
    with transaction.atomic():
        draft = drafting.revise(None, rows=sheet.rows, by=cast.morishita, at=at())
        assert rows_of(draft) == sheet.rows
        transaction.set_rollback(True)
    assert Edition.objects.count() == before


SLOW = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
}


@pytest.mark.slow
@settings(max_examples=110, **SLOW)
@given(content=structured())
def test_structured_workbooks(cast, content):
    check(content, cast)


@pytest.mark.faults
@settings(max_examples=2000, **SLOW)
@given(content=structured())
def test_many_structured_workbooks(cast, content):
    check(content, cast)


# --- broken on the way -----------------------------------------------------------------------------------


def mutated(seed):
    """An exported workbook or the customer's, with bytes changed in the file or in one part of it."""
    chance = random.Random(seed)
    content = chance.choice([customer.book, exported])()
    if chance.random() < 0.4:
        return scrambled(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        name = chance.choice([n for n in old.namelist() if n.endswith(".xml")])
        part = old.read(name)
    return hostile.changed({name: scrambled(part, chance)}, content)


def exported():
    return writing.write(customer.fixture_rows(), customer.roles(), About(1, "表"))


def scrambled(content, chance):
    found = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at_ = chance.randrange(len(found))
        kind = chance.random()
        if kind < 0.5:
            found[at_] = chance.randrange(256)
        elif kind < 0.75:
            del found[at_ : at_ + chance.randint(1, 40)]
        else:
            found[at_:at_] = found[at_ : at_ + chance.randint(1, 40)]
        if not found:
            break
    return bytes(found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_mutated_workbooks(cast, seed):
    check(mutated(seed), cast)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(1000, 1300))
def test_many_mutated_workbooks(cast, seed):
    check(mutated(seed), cast)


def test_a_mutation_is_one():
    """Else the two tests above try nothing."""
    assert len({mutated(seed) for seed in range(4)}) == 4
