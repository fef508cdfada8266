"""The addresses of tasks."""

from django.urls import path

from .views.bulk import task_close_many
from .views.close import task_close, task_save
from .views.duty import duty
from .views.files import task_attach, task_file, task_withdraw
from .views.handover import hand_over
from .views.health import health
from .views.home import home
from .views.ledger import ledger
from .views.list import task_list
from .views.matrix import matrix
from .views.procedure import (
    procedure,
    procedure_compare,
    procedure_edit,
    procedure_file,
    procedure_of,
    procedure_version,
    procedure_withdraw,
)
from .views.readings import confirm, readings_page, unconfirm
from .views.reason import task_reopen, task_skip
from .views.rights import rights
from .views.sheet import task_sheet
from .views.sign import task_sign
from .views.taking import task_assign, task_comment, task_let_go, task_take
from .views.task import task_detail

app_name = "tasks"
urlpatterns: list = [
    path("matrix/", matrix, name="matrix"),
    path("duties/<int:number>/", duty, name="duty"),
    path("duties/<int:number>/procedure/", procedure, name="procedure"),
    path("duties/<int:number>/procedure/edit/", procedure_edit, name="procedure_edit"),
    path("duties/<int:number>/procedure/compare/", procedure_compare, name="procedure_compare"),
    path("procedures/<int:pk>/", procedure_version, name="procedure_version"),
    path("procedures/<int:pk>/withdraw/", procedure_withdraw, name="procedure_withdraw"),
    path("procedures/duty/<int:duty_key>/", procedure_of, name="procedure_of"),
    path("procedures/files/<int:pk>/", procedure_file, name="procedure_file"),
    path("health/", health, name="health"),
    path("settings/readings/", readings_page, name="readings"),
    path("settings/readings/confirm/", confirm, name="confirm"),
    path("settings/readings/unconfirm/", unconfirm, name="unconfirm"),
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
    path("people/<int:pk>/handover/", hand_over, name="hand_over"),
]
