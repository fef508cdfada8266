"""今日の点検表: the empty A4 sheet that somebody takes into the server room."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from opsdesk.accounts.access import allow, team_member
from opsdesk.lib.era import era_date, read_date
from opsdesk.lib.request import Request
from raci.access import Standing, standing_of
from tasks.choices import TeamChoice, code_of, teams_for
from tasks.sheet import sheet_of


@allow(team_member, label=_("点検表の印刷"))
@require_GET
def task_sheet(request: Request) -> HttpResponse:
    """`?team=` one of mine (the union: any), `?date=` any day; without them my team, today."""
    standing = standing_of(request.user, request.today)
    teams = printable(standing)
    team = chosen(teams, request.GET.get("team", ""), standing)
    day, fault = day_of(request.GET.get("date", ""), request.today)
    return render(
        request,
        "tasks/sheet.html",
        {
            "sheet": sheet_of(team, day),
            "team": team,
            "teams": teams,
            "day": day,
            "typed": request.GET.get("date", "") or era_date(day),
            "errors": [("#id_date", fault)] if fault else [],
        },
    )


def printable(standing: Standing) -> list[TeamChoice]:
    """The teams whose sheet the person may print."""
    mine = {code_of(team) for team in standing.teams}
    return [team for team in teams_for(standing) if standing.is_union or team.code in mine]


def chosen(teams: list[TeamChoice], code: str, standing: Standing) -> TeamChoice:
    """The team of that code, or my first; 404 for one that isn't mine."""
    wanted = code or code_of(standing.teams[0])
    for team in teams:
        if team.code == wanted:
            return team
    raise Http404


def day_of(text: str, today: date) -> tuple[date, str]:
    """The day in the URL, or today and the sentence that says what is wrong with it."""
    if not text.strip():
        return today, ""
    try:
        return read_date(text), ""
    except ValueError as error:
        return today, str(error)
