"""Question: everything a dashboard's page shows, put together from the boards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from opsdesk.lib.era import era_date, era_short

from . import boardrows
from .boardacks import Acks
from .boardmonth import Month
from .boardpanels import MAIN, SIDE, panels_of
from .boardrows import Row, RowMaker
from .boards import SHOWN, Board
from .cautions import of_displaced
from .deadlines import deadlines_of
from .flow import Flows
from .grid import grid_of
from .groups import Group, groups_of
from .oversight import TeamLine, sums_of, team_lines


@dataclass(frozen=True)
class Count:
    """A number of the head: `kind` bad or ""; the list behind it has as many rows."""

    number: int
    label: str
    url: str
    kind: str = ""
    small: str = ""


@dataclass(frozen=True)
class Section:
    """A panel of rows; `rest` is how many tasks only the list shows."""

    id: str
    title: str
    count: str
    url: str
    link: str
    groups: list[Group]
    rows: list[Row]
    rest: int
    empty: str
    hint: str


def dashboard_of(board: Board) -> dict[str, Any]:
    """The context of tasks/home.html, or of tasks/home_union.html for the union's view of everybody."""
    page = {
        "board": board,
        "title": _title(board),
        "sub": _sub(board),
        "scopes": _scopes(board),
        "teams": _teams(board),
        "calendar": Month(board),
        "waiting": Waiting(board),
        "acks": Acks(board),
        "main_panels": panels_of(board, MAIN),
        "side_panels": panels_of(board, SIDE),
    }
    return page | (_oversight(board) if board.is_oversight else _own(board))


def _own(board: Board) -> dict[str, Any]:
    flows = Flows(board)
    rows = RowMaker(board, flows.open_before()).sections(board.rows())
    return {
        "counts": _counts(board),
        "sections": _sections(board, rows),
        "flows": flows.flows(),
        "deadlines": deadlines_of(board, flows),
    }


def _oversight(board: Board) -> dict[str, Any]:
    sums = sums_of(board)
    teams = team_lines(board, sums)
    own = board.narrowed("team")
    rows = RowMaker(own).sections(own.rows(upcoming=False))
    mine = rows[boardrows.OVERDUE] + rows[boardrows.TODAY]
    number = _own_number(board, own, teams) if len(mine) >= SHOWN else len(mine)
    url = own.url(state="open", due_to=board.today)
    name = own.standing.teams[0].name
    counts = _counts(board)
    late = sum(1 for team in teams if team.late)
    counts[0] = replace(counts[0], small=_("%(n)sチーム") % {"n": late} if late else "")
    counts.insert(2, Count(number, _("%(team)sの作業") % {"team": name}, url))
    section = Section(
        "own",
        _("%(team)sの作業") % {"team": name},
        _("%(n)s件") % {"n": number},
        url,
        _("作業一覧"),
        [],
        mine,
        number - len(mine),
        _("今日までの作業はありません。"),
        "",
    )
    return {
        "counts": counts,
        "own": section,
        "grid": grid_of(board, teams),
        "team_lines": teams,
        "displaced": of_displaced(sum(s.displaced for s in sums)),
    }


def _own_number(board: Board, own: Board, teams: list[TeamLine]) -> int:
    """Open work of mine due up to today; of one team it is known already."""
    codes = set(board.codes)
    if len(codes) == 1:
        return sum(line.late + line.today for line in teams if line.code in codes)
    return own.tasks.open().filter(due_on__lte=board.today).count()


def _title(board: Board) -> str:
    if board.is_oversight:
        return _("全体の運用")
    names = {t.organization.short_name for t in board.standing.teams}
    if board.is_member and len(names) == 1:
        return _("%(member)sの運用") % {"member": names.pop()}
    return _("今日の運用")


def _sub(board: Board) -> dict[str, Any]:
    calendar, today = board.calendar, board.today
    closed = calendar.reason_closed(today)
    following = calendar.next_business_day(today + timedelta(1))
    return {
        "today": today,
        "words": era_date(today, with_weekday=True),
        "kind": _("閉庁日(%(reason)s)") % {"reason": closed} if closed else _("開庁日"),
        "ordinal": ""
        if closed
        else _("%(month)s月の第%(n)s開庁日") % {"month": today.month, "n": calendar.ordinal(today)},
        "next": following,
        "next_words": era_short(following, today),
    }


