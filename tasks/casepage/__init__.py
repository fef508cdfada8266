"""Everything that the page of a case shows to one person, in a few statements and in plain values."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.models import Event
from raci.models import FollowUp
from tasks import kinds
from tasks.acting import CLOSE, FILL, when
from tasks.cases import asks_concerns, given_up_by
from tasks.casewriters import audiences_for, is_internal, situation_writers, town_of, writers
from tasks.commenting import audience_choices
from tasks.following import choices_of
from tasks.forms import Choice
from tasks.models import CommentKind, Task
from tasks.raising import raisers

from .gather import case_of, events_of
from .log import Entry, Eyes, Log, entries_of, own_case_numbers, page_of
from .panels import Panels
from .papers import Paper

__all__ = ["CasePage", "case_of"]

FILTERS = (
    ("", gettext_lazy("すべて")),
    ("decided", gettext_lazy("判断・復旧")),
    ("told", gettext_lazy("連絡・依頼")),
    ("note", gettext_lazy("記録")),
    ("file", gettext_lazy("ファイル")),
    ("step", gettext_lazy("作業の動き")),
)
#: The three questions of 現在の状況.
SITUATION_NAMES = (
    ("now", gettext_lazy("いま")),
    ("impact", gettext_lazy("影響")),
    ("next", gettext_lazy("次の予定")),
)


class CasePage(Panels):
    """Who may do what with a case now; its timeline."""

    @cached_property
    def kind_panel(self) -> kinds.Panel | None:
        """What the app of its kind has to add."""
        return kinds.of(self.case.kind).panel(self)

    @property
    def title(self) -> str:
        return str(self.case.title)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """By the list where cases of its kind live."""
        above = kinds.of(self.case.kind).home()
        return [(_("ダッシュボード"), "/"), (above.name, above.url), (str(self.case.number), "")]

    @property
    def act_crumbs(self) -> list[tuple[str, str]]:
        """Of the page of an act: back to the case."""
        here = reverse("tasks:case", args=[self.case.number])
        return [*self.crumbs[:-1], (str(self.case.number), here)]

    @property
    def error_links(self) -> list[tuple[str, str]]:
        return [(f"#f-{key}", sentence) for key, sentence in self.errors.items()]

    @property
    def original_url(self) -> str:
        return reverse("tasks:case", args=[self.original.number])

    @property
    def sequel_url(self) -> str:
        """Where the next case is raised, that has this one as its source; "" for who may not raise it.

        A municipality raises for itself only."""
        teams = raisers(self.case.entry, self.standing) if not self.case.is_open else []
        if not any(t.role.kind != Organization.Kind.MEMBER or self._is_alone(t) for t in teams):
            return ""
        path = reverse("tasks:raise", args=[self.case.entry.number])
        return f"{path}?source={quote(self.case.number)}"

    def _is_alone(self, team: Team) -> bool:
        return set(self.concerned_ids) == {team.organization_id}

    # --- writing ---

    @cached_property
    def writers(self) -> list[Team]:
        """Teams for which the person writes; the first one if none is chosen."""
        return writers(self.case, self.user, self.today, self.concerned_ids)

    @cached_property
    def situation_writers(self) -> list[Team]:
        if not self.case.is_open:
            return []
        return situation_writers(self.open_steps, self.user, self.today, self.concerned_ids)

    @property
    def audiences(self) -> list[Choice]:
        """What the composer offers, the preset chosen."""
        if not self.writers:
            return []
        team = self.writers[0]
        internal = is_internal(self.open_steps, team, self.user, self.today, self.concerned_ids)
        found = audiences_for(self.case, team, self.concerned_ids, internal=internal)
        return audience_choices(found, self._town(team), self.typed.get("audience", ""))

    def _town(self, team: Team) -> str:
        pk = town_of(self.case, team, self.concerned_ids)
        towns: list[Organization] = [*self.concerned, *([self.case.reporter] if self.case.reporter else [])]
        return next((str(o) for o in [team.organization, *towns] if o.pk == pk), "")

    @property
    def kinds(self) -> list[tuple[str, str, bool]]:
        chosen = self.typed.get("kind") or CommentKind.PROGRESS
        offered = [k for k in CommentKind if k != CommentKind.ANSWER or k == chosen]  # it has its own form
        return [(k.value, str(k.label), k == chosen) for k in offered]

    @cached_property
    def correcting(self) -> Paper | None:
        """The note of my team that is being put right."""
        asked = self.typed.get("corrects") or self.query.get("correct", "")
        found = next((n for n in self.papers.notes.values() if str(n.pk) == asked and not n.task_id), None)
        return found if found and found.team_id in self.writer_ids else None

    @property
    def writer_ids(self) -> set[int]:
        return {t.pk for t in self.writers}

    @property
    def draft(self) -> str:
        return f"case-{self.case.pk}-{self.user.pk}"

    # --- the situation ---

    @property
    def situation_fields(self) -> list[dict[str, Any]]:
        """The form of the situation, as it was typed or as it stands."""
        return [
            {
                "key": key,
                "label": label,
                "text": self.typed.get(key, ""),
                "error": self.errors.get(key, ""),
                "is_needed": key == "now",
            }
            for key, label in SITUATION_NAMES
        ]

    @property
    def situation(self) -> list[tuple[str, str]]:
        found = self.case.situation
        return [(str(label), found[key]) for key, label in SITUATION_NAMES if found.get(key)]

    @property
    def situated(self) -> str:
        """10:41 更新 山口(ヘルプデスク)."""
        last = next((e for e in self.events if e.code == "case.situation"), None)
        if last is None:
            return ""
        who = _("他団体") if last.team_name in self.other_teams else f"{last.actor_name}({last.team_name})"
        return _("%(when)s 更新 %(who)s") % {"when": when(last.at, self.now), "who": who}

    # --- the timeline ---

    @cached_property
    def events(self) -> list[Event]:
        return events_of(self.case, [s for s in self.all_steps if s.is_seen])

    @cached_property
    def entries(self) -> list[Entry]:
        steps = {str(s.pk): s for s in self.all_steps if s.is_seen}
        numbers = own_case_numbers(self.case, self.linked)
        return entries_of(
            self.events,
            steps,
            self.papers,
            Eyes(self.own_organizations, numbers, self.other_teams, self.user.pk),
        )

    @cached_property
    def log(self) -> Log:
        return page_of(self.entries, self.query)

    def address(self, **of: str) -> str:
        """The query of the timeline with something else in it; the page is the first again."""
        now = {"show": self.log.show, "order": "old" if self.log.is_oldest_first else "", **of}
        return f"?{urlencode({k: v for k, v in now.items() if v})}#s-log"

    @property
    def filters(self) -> list[tuple[str, str, bool]]:
        return [(self.address(show=code), str(label), code == self.log.show) for code, label in FILTERS]

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        is_old = self.log.is_oldest_first
        new, old = self.address(order=""), self.address(order="old")
        return [(new, _("新しい順"), not is_old), (old, _("古い順"), is_old)]

    @property
    def pages(self) -> list[tuple[str, str]]:
        """(address, words) to the pages before and after, and to all on one."""
        log, found = self.log, []
        if log.previous:
            found.append((self.address(page=str(log.previous)), _("前の50件")))
        if log.next:
            found.append((self.address(page=str(log.next)), _("次の50件")))
        if log.previous or log.next:
            found.append((self.address(page="all"), _("すべて表示する")))
        return found

    # --- what may be done with the case ---

    @property
    def may_give_up(self) -> bool:
        return self.case.is_open and given_up_by(self.case, self.standing)

    @cached_property
    def additions(self) -> list[tuple[Task, FollowUp]]:
        """(a step that was closed, another of its choices) that I may still open."""
        if not self.case.is_open:
            return []
        return [
            (step, edge)
            for step in self.steps
            if step.state == Task.State.DONE and self.own(step, CLOSE)
            for edge in choices_of(step, self.standing_steps)
            if edge.target_key not in (step.course or {}).get("to", ())
        ]

    @cached_property
    def concern_changers(self) -> list[Team]:
        """My teams that may change whom the case concerns."""
        if not self.case.is_open:
            return []
        found = [t for s in self.steps if asks_concerns(s) for t in self.own(s, CLOSE)]
        return list(dict.fromkeys(found))

    @property
    def may_link(self) -> bool:
        return any(self.own(s, FILL) for s in self.steps)
