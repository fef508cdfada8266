"""Editions, closed days and days in any order: nothing is lost, nothing is there twice, nothing is stolen.

The oracle is the test's own: it recomputes from what was published and closed which tasks there must be."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from opsdesk.accounts.models import User
from opsdesk.calendar.models import ClosedDay
from raci import definition
from raci.drafting import revise
from raci.editions import publish, withdraw
from raci.models import Edition
from tasks import choices, progress
from tasks.astray import strays
from tasks.generation import generate
from tasks.models import Task
from tests import oracle
from tests.cast import STARTED_ON
from tests.make import at
from tests.sweeping import sweep

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BEGINS = date(2026, 11, 2)
MEMBERS = ("shiomi", "kirihara", "mizuno")
PERSON = {"operations": "sato", "helpdesk": "yamaguchi", "package": "ogawa"}
TOWN = {"shiomi": "ono", "kirihara": "makino", "mizuno": "hamanaka"}
MONTHLY = (
    ((-1, "bd", 1), (-1, "day", 25)),
    ((-1, "bd", 10), (-1, "bd", 13)),
    ((0, "bd", 1), (0, "bd", -1)),
    ((0, "bd", 2), (0, "day", 10)),
    ((0, "bd", 1), (1, "bd", 2)),
)
YEARLY = (((-4, "bd", 1), (-3, "bd", -1)), ((-2, "bd", 1), (-1, "day", 15)))


class Spec(NamedTuple):
    """One duty of one edition, as the oracle reads it."""

    cycle: str  # daily, every (day), monthly, yearly, on_demand
    points: tuple[Any, Any] | None
    scope: str
    main: str

    @property
    def word(self) -> str:
        return "daily" if self.cycle == "every" else self.cycle


class Should(NamedTuple):
    key: int
    organization: str
    period: str
    period_on: date
    opens_on: date
    due_on: date


KEYS = st.integers(1, 5)
MAINS = st.sampled_from(["operations", "helpdesk", "package", "member"])
#: Days until an edition is in force; how often generation runs then.
COMING, RUNS = st.sampled_from([1, 2, 7, 15, 29, 30, 45]), st.sampled_from([0, 1, 1, 2])


def specs() -> st.SearchStrategy[Spec]:
    kinds = st.one_of(
        st.just(("daily", None)),
        st.just(("every", None)),
        st.sampled_from(MONTHLY).map(lambda points: ("monthly", points)),
        st.sampled_from(YEARLY).map(lambda points: ("yearly", points)),
        st.just(("on_demand", None)),
    )
    scopes = st.sampled_from(["common", "each"])
    return st.builds(lambda kind, scope, main: Spec(*kind, scope, main), kinds, scopes, MAINS)


MATRICES = st.dictionaries(KEYS, specs(), min_size=2, max_size=5)


def row_of(key: int, spec: Spec) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": key, "number": key, "category": "", "section": "", "work": f"作業{key}", "note": "",
        "cycle": spec.word, "marks": {spec.main: "main"}, "scope": spec.scope,
    }  # fmt: skip
    if spec.word == "daily":
        row["schedule"] = {"days": "every" if spec.cycle == "every" else "business"}
    elif spec.points:
        row["schedule"] = {}
        for name, (month, by, n) in zip(("opens", "due"), spec.points, strict=True):
            row["schedule"] |= {f"{name}_month": month, f"{name}_by": by, f"{name}_n": n}
    return row


class Editions(RuleBasedStateMachine):
    """The world, and beside it what the oracle knows: `published` by day, `closed` days, `today`."""

    cast: Any = None
    moves: Counter[str] = Counter()
    ended = 0

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        definition.forget()
        choices.forget()
        self.today, self.minutes = BEGINS, 0
        self.published: dict[date, tuple[int, dict[int, Spec]]] = {}
        self.closed: dict[date, str] = {}
        self.came_back: dict[int, date] = {}
        self.everything: dict[int, dict[int, Spec]] = {}  # by edition, also withdrawn ones

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)
        Editions.ended += 1
        if Editions.ended % 20 == 0:
            sweep()

    # --- what happens ---

    @initialize(matrix=MATRICES)
    def begin(self, matrix: dict[int, Spec]) -> None:
        self._publish(matrix, STARTED_ON)
        self._run(1)

    @rule(matrix=MATRICES, days=COMING, then=RUNS)
    def publish(self, matrix: dict[int, Spec], days: int, then: int) -> None:
        """Changed cycles, scopes, marks and schedules; new and retired duties."""
        if self.today + DAY * days not in self.published:
            self._publish(matrix, self.today + DAY * days)
            self._run(then)

    @rule(n=st.integers(0, 9), key=KEYS, spec=st.none() | specs(), days=COMING, then=RUNS)
    def publish_a_small_change(self, n: int, key: int, spec: Spec | None, days: int, then: int) -> None:
        """One row of an edition changed, added or retired: the same keys go on."""
        on = self.today + DAY * days
        matrix = dict(sorted(self.published.items())[n % len(self.published)][1][1])
        matrix.pop(key, None)
        if spec is not None:
            matrix[key] = spec
        if matrix and on not in self.published:
            self._publish(matrix, on)
            self._run(then)

    @precondition(lambda self: self.ahead().exists())
    @rule(n=st.integers(0, 99), spec=st.none() | MAINS | specs(), touch=st.booleans(), then=RUNS)
    def publish_for_a_task(self, n: int, spec: Spec | str | None, touch: bool, then: int) -> None:
        """Of a task made ahead of its period: another ◎, another rule, or none; begun or not."""
        tasks = self.ahead()
        task = tasks[n % tasks.count()]
        if touch:
            progress.save_answers(task, answers={}, **self.doer(task), at=self.now())
        matrix = dict(next(m for _e, m, first, last in self.spans() if first <= task.period_on <= last))
        old = matrix.pop(task.key, None)
        if isinstance(spec, str):
            spec = old and old._replace(main=spec)
        if spec is not None:
            matrix[task.key] = spec
        if matrix and task.period_on not in self.published:
            self._publish(matrix, task.period_on)
            self._run(then)

    def ahead(self) -> Any:
        """Open tasks of periods that have not begun."""
        return Task.objects.open().filter(period_on__gt=self.today).order_by("pk")

    @precondition(lambda self: any(on > self.today for on in self.published))
    @rule(n=st.integers(0, 9), then=RUNS)
    def withdraw(self, n: int, then: int) -> None:
        coming = sorted(on for on in self.published if on > self.today)
        on = coming[n % len(coming)]
        edition = Edition.objects.get(pk=self.published.pop(on)[0])
        withdraw(edition, by=person("miura"), at=self.now(), reason="取り下げ")
        self._run(then)

    @rule(days=st.integers(-20, 60), code=st.sampled_from(["", "union", *MEMBERS]))
    def close_a_day(self, days: int, code: str) -> None:
        on = self.today + DAY * days
        if on not in self.closed:
            organization = getattr(self.cast, code) if code else None
            ClosedDay.objects.create(on=on, organization=organization, name="休庁")
            self.closed[on] = code

    @precondition(lambda self: self.closed)
    @rule(n=st.integers(0, 9))
    def open_it_again(self, n: int) -> None:
        on = sorted(self.closed)[n % len(self.closed)]
        ClosedDay.objects.filter(on=on).delete()
        del self.closed[on]

    @rule(days=st.sampled_from([1, 1, 2, 3, 7, 12, 31, 62]), then=RUNS)
    def days_pass(self, days: int, then: int) -> None:
        """Without generation in between: the machine was off."""
        self.today += DAY * days
        self._run(then)

    @precondition(lambda self: Task.objects.open().exists())
    @rule(n=st.integers(0, 99), act=st.sampled_from(["touch", "touch", "comment", "close", "skip"]))
    def work(self, n: int, act: str) -> None:
        """A person of the task's ◎ begins, closes or skips it."""
        tasks = Task.objects.open().order_by("-period_on", "pk")
        task = tasks[n % tasks.count()]
        common = {**self.doer(task), "at": self.now()}
        if act == "touch":
            progress.save_answers(task, answers={}, **common)
        elif act == "comment":
            progress.comment(task, text=f"メモ {n}", **common)
        elif act == "close":
            if task.opens_on <= self.today:  # an edition may open it later than it was made
                progress.close(task, **common)
        else:
            progress.skip(task, reason="不要", **common)

    @precondition(lambda self: Task.objects.done().exists())
    @rule(n=st.integers(0, 99))
    def reopen(self, n: int) -> None:
        tasks = Task.objects.done().order_by("pk")
        task = tasks[n % tasks.count()]
        if task.closed_at and self.now() - task.closed_at < timedelta(days=6):
            progress.reopen(task, reason="誤り", **self.doer(task), at=self.now())
            self.came_back[task.pk] = self.today

    def _run(self, times: int) -> None:
        """Generation, perhaps not, perhaps twice: the second run does nothing."""
        if not times:
            return
        before = rows()
        report = generate(self.now(), force=True)
        after = rows()
        assert report.created == len(after) - len(before)
        self.moves.update(name for name, ids in vars(report.realigned).items() if ids)
        if times == 2:
            again = generate(self.now(), force=True)
            assert (again.created, rows()) == (0, after)
        self.check(before, after)

    # --- what must hold ---

    @invariant()
    def nothing_is_there_twice(self) -> None:
        found = [(t["key"], t["organization_id"], t["period"], t["serial"]) for t in rows().values()]
        assert len(found) == len(set(found))

    def check(self, before: dict[int, Any], after: dict[int, Any]) -> None:
        there = {(t["key"], t["organization__code"], t["period"]): pk for pk, t in after.items()}
        for should in self.should():
            assert should[:3] in there, f"lost: {should}"
        listed = {s.task.pk for s in strays()}
        for pk, task in after.items():
            self.check_task(task, before.get(pk), pk in listed)

    def check_task(self, task: Any, was: Any, is_listed: bool) -> None:
        edition, spec = self.place(task)
        is_moved = was is None or was["duty_id"] != task["duty_id"]
        by_hand = task["state"] != "open" and task["closed_by_id"] is not None
        if by_hand or (task["state"] == "open" and is_touched(task)):
            assert task == was, "what a person did stays as it is"
            own = self.main_of(task)
            assert is_listed == (not by_hand and edition != task["duty__edition_id"] and (
                spec is None or spec.main != own
            ))  # fmt: skip
            return
        assert not is_listed
        if task["state"] == "skipped":
            assert spec is None, "withdrawn, although it belongs"
            return
        if self.came_back.get(task["id"]) == self.today:
            return  # undone today: the next day's run looks at it
        assert spec is not None, "open, although no edition has it"
        assert task["duty__edition_id"] == edition
        if is_moved or was["state"] != "open":
            self.check_dates(task, spec)

    def check_dates(self, task: Any, spec: Spec) -> None:
        code = task["organization__code"]
        found = list(self.occasions(spec, code, task["period_on"], task["period_on"]))
        for _on, period, opens, due in found:  # none: the day is closed by now, and the task stays
            assert period == task["period"]
            assert (task["opens_on"], task["due_on"]) == (min(max(opens, BEGINS), due), due)

    # --- the oracle ---

    def spans(self) -> Iterator[tuple[int, dict[int, Spec], date, date]]:
        days = [*sorted(self.published), date.max]
        for first, following in pairwise(days):
            edition, matrix = self.published[first]
            yield edition, matrix, first, following - DAY if following < date.max else self.today + 500 * DAY

    def should(self) -> Iterator[Should]:
        """Every task that has to be there today, from the definitions alone."""
        for _edition, matrix, first, last in self.spans():
            for key, spec in matrix.items():
                ahead = {"monthly": 62, "yearly": 366}.get(spec.cycle, 0)
                end = min(last, self.today + DAY * ahead)
                begin = first if spec.cycle == "yearly" else max(first, BEGINS - DAY * 62)
                for code in ("union",) if spec.scope == "common" else MEMBERS:
                    for on, period, opens, due in self.occasions(spec, code, begin, end):
                        opens = min(max(opens, BEGINS), due)
                        if due >= BEGINS and opens <= self.today:
                            yield Should(key, code, period, on, opens, due)

    def occasions(
        self, spec: Spec, code: str, start: date, end: date
    ) -> Iterator[tuple[date, str, date, date]]:
        closed = frozenset(d for d, of in self.closed.items() if of in ("", "union", code))
        for i in range((end - start).days + 1):
            day = start + DAY * i
            if spec.word == "daily":
                if spec.cycle == "every" or oracle.is_open(day, closed):
                    yield day, day.isoformat(), day, day
            elif spec.points and day.day == 1 and (spec.cycle == "monthly" or day.month == 4):
                period = f"{day:%Y-%m}" if spec.cycle == "monthly" else f"FY{day.year}"
                opens, due = (oracle.day_of(day, p, closed, frozenset()) for p in spec.points)
                yield day, period, min(opens, due), due

    def place(self, task: Any) -> tuple[int, Spec | None]:
        """The edition of the task's period, and its row there if it has such tasks."""
        edition, matrix = next(
            (e, m) for e, m, first, last in self.spans() if first <= task["period_on"] <= last
        )
        spec, is_common = matrix.get(task["key"]), task["organization__code"] == "union"
        if spec is None or spec.cycle == "on_demand" or spec.word != task["duty__cycle"]:
            return edition, None
        return edition, spec if (spec.scope == "common") == is_common else None

    # --- the test's hands ---

    def now(self) -> Any:
        self.minutes += 1
        return at(0, 5, self.today) + timedelta(seconds=self.minutes)

    def _publish(self, matrix: dict[int, Spec], on: date) -> None:
        of = [row_of(key, spec) for key, spec in sorted(matrix.items())]
        draft = revise(None, by=person("morishita"), at=self.now(), rows=of)
        edition = publish(draft, by=None, at=self.now(), in_force_on=on)
        self.published[on] = (edition.pk, matrix)
        self.everything[edition.pk] = matrix

    def main_of(self, task: Any) -> str:
        return self.everything[task["duty__edition_id"]][task["key"]].main

    def doer(self, task: Task) -> dict[str, Any]:
        """Somebody of the team with ◎ on the task; of a common one of 構成団体 汐見市."""
        main = self.main_of({"duty__edition_id": task.duty.edition_id, "key": task.key})
        code = task.organization.code if task.organization.code in TOWN else "shiomi"
        login, team = (TOWN[code], code) if main == "member" else (PERSON[main], main)
        return {"by": person(login), "team": self.cast.team[team]}


def person(login: str) -> User:
    """Fresh: a user object keeps what its rights were."""
    return User.objects.get(login=login)


def rows() -> dict[int, Any]:
    """Every task by id, as plain values."""
    fields = [f.attname for f in Task._meta.concrete_fields]
    found = Task.objects.order_by("pk").values(
        *fields, "organization__code", "duty__edition_id", "duty__cycle"
    )
    commented = set(Task.objects.exclude(comments=None).values_list("pk", flat=True))
    return {t["id"]: {**t, "commented": t["id"] in commented} for t in found}


def is_touched(task: Any) -> bool:
    return bool(
        task["assignee_id"] or task["lead_id"] or task["saved_at"] or task["answers"] or task["commented"]
    )


@pytest.fixture
def world(cast, holidays):
    type(cast.union).objects.filter(pk=cast.union.pk).update(operation_starts_on=BEGINS)
    Editions.cast, Editions.moves = cast, Counter()
    return cast


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Editions,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_any_sequence_of_editions(world):
    run(examples=20, steps=15)
    print(Editions.moves)


@pytest.mark.faults
def test_many_sequences_of_editions(world):
    run(examples=600, steps=30)