def _scopes(board: Board) -> list[dict[str, Any]]:
    teams = board.standing.teams
    name = board.team.name if board.team else teams[0].name if len(teams) == 1 else _("チーム")
    words = {"mine": _("自分"), "team": name, "all": _("全体")}
    team = board.team_code
    return [
        {
            "url": f"?scope={scope}" + (f"&team={team}" if team else ""),
            "label": label,
            "current": scope == board.scope,
        }
        for scope, label in words.items()
    ]


def _teams(board: Board) -> list[dict[str, Any]]:
    """The choice of a team, for people in several."""
    if len(board.codes) < 2:
        return []
    choices = [("", _("すべての担当")), *((code, team.name) for code, team in board.codes.items())]
    return [
        {
            "url": f"?scope={board.scope}" + (f"&team={code}" if code else ""),
            "label": label,
            "current": code == board.team_code,
        }
        for code, label in choices
    ]


def _counts(board: Board) -> list[Count]:
    numbers = board.numbers
    done = _("完了 %(n)s") % {"n": numbers.done_today} if numbers.done_today else ""
    return [
        Count(
            numbers.overdue, _("期限超過"), board.url(state="overdue"), kind="bad" if numbers.overdue else ""
        ),
        Count(numbers.today, _("今日が期限"), board.url(state="today"), small=done),
        Count(numbers.upcoming, _("今後5開庁日"), board.url(state="upcoming")),
        Count(board.waiting_count, _("署名待ち"), board.url(state="waiting")),
        _acks(board),
    ]


def _acks(board: Board) -> Count:
    label = _("確認待ち") if board.is_member else _("確認が未了")
    return Count(board.unacknowledged[1], label, board.acks_board.url(state="unconfirmed"))


def _sections(board: Board, rows: dict[str, list[Row]]) -> list[Section]:
    numbers, groups = board.numbers, groups_of(board)
    start, end = (era_short(day, board.today) for day in board.ahead)
    done = _("(完了 %(n)s)") % {"n": numbers.done_today} if numbers.done_today else ""
    hints = {"today": _next(numbers.next_on, board.today), "upcoming": _next(numbers.later_on, board.today)}
    heads = (
        ("overdue", _("期限超過"), numbers.overdue, "", _("超過の一覧"), _("期限を過ぎた作業はありません。")),
        (
            "today",
            _("今日が期限"),
            numbers.today,
            done,
            _("今日の一覧"),
            _("今日が期限の作業は残っていません。"),
        ),
        (
            "upcoming",
            _("今後5開庁日"),
            numbers.upcoming,
            f" {start}〜{end}",
            _("今後の一覧"),
            _("今後5開庁日に期限の作業はありません。"),
        ),
    )
    found = []
    for kind, title, number, more, link, empty in heads:
        shown = rows[kind] + (rows[boardrows.DONE] if kind == "today" else [])
        several = groups.shown.get(kind, [])
        rest = number - len(rows[kind]) - sum(p.is_open for g in several for p in g.parts)
        found.append(
            Section(
                kind,
                title,
                _("%(n)s件") % {"n": number} + more,
                board.url(state=kind),
                link,
                several,
                shown,
                rest if len(rows[kind]) >= SHOWN or groups.more.get(kind) else 0,
                empty,
                hints.get(kind, ""),
            )
        )
    return found


def _next(day: date | None, today: date) -> str:
    return _("次の期限は%(day)sです。") % {"day": era_short(day, today)} if day else ""


class Waiting:
    """The panel of what waits for a signature: mine, for the union anybody's."""

    def __init__(self, board: Board) -> None:
        maker = RowMaker(board)
        self.count, self.url = board.waiting_count, board.url(state="waiting")
        self.rows = [maker.row(task) for task in board.waiting[:10]]
        self.rest = self.count - len(self.rows)
