"""The sentences of what happens to editions of the matrix and to the confirmations of our settings."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Sentence
from opsdesk.lib.era import era_date


def _loaded(event: Event) -> str:
    return _("付属の分担表から%(duties)s行を取り込みました") % event.data


def _published(event: Event) -> str:
    day = era_date(date.fromisoformat(event.data["in_force_on"]))
    return _("公開しました（%(day)s施行）") % {"day": day}


def _revised(event: Event) -> str:
    if event.data["based_on"] is None:
        return _("改定案を作りました（%(rows)s行）") % event.data
    return _("第%(based_on)s版から改定案を作りました（%(rows)s行）") % event.data


def _saved(event: Event) -> str:
    numbers = "・".join(f"No.{n}" for n in event.data["rows"][:12])
    more = _("ほか") if len(event.data["rows"]) > 12 else ""
    return _("%(cells)sか所を保存しました（%(numbers)s%(more)s）") % {
        "cells": event.data["cells"],
        "numbers": numbers,
        "more": more,
    }


def _confirmed(event: Event) -> str:
    return _("%(what)sの設定を確認しました") % event.data


def _unconfirmed(event: Event) -> str:
    return _("%(what)sの設定を未確認に戻しました") % event.data


def _read(event: Event) -> str:
    return _("「%(name)s」を読み取りました（%(rows)s行）") % event.data


def _imported(event: Event) -> str:
    return _("「%(name)s」から取り込みました（違い %(cells)sか所）") % event.data


SENTENCES = {
    "confirmation.given": Sentence(gettext_lazy("確認"), _confirmed, lambda e: e.data["note"], "ok"),
    "confirmation.withdrawn": Sentence(gettext_lazy("確認"), _unconfirmed, lambda e: e.data["note"], "wait"),
    "import.read": Sentence(gettext_lazy("読み取り"), _read),
    "edition.imported": Sentence(gettext_lazy("取込"), _imported, lambda e: f"SHA-256 {e.data['sha256']}"),
    "edition.revised": Sentence(gettext_lazy("改定案"), _revised),
    "edition.saved": Sentence(gettext_lazy("保存"), _saved),
    "edition.undone": Sentence(gettext_lazy("元に戻す"), gettext_lazy("最後の保存を元に戻しました")),
    "edition.discarded": Sentence(
        gettext_lazy("破棄"), gettext_lazy("改定案を破棄しました"), lambda e: e.data["reason"], "wait"
    ),
    "edition.loaded": Sentence(gettext_lazy("登録"), _loaded),
    "edition.published": Sentence(gettext_lazy("公開"), _published, tone="ok"),
    "edition.withdrawn": Sentence(
        gettext_lazy("取り下げ"), gettext_lazy("取り下げました"), lambda e: e.data["reason"], "wait"
    ),
}
