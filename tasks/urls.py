"""The addresses of tasks."""

from django.urls import path

from .views.bulk import task_close_many
from .views.close import task_close, task_save
from .views.duty import duty
from .views.files import task_attach, task_file, task_withdraw
from .views.handover import hand_over
from .views.home import home
from .views.importing import edition_import, edition_import_preview
from .views.ledger import ledger
from .views.list import task_list
from .views.matrix import matrix
from .views.reason import task_reopen, task_skip
from .views.rights import rights
from .views.sheet import task_sheet
from .views.sign import task_sign
from .views.taking import task_assign, task_comment, task_let_go, task_take
from .views.task import task_detail

app_name = "tasks"
urlpatterns: list = [
    path("matrix/", matrix, name="matrix"),
    path("editions/import/", edition_import, name="edition_import"),
    path("editions/import/<int:pk>/", edition_import_preview, name="edition_import_preview"),
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
    path("people/<int:pk>/handover/", hand_over, name="hand_over"),
]
