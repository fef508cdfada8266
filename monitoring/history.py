"""The sentences of what happens to alerts, devices, checks and heartbeats."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as t
from django.utils.translation import gettext_noop

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Sentence


def _raised(event: Event) -> str:
    return " ".join(part for part in (_("警報"), event.data.get("case", "")) if part)


def _title(event: Event) -> str:
    return str(event.data.get("title", ""))


def _said(event: Event) -> str:
    return str(event.data.get("said", ""))


def _before(event: Event) -> str:
    before = event.data.get("before") or {}
    return "\n".join(f"{name}: {value}" for name, value in before.items())


NOUNS = {
    "device": gettext_noop("機器"),
    "check": gettext_noop("監視項目"),
    "window": gettext_noop("保守時間"),
    "source": gettext_noop("送信元"),
    "heartbeat": gettext_noop("完了通知"),
    "network": gettext_noop("監視してよいネットワーク"),
}


def _kept(noun: str, verb: str) -> Callable[[Event], str]:
    return lambda event: f"{_(noun)} {event.data.get('name', '')} {_(verb)}"


SENTENCES = {
    "alert.raised": Sentence(t("検知"), _raised, _title, "bad"),
    "alert.recovered": Sentence(t("復旧"), t("復旧を確認"), _said, "ok"),
    "alert.confirmed": Sentence(t("確認"), t("確認した"), lambda e: str(e.data.get("note", "")), "info"),
    "case.alert_recovered": Sentence(t("復旧"), t("監視で復旧を確認"), _title, "ok"),
    "case.alert_again": Sentence(t("検知"), t("監視で再び検知"), _title, "bad"),
    **{
        f"{code}.{verb}": Sentence(kind, _kept(noun, words), _before)
        for code, noun in NOUNS.items()
        for verb, kind, words in (
            ("added", t("登録"), gettext_noop("を登録")),
            ("changed", t("変更"), gettext_noop("を変更")),
            ("removed", t("削除"), gettext_noop("を削除")),
        )
    },
    "heartbeat.started": Sentence(t("開始"), _kept(NOUNS["heartbeat"], gettext_noop("の開始"))),
    "heartbeat.succeeded": Sentence(
        t("成功"), _kept(NOUNS["heartbeat"], gettext_noop("の成功")), _said, "ok"
    ),
    "heartbeat.failed": Sentence(t("失敗"), _kept(NOUNS["heartbeat"], gettext_noop("の失敗")), _said, "bad"),
    **{
        f"{code}.token_renewed": Sentence(t("トークン"), _kept(NOUNS[code], gettext_noop("のトークンを発行")))
        for code in ("source", "heartbeat")
    },
}
