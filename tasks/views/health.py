"""業務の状態: what is worrying about every duty, and the load of the teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, drafter, team_member
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.lib import workbook
from opsdesk.lib.listing import link, numbered
from opsdesk.lib.request import Request
from opsdesk.lib.templatetags.dates import era_dt
from raci.access import standing_of
from raci.models import Cycle, Mark
from tasks.health import FACTS, Health, fact_words, health_of, summed
from tasks.health_filter import ALL, HealthFilter, load_of
from tasks.workload import Load, Month, bars, loads, picture

from .duty import calendar_for
from .matrix import edition_on

#: Duties of one page: a usual sheet is on one.
SIZE = 100
#: The list behind a fact.
STATES = {"never": "any", "person": "done", "skipped": "skipped"}


@allow(team_member, label=gettext_lazy("業務の状態"))
@require_GET
def health(request: Request) -> HttpResponseBase:
    """The duties with a mark of the person's (the union: all), the worst first; xlsx of both tables."""
    edition = edition_on(request.today)
    if edition is None:
        return render(request, "tasks/matrix_none.html", {"is_drafter": drafter(request)})
    export = request.GET.get("export", "")
    if export == "load":
        return _loads_as_xlsx(request)
    form = HealthFilter(request.GET)
    calendar = calendar_for(standing_of(request.user, request.today))
    every = health_of(edition.pk, request.user, calendar, now=request.now, today=request.today)
    if export == "xlsx":
        return _as_xlsx(request, form, form.picked(every))
    picked = form.picked(every)
    shown, page = numbered(request, picked, SIZE)
    return render(request, "tasks/_health.html" if request.htmx else "tasks/health.html", {
        "title": _("業務の状態"),
        "subtitle": _("直近12回の作業から、気になる点の多い順に並べます。数字は、もとの一覧へのリンクです。"),
        "crumbs": [(_("作業分担表"), reverse("tasks:matrix")), (_("業務の状態"), "")],
        "filter": form,
        "filter_words": form.words(),
        "at_text": era_dt(request.now),
        "rows": [_row(h) for h in shown],
        "page": page,
        "sums": [(f, FACTS[f], n, link(request, fact=f, page=None)) for f, n in summed(every)],
        "all": len(every),
        "export_url": link(request, export="xlsx", page=None),
        **({} if request.htmx else _load_context(request)),
    })  # fmt: skip


def _row(health: Health) -> dict[str, Any]:
    return {
        "duty": health.line.duty,
        "counts": health.counts,
        "facts": [(fact, fact_words(health, fact), _url(health, fact)) for fact in health.facts],
        "late": _list(health, "late"),
        "overdue": _list(health, "overdue"),
        "done": _list(health, "done"),
        "skipped": _list(health, "skipped"),
        "all": _list(health, "any"),
    }


def _url(health: Health, fact: str) -> str:
    number = health.line.number
    if fact == "procedure":
        return reverse("tasks:procedure", args=[number])
    if fact == "unconfirmed":
        return f"{reverse('tasks:readings')}?{urlencode({'q': f'No.{number}'})}"
    counts = health.counts
    late = "late" if counts.late or not counts.overdue else "overdue"
    return _list(health, STATES.get(fact, late))


def _list(health: Health, state: str) -> str:
    return _tasks(
        duty=str(health.line.number), state=state, due_from=health.span.first, due_to=health.span.last
    )


def _tasks(*, due_from: date, due_to: date, **given: str) -> str:
    return f"{_list_of(tuple(given.items()))}&due_from={due_from}&due_to={due_to}"


@lru_cache(maxsize=4096)
def _list_of(given: tuple[tuple[str, str], ...]) -> str:
    return f"{reverse('tasks:list')}?{urlencode([('scope', 'all'), *given])}"


# --- the load -------------------------------------------------------------------------------------------


def _loads(request: Request, *, is_fresh: bool = False) -> list[Load]:
    year = FiscalYear.of(request.today)
    return loads(request.user, year, now=request.now, today=request.today, is_fresh=is_fresh)


def _load_context(request: Request) -> dict[str, Any]:
    found = _loads(request)
    chosen = load_of(found, request.GET.get("load", ""))
    return {
        "year": FiscalYear.of(request.today),
        "loads": [(load, [(m, _of_month(load, m, "any")) for m in load.months]) for load in found],
        "load": chosen,
        "load_rows": [_month_row(chosen, month) for month in chosen.months] if chosen else [],
        "bars": bars(chosen) if chosen else [],
        "picture": picture(),
        "load_url": link(request, export="load"),
        "load_choices": [(load.code or ALL, load.name, load is chosen) for load in found],
    }


def _month_row(load: Load, month: Month) -> dict[str, Any]:
    return {
        "month": month,
        **{
            name: _of_month(load, month, state)
            for name, state in (
                ("done", "done"),
                ("late", "late"),
                ("open", "open"),
                ("overdue", "overdue"),
                ("skipped", "skipped"),
            )
        },
    }


def _of_month(load: Load, month: Month, state: str) -> str:
    """The list behind a figure; "" for several municipalities at once, and where there is no task."""
    if not load.code or not month.total:
        return ""
    return _tasks(team=load.code, mark=Mark.MAIN.value, state=state, due_from=month.first, due_to=month.last)


# --- xlsx -----------------------------------------------------------------------------------------------


def _as_xlsx(request: Request, form: HealthFilter, found: Sequence[Health]) -> HttpResponseBase:
    title = _("業務の状態")
    return _book(request, _health_rows(found), title, "health", form.words())


def _health_rows(found: Sequence[Health]) -> Iterator[list[Any]]:
    yield [
        _("No."), _("作業内容"), _("周期"), _("期限(から)"), _("期限(まで)"), _("作業"), _("完了"),
        _("うち期限後"), _("超過"), _("対象外"), _("一人だけの団体"), *map(str, FACTS.values()),
    ]  # fmt: skip
    for one in found:
        counts, duty = one.counts, one.line.duty
        yield [
            duty.number, duty.work, str(Cycle(duty.cycle).label) if duty.cycle else "", one.span.first,
            one.span.last, counts.total, counts.done, counts.late, counts.overdue, counts.skipped,
            counts.thin, *("○" if fact in one.facts else "" for fact in FACTS),
        ]  # fmt: skip


def _loads_as_xlsx(request: Request) -> HttpResponseBase:
    title = _("担当ごとの負荷 %(year)s") % {"year": FiscalYear.of(request.today)}
    return _book(request, _load_rows(_loads(request, is_fresh=True)), title, "load", "")


def _load_rows(found: Sequence[Load]) -> Iterator[list[Any]]:
    yield [_("担当"), _("月"), _("完了"), _("うち期限後"), _("未完了"), _("うち超過"), _("対象外")]
    for load in found:
        for m in load.months:
            yield [load.name, m.first, m.done, m.late, m.open, m.overdue, m.skipped]


def _book(request: Request, rows: Iterator[list[Any]], title: str, name: str, words: str) -> HttpResponseBase:
    above = (
        title,
        _("条件: %(words)s") % {"words": words or _("なし（すべて）")},
        f"{era_dt(request.now)} {request.user}",
    )
    response = workbook.response(
        rows, title=title, filename=f"{name}-{request.today:%Y%m%d}.xlsx", above=above
    )
    named = content_disposition_header(True, f"{title}_{request.today:%Y%m%d}.xlsx")
    response["Content-Disposition"] = named
    return response
