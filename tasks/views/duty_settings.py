"""The settings of one duty of a draft: all of them in words, and a form for each section."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opsdesk.accounts.access import allow, drafter
from opsdesk.lib.refusal import Refusal
from opsdesk.lib.request import Request, whole_number
from raci import drafting
from raci.content import Row, canonical, rows_of
from raci.matrix import resolved
from raci.models import Duty, Edition
from raci.references import newly_broken
from tasks.settings_forms.base import Section
from tasks.settings_forms.followups import FollowUpsSection
from tasks.settings_forms.ground import Ground
from tasks.settings_forms.heading import HeadingSection
from tasks.settings_forms.overview import overview
from tasks.settings_forms.raising import RaisingSection
from tasks.settings_forms.schedule import ScheduleSection
from tasks.settings_forms.sharing import SharingSection

from .matrix import edition_on

FIELD = "field"
SECTIONS: dict[str, type[Section]] = {
    s.slug: s for s in (ScheduleSection, SharingSection, RaisingSection, FollowUpsSection, HeadingSection)
}


@allow(drafter, label=gettext_lazy("改定案の業務の設定"))
@require_GET
def edition_duty(request: Request, number: int, key: int) -> HttpResponse:
    """All settings of a duty in words, with a way to the form of each."""
    ground = ground_or_elsewhere(request, number, key)
    if isinstance(ground, HttpResponse):
        return ground
    return render(request, "tasks/edition_duty.html", frame(ground, "") | {"sections": overview(ground)})


@allow(drafter, label=gettext_lazy("改定案の業務の設定を変える"))
@require_http_methods(["GET", "HEAD", "POST"])
def edition_section(request: Request, number: int, key: int, section: str) -> HttpResponse:
    """The form of one section; POST saves it, `check` and `act` only look."""
    ground = ground_or_elsewhere(request, number, key)
    if isinstance(ground, HttpResponse):
        return ground
    if section not in SECTIONS or not is_offered(section, ground.row):
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = SECTIONS[section](ground, data, request.POST.get("act", ""))
    return answer(request, form, reverse("tasks:edition_duty", args=[number, key]))


def answer(request: Request, form: Section, back: str) -> HttpResponse:
    """Save what was sent and go `back`, or show the form as it was sent."""
    if request.method != "POST" or form.act or "check" in request.POST:
        return show(request, form)
    if not form.is_valid():
        return show(request, form, status=422)
    try:
        is_changed = keep(request, form.ground, form.row())
    except Refusal as refusal:
        form.refuse(refusal)
        return show(request, form, status=422 if refusal.errors else 409)
    said = _("%(what)sを保存しました。") if is_changed else _("%(what)sは変わっていません。")
    tags = f"draft:{request.get_full_path()}"  # what the browser kept of the form is thrown away
    messages.success(request, said % {"what": form.title}, extra_tags=tags)
    return HttpResponseRedirect(back)


def show(request: Request, form: Section, status: int = 200) -> HttpResponse:
    """The page of the section; of a look while typing (htmx) only what stands beside the form."""
    is_look = request.htmx and "check" in request.POST
    template = form.beside if is_look else "tasks/edition_section.html"
    found = frame(form.ground, "fields" if form.slug == FIELD else form.slug) | {
        "section": form,
        "errors": form.errors,
        "version": request.POST.get("version", form.ground.edition.version),
        **form.context(),
    }
    return render(request, template, found, status=status)


def keep(request: Request, ground: Ground, row: Row) -> bool:
    """Save `row` in place of the own one, if it breaks nothing elsewhere; whether anything changed."""
    rows = ground.with_row(canonical(row))
    if found := newly_broken(ground.rows, rows):
        errors = {f"{b.key}.{b.aspect}.{b.part}": _elsewhere(b.key, str(b), ground) for b in found}
        raise Refusal("\n".join(errors.values()), errors=errors)
    # no version at all is as stale as a wrong one
    seen = whole_number(request.POST.get("version", ""))
    saved = drafting.save(
        ground.edition, rows, by=request.user, at=request.now, version=-1 if seen is None else seen
    )
    return saved.version != ground.edition.version


def _elsewhere(key: int, sentence: str, ground: Ground) -> str:
    return sentence if key == ground.key else f"{ground.name(key)} {sentence}"


def ground_or_elsewhere(request: Request, number: int, key: int) -> Ground | HttpResponse:
    """The row of a draft; of an edition that is none any more the way to where the duty is read."""
    edition = Edition.objects.filter(number=number).select_related("saved_by").first()
    if edition is None or edition.state == Edition.State.DISCARDED:
        raise Http404
    if not edition.is_draft:
        return _elsewhere_read(request, edition, key)
    rows = rows_of(edition)
    row = next((r for r in rows if r["key"] == key), None)
    if row is None:
        raise Http404
    return Ground(edition, rows, row, drafting.roles(), request.today)


def _elsewhere_read(request: Request, edition: Edition, key: int) -> HttpResponse:
    """To the duty's page in the edition in force, if it has the duty; else to the edition."""
    if request.method == "POST":
        messages.error(
            request,
            _("%(edition)sはもう改定案ではないので、保存していません。改定案を作って直してください。")
            % {"edition": edition},
        )
    now = edition_on(request.today)
    duty = Duty.objects.filter(edition=now, key=key).first() if now else None
    if duty:
        return redirect("tasks:duty", number=duty.number)
    if not edition.duties.filter(key=key).exists():
        raise Http404
    return HttpResponseRedirect(f"/editions/{edition.number}/")


def is_offered(section: str, row: Row) -> bool:
    """A heading has no work to be set."""
    return section == HeadingSection.slug or not row.get("is_heading")


def frame(ground: Ground, current: str) -> dict[str, Any]:
    """What every page of the settings shows: which duty of which draft, and the ways to its sections."""
    edition, row = ground.edition, ground.row
    home = reverse("tasks:edition_duty", args=[edition.number, ground.key])
    names = resolved([_grouped(r) for r in ground.rows])[ground.rows.index(row)]
    return {
        "title": _("No.%(number)s %(work)s") % row,
        "edition": edition,
        "row": row,
        "category": names[0],
        "group": names[1],
        "home": home,
        "tabs": _tabs(home, row, current),
        "crumbs": [
            (_("ダッシュボード"), "/"),
            (_("作業分担表"), reverse("tasks:matrix")),
            (_("改定案 %(edition)s") % {"edition": edition}, f"/editions/{edition.number}/"),
            (f"No.{row['number']}", home if current else ""),
        ],
    }


def _grouped(row: Row) -> Duty:
    return Duty(category=row["category"], section=row["section"])


def _tabs(home: str, row: Row, current: str) -> list[tuple[str, str, bool]]:
    """(words, address, is current) of the sections."""
    titles = {slug: section.title for slug, section in SECTIONS.items()}
    order = ("schedule", "sharing", "raising", "fields", "followups", "heading")
    titles["fields"] = _("記入項目")
    found = [(str(titles[s]), f"{home}{s}/", s == current) for s in order if is_offered(s, row)]
    return [(_("設定の一覧"), home, not current), *found]
