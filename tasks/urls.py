"""The addresses of tasks."""

from django.urls import path

from .views.acknowledge import task_acknowledge, task_answer, task_ask, task_version
from .views.answers import answers
from .views.bulk import task_close_many
from .views.case import case_page
from .views.case_acts import case_add, case_concerns, case_duplicate, case_link, case_withdraw
from .views.case_notes import case_attach, case_comment, case_situation
from .views.cases import cases
from .views.catalogue import catalogue
from .views.changes import change_calendar, changes
from .views.close import task_close, task_save
from .views.closed_day_tasks import closed_day_tasks
from .views.closed_days import closed_day_add, closed_day_remove, closed_days
from .views.closed_days_import import closed_days_import
from .views.digest import digest
from .views.duty import duty
from .views.duty_fields import edition_field, edition_fields
from .views.duty_settings import edition_duty, edition_section
from .views.edition import edition
from .views.edition_acts import edition_discard, edition_revise, edition_undo
from .views.edition_compare import edition_compare
from .views.edition_grid import edition_grid
from .views.edition_list import editions
from .views.edition_publish import edition_impact, edition_publish, edition_withdraw
from .views.extra import extra
from .views.files import task_attach, task_file, task_withdraw
from .views.forecast import edition_forecast
from .views.handover import hand_over
from .views.health import health
from .views.home import home
from .views.importing import edition_import, edition_import_preview
from .views.ledger import ledger
from .views.list import task_list
from .views.matrix import matrix
from .views.month import month
from .views.move import task_move
from .views.municipalities import (
    municipalities,
    municipality_join,
    municipality_leave,
    municipality_rename,
)
from .views.procedure import (
    procedure,
    procedure_compare,
    procedure_edit,
    procedure_file,
    procedure_of,
    procedure_version,
    procedure_withdraw,
)
from .views.raise_case import raise_case, report
from .views.readings import confirm, readings_page, unconfirm
from .views.reason import task_reopen, task_skip
from .views.repoint import task_repoint
from .views.revise import task_revise
from .views.rights import rights
from .views.roster import roster, roster_import
from .views.roster_codes import roster_codes
from .views.search import search
from .views.sheet import task_sheet
from .views.sign import task_sign
from .views.taking import task_assign, task_comment, task_let_go, task_take
from .views.task import task_detail
from .views.urge import task_urge
from .views.vendor_change import team_hand_over, vendor_change
from .views.year import year, year_now

