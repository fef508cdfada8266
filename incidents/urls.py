"""The addresses of incidents."""

from django.urls import path

from .views.figures import incident_figures
from .views.report import (
    incident_report,
    incident_report_compare,
    incident_report_edit,
    incident_report_export,
    incident_report_send,
)

app_name = "incidents"
urlpatterns: list = [
    path("incidents/<str:number>/report/", incident_report, name="incident_report"),
    path("incidents/<str:number>/report/edit/", incident_report_edit, name="incident_report_edit"),
    path("incidents/<str:number>/report/send/", incident_report_send, name="incident_report_send"),
    path("incidents/<str:number>/report/compare/", incident_report_compare, name="incident_report_compare"),
    path("incidents/<str:number>/report/export/", incident_report_export, name="incident_report_export"),
]
