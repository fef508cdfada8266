"""The admin: everything through commands with Events; no task's content; nothing is deleted."""

import re

import pytest
from django.contrib import admin
from django.core.cache import cache

from opsdesk.accounts import people
from opsdesk.accounts.models import Membership, Organization, StartCode, Team, User
from opsdesk.audit.models import Event
from opsdesk.audit.record import record, recording


@pytest.fixture
def office(cast, client):
    """A browser of the administrator Kubo."""
    cache.clear()
    cast.kubo.is_superuser = False
    cast.kubo.save(update_fields=["is_superuser"])
    client.force_login(cast.kubo)
    return client


def codes():
    return list(Event.objects.order_by("pk").values_list("code", flat=True))


def text(answer):
    return answer.content.decode()


def test_it_works(cast, office):
    page = text(office.get("/admin/"))
    for name in ("団体", "役割", "担当", "所属", "利用者", "履歴"):
        assert name in page
    for name in ("作業", "グループ", "パスワード"):
        assert f">{name}<" not in page


def test_every_page_opens(cast, office):
    for model in admin.site._registry:
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert office.get(path).status_code == 200, path
        obj = model.objects.first()
        if obj is not None and model is not Event:
            assert office.get(f"{path}{obj.pk}/change/").status_code == 200, path
            assert office.get(f"{path}{obj.pk}/history/").status_code in (200, 403), path
            if model._meta.app_label == "accounts":
                assert office.get(f"{path}{obj.pk}/delete/").status_code == 403, path
                assert office.get(f"{path}add/").status_code == 200, path


def test_no_inline_script_or_style(cast, office):
    for path in ("", f"accounts/user/{cast.ono.pk}/change/", "accounts/membership/add/", "audit/event/"):
        page = text(office.get(f"/admin/{path}"))
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)(?![^>]*json)", page), path


def test_a_person_is_created_and_changed(cast, office):
    fields = {"login": "kato", "name": "加藤 葵", "organization": cast.shiomi.pk}
    assert office.post("/admin/accounts/user/add/", fields).status_code == 302
    kato = User.objects.get(login="kato")
    assert not kato.has_usable_password()
    path = f"/admin/accounts/user/{kato.pk}/"
    inline = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    answer = office.post(f"{path}change/", {**fields, "name": "加藤 葵子", "is_staff": "on", **inline})
    assert answer.status_code == 302
    kato.refresh_from_db()
    assert (kato.name, kato.is_staff, kato.is_active) == ("加藤 葵子", True, True)
    assert codes() == ["account.created", "account.changed"]
    assert "氏名: 加藤 葵 → 加藤 葵子" in text(office.get(f"{path}history/"))


