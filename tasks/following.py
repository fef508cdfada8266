"""Question: what closing a step of a case offers and asks for: follow-ups, another round, other cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.lib.refusal import Refusal
from raci.models import FollowUp

from . import chain
from .casegraph import followups_of, graph_of
from .models import Case, Task

#: The answers of a case by duty key, of several steps of a duty the last ones.
Known = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Following:
    """What the closer of a step chooses, by keys of duties.

    `chosen` follow; `again` are works that an NG sends back; `asks_all`: who said OK confirms again too;
    `links` open another case, or join the one given."""

    chosen: frozenset[int] = frozenset()
    again: frozenset[int] = frozenset()
    asks_all: bool = False
    links: Mapping[int, Case | None] = field(default_factory=dict)


NOTHING = Following()


def steps_of(tasks: Iterable[Task]) -> list[chain.Step]:
    """Steps as the pure chain sees them."""
    return [_step(task) for task in tasks]


def _step(task: Task) -> chain.Step:
    course: Mapping[str, Any] = task.course or {}
    return chain.Step(
        task.key,
        task.organization_id if task.organization.kind == Organization.Kind.MEMBER else 0,
        task.round,
        task.state,
        frozenset(course.get("to", ())),
        bool(course.get("ng")),
        bool(course.get("all")),
        task.pk,
    )


def answers_of(tasks: Iterable[Task]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for task in tasks:
        found.setdefault(task.key, {}).update(task.answers)
    return found


def edges_of(task: Task, kind: str) -> list[FollowUp]:
    """The edges of one kind that go out from the duty of `task`."""
    edges = followups_of(task.duty.edition_id).get(task.key, ())
    return [edge for edge in edges if edge.kind == kind]


def holds(edge: FollowUp, answers: Mapping[str, Any], known: Known) -> bool:
    """Whether the condition of an edge is met: an answer is one of these, or less than another one."""
    for key, wanted in edge.condition.items():
        value = answers.get(key)
        if isinstance(wanted, Mapping):
            number, _dot, name = wanted["lt"].rpartition(".")
            other = known.get(int(number), {}).get(name) if number else answers.get(name)
            if not (isinstance(value, int) and isinstance(other, int) and value < other):
                return False
        elif value not in wanted:
            return False
    return True


def choices_of(task: Task, tasks: Sequence[Task]) -> list[FollowUp]:
    """Edges among which the closer of `task` may choose, given its answers."""
    known = answers_of(tasks)
    return [e for e in edges_of(task, FollowUp.Kind.CHOSEN) if holds(e, task.answers, known)]


def links_of(task: Task) -> list[FollowUp]:
    """Edges to other cases that its answers allow."""
    return [e for e in edges_of(task, FollowUp.Kind.LINKED) if holds(e, task.answers, {})]


def is_ng(task: Task) -> bool:
    """Whether the answers of a confirmation ask for another round of the work."""
    edges = edges_of(task, FollowUp.Kind.CONFIRMING)
    return any(e.condition and holds(e, task.answers, {}) for e in edges)


def works_of(task: Task, tasks: Sequence[Task]) -> list[Task]:
    """The steps that `task` confirms; of each duty (and municipality) the last one."""
    keys = graph_of(task.duty.edition_id).confirms(task.key)
    found = {
        (t.key, t.organization_id): t
        for t in tasks
        if t.key in keys and (t.organization_id == task.organization_id or _is_common(t) or _is_common(task))
    }
    return list(found.values())


def _is_common(task: Task) -> bool:
    return task.organization.kind == Organization.Kind.UNION


def course_of(task: Task, tasks: Sequence[Task], asked: Following) -> tuple[dict, dict[str, str]]:
    """What closing `task` (its answers are in it) asks for, and errors (`again`, `chosen`, `links`)."""
    graph = graph_of(task.duty.edition_id)
    if is_ng(task):
        works = chain.reworkable(graph, steps_of(tasks), task.key)
        picked = sorted(asked.again & set(works)) or (works if len(works) == 1 else [])
        errors = {} if picked else {"again": _("やり直す作業を選んでください。")}
        return {"to": [], "ng": True, "again": picked}, errors
    offered = {e.target_key for e in choices_of(task, tasks)}
    errors = {}
    if asked.chosen - offered:
        errors["chosen"] = _("選んだ後続作業は、この記入内容では選べません。選び直してください。")
    elif task.duty.needs_choice and offered and not asked.chosen:
        errors["chosen"] = _("次に行う作業を一つ以上選んでください。")
    if set(asked.links) - {e.target_key for e in links_of(task)}:
        errors["links"] = _("この記入内容では、関連する案件を起票できません。")
    to = sorted({*asked.chosen, *automatic(task, tasks)})
    return {"to": to, **({"all": True} if asked.asks_all else {})}, errors


def automatic(task: Task, tasks: Sequence[Task], *, is_skipped: bool = False) -> list[int]:
    """Targets that open by themselves; a skipped step asks for those that depend on no answer."""
    known = answers_of(tasks)
    return [
        e.target_key
        for e in edges_of(task, FollowUp.Kind.AUTO)
        if e.target_key != task.key and (not e.condition if is_skipped else holds(e, task.answers, known))
    ]


def refuse_confirming(task: Task, tasks: Sequence[Task], by: Any) -> None:
    """Raises Refusal if `task` confirms work that is being done again, or that `by` did."""
    graph = graph_of(task.duty.edition_id)
    works = works_of(task, tasks)
    if not is_ng(task) and chain.unfinished_work(graph, steps_of(works), task.key):
        raise Refusal(_("確認する作業がやり直し中です。終わってから確認してください。"))
    own = next((t for t in works if t.state == Task.State.DONE and t.closed_by_id == by.pk), None)
    if own is not None:
        raise Refusal(
            _(
                "No.%(number)s %(work)s を行った人は、その結果を確認できません。"
                "担当のほかの人が確認してください。確認できる人がいないときは、広域組合が対象外にできます。"
            )
            % {"number": own.duty.number, "work": own.duty.work}
        )


def skipped_course(task: Task, tasks: Sequence[Task]) -> dict[str, Any]:
    return {"to": sorted(automatic(task, tasks, is_skipped=True))}
