"""The form of a task's page: who may fill in what, what stands in it, and what is wrong."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Team
from opsdesk.lib.era import era_date, era_short
from raci.access import standing_of
from tasks.acting import CLOSE
from tasks.answers import Reading, read
from tasks.asked import Field
from tasks.concerned import masked
from tasks.filling import editable, setting_of, start_answers, task_fields
from tasks.forms import Choice, Drawn, draw, text_of
from tasks.models import Outcome
from tasks.restricted import findings_without, without

from .onward import Onward
from .publishing import Publishing
from .signatures import Signing


class Writing(Publishing, Signing, Onward):
    @cached_property
    def mode(self) -> str:
        """What the form offers: sign, close, fill, revise or read."""
        if self.is_revision:
            return "revise"
        if not self.task.is_open:
            return "read"
        if self.is_signed:
            return "sign" if self.is_my_turn else "fill" if self.editable else "read"
        return "close" if self.closers else "fill" if self.editable else "read"

    @cached_property
    def teams(self) -> list[Team]:
        """For whom the form may act; asked only where there are several."""
        if self.is_revision:
            return self.revisers
        return {"sign": self.signers, "close": self.closers}.get(self.mode, self.fillers)

    @cached_property
    def may_proxy(self) -> bool:
        """The union, where somebody else has ◎ or signs next."""
        if not self.task.is_open or self.is_proxy or not standing_of(self.user, self.today).is_union:
            return False
        return not self.own(CLOSE) if not self.is_signed else not self.is_my_turn

    @cached_property
    def editable(self) -> set[str]:
        if not self.task.is_open and not self.is_revision:
            return set()
        frozen = frozenset(s["role_id"] for s in self.steps if s["signature"])
        teams = self.revisers if self.is_revision else self.fillers
        found = (editable(self.task, t, frozen, is_revision=self.is_revision) for t in teams)
        return set().union(*found) - self.hidden

    @cached_property
    def fields(self) -> list[Field]:
        """Those that the person may see."""
        return [f for f in task_fields(self.task) if f.key not in self.hidden]

    @cached_property
    def stored(self) -> dict[str, Any]:
        previous = self.around.previous
        return start_answers(self.task, previous.answers if previous else {})

    @cached_property
    def reading(self) -> Reading:
        files = frozenset(f.place for f in self.papers.files if f.gone_at is None)
        setting = setting_of(self.task, self.today, files, self.calendar)
        found = read(task_fields(self.task), self.typed.get("answers", {}), setting, stored=self.stored)
        found.findings = findings_without(self.task.duty_id, found.findings, self.hidden)
        found.missing = without(found.missing, self.hidden)
        return found

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the fields; a municipality reads of others only how many an answer names."""
        found = {**self.stored, **self.typed.get("answers", {})}
        own = self.own_organizations
        if own is None:
            return found
        shown = {f.key: f.row for f in self.fields if self.mode == "read" or f.key not in self.editable}
        return {k: masked(shown[k], v, own) if k in shown else v for k, v in found.items()}

    @cached_property
    def form(self) -> Drawn:
        last = self.around.last[0].answers if self.around.last else {}
        return draw(
            self.fields,
            values=self.values,
            editable=self.editable if self.mode != "read" else (),
            reading=self.reading,
            errors=self.errors,
            previous=last,
            files={f.place: self.files_of(f.place) for f in self.papers.files},
            blanks=self.blanks,
            last=era_short(self.around.last[0].period_on, self.today) if self.around.last else "",
        )

    @property
    def typed_words(self) -> list[tuple[str, str]]:
        """What was typed into a form that can't be sent any more: (label, text)."""
        found = []
        for f in self.fields:
            value = self.typed.get("answers", {}).get(f.key)
            if f.columns and isinstance(value, list):
                value = "\n".join("\t".join(str(row.get(c.key, "")) for c in f.columns) for row in value)
            if value:
                found.append((f.row.label, text_of(f.row, value)))
        return [*found, *([(_("所見"), self.typed["remark"])] if self.typed.get("remark") else [])]

    @property
    def outcomes(self) -> list[Choice]:
        """正常 and 異常あり; under findings 正常 can't be chosen."""
        found = bool(self.reading.findings)
        said = Outcome.ABNORMAL if found else self.typed.get("outcome") or self.task.outcome or Outcome.NORMAL
        return [
            Choice(o.value, o == said, label=str(o.label), is_off=found and o == Outcome.NORMAL)
            for o in Outcome
        ]

    @property
    def done_on(self) -> str:
        return self.typed.get("done_on") or era_date(self.today, with_weekday=True)

    @property
    def remark(self) -> str:
        return str(self.typed.get("remark", self.task.remark))

    @property
    def reason(self) -> str:
        return self.typed.get("reason", "")

    @property
    def chosen_team(self) -> str:
        return str(self.typed.get("team", ""))

    @property
    def draft(self) -> str:
        return f"task-{self.task.pk}-{self.user.pk}"
