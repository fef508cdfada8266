"""Every duty of the edition at work: generated or reached, seen by whom its marks name, closed, followed.

The table is the edition itself: what a new one says is walked without a new test."""

import io
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from opsdesk.accounts.models import Membership, Organization, User
from opsdesk.audit.models import Event
from opsdesk.audit.verify import streams, verify
from opsdesk.calendar.book import calendar_of
from raci import fixture
from raci.models import Mark
from tasks.generation import generate
from tasks.models import Case, CaseLink, Task
from tasks.recurrence import occurrences, rule_of
from tests.make import TODAY, at
from tests.walker import FORWARD, Walker

pytestmark = pytest.mark.django_db

ROWS = {row["key"]: row for row in fixture.source()["duties"]}


def reached(key):
    """Duties of the chain of `key`, by the fixture."""
    found, todo = {key}, [key]
    while todo:
        for edge in ROWS[todo.pop()].get("followups", ()):
            if edge["kind"] in FORWARD and edge["target"] not in found:
                found.add(edge["target"])
                todo.append(edge["target"])
    return found


def table():
    """Entry → the duties that no earlier entry has reached."""
    found, seen = {}, set()
    for key, row in ROWS.items():
        if row.get("is_entry"):
            found[key] = reached(key) - seen
            seen |= found[key]
    return found


ENTRIES = table()
SCHEDULED = {key for key, row in ROWS.items() if "schedule" in row}


