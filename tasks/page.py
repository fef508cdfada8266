"""Everything that a task's page shows to one person, asked in a few statements and in plain values for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Entry, entries
from opsdesk.calendar.book import calendar_of
from opsdesk.lib.era import era_date
from opsdesk.lib.refusal import Refusal
from raci.access import standing_of
from raci.definition import definition_of
from raci.models import Mark, Sharing

from .acting import CLOSE, COMMENT, FILL, own_teams, proxy_teams
from .answers import Reading, read
from .around import Around, around
from .closing import why_not_reopen
from .commenting import audiences_for
from .filling import editable, setting_of, start_answers, task_fields
from .forms import Drawn, draw, text_of
from .models import Audience, Outcome, Task
from .papers import Paper, Papers, papers_of
from .recurrence import in_words, rule_of
from .signing import label_of
from .words import due_words, is_recorded_later, period_long, period_short, state_words

EVENTS = 50


def pages() -> QuerySet[Task]:
    """Tasks with all that their page reads of other rows."""
    return Task.objects.select_related(
        "duty__edition", "duty__schedule", "organization", "assignee", "lead", "closed_by", "closed_for"
    )


class Page:
    """`typed`: what was sent and refused (raw answers and the closing's own fields); `refusal`: why."""

    def __init__(
        self,
        task: Task,
        user: Any,
        *,
        now: datetime,
        today: date,
        typed: Mapping[str, Any] | None = None,
        refusal: Refusal | None = None,
        is_proxy: bool = False,
        blanks: int = 1,
    ) -> None:
        self.task, self.user, self.now, self.today = task, user, now, today
        self.typed, self.refusal, self.is_proxy, self.blanks = typed or {}, refusal, is_proxy, blanks
        self.definition = definition_of(task.duty_id)
        self.calendar = calendar_of(task.organization)
        self.errors: Mapping[str, str] = refusal.errors if refusal else {}

    # -- who -----------------------------------------------------------------------------------------------
    @cached_property
    def proxies(self) -> list[Team]:
        return proxy_teams(self.task, self.user, self.today) if self.is_proxy else []

    def _teams(self, marks: frozenset[str]) -> list[Team]:
        return own_teams(self.task, self.user, self.today, marks)

    @cached_property
    def closers(self) -> list[Team]:
        """Teams for which the person may close, skip and reopen."""
        return self.proxies or self._teams(CLOSE)

    @cached_property
    def fillers(self) -> list[Team]:
        return self.proxies or self._teams(FILL)

    @cached_property
    def commenters(self) -> list[Team]:
        return self._teams(COMMENT)

    @cached_property
    def may_proxy(self) -> bool:
        """The union, where somebody else has ◎ or signs next."""
        if not self.task.is_open or self.is_proxy or not standing_of(self.user, self.today).is_union:
            return False
        return not self._teams(CLOSE) if not self.is_signed else not self.is_my_turn

    @cached_property
    def signers(self) -> list[Team]:
        """Teams for which the person may give the signature whose turn it is."""
        turn = self.turn
        if turn is None:
            return []
        standing = standing_of(self.user, self.today)
        return [
            t
            for t in (self.proxies or standing.teams)
            if t.role_id == turn["role_id"]
            and (t.role.kind != Organization.Kind.MEMBER or t.organization_id == self.task.organization_id)
            and (self.is_proxy or not turn["is_approver"] or t.pk in standing.approver_of)
        ]

    @cached_property
    def mode(self) -> str:
        """What the form offers: sign, close, fill or read."""
        if not self.task.is_open:
            return "read"
        if self.is_signed:
            return "sign" if self.is_my_turn else "fill" if self.editable else "read"
        return "close" if self.closers else "fill" if self.editable else "read"

    @cached_property
    def teams(self) -> list[Team]:
        """For whom the form may act; asked only where there are several."""
        return {"sign": self.signers, "close": self.closers}.get(self.mode, self.fillers)

    @property
    def reason_needed(self) -> bool:
        return self.is_proxy

    @cached_property
    def mark(self) -> str:
        return standing_of(self.user, self.today).mark_on(self.task.duty_id, self.task.organization_id)

    # -- header --------------------------------------------------------------------------------------------
    @property
    def title(self) -> str:
        return self.task.duty.work

    @cached_property
    def due(self) -> tuple[str, str]:
        return due_words(self.task, self.calendar, self.now, self.today)

    @property
    def state(self) -> tuple[str, str]:
        waiting = self.turn["label"] if self.turn and any(s["signature"] for s in self.steps) else ""
        return state_words(self.task, self.now, waiting)

    @property
    def period(self) -> str:
        return period_long(self.task, self.calendar)

    @property
    def period_crumb(self) -> str:
        return period_short(self.task, self.today)

    @property
    def is_common(self) -> bool:
        return self.task.organization.kind == Organization.Kind.UNION

    @property
    def marks(self) -> list[tuple[str, str]]:
        """(mark, role), strongest first: the reason why whom (担当の根拠)."""
        order = [Mark.MAIN.value, Mark.SUPPORT.value, Mark.RELATED.value]
        found = sorted(self.definition.assignments, key=lambda a: order.index(a.mark))
        return [(a.mark, str(a.role)) for a in found]

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        number = _("No.%(number)s") % {"number": self.task.duty.number}
        where = f"{self.task.organization} " if not self.is_common else ""
        return [
            (_("ダッシュボード"), "/"),
            (_("作業一覧"), reverse("tasks:list")),
            (number, f"{reverse('tasks:list')}?duty={self.task.duty.number}"),
            (f"{where}{self.period_crumb}", ""),
        ]

    @property
    def rule(self) -> str:
        found = rule_of(self.task.duty)
        return in_words(found) if found else ""

    # -- signatures ----------------------------------------------------------------------------------------
    @property
    def is_signed(self) -> bool:
        return self.task.duty.sharing == Sharing.SIGNERS

    @cached_property
    def steps(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for signer in self.definition.signers if self.is_signed else ():
            given = self.papers.signature(signer.position)
            is_turn = self.task.is_open and given is None and not any(s["is_turn"] for s in found)
            void = [s for s in self.papers.signatures if s.position == signer.position and s.gone_at]
            found.append(
                {
                    "position": signer.position,
                    "role_id": signer.role_id,
                    "is_approver": signer.is_approver,
                    "label": label_of(signer),
                    "mark": self.definition.mark_of(signer.role_id),
                    "signature": given,
                    "round": len(void) + 1 if void else 0,
                    "is_turn": is_turn,
                }
            )
        return found

    @cached_property
    def turn(self) -> dict[str, Any] | None:
        return next((s for s in self.steps if s["is_turn"]), None)

    @property
    def is_my_turn(self) -> bool:
        return bool(self.signers)

    @property
    def is_last_turn(self) -> bool:
        return self.turn is not None and self.turn is self.steps[-1]

    @property
    def signed_count(self) -> int:
        return sum(1 for s in self.steps if s["signature"])

    @property
    def returnable(self) -> list[dict[str, Any]]:
        """Earlier signers to whom it may be sent back."""
        return [s for s in self.steps if s["signature"]] if self.task.is_open else []

    @cached_property
    def returned(self) -> Paper | None:
        """The last signature that was sent back, while it is open again."""
        void = [s for s in self.papers.signatures if s.gone_at is not None]
        if not void or not self.task.is_open or self.turn is None:
            return None
        last = max(void, key=lambda s: s.gone_at or s.at)
        return last if last.position >= self.turn["position"] else None

    # -- the form ------------------------------------------------------------------------------------------
    @cached_property
    def editable(self) -> set[str]:
        frozen = frozenset(s["role_id"] for s in self.steps if s["signature"])
        return (
            set().union(*(editable(self.task, t, frozen) for t in self.fillers))
            if self.task.is_open
            else set()
        )

    @cached_property
    def stored(self) -> dict[str, Any]:
        previous = self.around.previous
        return start_answers(self.task, previous.answers if previous else {})

    @cached_property
    def reading(self) -> Reading:
        files = frozenset(f.place for f in self.papers.files if f.gone_at is None)
        setting = setting_of(self.task, self.today, files, self.calendar)
        return read(task_fields(self.task), self.typed.get("answers", {}), setting, stored=self.stored)

    @cached_property
    def form(self) -> Drawn:
        last = self.around.last[0].answers if self.around.last else {}
        return draw(
            task_fields(self.task),
            values={**self.stored, **self.typed.get("answers", {})},
            editable=self.editable if self.mode != "read" else (),
            reading=self.reading,
            errors=self.errors,
            previous=last,
            files={f.place: self.papers.files_of(f.place) for f in self.papers.files},
            blanks=self.blanks,
        )

    @property
    def typed_words(self) -> list[tuple[str, str]]:
        """What was typed into a form that can't be sent any more: (label, text)."""
        found = []
        for f in task_fields(self.task):
            value = self.typed.get("answers", {}).get(f.key)
            if isinstance(value, list):
                value = "\n".join("\t".join(str(row.get(c.key, "")) for c in f.columns) for row in value)
            if value:
                found.append((f.row.label, text_of(f.row, value)))
        return [*found, *([(_("所見"), self.typed["remark"])] if self.typed.get("remark") else [])]

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """正常 and 異常あり; under findings 正常 can't be chosen."""
        found = bool(self.reading.findings)
        said = Outcome.ABNORMAL if found else self.typed.get("outcome") or self.task.outcome or Outcome.NORMAL
        return [
            {
                "value": o.value,
                "label": o.label,
                "is_chosen": o == said,
                "is_off": found and o == Outcome.NORMAL,
            }
            for o in Outcome
        ]

    @property
    def done_on(self) -> str:
        return self.typed.get("done_on") or era_date(self.today, with_weekday=True)

    @property
    def remark(self) -> str:
        return self.typed["remark"] if "remark" in self.typed else self.task.remark

    @property
    def reason(self) -> str:
        return self.typed.get("reason", "")

    @property
    def chosen_team(self) -> str:
        return str(self.typed.get("team", ""))

    @property
    def draft(self) -> str:
        return f"task-{self.task.pk}-{self.user.pk}"

    # -- around --------------------------------------------------------------------------------------------
    @cached_property
    def around(self) -> Around:
        return around(self.task, self.user, self.today)

    @property
    def last(self) -> list[tuple[Task, str]]:
        return [(t, period_short(t, self.today)) for t in self.around.last]

    @property
    def before(self) -> list[dict[str, Any]]:
        return self._neighbours(self.around.before)

    @property
    def after(self) -> list[dict[str, Any]]:
        return self._neighbours(self.around.after)

    def _neighbours(self, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """A row a duty; of several organizations' tasks how many are done."""
        found = []
        for duty_id in dict.fromkeys(t.duty_id for t in tasks):
            group = [t for t in tasks if t.duty_id == duty_id]
            first, done = group[0], sum(not t.is_open for t in group)
            if len(group) == 1:
                kind, state = state_words(first, self.now)
                url = reverse("tasks:detail", args=[first.pk])
            else:
                kind, state = (
                    ("done" if done == len(group) else "run"),
                    _("%(done)s/%(all)s 完了") % {"done": done, "all": len(group)},
                )
                url = f"{reverse('tasks:list')}?duty={first.duty.number}&state="
            found.append(
                {
                    "url": url,
                    "name": f"No.{first.duty.number} {first.duty.work}",
                    "period": period_short(first, self.today),
                    "who": str(first.organization)
                    if len(group) == 1 and first.organization.kind != Organization.Kind.UNION
                    else "",
                    "pill": kind,
                    "state": state,
                }
            )
        return found

    @property
    def waits_for(self) -> list[str]:
        return [f"No.{t.duty.number}" for t in self.around.before if t.is_open] if self.task.is_open else []

    @property
    def previous_word(self) -> str:
        return period_short(self.around.previous, self.today) if self.around.previous else ""

    @property
    def next_word(self) -> str:
        return period_short(self.around.next, self.today) if self.around.next else ""

    # -- comments, files, history --------------------------------------------------------------------------
    @cached_property
    def papers(self) -> Papers:
        return papers_of(self.task, self.user, self.today)

    @property
    def internal_count(self) -> int:
        return sum(c.audience == Audience.INTERNAL for c in self.papers.comments)

    @property
    def audiences(self) -> list[dict[str, Any]]:
        if not self.commenters:
            return []
        hints = {
            Audience.MEMBER.value: _("%(who)s・委託ベンダ・広域組合"),
            Audience.INTERNAL.value: _("委託ベンダ・広域組合"),
        }
        team = self.commenters[0]
        own = team.organization if team.role.kind == Organization.Kind.MEMBER else self.task.organization
        return [
            {
                "value": a,
                "label": Audience(a).label,
                "hint": hints.get(a, "") % {"who": own},
                "is_chosen": n == 0,
            }
            for n, a in enumerate(audiences_for(self.task, team))
        ]

    @cached_property
    def history(self) -> list[Entry]:
        """Newest first, with the making of the task as its last line."""
        rows = list(Event.objects.about(self.task)[: EVENTS + 1])
        found = entries(rows[:EVENTS])
        if len(rows) > EVENTS:
            return found
        made = _("作業を作成") if not self.task.is_caught_up else _("作業を作成(遡及)")
        return [
            *found,
            Entry(self.task.created_at, _("開始"), made, _("システム"), self.rule, "", "task.created"),
        ]

    # -- what may be undone --------------------------------------------------------------------------------
    @cached_property
    def may_reopen(self) -> bool:
        return not self.task.is_open and any(
            not why_not_reopen(self.task, team, self.now) for team in self._teams(CLOSE)
        )

    @property
    def is_recorded_later(self) -> bool:
        return is_recorded_later(self.task, self.calendar)

    @property
    def is_mine(self) -> bool:
        return self.task.assignee_id == self.user.pk

    @property
    def my_team_ids(self) -> set[int]:
        return {t.pk for t in self.commenters}

    @property
    def may_take(self) -> bool:
        """Nobody has it yet, or the lead is still free for a ◎ team of mine."""
        if not self.task.is_open or not self._teams(FILL):
            return False
        if self.task.assignee_id is None:
            return True
        return (
            self.is_mine
            and self.task.duty.sharing == Sharing.ANY
            and self.task.lead_id is None
            and bool(self._teams(CLOSE))
        )

    @property
    def may_let_go(self) -> bool:
        return self.task.is_open and self.is_mine

    @property
    def may_assign(self) -> bool:
        return self.task.is_open and bool(self._teams(FILL))
