"""起票 and 通報・問合せ: the forms that raise a case, and what they send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.accounts.models import Organization, Team
from opsdesk.audit.record import recording
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from raci.access import edition_id_on, standing_of
from raci.models import Duty
from raci.outline import outline_of
from tasks import cases, evidence
from tasks.caseplace import address
from tasks.catalogue import edition_now
from tasks.forms import raw_of
from tasks.linking import once_a_form
from tasks.models import Case, Task
from tasks.raiseform import RaiseForm, ReportForm
from tasks.raising import places_on, raisers
from tasks.reporting import may_report, reports, start_of
from tasks.uploads import accepted


@allow(team_member, label=gettext_lazy("起票する"))
@require_http_methods(["GET", "POST"])
def raise_case(request: Request, number: int) -> HttpResponse:
    """Of the duty No. `number` of the edition in force, by a team with ◎ or ○ on it."""
    duty = _duty(request, number)
    cases.require_entry(duty, request.now, request.user)
    teams = raisers(duty, standing_of(request.user, request.today))
    if not teams:
        raise PermissionDenied(_("この業務を起票できるのは、◎ か ○ の担当だけです。"))
    return _answer(request, RaiseForm, duty, teams)


@allow(team_member, label=gettext_lazy("通報・問合せ"))
@require_http_methods(["GET", "POST"])
def report(request: Request) -> HttpResponse:
    """Anybody, for the own organization; `?duty=` which, `?task=`: the finding that it comes from."""
    edition = edition_now(request.today)
    found = reports(edition) if edition else []
    if not found:
        raise Refusal(_("いまの版の分担表に、通報を受け付ける業務がありません。"))
    wanted = whole_number(request.POST.get("duty") or request.GET.get("duty", ""))
    duty = next((d for d in found if d.number == wanted), found[0])
    return _answer(
        request, ReportForm, duty, list(standing_of(request.user, request.today).teams), kinds=found
    )


def _duty(request: Request, number: int) -> Duty:
    edition = edition_id_on(request.today, request.user)
    lines = outline_of(edition).lines.values() if edition else ()
    duty = next((line.duty for line in lines if line.number == number), None)
    if duty is None:
        raise Http404
    return duty


def _answer(
    request: Request, make: type[RaiseForm], duty: Duty, teams: list[Team], kinds: list[Duty] | None = None
) -> HttpResponse:
    team = _team(request, teams)
    task = _source(request)
    start = start_of(duty, team, request.user, task, request.today) if make.is_report else {}
    options: dict[str, Any] = {"team": team, "now": request.now, "today": request.today, "start": start}
    form = make(duty, teams, **options)
    earlier = _earlier(request, team)
    context = {"task": task, "earlier": earlier, "kinds": kinds or []}
    if request.method != "POST":
        return _show(request, form, context)
    typed = _typed(request, form)
    form = make(duty, teams, typed=typed, blanks=2 if request.POST.get("add-line") else 1, **options)
    if request.htmx or request.POST.get("add-line") or request.POST.get("drop-line"):
        return _show(request, form, context)
    try:
        case = _raise(request, form, task or earlier)
    except Refusal as refusal:
        return _show(request, make(duty, teams, typed=typed, refusal=refusal, **options), context)
    messages.success(request, _said(form, case), extra_tags=f"draft:{form.draft}")
    return HttpResponseRedirect(address(case))


def _team(request: Request, teams: list[Team]) -> Team:
    """The one that was chosen, by default the strongest."""
    wanted = request.POST.get("team") or request.GET.get("team", "")
    return next((t for t in teams if str(t.pk) == wanted), teams[0])


def _source(request: Request) -> Task | None:
    """The finding from which a report comes; one that the person can't see is not there."""
    pk = whole_number(request.POST.get("task") or request.GET.get("task", ""))
    if pk is None:
        return None
    visible = Task.objects.visible_to(request.user, request.today).select_related("duty", "organization")
    task = visible.filter(pk=pk).first()
    if task is None:
        raise Http404
    return task if may_report(task) else None


def _earlier(request: Request, team: Team) -> Case | None:
    """The case that ended and has its sequel here (`?source=` its number); a foreign one is not there.

    A municipality raises for itself only: a case that concerns others too is no source of its own."""
    number = request.POST.get("source") or request.GET.get("source", "")
    if not number:
        return None
    case = get_object_or_404(Case.objects.visible_to(request.user, request.today), number=number)
    towns = set(case.concerns.values_list("organization_id", flat=True))
    is_member = team.role.kind == Organization.Kind.MEMBER
    return None if case.is_open or (is_member and towns != {team.organization_id}) else case


def _typed(request: Request, form: RaiseForm) -> dict[str, Any]:
    post = request.POST
    return {
        "title": post.get("title", ""),
        "concerns": post.getlist("concerns"),
        "answers": raw_of(form.fields, post, form.editable),
        "then": set(post.getlist("then")),
        "token": post.get("token", "")[:32],
    }


def _raise(request: Request, form: RaiseForm, source: Task | Case | None) -> Case:
    files = accepted(request.FILES)
    given: dict[str, Any] = {
        "by": request.user, "team": form.team, "at": request.now, "title": form.title,
        "answers": {**form.typed["answers"], **form.silent}, "token": form.token,
        "sources": [source] if source else [],
    }  # fmt: skip
    if form.asks_concerns:
        given["concerns"], given["union"] = places_on(request.today, form.typed["concerns"])
    if not form.is_report:
        given |= {"following": form.following, "files": {key for key, _file in files if key}}
    act = cases.report if form.is_report else cases.raise_case
    return _with_files(act, request, form, files, **given) if files else act(form.duty, **given)


@once_a_form
def _with_files(
    act: Callable[..., Case], request: Request, form: RaiseForm, sent: list[tuple[str, Any]], **given: Any
) -> Case:
    """The case with its files, in one transaction: all of it or nothing."""
    with recording():
        case = act(form.duty, **given)
        _attach(request, form, case, sent)
    return case


def _attach(request: Request, form: RaiseForm, case: Case, files: list[tuple[str, Any]]) -> None:
    """To every first step: a municipality of several does not see those of the others."""
    for step in case.steps.filter(key=form.duty.key, round=1):
        for key, file in files:
            file.seek(0)
            evidence.attach(
                step, by=request.user, team=form.team, at=request.now, file=file, field_key=key
            )  # fmt: skip


def _said(form: RaiseForm, case: Case) -> str:
    if form.is_report:
        return _("%(number)s として受け付けました。受付の担当に知らせます。") % {"number": case.number}
    if form.is_now:
        return _("%(number)s を登録しました。") % {"number": case.number}
    return _("%(number)s を起票しました。") % {"number": case.number}


def _show(request: Request, form: RaiseForm, context: dict[str, Any]) -> HttpResponse:
    """The form, or with htmx only when it will be due; 422 with errors, 409 with a sentence alone."""
    if request.htmx:
        return render(request, "tasks/_raise_due.html", {"page": form})
    title = _("通報・問合せ") if form.is_report else form.duty.work
    here = _("通報・問合せ") if form.is_report else f"No.{form.duty.number}"
    crumbs = [(_("ダッシュボード"), "/"), (_("依頼・起票"), reverse("tasks:catalogue")), (here, "")]
    status = 200 if form.refusal is None else 422 if form.refusal.errors else 409
    lost = bool(form.refusal and request.FILES)
    return render(
        request,
        "tasks/raise.html",
        {**context, "page": form, "title": title, "crumbs": crumbs, "are_files_lost": lost},
        status=status,
    )
