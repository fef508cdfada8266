"""Days from an iCalendar file: all-day events, in Tokyo; yearly ones as far as people plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opsdesk.lib.refusal import Refusal

from .fiscal import FiscalYear

MAX_BYTES = 2**20
MOST_EVENTS = 1000
#: A single event of more days is no closing of an office.
LONGEST = 62
OPENING = "臨時開庁"
DAY = timedelta(days=1)
#: What a yearly rule may say besides; anything more is refused rather than misread.
PLAIN_RULE = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY"}


class Unclear(Exception):
    """The sentence that says why an event is no closed day."""


def events(content: bytes, today: date) -> Iterator[dict[str, Any]]:
    """The days of the file as fields of dayfile.Line: where, on, kind, name; or status and sentence.

    An event holds from DTSTART to the day before DTEND (RFC 5545 3.6.1). A timed one is refused unless it
    runs from midnight to midnight in Tokyo. RRULE: every year on the same day, up to the end of the second
    next fiscal year. What is cancelled is left out. Raises Refusal if the file is none."""
    last = FiscalYear(FiscalYear.of(today).year + 2).ends_on
    count = 0
    for feed in _feeds(content):
        for event in feed.walk("VEVENT"):
            count += 1
            if count > MOST_EVENTS:
                raise Refusal(_("予定が多すぎます。%(most)s 件までにしてください。") % {"most": MOST_EVENTS})
            if str(event.get("STATUS", "")).upper() != "CANCELLED":
                yield from _of_event(event, last)


def _feeds(content: bytes) -> list[Any]:
    from icalendar import Calendar as Feed  # many megabytes, for what is rare

    if len(content) > MAX_BYTES:
        raise Refusal(_("カレンダーのファイルが大きすぎます。1 MB までにしてください。"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp932", "replace")
    try:
        return list(Feed.from_ical(text, multiple=True))
    except Exception:  # icalendar raises half a dozen kinds over a broken one
        raise Refusal(_("iCalendar(.ics)として読めません。書き出し直してください。")) from None


def _of_event(event: Any, last: date) -> Iterator[dict[str, Any]]:
    name = str(event.get("SUMMARY", "")).strip()
    where = _("予定 %(uid)s") % {"uid": str(event.get("UID", "")) or name or _("（UID なし）")}
    try:
        first, days = _span(event)
        starts = _repeated(event, first, last)
    except Unclear as wrong:
        yield {"where": where, "name": name, "status": "problem", "sentence": str(wrong)}
        return
    except Exception:  # a property that the library can't read raises when it is asked for
        yield {"where": where, "name": name, "status": "problem", "sentence": _("予定として読めません。")}
        return
    kind = "open" if OPENING in name or OPENING in _categories(event) else "closed"
    for start in starts:
        for n in range(days):
            yield {"where": where, "on": start + DAY * n, "kind": kind, "name": name}


def _categories(event: Any) -> str:
    found = event.get("CATEGORIES")
    return found.to_ical().decode() if hasattr(found, "to_ical") else ""


def _span(event: Any) -> tuple[date, int]:
    """The first day, and how many there are."""
    if "DTSTART" not in event:
        raise Unclear(_("開始日(DTSTART)がありません。"))
    start = event["DTSTART"].dt
    end = event["DTEND"].dt if "DTEND" in event else None
    if end is None:
        length = event["DURATION"].dt if "DURATION" in event else DAY
        end = start + length
    first, after = _midnight(start), _midnight(end)
    days = (after - first).days
    if days < 0:
        raise Unclear(_("終わりが始まりより前です。"))
    if days > LONGEST:
        raise Unclear(_("%(days)s日つづく予定です。休庁日ではないようです。") % {"days": days})
    return first, max(days, 1)  # some write the same day as the end


def _midnight(moment: date | datetime) -> date:
    """The day that begins at `moment`; Unclear if none does."""
    if not isinstance(moment, datetime):
        return moment
    local = timezone.localtime(moment) if moment.tzinfo else moment
    if local.time() != time():
        raise Unclear(_("終日の予定ではありません。終日にして書き出し直してください。"))
    return local.date()


def _repeated(event: Any, first: date, last: date) -> list[date]:
    """The first days of all occasions up to `last`; Unclear for a rule that isn't simply yearly."""
    if any(name in event for name in ("RDATE", "EXDATE", "RECURRENCE-ID", "EXRULE")):
        raise Unclear(_("例外つきの繰り返しは読めません。一日ずつの予定にしてください。"))
    if "RRULE" not in event:
        return [first]
    rule = event["RRULE"]
    if isinstance(rule, list) or not _is_plain(rule, first):
        raise Unclear(_("毎年同じ日の繰り返しのほかは読めません。一日ずつの予定にしてください。"))
    until = min([last, *(_midnight_or_day(u) for u in rule.get("UNTIL", []))])
    count = min(rule.get("COUNT", [LAST_COUNT]))
    years = range(first.year, min(until.year, first.year + count - 1) + 1)
    return [day for year in years if (day := _in_year(first, year)) and day <= until]


LAST_COUNT = 300  # years


def _is_plain(rule: Any, first: date) -> bool:
    same = rule.get("BYMONTH", [first.month]) == [first.month]
    same &= rule.get("BYMONTHDAY", [first.day]) == [first.day]
    is_yearly = rule.get("FREQ") == ["YEARLY"] and rule.get("INTERVAL", [1]) == [1]
    return bool(same and is_yearly and set(rule) <= PLAIN_RULE)


def _midnight_or_day(moment: date | datetime) -> date:
    if isinstance(moment, datetime):
        return (timezone.localtime(moment) if moment.tzinfo else moment).date()
    return moment


def _in_year(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return None
