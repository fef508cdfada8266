"""Migrations 0007 and 0008: what the code knew by key is a setting, in editions and in savings of drafts."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from raci import drafting
from raci.models import Duty, DutyField, Saving
from tests.make import at

BEFORE, NOW = [("raci", "0006_case_kind")], [("raci", "0009_confirmations_append_only")]


def migrate(targets):
    MigrationExecutor(connection).migrate(targets)


@pytest.mark.django_db(transaction=True)
def test_settings_are_moved(cast, edition):
    draft = drafting.revise(edition, by=cast.morishita, at=at())
    DutyField.objects.filter(duty__edition=draft, key="planned_stops").update(options={"multiline": True})
    saving = Saving.objects.get()
    for row in saving.rows:
        row.pop("comment_audience", None)
        for field in row.get("fields", ()):
            field.get("options", {}).pop("shows_in_year", None)
    saving.save(update_fields=["rows"])
    try:
        migrate(BEFORE)
    finally:
        migrate(NOW)
    internal = Duty.objects.filter(comment_audience="internal").values_list("edition__number", "key")
    assert sorted(internal) == [(1, 24), (1, 55), (2, 24), (2, 55)]
    stops = DutyField.objects.filter(key="planned_stops").values_list("options", flat=True)
    assert list(stops) == [{"multiline": True, "shows_in_year": True}] * 2
    assert drafting.rows_of(draft) == Saving.objects.get().rows