def test_a_refusal_keeps_what_was_typed(cast, office):
    fields = {
        "login": "kubo",
        "name": "名前を変えた",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    page = office.post(f"/admin/accounts/user/{cast.kubo.pk}/change/", fields)
    assert page.status_code == 200
    assert "管理者がいなくなります" in text(page)
    assert 'value="名前を変えた"' in text(page)
    cast.kubo.refresh_from_db()
    assert (cast.kubo.name, cast.kubo.is_staff) == ("久保 管理", True)
    assert codes() == []


def test_organizations(cast, office):
    fields = {
        "code": "hamano",
        "kind": "member",
        "name": "浜野町",
        "short_name": "浜野町",
        "position": 9,
        "joined_on": "2026-04-01",
        "unpatched_limit_percent": 5,
    }
    assert office.post("/admin/accounts/organization/add/", fields).status_code == 302
    town = Organization.objects.get(code="hamano")
    path = f"/admin/accounts/organization/{town.pk}/change/"
    inline = {"names-TOTAL_FORMS": 0, "names-INITIAL_FORMS": 0}
    change = {**fields, **inline, "name": "浜野市", "renamed_on": "2026-10-01", "unpatched_limit_percent": 3}
    assert office.post(path, change).status_code == 302
    town.refresh_from_db()
    assert (town.name, town.short_name, town.unpatched_limit_percent) == ("浜野市", "浜野町", 3)
    assert office.post(path, {**change, "left_on": "2099-12-31"}).status_code == 302
    assert codes() == [
        "organization.created",
        "organization.renamed",
        "organization.changed",
        "organization.left",
    ]


def test_teams_and_memberships(cast, office):
    team = {
        "role": cast.role["hwnw"].pk,
        "organization": cast.soseki.pk,
        "name": "機器",
        "starts_on": "2026-05-01",
    }
    page = office.post("/admin/accounts/team/add/", team)
    assert "その期間に「HW/NW保守」がいます" in text(page)
    path = f"/admin/accounts/team/{cast.team['hwnw'].pk}/change/"
    assert office.post(path, {"name": "HW/NW保守", "ends_on": "2026-04-30"}).status_code == 302
    assert office.post("/admin/accounts/team/add/", team).status_code == 302
    new = Team.objects.get(name="機器")
    join = {"user": cast.sato.pk, "team": new.pk, "is_approver": "on", "starts_on": "2026-06-01"}
    assert office.post("/admin/accounts/membership/add/", join).status_code == 302
    assert "すでに" in text(office.post("/admin/accounts/membership/add/", join))
    membership = Membership.objects.get(user=cast.sato, team=new)
    path = f"/admin/accounts/membership/{membership.pk}/change/"
    assert office.post(path, {"ends_on": "2026-12-31"}).status_code == 302
    membership.refresh_from_db()
    assert (str(membership.ends_on), membership.is_approver) == ("2026-12-31", False)
    assert codes() == [
        "team.ended",
        "team.created",
        "membership.joined",
        "membership.left",
        "membership.changed",
    ]


def test_roles(cast, office):
    fields = {"code": "press", "name": "広報", "kind": "union", "position": 7}
    assert office.post("/admin/accounts/role/add/", fields).status_code == 302
    assert office.post(
        f"/admin/accounts/role/{cast.role['hwnw'].pk}/change/", {"name": "機器", "position": 5}
    )
    assert codes() == ["role.created", "role.changed"]


def test_a_start_code_is_shown_once_on_paper(cast, office, client):
    path = f"/admin/accounts/user/{cast.ono.pk}/start-code/"
    assert "手渡してください" in text(office.get(path))
    assert not StartCode.objects.exists()
    slip = office.post(path)
    code = slip.context["code"]
    assert code in text(slip)
    assert "大野 千尋" in text(slip)
    assert "no-store" in slip["Cache-Control"]
    assert code not in text(office.get(path))
    browser = type(client)()
    assert browser.post("/accounts/start/", {"login": "ono", "code": code}).status_code == 302


def test_a_start_code_forgets_the_lost_telephone(cast, office):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast.ono, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    path = f"/admin/accounts/user/{cast.ono.pk}/start-code/"
    office.post(path)
    assert Authenticator.objects.exists()
    office.post(path, {"forget": "on"})
    assert not Authenticator.objects.exists()
    assert codes()[-1] == "account.factor_forgotten"


def test_leaving_asks_who_takes_over(cast, office, monkeypatch):
    def ask(person, *, to, by, at):
        if to is None:
            raise people.StillBusy("進行中の作業が3件あります。引き継ぐ人を選んでください。")

    monkeypatch.setattr(people, "before_leaving", [ask])
    path = f"/admin/accounts/user/{cast.sato.pk}/deactivate/"
    assert office.get(path).status_code == 200
    assert "進行中の作業が3件あります" in text(office.post(path))
    assert User.objects.get(pk=cast.sato.pk).is_active
    assert office.post(path, {"to": cast.sato.pk}).status_code == 200
    assert office.post(path, {"to": cast.takahashi.pk}).status_code == 302
    assert not User.objects.get(pk=cast.sato.pk).is_active
    assert "すでに利用停止中" in text(office.post(path, {"to": cast.takahashi.pk}))
    refused = office.post(f"/admin/accounts/user/{cast.sato.pk}/start-code/", follow=True)
    assert "利用停止中です" in text(refused)
    assert office.get(f"/admin/accounts/user/{cast.sato.pk}/reactivate/").status_code == 200
    assert office.post(f"/admin/accounts/user/{cast.sato.pk}/reactivate/").status_code == 302
    assert User.objects.get(pk=cast.sato.pk).is_active


def test_only_people_in_use_are_offered(cast, office):
    people.deactivate(cast.takahashi, by=cast.kubo, at=cast.takahashi.joined_at or _at())
    query = {"app_label": "accounts", "model_name": "membership", "field_name": "user", "term": ""}
    names = {row["text"] for row in office.get("/admin/autocomplete/", query).json()["results"]}
    assert "佐藤 美咲" in names
    assert "高橋 亮" not in names


def test_history_shows_accounts_not_tasks(cast, office):
    with recording():
        record(
            "account.changed",
            cast.ono,
            by=cast.kubo,
            at=_at(),
            stream="shiomi",
            changed={"post": ["", "係長"]},
        )
        record("organization.changed", cast.shiomi, by=cast.kubo, at=_at(), stream="shiomi", changed={})
    Event.objects.bulk_create(
        [
            Event(
                stream="shiomi",
                code="task.closed",
                object_type="tasks.task",
                object_id="1",
                at=_at(),
                hash="x",
            )
        ]
    )
    page = text(office.get("/admin/audit/event/"))
    assert "職名: なし → 係長" in page
    assert "task.closed" not in page
    event = Event.objects.get(code="task.closed")
    assert office.get(f"/admin/audit/event/{event.pk}/change/").status_code in (302, 404)
    assert office.get("/admin/audit/event/add/").status_code == 403
    assert office.post("/admin/audit/event/", {"action": "delete_selected"}).status_code in (200, 302)
    assert Event.objects.filter(code="task.closed").exists()


@pytest.mark.parametrize("who", ["ono", "miura", "sato"])
def test_others_are_kept_out(cast, client, who):
    client.force_login(getattr(cast, who))
    for path in ("", "accounts/user/", f"accounts/user/{cast.ono.pk}/start-code/", "audit/event/"):
        assert client.get(f"/admin/{path}").status_code == 403
    assert client.post(f"/admin/accounts/user/{cast.ono.pk}/start-code/").status_code == 403
    assert not StartCode.objects.exists()


def test_strangers_sign_in_first(cast, client):
    assert client.get("/admin/accounts/user/").url == "/accounts/login/?next=/admin/accounts/user/"
    assert client.get("/admin/login/").status_code == 404


@pytest.mark.parametrize("act", ["start-code", "deactivate", "reactivate"])
def test_acts_on_nobody(cast, office, act):
    assert office.get(f"/admin/accounts/user/999999/{act}/").status_code == 404
    assert office.put(f"/admin/accounts/user/{cast.ono.pk}/{act}/").status_code == 405


def _at():
    from datetime import UTC, datetime

    return datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
