"""Who may do what (権限一覧), computed: screens from their doors, duties from the marks of the matrix."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, label_of, nobody, signed_in
from opsdesk.accounts.doors import Door, doors
from opsdesk.accounts.models import Organization, Role
from opsdesk.lib.request import Request
from raci.access import rights_of, standing_of
from raci.models import Duty, Mark

from .matrix import edition_on, marks_of


@allow(signed_in, label=gettext_lazy("権限一覧"))
@require_GET
def rights(request: Request) -> HttpResponse:
    """Both parts for everybody; what the person may open and whose marks are the own is shown in it."""
    edition = edition_on(request.today)
    duties = list(edition.duties.filter(is_heading=False).order_by("position")) if edition else []
    standing = standing_of(request.user, request.today)
    return render(
        request,
        "tasks/rights.html",
        {
            "title": _("権限一覧"),
            "crumbs": [(_("ダッシュボード"), "/"), (_("権限一覧"), "")],
            "edition": edition,
            "screens": screens(doors(), request),
            "table": [(m, rights_of(m.value)) for m in Mark] + [(None, rights_of(""))],
            "roles": by_role(duties, Role.objects.all()),
            "own": {t.role_id for t in standing.teams},
        },
    )


def screens(found: Iterable[Door], request: Request) -> list[dict[str, Any]]:
    """Doors with a name in words, by rule: for whom, at which addresses, and may this person enter."""
    groups: dict[Any, dict[str, dict[str, Any]]] = {}
    for door in found:
        if door.rule is None or door.rule is nobody:
            continue
        name = str(door.label) or _foreign(door)
        if name:
            screen = groups.setdefault(door.rule, {}).setdefault(name, {"name": name, "routes": []})
            if len(screen["routes"]) < 1 or door.label:
                screen["routes"].append(f"/{_plain(door.route)}")
    return [
        {"whom": label_of(rule), "is_mine": rule(request), "screens": list(found.values())}
        for rule, found in groups.items()
    ]


def _foreign(door: Door) -> str:
    """Names of other people's screens, of which one line each is enough."""
    space, _colon, _name = door.name.rpartition(":")
    if space == "admin":
        return _("管理画面")
    names = {
        "account_login": _("サインイン"),
        "account_logout": _("サインアウト"),
        "account_change_password": _("パスワードの変更"),
        "mfa_authenticate": _("二段階認証の確認"),
        "mfa_index": _("二段階認証の設定"),
    }
    return names.get(door.name, "")


def _plain(route: str) -> str:
    return route.replace("^", "").replace("$", "")


def by_role(duties: list[Duty], roles: Iterable[Role]) -> list[dict[str, Any]]:
    """For each role its duties by mark, and what it may do besides."""
    marks = marks_of(duties)
    return [
        {
            "role": role,
            "marks": [(m, [d for d in duties if marks.get(d.pk, {}).get(role.pk) == m.value]) for m in Mark],
            "none": [d for d in duties if role.pk not in marks.get(d.pk, {})],
            "reads_all": role.kind == Organization.Kind.UNION,
            "own_only": role.kind == Organization.Kind.MEMBER,
        }
        for role in roles
    ]
