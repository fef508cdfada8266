"""Closed and open days from a workbook or a calendar file, as lines that say what each would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.accounts.models import Organization
from opsdesk.lib import headed, sheets
from opsdesk.lib.headed import Column
from opsdesk.lib.refusal import Refusal

from .dayfeed import events
from .days import SATURDAY, Calendar, is_new_year_break
from .models import ClosedDay, OpenDay

NEW, THERE, NO_EFFECT, PROBLEM = "new", "there", "no_effect", "problem"
CLOSED, OPEN = "closed", "open"
MODELS: dict[str, type[ClosedDay] | type[OpenDay]] = {CLOSED: ClosedDay, OPEN: OpenDay}
MOST = 1000
LONGEST_NAME = 100
COLUMNS = (
    Column("on", "日付", ("年月日", "月日", "休庁日", "閉庁日")),
    Column("name", "名称・理由", ("名称", "理由", "名称理由", "名前", "備考", "内容", "事由")),
    Column("kind", "種別", ("区分", "種類")),
    Column("organization", "団体", ("市町村", "自治体", "構成団体")),
)
ALL = frozenset({"全団体", "すべて", "全て", "全部", "共通"})
#: What a line without a name is called.
NAMES = {CLOSED: gettext_lazy("休庁日"), OPEN: gettext_lazy("臨時開庁日")}


@dataclass(frozen=True)
class Line:
    """One day of the file. `where` is its cell or UID, `of` the code of its organization ("": for all)."""

    where: str
    on: date | None = None
    kind: str = CLOSED
    of: str = ""
    name: str = ""
    status: str = NEW
    sentence: str = ""

    @property
    def key(self) -> tuple[date | None, str, str]:
        return self.on, self.kind, self.of


def read(
    name: str, content: bytes, organizations: Sequence[Organization], of: str, today: date
) -> list[Line]:
    """The lines of a file; `of` is the organization of those that name none. Raises Refusal."""
    if name.lower().endswith((".ics", ".ical", ".ifb")) or b"BEGIN:VCALENDAR" in content[:400].upper():
        found = [Line(**event, of=of) for event in events(content, today)]
    else:
        found = list(_of_book(sheets.read(content), organizations, of))
    if not found:
        raise Refusal(_("日付が一つもありません。"))
    if len(found) > MOST:
        raise Refusal(_("一度に取り込めるのは %(most)s 日までです。") % {"most": MOST})
    return found


def _of_book(book: sheets.Workbook, organizations: Sequence[Organization], of: str) -> Iterator[Line]:
    tables = [headed.rows(sheet, COLUMNS, ("on",)) for sheet in book.sheets.values()]
    if not any(table is not None for table in tables):
        raise Refusal(_("「日付」の見出しがあるシートがありません。見出しは 日付・名称・種別・団体 です。"))
    for row in (row for table in tables if table for row in table):
        yield _line(row, organizations, of)


def _line(row: headed.Row, organizations: Sequence[Organization], of: str) -> Line:
    """One row; the first cell that can't be read makes it a problem."""
    found: dict[str, Any] = {"name": row.text("name"), "of": of}
    readings = (
        ("on", "on", lambda: headed.day_of(row.cells.get("on", ""))),
        ("kind", "kind", lambda: _kind(row.text("kind"))),
        ("organization", "of", lambda: _organization(row.text("organization"), organizations, of)),
    )
    for column, name, read in readings:
        try:
            found[name] = read()
        except ValueError as wrong:
            return Line(row.where(column), **found, status=PROBLEM, sentence=str(wrong))
    return Line(row.where("on"), **found)


def _kind(text: str) -> str:
    plain = headed.folded(text)
    if not plain or "休" in plain or "閉" in plain:
        return CLOSED
    if "開" in plain:
        return OPEN
    raise ValueError(
        _("種別「%(text)s」は読めません。休庁 か 臨時開庁 にしてください。") % {"text": text[:20]}
    )


def _organization(text: str, organizations: Sequence[Organization], of: str) -> str:
    plain = headed.folded(text)
    if not plain:
        return of
    if plain in ALL:
        return ""
    for organization in organizations:
        names = (organization.code, organization.name, organization.short_name)
        if plain in {headed.folded(name) for name in names}:
            return organization.code
    raise ValueError(_("団体「%(text)s」がありません。") % {"text": text[:40]})


def judged(
    lines: Iterable[Line], calendar: Calendar, there: Iterable[tuple[date, str, str]], known: Iterable[str]
) -> list[Line]:
    """The lines with what each would do. `there`: (day, kind, code) of what is stored; `known`: codes."""
    seen, codes, judged_lines = set(there), {"", *known}, []
    for line in lines:
        line = line if line.status == PROBLEM else _judged(line, calendar, seen, codes)
        if line.status == NEW:
            seen.add((line.on, line.kind, line.of))  # type: ignore[arg-type]
        judged_lines.append(line)
    return judged_lines


def _judged(line: Line, calendar: Calendar, seen: set[Any], codes: set[str]) -> Line:
    line = replace(line, name=line.name.strip() and line.name or str(NAMES[line.kind]))
    other = (line.on, OPEN if line.kind == CLOSED else CLOSED, line.of)
    if line.of not in codes:
        return replace(line, status=PROBLEM, sentence=_("団体がありません。"))
    if len(line.name) > LONGEST_NAME:
        sentence = _("名称は %(most)s 文字までです。") % {"most": LONGEST_NAME}
        return replace(line, status=PROBLEM, sentence=sentence)
    if line.key in seen:
        return replace(line, status=THERE, sentence=_("すでに登録されています。"))
    if other in seen:
        sentence = _("同じ日が%(kind)sとして登録されています。") % {"kind": NAMES[other[1]]}
        return replace(line, status=PROBLEM, sentence=sentence)
    assert line.on is not None
    why = why_no_effect(MODELS[line.kind](on=line.on, name=line.name), calendar)
    return replace(line, status=NO_EFFECT, sentence=why) if why else replace(line, status=NEW)


def why_no_effect(row: ClosedDay | OpenDay, calendar: Calendar) -> str:
    """Why closing or opening the day changes nothing: it is closed, or open, by itself. "" if it does."""
    by_itself = row.on in calendar.holidays or row.on.weekday() >= SATURDAY or is_new_year_break(row.on)
    if isinstance(row, OpenDay):
        return "" if by_itself or row.on in calendar.closed else _("もともと開庁日です。")
    if not by_itself:
        return ""
    why = Calendar(holidays=calendar.holidays, names=calendar.names).reason_closed(row.on)
    return _("%(why)sのため、もともと閉庁日です。") % {"why": why}
