"""The matrix in the admin: administrators look, nobody changes."""

import pytest
from django.urls import reverse

from raci.models import Duty, DutyField, Edition


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.kubo)
    return client


def test_it_works(admin, edition):
    words = admin.get(reverse("admin:raci_duty_changelist")).content.decode()
    assert "ASP月次スケジュール作成" in words
    words = admin.get(reverse("admin:raci_edition_changelist")).content.decode()
    assert "第1版" in words and "運用業務作業分担表" in words
    page = admin.get(reverse("admin:raci_duty_change", args=[edition.duties.get(number=29).pk]))
    assert page.status_code == 200
    assert "パラメータ値" in page.content.decode() and 'name="_save"' not in page.content.decode()


@pytest.mark.parametrize("model", [Edition, Duty])
def test_nobody_changes(admin, edition, model):
    name = model._meta.model_name
    row = model.objects.first()
    before = model.objects.filter(pk=row.pk).values().get()
    assert admin.get(reverse(f"admin:raci_{name}_add")).status_code == 403
    change = reverse(f"admin:raci_{name}_change", args=[row.pk])
    assert admin.post(change, {"title": "別の表題", "work": "別の作業", "number": 1}).status_code == 403
    assert admin.post(reverse(f"admin:raci_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert (
        admin.post(reverse(f"admin:raci_{name}_changelist"), {"action": "delete_selected"}).status_code != 500
    )
    assert model.objects.filter(pk=row.pk).values().get() == before
    assert DutyField.objects.count() == 226


def test_only_administrators(client, edition, cast):
    client.force_login(cast.morishita)
    assert client.get(reverse("admin:raci_duty_changelist")).status_code == 403
