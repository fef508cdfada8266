"""Who may do what (権限一覧), computed: screens from their doors, duties from the marks of the matrix."""

import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import RULES, Rule, allow, label_of, nobody, signed_in
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
    """Doors with a name in words: for whom, at which addresses, and whether this person may enter."""
    order = {rule: n for n, rule in enumerate(RULES.values())}
    lines: dict[tuple[Rule, str], list[str]] = {}
    for door in found:
        name = str(door.label) or _foreign(door)
        if door.rule is not None and door.rule is not nobody and name:
            lines.setdefault((door.rule, name), []).append(_plain(door.route))
    return [
        {"name": name, "routes": routes, "whom": label_of(rule), "is_mine": rule(request)}
        for (rule, name), routes in sorted(lines.items(), key=lambda line: order.get(line[0][0], len(order)))
    ]


FOREIGN = {
    "account_login": gettext_lazy("サインイン"),
    "account_logout": gettext_lazy("サインアウト"),
    "account_change_password": gettext_lazy("パスワードの変更"),
    "mfa_authenticate": gettext_lazy("二段階認証の確認"),
    "mfa_index": gettext_lazy("二段階認証の設定"),
    "admin:index": gettext_lazy("管理画面(団体・担当・利用者・開庁日など)"),
}


def _foreign(door: Door) -> str:
    """The name of a screen that is not ours; those below it are not listed."""
    return str(FOREIGN.get(door.name, ""))


def _plain(route: str) -> str:
    """/tasks/<int:pk>/ as /tasks/…/."""
    return "/" + re.sub(r"<[^>]*>", "…", route.strip("^$"))


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
