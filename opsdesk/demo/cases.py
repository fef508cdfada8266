"""Cases: what travels through several duties, by cases.json, through the commands that people use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from helpdesk import inbox, reception
from helpdesk.models import Contact
from incidents import handling
from opsdesk.accounts.models import Team, User
from opsdesk.calendar.days import Calendar
from opsdesk.lib.era import era_short, read_moment
from raci.definition import definition_of
from raci.models import CaseKind, Duty, Edition, FieldKind
from tasks import cases, evidence, progress
from tasks.asked import Field, fields_of
from tasks.commenting import audiences_for
from tasks.following import Following
from tasks.models import Audience, Case, Task

from . import desk
from .people import Cast, content
from .placeholders import placeholder

TOKYO = ZoneInfo("Asia/Tokyo")
AUDIENCES = {"全員": Audience.ALL, "団体限り": Audience.MEMBER, "内部": Audience.INTERNAL}
LINES = "明細"
#: @+3 is a date, @+0T09:05 an instant, [[+3]] a date in running text: business days after the case's first.
MOMENT = re.compile(r"@([+-]\d+)(?:T(\d\d:\d\d))?")
IN_TEXT = re.compile(r"\[\[([+-]\d+)\]\]")


class Cases:
    """The steps of all cases in the order of time; `do_until` goes on."""

    def __init__(self, cast: Cast, calendar: Calendar, now: datetime) -> None:
        self.cast, self.calendar, self.now = cast, calendar, now
        self.today = timezone.localdate(now)
        self.made: dict[str, Case] = {}
        self.callers: Mapping[str, Contact] = {}
        self.agenda = sorted(self._steps(), key=lambda step: step[0])

    def _steps(self) -> Iterator[tuple[datetime, Any, Any]]:
        for row in content("cases")["cases"]:
            first = self.calendar.add_business_days(self.today, row["base_bd"])
            row = {**row, "first": first}
            for step in row["steps"]:
                day = self._day(first, step["day"])
                moment = datetime.combine(day, time.fromisoformat(step["time"]), TOKYO)
                if moment > self.now:
                    break  # nobody works in the future
                yield moment, row, step

    def _day(self, first: date, days: int) -> date:
        return self.calendar.add_business_days(first, days) if days else first

    def do_until(self, until: datetime) -> None:
        while self.agenda and self.agenda[0][0] <= until:
            moment, row, step = self.agenda.pop(0)
            Act(self, row, step, moment).do()

    # what the files say, as the commands take it

    def read(self, value: Any, first: date) -> Any:
        """A value of the file with its days filled in."""
        if isinstance(value, dict):
            return {key: self.read(part, first) for key, part in value.items()}
        if isinstance(value, list):
            return [self.read(part, first) for part in value]
        if not isinstance(value, str):
            return value if isinstance(value, bool) else str(value)
        if match := MOMENT.fullmatch(value):
            day = self._day(first, int(match[1])).isoformat()
            return f"{day} {match[2]}" if match[2] else day
        return IN_TEXT.sub(lambda m: era_short(self._day(first, int(m[1])), self.today), value)


class Act:
    """One step of a case, done."""

    def __init__(self, of: Cases, row: Mapping[str, Any], step: Mapping[str, Any], moment: datetime) -> None:
        self.of, self.row, self.step, self.moment = of, row, step, moment
        self.by: User = of.cast.user[step["by"]]
        self.team: Team = of.cast.team[step["team"]]

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.by, "team": self.team, "at": self.moment}

    @property
    def case(self) -> Case:
        return self.of.made[self.row["key"]]

    def do(self) -> None:
        getattr(self, f"_{self.step['act']}")()

    # raising

    def _duty(self) -> Duty:
        edition = Edition.objects.in_force(timezone.localdate(self.moment)).get()
        return edition.duties.get(number=self.step["duty"])

    def _raise(self, command: Any = cases.raise_case, **more: Any) -> None:
        duty = self._duty()
        fields = fields_of(definition_of(duty.pk).fields)
        answers, files = self._answers(fields)
        concerns = [self.of.cast.organization[key] for key in self.row["concerns"]]
        given = {"title": self.row["title"], "concerns": concerns, "answers": answers, **more}
        if command is cases.raise_case:
            given["files"] = set(files)
        case = self.of.made[self.row["key"]] = command(duty, **self.who, **given)
        for task in case.steps.filter(key=duty.key).order_by("pk"):
            self._attach(task, files)

    def _report(self) -> None:
        self._raise(cases.report)

    def _register(self) -> None:
        """Raised and closed in one act, or what was reported before is received."""
        if self.row["key"] in self.of.made:
            self._close()
        elif self.step["duty"] == reception.RECEIVING and "choices" not in self.step:
            answers = self.of.read(self.step["answers"], self.row["first"])
            self.of.made[self.row["key"]] = desk.call(
                self.of.cast, self.of.callers, self.row["title"], answers, self.who
            )
            self._attach(self.case.steps.get(key=reception.RECEIVING), {})
        else:
            self._raise(following=self._following())

    # on a step

    def _task(self, *, is_open: bool = True) -> Task:
        rows = self.case.steps.filter(duty__number=self.step["duty"], is_withdrawn=False)
        if place := self.step.get("organization"):
            rows = rows.filter(organization__code=place)
        rows = rows.open() if is_open else rows
        found = rows.select_related("duty", "organization", "case").order_by("pk").last()
        return found or self.case.steps.order_by("pk").select_related("duty", "organization", "case")[0]

    def _answers(self, fields: tuple[Field, ...]) -> tuple[dict[str, Any], dict[str, str]]:
        """(answers, file names) by field key; the file speaks of labels."""
        answers: dict[str, Any] = {}
        files: dict[str, str] = {}
        said = self.of.read(self.step.get("answers", {}), self.row["first"])
        for f in fields:
            if f.kind == FieldKind.LINES and LINES in said:
                columns = {c.label: c.key for c in f.columns}
                answers[f.key] = [
                    {columns[k]: v for k, v in line.items() if k in columns} for line in said[LINES]
                ]
            elif f.row.label in said:
                (files if f.kind == FieldKind.FILE else answers)[f.key] = said[f.row.label]
        return answers, files

    def _of_task(self, task: Task) -> tuple[dict[str, Any], dict[str, str]]:
        return self._answers(fields_of(definition_of(task.duty_id).fields))

    def _attach(self, task: Task, files: Mapping[str, str]) -> None:
        for key, name in files.items():
            evidence.attach(task, **self.who, file=placeholder(str(name)), field_key=key)
        for name in self.step.get("files", ()):
            evidence.attach(task, **self.who, file=placeholder(name))

    def _following(self) -> Following:
        keys = frozenset(self.step.get("choices", ()))
        return Following(chosen=keys, again=keys)

    @property
    def text(self) -> str:
        return str(self.of.read(self.step.get("text", ""), self.row["first"]))

    def _take(self) -> None:
        progress.take(self._task(), **self.who)

    def _fill(self) -> None:
        task = self._task()
        answers, files = self._of_task(task)
        self._attach(task, files)
        progress.save_answers(task, **self.who, answers=answers)

    def _choose(self) -> None:
        """わからない: somebody else says which kind it is, and why."""
        self._fill()
        self._comment()

    def _close(self) -> None:
        task = self._task()
        answers, files = self._of_task(task)
        self._attach(task, files)
        following = self._following()
        if task.duty.followups.filter(kind="confirming").exists():
            following = Following(again=following.again)
        progress.close(
            task, **self.who, answers=answers, remark=self.text, following=following,
            done_on=timezone.localdate(self.moment),
        )  # fmt: skip

    def _skip(self) -> None:
        progress.skip(self._task(), **self.who, reason=self.step["reason"])

    def _sign(self) -> None:
        task = self._task()
        progress.sign(task, **self.who, answers=self._of_task(task)[0], remark=self.text)

    def _return(self) -> None:
        task, to = self._task(), self.of.cast.team[self.step["to"]]
        signer = task.duty.signers.get(role=to.role_id)
        progress.send_back(task, **self.who, to=signer.position, reason=self.text)

    def _comment(self) -> None:
        task = self._task(is_open=False)
        audience = AUDIENCES[self.step.get("audience", "全員")]
        if audience not in audiences_for(task, self.team):  # to the one town that it concerns anyway
            audience = Audience.ALL
        progress.comment(task, **self.who, text=self.text, audience=audience)
        self._attach(task, {})

    def _reply(self) -> None:
        """Of an inquiry an answer to who asked."""
        if self.case.kind != CaseKind.INQUIRY or self.step["team"] in self.of.cast.organization:
            self._comment()
            return
        audience = AUDIENCES[self.step.get("audience", "団体限り")]
        inbox.answer(self.case.inquiry, self.text, **self.who, audience=audience)

    def _rejudge(self) -> None:
        said = {"level": self.step["level"], "reason": self.step["reason"]}
        handling.rejudge(self.case, **self.who, **said)

    def _pause(self) -> None:
        said = str(self.of.read(self.step["until"], self.row["first"]))
        until = read_moment(said).replace(tzinfo=TOKYO)
        handling.pause(self.case, **self.who, until=until, reason=self.step["reason"])

    def _withdraw(self) -> None:
        cases.withdraw(self.case, by=self.by, at=self.moment, reason=self.step["reason"])
