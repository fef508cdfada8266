"""The sentences of what happens to accounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Label, Sentence, Words
from opsdesk.lib.era import era_date


def changed(event: Event) -> str:
    """氏名: 旧 → 新, one field a line."""
    fields = {field.name: field.verbose_name for field in apps.get_model(event.object_type)._meta.fields}
    return "\n".join(
        f"{fields.get(name, name)}: {_value(before)} → {_value(after)}"
        for name, (before, after) in event.data["changed"].items()
    )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    return _("なし") if value in (None, "") else str(value)


def _day(event: Event, name: str) -> str:
    text = event.data.get(name)
    return era_date(date.fromisoformat(text)) if text else _("定めなし")


def _joined(event: Event) -> str:
    part = _("承認者として") if event.data["is_approver"] else ""
    return _("「%(team)s」に%(part)s所属（%(start)sから %(end)sまで）") % {
        "team": event.data["team_label"],
        "part": part,
        "start": _day(event, "starts_on"),
        "end": _day(event, "ends_on"),
    }


def _left(event: Event) -> str:
    return _("「%(team)s」の所属は%(end)sまで") % {
        "team": event.data["team_label"],
        "end": _day(event, "ends_on"),
    }


def _membership(event: Event) -> str:
    new = _("承認者になりました") if event.data["is_approver"] else _("承認者ではなくなりました")
    return _("「%(team)s」で%(new)s") % {"team": event.data["team_label"], "new": new}


def _issued(event: Event) -> str:
    until = timezone.localtime(datetime.fromisoformat(event.data["expires_at"]))
    return _("開始コードを発行しました（%(day)s %(time)sまで）") % {
        "day": era_date(until.date()),
        "time": f"{until:%-H:%M}",
    }


def _deactivated(event: Event) -> str:
    if event.data["to_name"]:
        return _("利用を止め、作業を%(to)sさんに引き継ぎました") % {"to": event.data["to_name"]}
    return _("利用を止めました")


def _renamed(event: Event) -> str:
    return _("%(day)sから「%(before)s」は「%(name)s」になりました") % {
        "day": _day(event, "from_on"),
        "before": event.data["before"],
        "name": event.data["name"],
    }


def _s(kind: Label, title: Words, text: Words = "", tone: str = "") -> Sentence:
    return Sentence(kind, title, text, tone)


t = gettext_lazy
SENTENCES = {
    "organization.created": _s(t("登録"), t("団体を登録しました")),
    "organization.changed": _s(t("変更"), t("団体の設定を変えました"), changed),
    "organization.renamed": _s(t("改称"), _renamed),
    "organization.left": _s(t("脱退"), lambda e: _("%(day)sで脱退") % {"day": _day(e, "left_on")}),
    "role.created": _s(t("登録"), lambda e: _("役割「%(name)s」を登録しました") % e.data),
    "role.changed": _s(t("変更"), lambda e: _("役割「%(name)s」を変えました") % e.data, changed),
    "team.created": _s(t("登録"), lambda e: _("担当「%(name)s」を登録しました") % e.data),
    "team.changed": _s(t("変更"), t("担当の名称を変えました"), changed),
    "team.ended": _s(t("終了"), lambda e: _("担当は%(day)sまで") % {"day": _day(e, "ends_on")}),
    "membership.joined": _s(t("所属"), _joined),
    "membership.changed": _s(t("所属"), _membership),
    "membership.left": _s(t("所属"), _left),
    "account.created": _s(t("登録"), t("利用者を登録しました")),
    "account.changed": _s(t("変更"), t("利用者の情報を変えました"), changed),
    "account.deactivated": _s(t("停止"), _deactivated, tone="wait"),
    "account.reactivated": _s(t("再開"), t("利用を再開しました")),
    "account.code_issued": _s(t("発行"), _issued),
    "account.code_failed": _s(t("失敗"), t("開始コードがちがいました"), tone="bad"),
    "account.code_used": _s(t("開始"), t("開始コードを使いました"), tone="ok"),
    "account.password_changed": _s(t("変更"), t("パスワードを変えました")),
    "account.signed_in": _s(t("サインイン"), t("サインインしました")),
    "account.signed_out": _s(t("サインアウト"), t("サインアウトしました")),
    "account.sign_in_failed": _s(t("失敗"), t("サインインに失敗しました"), tone="bad"),
    "account.factor_added": _s(t("2段階認証"), t("2段階認証を登録しました")),
    "account.factor_removed": _s(t("2段階認証"), t("2段階認証をやめました"), tone="wait"),
    "account.factor_renewed": _s(t("2段階認証"), t("予備コードを作り直しました")),
    "account.factor_failed": _s(t("失敗"), t("2段階認証の確認コードがちがいました"), tone="bad"),
    "account.factor_forgotten": _s(t("2段階認証"), t("管理者が2段階認証の登録を消しました"), tone="wait"),
}
