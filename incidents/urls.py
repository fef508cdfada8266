"""The addresses of incidents."""

from django.urls import path

from .views.acts import incident_level, incident_pause, incident_resume
from .views.incidents import incident_list

app_name = "incidents"
urlpatterns = [
    path("incidents/", incident_list, name="list"),
    path("incidents/<str:number>/level/", incident_level, name="level"),
    path("incidents/<str:number>/pause/", incident_pause, name="pause"),
    path("incidents/<str:number>/resume/", incident_resume, name="resume"),
]
