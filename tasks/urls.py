"""The addresses of tasks."""

from django.urls import path

from .views.bulk import task_close_many
from .views.close import task_close, task_save
from .views.closed_day_tasks import closed_day_tasks
from .views.closed_days import closed_day_add, closed_day_remove, closed_days
from .views.closed_days_import import closed_days_import
from .views.duty import duty
from .views.files import task_attach, task_file, task_withdraw
from .views.handover import hand_over
from .views.home import home
from .views.ledger import ledger
from .views.list import task_list
from .views.matrix import matrix
from .views.municipalities import (
    municipalities,
    municipality_join,
    municipality_leave,
    municipality_rename,
)
from .views.reason import task_reopen, task_skip
from .views.rights import rights
from .views.roster import roster, roster_import
from .views.roster_codes import roster_codes
from .views.sheet import task_sheet
from .views.sign import task_sign
from .views.taking import task_assign, task_comment, task_let_go, task_take
from .views.task import task_detail
from .views.vendor_change import team_hand_over, vendor_change

app_name = "tasks"
urlpatterns: list = [
    path("matrix/", matrix, name="matrix"),
    path("duties/<int:number>/", duty, name="duty"),
    path("rights/", rights, name="rights"),
    path("", home, name="home"),
    path("tasks/", task_list, name="list"),
    path("ledger/", ledger, name="ledger"),
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
    path("tasks/<int:pk>/comment/", task_comment, name="comment"),
    path("tasks/<int:pk>/files/", task_attach, name="attach"),
    path("tasks/files/<int:pk>/", task_file, name="file"),
    path("tasks/files/<int:pk>/withdraw/", task_withdraw, name="withdraw"),
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
