"""Cases over random graphs of follow-ups, by the real commands, in random orders; an oracle of its own looks.

Nothing here asks tasks/chain.py. What it knows: a step of one duty and municipality is open once at most, its
rounds differ, what a closing asked for is there when the case ends, and every case can end."""

import random

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsdesk.accounts.models import User
from opsdesk.lib.refusal import Refusal
from raci import definition
from raci.content import canonical, fill
from raci.drafting import roles
from raci.models import Edition
from tasks import casegraph, cases, choices, closing, progress
from tasks.following import Following
from tasks.models import Case, Task
from tests.cast import STARTED_ON
from tests.make import at, duty

KINDS = st.sampled_from(["auto", "auto", "chosen", "confirming"])
EDGES = st.lists(st.tuples(st.integers(1, 7), st.integers(1, 7), KINDS), max_size=14, unique=True)
RESULT = {"key": "result", "label": "結果", "kind": "choice", "choices": ["OK", "NG"], "is_required": True}
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TRIES = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


def edition_of(edges, each):
    """A small edition: 1 and 2 are entries; who confirms says OK or NG."""
    confirming = {source for source, _target, kind in edges if kind == "confirming"}
    rows = [
        canonical({
            "key": key, "number": key, "work": f"作業{key}", "cycle": "on_demand", "is_entry": key <= 2,
            "scope": "each" if key in each else "common",
            "marks": {"member": "main"} if key in each else {"operations": "main"},
            "standard_due": {"business_days": 3}, "fields": [RESULT] if key in confirming else [],
            "followups": [
                {"target": t, "kind": k, **({"condition": {"result": ["NG"]}} if k == "confirming" else {})}
                for s, t, k in edges if s == key
            ],
        })
        for key in range(1, 8)
    ]  # fmt: skip
    edition = Edition.objects.create(number=1, created_at=at(), last_key=7)
    fill(edition, rows, roles())
    Edition.objects.filter(pk=edition.pk).update(state="published", in_force_on=STARTED_ON, published_at=at())


class Play:
    """People who do anything that they may, at random; `bad` NG and reopenings, and then they want to end."""

    def __init__(self, cast, edges, seed):
        self.cast, self.luck, self.bad = cast, random.Random(seed), 5
        self.edges = edges
        union = [cast.sato, cast.takahashi]
        self.people = {cast.union.pk: (union, cast.team["operations"])}
        for code, people in (("shiomi", [cast.ono, cast.horie]), ("kirihara", [cast.makino])):
            self.people[getattr(cast, code).pk] = (people, cast.team[code])
        self.case = None

    def targets(self, key, kind):
        return {t for s, t, k in self.edges if s == key and k == kind}

    def raise_(self):
        entry = self.luck.choice([1, 2])
        row = duty(entry)
        who = self.cast.ono if row.scope == "each" else self.cast.sato
        team = self.cast.team["shiomi" if row.scope == "each" else "operations"]
        whom = [self.cast.shiomi] if row.scope == "each" else [self.cast.shiomi, self.cast.kirihara]
        self.case = cases.raise_case(row, by=who, team=team, at=at(), title="件", concerns=whom)

    def steps(self):
        return list(
            self.case.steps.filter(is_withdrawn=False).select_related("duty", "organization").order_by("pk")
        )

    def turn(self):
        """One act; a Refusal is an answer, and changes nothing."""
        steps = self.steps()
        task = self.luck.choice([t for t in steps if t.is_open])
        people, team = self.people[task.organization_id]
        by, roll = self.luck.choice(people), self.luck.random()
        given = {"by": by, "team": team, "at": at()}
        try:
            if roll < 0.1 and self.bad:
                self.reopen(steps)
            elif roll < 0.15 and self.bad:
                self.add(steps)
            elif roll < 0.3:
                closing.skip(task, reason="不要", **given)
            else:
                self.close(task, given)
        except (Refusal, PermissionDenied):
            # one who did the work can't confirm it, and where nobody can it is waived
            if not self.bad or roll > 0.9:
                closing.skip(task, reason="確認できる人がいない", **given)

    def close(self, task, given):
        is_ng = bool(self.bad) and self.luck.random() < 0.4
        again = frozenset(self.targets(task.key, "confirming"))
        chosen = {t for t in self.targets(task.key, "chosen") if self.luck.random() < 0.5}
        chosen -= set() if self.bad else {task.key}
        self.bad -= is_ng or task.key in chosen
        self.bad = max(self.bad, 0)
        fields = {"result": "NG" if is_ng else "OK"} if again else {}
        chosen = frozenset() if is_ng and again else frozenset(chosen)
        asks = bool(self.bad) and self.luck.random() < 0.1
        closing.close(task, answers=fields, following=Following(chosen, again, asks), **given)

    def reopen(self, steps):
        self.bad -= 1
        task = self.luck.choice([t for t in steps if not t.is_open] or steps)
        people, team = self.people[task.organization_id]
        progress.reopen(task, by=people[0], team=team, at=at(), reason="誤り")

    def add(self, steps):
        self.bad -= 1
        task = self.luck.choice(steps)
        people, team = self.people[task.organization_id]
        target = self.luck.choice(sorted(self.targets(task.key, "chosen")) or [99])
        cases.add_choice(task, target, by=people[0], team=team, at=at())

    def look(self):
        """What holds after every act."""
        self.case.refresh_from_db()
        steps = self.steps()
        lines = {}
        for t in steps:
            lines.setdefault((t.key, t.organization_id), []).append(t)
        for line in lines.values():
            assert sum(t.is_open for t in line) <= 1, "one step is open twice"
            assert len({t.round for t in line}) == len(line), "one round twice"
        assert self.case.is_open == any(t.is_open for t in steps), "ends early, or does not end"
        if self.case.state == Case.State.CLOSED:
            self.nothing_forgotten(steps)

    def nothing_forgotten(self, steps):
        there = {t.key for t in steps}
        for t in steps:
            if not (t.course or {}).get("ng"):
                asked = self.targets(t.key, "auto") - {t.key}
                assert asked <= there, f"{t} asked for {asked}"
                assert set((t.course or {}).get("to", ())) <= there


def play(cast, edges, each, seed):
    """One random edition with three cases, put back after it."""
    with transaction.atomic():
        for kept in (definition, casegraph, choices):
            kept.forget()
        for person in vars(cast).values():  # a user keeps the standing of an edition that is gone
            vars(person).pop("_standing", None) if isinstance(person, User) else None
        edition_of(edges, each)
        serials = []
        for n in range(3):
            game = Play(cast, edges, seed + n)
            game.raise_()
            serials.append(game.case.serial)
            for _turn in range(300):
                game.look()
                if not game.case.is_open:
                    break
                if n == 2 and _turn == 4:
                    cases.withdraw(game.case, by=cast.morishita, at=at(), reason="不要")
                    continue
                game.turn()
            assert not game.case.is_open, "a case that can't end"
        assert serials == [1, 2, 3] and not Task.objects.open().exists()
        assert Case.objects.count() == 3
        transaction.set_rollback(True)


@given(EDGES, st.sets(st.integers(1, 7)), st.integers(0, 2**32))
@settings(max_examples=30, **TRIES)
def test_whatever_the_graph(cast, edges, each, seed):
    play(cast, edges, each, seed)


@pytest.mark.faults
@given(EDGES, st.sets(st.integers(1, 7)), st.integers(0, 2**32))
@settings(max_examples=1000, **TRIES)
def test_whatever_the_graph_for_long(cast, edges, each, seed):
    play(cast, edges, each, seed)
