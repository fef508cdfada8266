"""Question: published results on a dashboard: what a municipality is to acknowledge, whom others wait for."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opsdesk.accounts.models import Organization
from opsdesk.lib.era import era_short
from opsdesk.lib.templatetags import ui
from opsdesk.lib.templatetags.dates import day_of
from raci.outline import outline_of

from .acknowledgements import Ack, Published
from .boardrows import period_words
from .boards import Board


@dataclass(frozen=True)
class Chip:
    """A municipality that is missing; `words` are for who does not see the look."""

    css: str
    name: str
    words: str


@dataclass(frozen=True)
class Line:
    """One published result. `chips` only for vendors and the union; `version` is what is acknowledged.

    `urge` is where the missing ones are reminded, "" for who may not."""

    url: str
    name: str
    number: int
    what: str
    count: str
    said: str
    reason: str
    version: int
    pill: SafeString
    chips: tuple[Chip, ...]
    act: str
    urge: str = ""


class Acks:
    """The panel 確認待ち of a municipality, 確認が未了 of everybody else; the oldest first."""

    def __init__(self, board: Board) -> None:
        self.board = board
        published, self.count = board.unacknowledged
        self.url, self.is_member = board.acks_board.url(state="unconfirmed"), board.is_member
        self.own = {team.organization_id for team in board.standing.teams}
        self.lines = [self._line(p) for p in published]
        self.rest = self.count - len(self.lines)

    @property
    def title(self) -> str:
        return _("確認待ち") if self.is_member else _("確認が未了")

    def _line(self, published: Published) -> Line:
        line = outline_of(published.edition).lines[published.duty]
        board = self.board
        said = _("公開 %(day)s %(who)s(%(team)s)") % {
            "day": era_short(day_of(published.at), board.today),
            "who": published.by,
            "team": published.team,
        }
        count = {"given": published.given, "all": len(published.acks)}
        mine = next((a for a in published.missing if a.organization in self.own), None)
        return Line(
            url=board.detail(published.pk),
            name=line.short,
            number=line.number,
            what=published.case or period_words(line.cycle, published.period_on, board.today),
            count=_("%(given)s/%(all)s 確認済") % count,
            said=said,
            reason=published.reason,
            version=published.number,
            pill=_pill(mine) if mine and self.is_member else SafeString(),
            chips=() if self.is_member else tuple(map(_chip, published.missing)),
            act=reverse("tasks:acknowledge", args=[published.pk]),
            urge=reverse("tasks:urge", args=[published.pk]) if self._may_urge(published) else "",
        )

    def _may_urge(self, published: Published) -> bool:
        """Vendors and the union, with a mark on the duty."""
        roles = self.board.standing.marks.get(published.duty, {})
        teams = self.board.standing.teams
        return any(t.role_id in roles and t.role.kind != Organization.Kind.MEMBER for t in teams)


def _pill(ack: Ack) -> SafeString:
    if ack.is_asking:
        return ui.pill("wait", _("質問中"))
    return ui.pill("run", _("回答あり")) if ack.reply else SafeString()


def _chip(ack: Ack) -> Chip:
    if ack.is_asking:
        return Chip("chk chk-b", ack.name, _("質問中"))
    return Chip("chk chk-n", ack.name, _("未確認"))
