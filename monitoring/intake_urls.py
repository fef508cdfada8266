"""Addresses of what comes in: the hooks, the alerts, unknown devices, the rules, the wall, the charts."""

from django.urls import path

from .views import alerts, charts, hook, rules, unknown, wall

urlpatterns = [
    path("hooks/<int:pk>/", hook.hook, name="hook"),
    path("monitor/wall/", wall.wall, name="wall"),
    path("monitor/devices/<int:pk>/performance/", charts.performance, name="performance"),
    path("monitor/alerts/", alerts.alerts, name="alerts"),
    path("monitor/alerts/<int:pk>/", alerts.alert, name="alert"),
    path("monitor/alerts/<int:pk>/confirm/", alerts.alert_confirm, name="alert_confirm"),
    path("monitor/unknown/", unknown.unknown, name="unknown"),
    path("monitor/unknown/<int:pk>/", unknown.adopt, name="adopt"),
    path("monitor/rules/", rules.rules, name="rules"),
    path("monitor/rules/add/", rules.rule_add, name="rule_add"),
    path("monitor/rules/<int:pk>/", rules.rule, name="rule"),
]
