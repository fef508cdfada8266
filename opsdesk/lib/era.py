"""Dates as people here write and read them: eras (元号), weekdays, full-width digits."""

import logging
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from functools import lru_cache
from time import monotonic
from typing import NamedTuple

from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
WEEKDAYS = "月火水木金土日"
KEPT_SECONDS = 60


class Era(NamedTuple):
    """An era and the day it began."""

    starts_on: date
    name: str
    letter: str


#: Used where the table is empty or can't be read.
BUILT_IN = (
    Era(date(2019, 5, 1), "令和", "R"),
    Era(date(1989, 1, 8), "平成", "H"),
    Era(date(1926, 12, 25), "昭和", "S"),
    Era(date(1912, 7, 30), "大正", "T"),
    Era(date(1868, 1, 25), "明治", "M"),
)
#: No document of a town is older, and nobody plans further.
FIRST_YEAR, LAST_YEAR = 1868, 2199

_provider: Callable[[], Iterable[Era]] | None = None
_kept: tuple[float, tuple[Era, ...]] | None = None


def provide(provider: Callable[[], Iterable[Era]]) -> None:
    """Take the table from `provider`, asked again at most once a minute."""
    global _provider
    _provider = provider
    forget()


def forget() -> None:
    """Ask the provider again at the next date."""
    global _kept
    _kept = None


def table() -> tuple[Era, ...]:
    """The eras, newest first."""
    global _kept
    if _kept is None or monotonic() - _kept[0] > KEPT_SECONDS:
        _kept = (monotonic(), _asked())
    return _kept[1]


def _asked() -> tuple[Era, ...]:
    try:
        rows = tuple(sorted(_provider(), reverse=True)) if _provider else ()
    except Exception:  # a page without its database still shows dates
        logger.debug("The table of eras can't be read; the built-in one is used.", exc_info=True)
        rows = ()
    return rows or BUILT_IN


def weekday(d: date) -> str:
    """月 … 日."""
    return WEEKDAYS[d.weekday()]


def era_date(d: date, *, with_weekday: bool = False) -> str:
    """令和8年11月20日, or 令和8年11月20日(金); the first year is 元年."""
    return _written(d, table()) + (f"({weekday(d)})" if with_weekday else "")


def era_year(d: date) -> str:
    """令和8, 令和元: the year of `d`, to be followed by 年 or 年度."""
    return _year(d, table())


def era_letter(d: date) -> str:
    """R8: the letter of the era and the year of `d` in it; before the first era the plain year."""
    era = _era_of(d, table())
    return f"{era.letter}{d.year - era.starts_on.year + 1}" if era else str(d.year)


@lru_cache(4096)
def _written(d: date, eras: tuple[Era, ...]) -> str:
    return f"{_year(d, eras)}年{d.month}月{d.day}日"


def _year(d: date, eras: tuple[Era, ...]) -> str:
    era = _era_of(d, eras)
    if era is None:
        return str(d.year)
    year = d.year - era.starts_on.year + 1
    return f"{era.name}{'元' if year == 1 else year}"


def _era_of(d: date, eras: tuple[Era, ...]) -> Era | None:
    return next((e for e in eras if d >= e.starts_on), None)


def era_short(d: date, today: date) -> str:
    """11/20(金) in the fiscal year of `today`, R9.4/1(木) outside it."""
    return _short(d, _fiscal_year(d) == _fiscal_year(today), table())


@lru_cache(4096)
def _short(d: date, is_this_year: bool, eras: tuple[Era, ...]) -> str:
    text = f"{d.month}/{d.day}({weekday(d)})"
    if is_this_year:
        return text
    era = _era_of(d, eras)
    return f"{era.letter}{d.year - era.starts_on.year + 1}.{text}" if era else f"{d.year}.{text}"


def _fiscal_year(d: date) -> int:
    return d.year - (d.month < 4)


_WEEKDAY = re.compile(rf"\(?([{WEEKDAYS}])曜日?\)?$|\(([{WEEKDAYS}])\)$")
_PARTS = re.compile(r"^(?P<era>\D*?)(?P<year>元|\d{1,4})[年./-](?P<month>\d{1,2})[月./-](?P<day>\d{1,2})日?$")
_COMPACT = re.compile(r"^(?P<era>)(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$")


def read_date(text: str) -> date:
    """Read R8.11.20, 令和8年11月20日(金), 2026/11/20, 2026-11-20, 20261120, full-width too.

    ValueError says in a sentence what is wrong.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("−", "-").replace("‐", "-")
    if not plain:
        raise ValueError(_("日付を入力してください。"))
    named = _WEEKDAY.search(plain)
    if named:
        plain = plain[: named.start()]
    parts = _PARTS.match(plain) or _COMPACT.match(plain)
    if not parts:
        raise _unreadable(text)
    found = _read(parts, text)
    said = named and (named[1] or named[2])
    if said and said != weekday(found):
        raise ValueError(
            _("%(date)sは%(weekday)s曜日です。日付か曜日を直してください。")
            % {"date": era_date(found), "weekday": weekday(found)}
        )
    return found


_MOMENT = re.compile(r"^(?P<day>.*?)[\sT]*(?P<hour>\d{1,2})(?::|時)(?P<minute>\d{2})?分?$", re.DOTALL)


def read_moment(text: str) -> datetime:
    """Read a date as read_date does, with its time of day: R8.11.20 10:30, 11月20日 10時, 2026-11-20T10:30.

    Naive, as it is written. ValueError says in a sentence what is wrong."""
    parts = _MOMENT.match(unicodedata.normalize("NFKC", text).strip())
    if not parts or not parts["day"] or int(parts["hour"]) > 23 or int(parts["minute"] or 0) > 59:
        raise ValueError(_("日時は R8.11.20 10:30 のように入力してください。"))
    return datetime.combine(read_date(parts["day"]), time(int(parts["hour"]), int(parts["minute"] or 0)))


def _read(parts: re.Match[str], text: str) -> date:
    name, year, month, day = parts["era"], parts["year"], int(parts["month"]), int(parts["day"])
    if not name:
        if year == "元" or not FIRST_YEAR <= int(year) <= LAST_YEAR:
            raise _unreadable(text)
        return _real(int(year), month, day, text)
    eras = table()
    era = next((e for e in eras if name in (e.name, e.letter, e.letter.lower())), None)
    if era is None or (year != "元" and not 1 <= int(year) <= 99):
        raise _unreadable(text)
    found = _real(era.starts_on.year + (1 if year == "元" else int(year)) - 1, month, day, text)
    if _era_of(found, eras) != era:
        raise ValueError(_outside(era, found, eras, text))
    return found


def _real(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(_("「%(text)s」という日はありません。") % {"text": text.strip()[:40]}) from None


def _outside(era: Era, found: date, eras: tuple[Era, ...], text: str) -> str:
    return _("「%(text)s」は%(era)sの期間の外です。%(right)sと入力してください。") % {
        "text": text.strip()[:40],
        "era": era.name,
        "right": _written(found, eras),
    }


def _unreadable(text: str) -> ValueError:
    return ValueError(
        _("「%(text)s」は日付として読めません。例: 令和8年11月20日、R8.11.20、2026/11/20、20261120")
        % {"text": text.strip()[:40]}
    )