app_name = "tasks"
urlpatterns: list = [
    # what is asked for most comes first: the ones before it are tried each time
    path("", home, name="home"),
    path("tasks/", task_list, name="list"),
    path("tasks/sheet/", task_sheet, name="sheet"),
    path("tasks/close/", task_close_many, name="close_many"),
    path("tasks/<int:pk>/", task_detail, name="detail"),
    path("tasks/<int:pk>/take/", task_take, name="take"),
    path("tasks/<int:pk>/let-go/", task_let_go, name="let_go"),
    path("tasks/<int:pk>/assign/", task_assign, name="assign"),
    path("tasks/<int:pk>/save/", task_save, name="save"),
    path("tasks/<int:pk>/close/", task_close, name="close"),
    path("tasks/<int:pk>/sign/", task_sign, name="sign"),
    path("tasks/<int:pk>/skip/", task_skip, name="skip"),
    path("tasks/<int:pk>/reopen/", task_reopen, name="reopen"),
    path("tasks/<int:pk>/move/", task_move, name="move"),
    path("tasks/<int:pk>/repoint/", task_repoint, name="repoint"),
    path("tasks/<int:pk>/comment/", task_comment, name="comment"),
    path("tasks/<int:pk>/acknowledge/", task_acknowledge, name="acknowledge"),
    path("tasks/<int:pk>/ask/", task_ask, name="ask"),
    path("tasks/<int:pk>/urge/", task_urge, name="urge"),
    path("tasks/<int:pk>/answer/", task_answer, name="answer"),
    path("tasks/<int:pk>/revise/", task_revise, name="revise"),
    path("tasks/<int:pk>/versions/<int:number>/", task_version, name="version"),
    path("tasks/<int:pk>/files/", task_attach, name="attach"),
    path("tasks/files/<int:pk>/", task_file, name="file"),
    path("tasks/files/<int:pk>/withdraw/", task_withdraw, name="withdraw"),
    path("matrix/", matrix, name="matrix"),
    path("editions/import/", edition_import, name="edition_import"),
    path("editions/import/<int:pk>/", edition_import_preview, name="edition_import_preview"),
    path("duties/<int:number>/", duty, name="duty"),
    path("duties/<int:number>/extra/", extra, name="extra"),
    path("duties/<int:number>/procedure/", procedure, name="procedure"),
    path("duties/<int:number>/procedure/edit/", procedure_edit, name="procedure_edit"),
    path("duties/<int:number>/procedure/compare/", procedure_compare, name="procedure_compare"),
    path("procedures/<int:pk>/", procedure_version, name="procedure_version"),
    path("procedures/<int:pk>/withdraw/", procedure_withdraw, name="procedure_withdraw"),
    path("procedures/duty/<int:duty_key>/", procedure_of, name="procedure_of"),
    path("procedures/files/<int:pk>/", procedure_file, name="procedure_file"),
    path("health/", health, name="health"),
    path("digests/<str:day>/", digest, name="digest"),
    path("settings/readings/", readings_page, name="readings"),
    path("settings/readings/confirm/", confirm, name="confirm"),
    path("settings/readings/unconfirm/", unconfirm, name="unconfirm"),
    path("editions/", editions, name="editions"),
    path("editions/revise/", edition_revise, name="edition_revise"),
    path("editions/compare/", edition_compare, name="edition_compare"),
    path("editions/<int:number>/", edition, name="edition"),
    path("editions/<int:number>/grid/", edition_grid, name="edition_grid"),
    path("editions/<int:number>/undo/", edition_undo, name="edition_undo"),
    path("editions/<int:number>/discard/", edition_discard, name="edition_discard"),
    path("editions/<int:number>/impact/", edition_impact, name="edition_impact"),
    path("editions/<int:number>/publish/", edition_publish, name="edition_publish"),
    path("editions/<int:number>/withdraw/", edition_withdraw, name="edition_withdraw"),
    path("editions/<int:number>/duties/<int:key>/", edition_duty, name="edition_duty"),
    path("editions/<int:number>/duties/<int:key>/fields/", edition_fields, name="edition_fields"),
    path("editions/<int:number>/duties/<int:key>/field/", edition_field, name="edition_field"),
    path("editions/<int:number>/duties/<int:key>/<slug:section>/", edition_section, name="edition_section"),
    path("rights/", rights, name="rights"),
    path("year/", year_now, name="year_now"),
    path("year/<int:year>/", year, name="year"),
    path("month/<str:month>/", month, name="month"),
    path("editions/<int:number>/forecast/", edition_forecast, name="edition_forecast"),
    path("raise/", catalogue, name="catalogue"),
    path("raise/<int:number>/", raise_case, name="raise"),
    path("report/", report, name="report"),
    path("cases/", cases, name="cases"),
    path("ledger/", ledger, name="ledger"),
    path("requests/", answers, name="answers"),
    path("changes/", changes, name="changes"),
    path("changes/calendar/", change_calendar, name="change_calendar"),
    path("search/", search, name="search"),
    path("cases/<str:number>/", case_page, name="case"),
    path("cases/<str:number>/comment/", case_comment, name="case_comment"),
    path("cases/<str:number>/attach/", case_attach, name="case_attach"),
    path("cases/<str:number>/situation/", case_situation, name="case_situation"),
    path("cases/<str:number>/withdraw/", case_withdraw, name="case_withdraw"),
    path("cases/<str:number>/duplicate/", case_duplicate, name="case_duplicate"),
    path("cases/<str:number>/add/", case_add, name="case_add"),
    path("cases/<str:number>/concerns/", case_concerns, name="case_concerns"),
    path("cases/<str:number>/link/", case_link, name="case_link"),
    path("closed-days/", closed_days, name="closed_days"),
    path("closed-days/add/", closed_day_add, name="closed_day_add"),
    path("closed-days/tasks/", closed_day_tasks, name="closed_day_tasks"),
    path("closed-days/import/", closed_days_import, name="closed_days_import"),
    path("closed-days/<slug:kind>/<int:pk>/remove/", closed_day_remove, name="closed_day_remove"),
    path("roster/", roster, name="roster"),
    path("roster/import/", roster_import, name="roster_import"),
    path("roster/codes/", roster_codes, name="roster_codes"),
    path("vendor-change/", vendor_change, name="vendor_change"),
    path("teams/<int:pk>/handover/", team_hand_over, name="team_hand_over"),
    path("municipalities/", municipalities, name="municipalities"),
    path("municipalities/join/", municipality_join, name="municipality_join"),
    path("municipalities/<int:pk>/leave/", municipality_leave, name="municipality_leave"),
    path("municipalities/<int:pk>/rename/", municipality_rename, name="municipality_rename"),
    path("people/<int:pk>/handover/", hand_over, name="hand_over"),
]
