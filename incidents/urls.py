"""The addresses of incidents."""

from django.urls import path

from .views.acts import incident_level, incident_pause, incident_resume
from .views.figures import incident_figures
from .views.incidents import incident_list
from .views.report import (
    incident_report,
    incident_report_compare,
    incident_report_edit,
    incident_report_export,
    incident_report_send,
)

app_name = "incidents"
urlpatterns = [
    path("incidents/", incident_list, name="list"),
    path("incidents/<str:number>/level/", incident_level, name="level"),
    path("incidents/<str:number>/pause/", incident_pause, name="pause"),
    path("incidents/<str:number>/resume/", incident_resume, name="resume"),
    path("incidents/<str:number>/report/", incident_report, name="incident_report"),
    path("incidents/<str:number>/report/edit/", incident_report_edit, name="incident_report_edit"),
    path("incidents/<str:number>/report/send/", incident_report_send, name="incident_report_send"),
    path("incidents/<str:number>/report/compare/", incident_report_compare, name="incident_report_compare"),
    path("incidents/<str:number>/report/export/", incident_report_export, name="incident_report_export"),
    path("figures/incidents/", incident_figures, name="incident_figures"),
]
