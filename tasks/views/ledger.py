"""The ledger: why each task is there, and why there is none."""

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.calendar.days import add_months
from opsdesk.lib.request import Request
from opsdesk.lib.templatetags.dates import era_dt
from raci.access import standing_of
from tasks import expected
from tasks.ledger import WORDS, Entry, Ledger, last_words
from tasks.ledger_filter import LedgerFilter, month_words
from tasks.models import Task
from tasks.words import period_short


@allow(team_member, label=gettext_lazy("作業の台帳"))
@require_GET
def ledger(request: Request) -> HttpResponse:
    """One organization and month; all duties that the person may see, or one."""
    book = expected.read()
    standing = standing_of(request.user, request.today)
    form = LedgerFilter(request.GET, book=book, standing=standing, today=request.today)
    found = _ledger(form, request)
    entries = found.entries() if found else []
    return render(
        request,
        "tasks/_ledger.html" if request.htmx else "tasks/ledger.html",
        {
            "title": _("作業の台帳"),
            "subtitle": _("作業がなぜあるか、なぜないかを、分担表・開庁日・自動作成の記録から答えます。"),
            "filter": form,
            "filter_words": form.words(),
            "at_text": era_dt(request.now),
            "lines": [{"entry": e, "period": period_short(e.period, request.today)} for e in entries],
            "counts": _counts(entries),
            "last_run": last_words(found.last_run) if found else "",
            "before": _month(form, -1),
            "after": _month(form, 1),
            "is_covered": bool(book.spans) and book.spans[0][1] <= form.first,
        },
    )


def _ledger(form: LedgerFilter, request: Request) -> Ledger | None:
    if form.whose is None:
        return None
    visible = Task.objects.visible_to(request.user, request.today)
    return Ledger(form.book, form.whose, form.duties, form.first, form.last, visible, request.now)


def _counts(entries: list[Entry]) -> list[tuple[str, str, int]]:
    """(pill, word, how many), in the order of WORDS."""
    counted = Counter(entry.why for entry in entries)
    return [(pill, str(word), counted[why]) for why, (pill, word) in WORDS.items() if counted[why]]


def _month(form: LedgerFilter, shift: int) -> dict[str, str]:
    """The link to the month beside."""
    first = add_months(form.first, shift)
    query = {**form.data, "month": f"{first:%Y-%m}"}
    return {"query": "&".join(f"{k}={v}" for k, v in query.items() if v), "label": month_words(first)}
