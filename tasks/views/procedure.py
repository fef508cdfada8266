"""手順書: read a version, compare two, write the next one, withdraw one, open its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from raci.models import Duty
from tasks import procedures
from tasks.linediff import compared
from tasks.models import Procedure, ProcedureFile
from tasks.uploads import SHOWN

from .files import SANDBOX
from .matrix import edition_on
from .sending import acting_team


@allow(team_member, label=gettext_lazy("手順書"))
@require_GET
def procedure(request: Request, number: int) -> HttpResponse:
    """Of No. `number` of the edition in force: the version in force, or `?version=`."""
    duty = _duty_or_404(request, number)
    versions = list(_versions(duty.key))
    asked = request.GET.get("version", "")
    if asked:
        shown = next((v for v in versions if str(v.number) == asked), None)
        if shown is None:
            raise Http404
    else:
        shown = next((v for v in versions if v.withdrawn_at is None), versions[0] if versions else None)
    return _show(request, duty, shown, versions, is_now=True)


@allow(team_member, label=gettext_lazy("手順書"))
@require_GET
def procedure_of(request: Request, duty_key: int) -> HttpResponse:
    """The procedure of a business key, whatever No. it has now: the way there from a task."""
    duty = procedures.duty_of(duty_key, request.today)
    if duty is not None and not duty.is_heading and procedures.may_read(duty, request.user, request.today):
        return redirect("tasks:procedure", number=duty.number)
    visible = Procedure.objects.visible_to(request.user, request.today).of(duty_key)
    shown = visible.current().first() or visible.first()
    if shown is not None:
        return redirect("tasks:procedure_version", pk=shown.pk)
    last = _last_duty(duty_key)
    if not procedures.may_read(last, request.user, request.today):
        raise Http404
    return _show(request, last, None, [], is_now=False)


@allow(team_member, label=gettext_lazy("手順書"))
@require_GET
def procedure_version(request: Request, pk: int) -> HttpResponse:
    """One version by itself, also of a duty that the edition in force no longer has: what a task carries."""
    visible = _visible(request)
    shown = get_object_or_404(visible, pk=pk)
    duty = procedures.duty_of(shown.key, request.today)
    versions = list(visible.of(shown.key))
    return _show(
        request, duty or _last_duty(shown.key), shown, versions, is_now=duty is not None, is_alone=True
    )


def _show(
    request: Request,
    duty: Duty,
    shown: Procedure | None,
    versions: list[Procedure],
    *,
    is_now: bool,
    is_alone: bool = False,
) -> HttpResponse:
    """`is_now`: the edition in force has the duty; `is_alone`: at the address of this one version."""
    current = next((v for v in versions if v.withdrawn_at is None), None)
    return render(
        request,
        "tasks/procedure.html",
        {
            "title": _("手順書 %(work)s") % {"work": duty.work},
            "crumbs": _crumbs(duty, _("手順書")),
            "duty": duty,
            "is_now": is_now,
            "is_alone": is_alone,
            "shown": shown,
            "files": list(shown.files.all()) if shown else [],
            "is_current": shown is not None and shown == current,
            "current": current,
            "versions": versions,
            "before": next((v for v in versions if shown and v.number < shown.number), None),
            "may_edit": is_now and bool(procedures.editors(duty, request.user, request.today)),
        },
    )


@allow(team_member, label=gettext_lazy("手順書の版を比べる"))
@require_GET
def procedure_compare(request: Request, number: int) -> HttpResponse:
    """`?old=2&new=3`, line by line; without them the last two."""
    duty = _duty_or_404(request, number)
    versions = list(_versions(duty.key))
    by_number = {str(v.number): v for v in versions}
    new = by_number.get(request.GET.get("new", ""), versions[0] if versions else None)
    old = by_number.get(request.GET.get("old", ""), versions[1] if len(versions) > 1 else new)
    if old is None or new is None:
        raise Http404
    was, now = ({(f.name, f.sha256): f for f in v.files.all()} for v in (old, new))
    return render(
        request,
        "tasks/procedure_compare.html",
        {
            "title": _("手順書の比較"),
            "crumbs": [
                *_crumbs(duty, _("手順書"), reverse("tasks:procedure", args=[number])),
                (_("比較"), ""),
            ],
            "duty": duty,
            "old": old,
            "new": new,
            "versions": versions,
            "lines": compared(old.lines, new.lines),
            "gone": [f for place, f in was.items() if place not in now],
            "added": [f for place, f in now.items() if place not in was],
        },
    )


@allow(team_member, label=gettext_lazy("手順書を書く(主担当と広域組合)"))
@require_http_methods(["GET", "POST"])
def procedure_edit(request: Request, number: int) -> HttpResponse:
    """The next version: text, files that stay, new files, and what is changed."""
    duty = _duty_or_404(request, number)
    teams = procedures.editors(duty, request.user, request.today)
    if not teams:
        raise PermissionDenied(_("手順書を書けるのは、主担当(◎)と広域組合です。"))
    last = Procedure.objects.of(duty.key).first()
    refusal = None
    if request.method == "POST":
        try:
            made = _save(request, duty, teams)
        except Refusal as error:
            refusal = error
        else:
            said = _("手順書 第%(n)s版を保存しました。") % {"n": made.number}
            messages.success(request, said, extra_tags=f"draft:procedure-{duty.key}-{request.user.pk}")
            return redirect("tasks:procedure", number=number)
    return _form(request, duty, teams, last, refusal)


def _save(request: Request, duty: Duty, teams: list[Any]) -> Procedure:
    post = request.POST
    return procedures.save(
        duty, by=request.user, team=acting_team(request, teams), at=request.now,
        text=post.get("text", ""), reason=post.get("reason", ""), files=request.FILES.getlist("file"),
        keep={n for value in post.getlist("keep") if (n := whole_number(value)) is not None},
        version=whole_number(post.get("version", "")),
    )  # fmt: skip


def _form(
    request: Request, duty: Duty, teams: list[Any], last: Procedure | None, refusal: Refusal | None
) -> HttpResponse:
    is_sent = request.method == "POST"
    files = list(last.files.all()) if last else []
    is_stale = refusal is not None and not refusal.errors
    kept = [str(f.pk) for f in files]
    if is_sent and not is_stale:
        kept = request.POST.getlist("keep")
    errors = {} if refusal is None else refusal.errors or {"": str(refusal)}
    return render(
        request,
        "tasks/procedure_edit.html",
        {
            "title": _("手順書を直す") if last else _("手順書を作る"),
            "subtitle": str(duty),
            "crumbs": [
                *_crumbs(duty, _("手順書"), reverse("tasks:procedure", args=[duty.number])),
                (_("直す"), ""),
            ],
            "duty": duty,
            "teams": teams if len(teams) > 1 else [],
            "team": request.POST.get("team", ""),
            "last": last,
            "text": request.POST.get("text", "") if is_sent else last.text if last else "",
            "reason": request.POST.get("reason", ""),
            "files": [(f, str(f.pk) in kept) for f in files],
            "version": _number(last) if is_stale or not is_sent else request.POST.get("version", ""),
            "blamed": errors,
            "errors": [(f"#{k}" if k else "", s) for k, s in errors.items()],
            "draft": f"procedure-{duty.key}-{request.user.pk}",
        },
        status=200 if refusal is None else 422 if refusal.errors else 409,
    )


def _number(last: Procedure | None) -> int:
    return last.number if last else 0


@allow(team_member, label=gettext_lazy("手順書の版を取り下げる(主担当と広域組合)"))
@require_http_methods(["GET", "POST"])
def procedure_withdraw(request: Request, pk: int) -> HttpResponse:
    """A reason; the version stays to be read, the one before is in force again."""
    shown = get_object_or_404(_visible(request), pk=pk)
    duty = procedures.duty_of(shown.key, request.today)
    teams = procedures.editors(duty, request.user, request.today) if duty else []
    if duty is None or not teams:
        raise PermissionDenied(_("手順書を取り下げられるのは、主担当(◎)と広域組合です。"))
    errors: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        try:
            procedures.withdraw(
                shown, by=request.user, team=acting_team(request, teams), at=request.now,
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except Refusal as refusal:
            errors = [(f"#{k}", s) for k, s in (refusal.errors or {"reason": str(refusal)}).items()]
            status = 422 if refusal.errors else 409
        else:
            messages.success(request, _("第%(n)s版を取り下げました。") % {"n": shown.number})
            return redirect("tasks:procedure", number=duty.number)
    context = {
        "shown": shown,
        "duty": duty,
        "teams": teams if len(teams) > 1 else [],
        "reason": request.POST.get("reason", ""),
        "errors": errors,
    }
    return render(request, "tasks/procedure_withdraw.html", context, status=status)


@allow(team_member, label=gettext_lazy("手順書のファイルを開く"))
@require_GET
def procedure_file(request: Request, pk: int) -> HttpResponseBase:
    """As evidence is: pictures are shown in a sandbox, everything else is downloaded."""
    row = get_object_or_404(ProcedureFile.objects.visible_to(request.user, request.today), pk=pk)
    try:
        content = row.file.open("rb")
    except FileNotFoundError:
        raise Http404(_("ファイルの中身が見つかりません。管理者に知らせてください。")) from None
    is_shown = row.content_type in SHOWN and not request.GET.get("download")
    response = FileResponse(
        content, as_attachment=not is_shown, filename=row.name, content_type=row.content_type
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _duty_or_404(request: Request, number: int) -> Duty:
    """The duty in the edition in force; one on which the person has no mark is not there."""
    edition = edition_on(request.today)
    duty = get_object_or_404(Duty, edition=edition, number=number, is_heading=False)
    if not procedures.may_read(duty, request.user, request.today):
        raise Http404
    return duty


def _versions(key: int) -> Any:
    return Procedure.objects.of(key).select_related("by", "team", "withdrawn_by")


def _visible(request: Request) -> Any:
    visible = Procedure.objects.visible_to(request.user, request.today)
    return visible.select_related("by", "team", "withdrawn_by")


def _last_duty(key: int) -> Duty:
    """The duty as the newest edition that had it knew it."""
    found = Duty.objects.filter(key=key, edition__state="published").order_by("-edition__in_force_on").first()
    if found is None:
        raise Http404
    return found


def _crumbs(duty: Duty, name: str, url: str = "") -> list[tuple[str, str]]:
    return [
        (_("作業分担表"), f"{reverse('tasks:matrix')}#n{duty.number}"),
        (f"No.{duty.number}", reverse("tasks:duty", args=[duty.number])),
        (name, url),
    ]
