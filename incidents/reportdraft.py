"""The draft of a 障害報告書, made from the case: when, what, why and how, as its steps and notes say. Pure.

It is for everybody whom the case concerns: notes that are 内部 or 団体限り never get in, nor what a step of
one municipality says, unless the case concerns that one alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.lib.era import era_short
from raci.definition import definition_of
from raci.models import FieldKind
from tasks.casegraph import graph_of
from tasks.models import Audience, Case, Comment, CommentKind, Task

from .models import Incident
from .models.incident import Level
from .reportcontent import ITEMS


@dataclass(frozen=True)
class Sources:
    """The case with whom it concerns, its steps that stand in the order of opening, and its notes."""

    case: Case
    concerned: Sequence[Organization]
    steps: Sequence[Task]
    notes: Sequence[Comment]
    incident: Incident | None = None

    @property
    def own(self) -> list[Task]:
        """Steps that all may read about: the common ones, or all where it concerns one municipality."""
        if len(self.concerned) == 1:
            return list(self.steps)
        return [s for s in self.steps if is_common(s)]

    @property
    def closed(self) -> list[Task]:
        """Those that were done, in the order in which they were."""
        done = [s for s in self.own if s.state == Task.State.DONE and s.closed_at]
        return sorted(done, key=lambda s: (s.closed_at, s.pk))

    @property
    def confirmations(self) -> list[Task]:
        """Done steps that confirm a work, and said that it is recovered."""
        graph = graph_of(self.case.entry.edition_id)
        return [s for s in self.closed if graph.confirms(s.key) and not (s.course or {}).get("ng")]

    @property
    def works(self) -> list[Task]:
        """Done steps that such a step confirms."""
        graph = graph_of(self.case.entry.edition_id)
        return [s for s in self.closed if graph.confirmed_by(s.key)]


def is_common(step: Task) -> bool:
    return step.organization.kind == Organization.Kind.UNION


def facts_of(of: Sources) -> dict[str, Any]:
    """What the paper takes from the case with every version (reportcontent.FACTS)."""
    return {
        "level": _level(of),
        "cause_kind": _last(of.steps, "cause_kind"),
        "concerns": [[o.pk, str(o)] for o in of.concerned],
    }


def _level(of: Sources) -> str:
    """2 一部停止: as it is judged today."""
    said = _last(of.steps, "level")
    if of.incident is None or not of.incident.level:
        return said
    return str(Level(of.incident.level).label).removeprefix("レベル")


def draft(of: Sources, today: date) -> dict[str, str]:
    """The items by key, as reportcontent keeps them."""
    works, confirmations = of.works, of.confirmations
    found = {
        "document_no": of.case.number,
        "reported_on": today.isoformat(),
        "title": of.case.title,
        "occurred_at": _last(of.steps, "noticed_at"),
        "noticed_at": _last(of.steps, "noticed_at"),
        "judged_at": _moment([s for s in of.closed if "level" in s.answers]),
        "handled_at": _moment(works),
        "recovered_at": _moment(confirmations) if _is_recovered(of) else "",
        "impact": _last(of.steps, "impact"),
        "cause": _said(works, "cause"),
        "action": _said(works, "action"),
        "confirmed": _said(confirmations, "confirmed"),
        "prevention": _last(of.steps, "prevention"),
        "course": "\n".join(course(of, today)),
    }
    return {item.key: found.get(item.key, "") for item in ITEMS}


def _is_recovered(of: Sources) -> bool:
    """Confirmed after the last work: no round is open any more."""
    said = [c.closed_at for c in of.confirmations if c.closed_at]
    return bool(said) and all(w.closed_at <= said[-1] for w in of.works if w.closed_at)


def _last(steps: Iterable[Task], key: str) -> str:
    """The newest answer of that name."""
    found = [str(s.answers[key]) for s in steps if s.answers.get(key)]
    return found[-1] if found else ""


def _moment(steps: Sequence[Task]) -> str:
    """When the last of them was closed."""
    if not steps or steps[-1].closed_at is None:
        return ""
    return _local(steps[-1].closed_at).isoformat(timespec="minutes")


def _local(moment: datetime) -> datetime:
    return timezone.make_naive(moment)


def _said(steps: Sequence[Task], key: str) -> str:
    """What they say of it, under the name of the work where several do."""
    rows = [(s, str(s.answers[key])) for s in steps if s.answers.get(key)]
    if len({s.key for s, _text in rows}) <= 1:
        return "\n".join(dict.fromkeys(text for _s, text in rows))
    return "\n".join(f"{_heading(s)}\n{text}" for s, text in rows)


def _heading(step: Task) -> str:
    again = _(" 第%(n)s回") % {"n": step.round} if step.round > 1 else ""
    return f"【{step.duty.work}{again}】"


# --- the course ---------------------------------------------------------------------------------------


def course(of: Sources, today: date) -> list[str]:
    """A line each: 11/20(金) 9:31 障害レベル、業務影響範囲の確認 2 一部停止."""
    lines = [*_steps(of), *_notes(of)]
    return [f"{_when(at, today)} {text}" for at, _n, text in sorted(lines)]


def _steps(of: Sources) -> Iterator[tuple[datetime, int, str]]:
    yield of.case.raised_at, 0, _("受付") + f" {_one_line(_last(of.steps[:1], 'content')) or of.case.title}"
    for n, step in enumerate(of.closed, 1):
        if step.key != of.case.entry.key and step.closed_at:
            yield step.closed_at, n, f"{step.duty.work} {_result(step)}".strip()
    each = [s for s in of.steps if s not in of.own and s.state == Task.State.DONE and s.closed_at]
    for _key, group in groupby(sorted(each, key=lambda s: s.key), key=lambda s: s.key):
        steps = list(group)
        places = len({s.organization_id for s in steps})
        last = max(s.closed_at for s in steps if s.closed_at)
        yield last, 0, _("%(work)s 完了(%(n)s団体)") % {"work": steps[0].duty.work, "n": places}


def _result(step: Task) -> str:
    """What it chose: 2 一部停止; else 完了."""
    fields = definition_of(step.duty_id).fields
    chosen = [
        str(step.answers[f.key])
        for f in fields
        if f.kind == FieldKind.CHOICE and step.answers.get(f.key) and not f.options.get("organizations")
    ]
    return "、".join(chosen) or _("完了")


def _notes(of: Sources) -> Iterator[tuple[datetime, int, str]]:
    """What everybody reads; of a note that was put right only what puts it right."""
    corrected = {n.corrects_id for n in of.notes}
    own = {s.pk for s in of.own}
    for n, note in enumerate(of.notes):
        is_ours = note.task_id is None or note.task_id in own
        if note.audience == Audience.ALL and note.pk not in corrected and is_ours:
            kind = str(CommentKind(note.kind).label)
            yield note.at, 1000 + n, f"{kind}({_who(note)}) {_one_line(note.text)}"


def _who(note: Comment) -> str:
    """A municipality is not named to the others."""
    is_town = note.team.role.kind == Organization.Kind.MEMBER
    return _("構成団体") if is_town else str(note.team)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _when(moment: datetime, today: date) -> str:
    local = _local(moment)
    return f"{era_short(local.date(), today)} {local.hour}:{local.minute:02}"