@pytest.fixture
def house(client, cast, edition, holidays, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.GENERATION_CAP = 1_000_000
    return House(client, cast, edition)


class House:
    """The walker, and everybody's eyes."""

    def __init__(self, client, cast, edition):
        self.client, self.cast, self.edition = client, cast, edition
        self.walker = Walker(edition, at(9))
        self.union = cast.union.pk
        self.people = {}  # one of each team, and who is in none
        for row in Membership.objects.select_related("user", "team__role").order_by("pk"):
            self.people.setdefault(row.team, row.user)
        self.people[None] = cast.kubo
        self.moment = 0

    # --- the oracle ----------------------------------------------------------------------------------

    def reads(self, team, task):
        """domain.md: who reads a task, by the marks of its duty or along the chain of its case."""
        if team is None:
            return False
        if team.role.kind == Organization.Kind.UNION:
            return True
        keys = self.walker.chain(task.case.entry.key) if task.case else {task.key}
        is_marked = any(team.role_id in self.walker.roles(key) for key in keys)
        if team.role.kind != Organization.Kind.MEMBER:
            return is_marked
        if task.organization_id not in (team.organization_id, self.union):
            return False
        if task.case is None:
            return is_marked
        concerned = task.case.concerns.filter(organization=team.organization).exists()
        return (is_marked and concerned) or task.case.reporter_id == team.organization_id

    def has_mark(self, team, task):
        """Whose dashboard shows it: of all that has a mark; the union's own names what it has ◎ on."""
        if not self.reads(team, task):
            return False
        if team.role.kind == Organization.Kind.UNION:
            return self.walker.outline.keys[task.key].marks.get(team.role_id) == Mark.MAIN
        return team.role_id in self.walker.roles(task.key)

    # --- looking -------------------------------------------------------------------------------------

    def look(self, tasks):
        """Everybody looks for `tasks` everywhere, on the day on which the last of them is due."""
        self.moment, self.looked = self.moment + 1, tasks
        word = f"目印第{self.moment}号"
        evidence = {}
        for task in tasks:
            by, team = self.first_to_act(task)
            evidence[task.pk] = self.walker.attach(task, by, team, name=f"{word}.txt")
            evidence[task.pk].refresh_from_db()
        self.walker.now = max([self.walker.now, *(t.due_at for t in tasks)])
        with time_machine.travel(self.walker.now, tick=False):
            for team, user in self.people.items():
                user = User.objects.get(pk=user.pk)
                self.client.force_login(user)
                for place, found in self.places(team, word).items():
                    rule = self.has_mark if place == "dashboard" else self.reads
                    wanted = {t.pk for t in tasks if rule(team, t)}
                    assert found & {t.pk for t in tasks} == wanted, (place, str(team), self.names(tasks))
                for task in tasks:
                    self.open(team, task, evidence[task.pk])

    def first_to_act(self, task):
        signers = self.walker.outline.keys[task.key].signer_roles
        return self.walker.person(task, signers[:1]) if signers else self.walker.closer(task)

    def names(self, tasks):
        return [f"{t.pk}: No.{t.duty.number} {t.organization.code}" for t in tasks]

    def places(self, team, word):
        """Ids of tasks by where they are found; the union's dashboard of all counts, it names no task."""
        scope = "team" if team and team.role.kind == Organization.Kind.UNION else "all"
        return {
            "dashboard": ids(self.client.get("/", {"scope": scope})),
            "list": ids(self.client.get("/tasks/", {"state": "any"})),
            "search": {
                int(found[1])
                for hit in self.client.get("/search/", {"q": word}).context["hits"]
                if (found := re.match(r"/tasks/(\d+)/", hit.url))
            },
            "export": self.exported(),
        }

    def exported(self):
        """Ids of the tasks of the workbook, by No., period and organization."""
        response = self.client.get("/tasks/", {"state": "any", "export": "xlsx"})
        if response.status_code == 403:
            return set()
        sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
        rows = list(sheet.values)
        head = next(row for row in rows if "団体" in row)
        work, place = head.index("No.・作業"), head.index("団体")
        found = {(str(row[work]).partition(" ")[0], row[place]) for row in rows if len(row) > place}
        return {t.pk for t in self.looked if (f"No.{t.duty.number}", said(t)) in found}

    def open(self, team, task, evidence):
        """The task's page and its file, by their addresses."""
        yes, no = 200, 403 if team is None else 404
        wanted = yes if self.reads(team, task) else no
        for url in (f"/tasks/{task.pk}/", reverse("tasks:file", args=[evidence.pk])):
            response = self.client.get(url)
            if response.streaming:
                assert b"".join(response.streaming_content)  # and closes it
            assert response.status_code == wanted, (url, str(team), self.names([task]))

    # --- after ---------------------------------------------------------------------------------------

    def done(self, task, going):
        """It is closed, with its Event and its evidence."""
        assert not task.is_open
        codes = set(Event.objects.about(task).values_list("code", flat=True))
        assert codes & {"task.closed", "task.skipped"} and "task.attached" in codes
        assert task.attachments.filter(withdrawn_at=None).exists()

    def followed(self, case):
        """What each edge opens is there, once the case has ended."""
        steps = list(case.steps.filter(is_withdrawn=False))
        keys = {t.key for t in steps}
        for source, target, kind in self.walked:
            if kind == "linked":
                linked = CaseLink.objects.filter(source=case, case__entry__key=target)
                assert linked.exists(), (source, target)
            elif kind == "confirming" or source == target:
                assert any(t.key == target and t.round > 1 for t in steps), (source, target)
            else:
                assert target in keys, (source, target)

    def is_whole(self):
        assert [f.fault for f in map(verify, streams()) if f.fault] == []


def said(task):
    return "共通" if task.organization.kind == "union" else str(task.organization.short_name)


def ids(response):
    """Ids of the tasks to which a page leads."""
    return {int(pk) for pk in re.findall(r"/tasks/(\d+)/", response.content.decode())}


def test_the_table_names_every_duty():
    """57 of the 60 rows: the headings make no task."""
    named = SCHEDULED.union(*ENTRIES.values())
    assert named == {key for key, row in ROWS.items() if not row.get("is_heading")}


@pytest.mark.parametrize("entry", list(ENTRIES))
def test_a_case_through_its_duties(house, cast, entry):
    """Until every edge of these duties was walked: raise, look, close, and on to the end."""
    mine, walker = ENTRIES[entry] | {entry}, house.walker
    duty = walker.outline.keys[entry].duty
    edges = {(key, e.target_key, e.kind) for key in mine for e in walker.edges(key)}
    seen, directly = set(), False
    while True:
        before = set(walker.taken)
        case = walker.raise_case(duty, [cast.shiomi, cast.kirihara], directly=directly)
        run_through(house, case, mine, seen)
        directly = True
        if edges <= walker.taken or walker.taken == before:
            break
    assert seen == mine and edges - walker.taken == set()
    house.is_whole()


def run_through(house, case, mine, seen):
    """Close step after step; what was not looked at yet is looked at together."""
    start = set(house.walker.taken)
    for _n in range(100):
        steps = list(
            case.steps.open()
            .filter(is_withdrawn=False)
            .select_related("duty", "organization", "case__entry", "lead__role")
        )
        fresh = [t for t in steps if t.key in mine - seen]
        rest = [t for t in steps if t not in fresh]
        if not steps:
            break
        if not rest:
            house.look(fresh)
            strict = {t.key: t.pk for t in fresh}
            seen |= set(strict)
            rest = fresh
        task = min(
            rest, key=house.walker.confirms
        )  # the work first: nothing is confirmed while it is done again
        task, going = house.walker.do(task, strictly=task.key in mine and is_first(task))
        house.done(task, going) if task.key in mine and is_first(task) else None
    case.refresh_from_db()
    assert case.state == Case.State.CLOSED
    house.walked = house.walker.taken - start
    house.followed(case)


def is_first(task):
    return task.round == 1 and not Task.objects.filter(key=task.key, pk__lt=task.pk).exists()


def test_what_the_calendar_brings(house, cast):
    """Each scheduled duty on the first day on which it is due."""
    walker, left, day = house.walker, set(SCHEDULED), TODAY
    while left:
        day = min(next_due(walker.outline.keys[key].duty, day) for key in left)
        Organization.objects.filter(pk=cast.union.pk).update(operation_starts_on=day)
        walker.now = max(walker.now, at(10, on=day))
        assert generate(walker.now, force=True).created
        ahead = calendar_of().add_business_days(day, 5)
        tasks = list(
            Task.objects.open().filter(key__in=left, due_on__lte=ahead)
            .select_related("duty", "organization", "lead__role")
        )  # fmt: skip
        tasks = [t for t in tasks if t.duty.cycle != "daily" or t.due_on == day]
        house.look(tasks)
        for task in {t.key: t for t in tasks}.values():
            house.done(*walker.do(task, strictly=True))
        left -= {t.key for t in tasks}
        Task.objects.open().update(state=Task.State.SKIPPED)  # the rest would fill up everybody's dashboard
        day = max(day, timezone.localdate(walker.now))
    house.is_whole()


def next_due(duty, day):
    end = day.replace(year=day.year + 2)
    return min(o.due_on for o in occurrences(rule_of(duty), calendar_of(), day, end) if o.due_on >= day)
