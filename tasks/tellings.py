"""How the notices about tasks read, and where they lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from opsdesk.notices.words import Label, Telling

Data = Mapping[str, Any]
#: Sections of a digest, in their order.
SECTIONS = {
    "overdue": gettext_lazy("期限超過"),
    "due": gettext_lazy("次の開庁日が期限"),
    "opened": gettext_lazy("始まった作業"),
}
PROXIED = {
    "closed": gettext_noop("%(who)sが代わりに完了にしました: %(what)s"),
    "skipped": gettext_noop("%(who)sが代わりに対象外にしました: %(what)s"),
    "signed": gettext_noop("%(who)sが代わりに署名しました: %(what)s"),
    "revised": gettext_noop("%(who)sが代わりに改訂しました: %(what)s"),
}


def what(data: Data) -> str:
    """No.29 オペレーション依頼書 令和8年12月 汐見市."""
    parts = (f"No.{data['number']}", data["work"], data.get("period"), data.get("organization"))
    return " ".join(part for part in parts if part)


def _detail(object_id: str, data: Data) -> str:
    return reverse("tasks:detail", args=[object_id])


def _comments(object_id: str, data: Data) -> str:
    return f"{_detail(object_id, data)}#comments"


def _said(sentence: str) -> Callable[[Data], str]:
    """A title: the sentence with %(what)s and what the data hold."""
    return lambda data: _(sentence) % {**data, "what": what(data)}


def _due(data: Data) -> str:
    return _("期限 %(due)s") % data


def _who(data: Data) -> str:
    return " ".join(part for part in (data.get("who"), _reason(data)) if part)


def _reason(data: Data) -> str:
    return _("理由 %(reason)s") % data if data.get("reason") else ""


def _closed(data: Data) -> str:
    return (_("異常あり: %(what)s") if data["abnormal"] else _("完了: %(what)s")) % {"what": what(data)}


def _proxied(data: Data) -> str:
    return _(PROXIED[data["act"]]) % {**data, "what": what(data)}


def _published(data: Data) -> str:
    sentence = _("第%(version)s版に改訂されました。確認してください: %(what)s")
    first = _("結果が公開されました。確認してください: %(what)s")
    return (sentence if data["version"] > 1 else first) % {**data, "what": what(data)}


def _digest(data: Data) -> str:
    """朝のまとめ 期限超過 1件、始まった作業 3件."""
    counts = [
        _("%(section)s %(n)s件") % {"section": label, "n": data["counts"][name]}
        for name, label in SECTIONS.items()
        if data["counts"].get(name)
    ]
    return _("朝のまとめ %(counts)s") % {"counts": "、".join(counts)}


def _digest_url(object_id: str, data: Data) -> str:
    return reverse("tasks:digest", args=[data["on"]])


def _digest_letter(data: Data) -> str:
    """The first of each section, a line each."""
    parts = []
    for name, label in SECTIONS.items():
        lines, count = data["lines"].get(name, []), data["counts"].get(name, 0)
        if count:
            rest = [_("ほか %(n)s件") % {"n": count - len(lines)}] if count > len(lines) else []
            parts.append(
                "\n".join([f"■ {label} {count}{_('件')}", *(f"・{line}" for line in [*lines, *rest])])
            )
    return "\n\n".join(parts)


def _t(kind: Label, sentence: str, text: Callable[[Data], str] = _who, url: Any = _detail) -> Telling:
    return Telling(kind, _said(sentence), url, text)


def _case(sentence: str) -> Callable[[Data], str]:
    return lambda data: _(sentence) % {"what": f"{data['number']} {data['title']}"}


def _case_page(object_id: str, data: Data) -> str:
    return reverse("tasks:case", args=[data["number"]])


ENDED = {
    "closed": gettext_noop("完了しました: %(what)s"),
    "withdrawn": gettext_noop("取り下げられました: %(what)s"),
    "duplicate": gettext_noop("ほかの案件と重複のため終了しました: %(what)s"),
}


def _ended(data: Data) -> str:
    return _case(ENDED[data["state"]])(data)


def _ended_text(data: Data) -> str:
    parts = [_reason(data), _("つづきは %(of)s") % data if data.get("of") else ""]
    return " ".join(part for part in parts if part)


t = gettext_lazy
TELLINGS = {
    "case.commented": Telling(
        t("コメント"),
        _case(gettext_noop("記録が書かれました: %(what)s")),
        _case_page,
        lambda d: str(d["who"]),
    ),
    "case.ended": Telling(t("案件"), _ended, _case_page, _ended_text),
    "task.opened": _t(t("開始"), gettext_noop("始まりました: %(what)s"), _due),
    "task.overdue": _t(t("期限超過"), gettext_noop("期限を過ぎました: %(what)s"), _due),
    "task.untaken": _t(t("未着手"), gettext_noop("まだだれも引き受けていません: %(what)s"), _due),
    "task.closed": Telling(t("完了"), _closed, _detail, _who),
    "task.skipped": _t(t("対象外"), gettext_noop("対象外になりました: %(what)s")),
    "task.reopened": _t(t("取り消し"), gettext_noop("完了が取り消されました: %(what)s")),
    "task.proxied": Telling(t("代行"), _proxied, _detail, _reason),
    "task.turn": _t(t("署名"), gettext_noop("署名の番です: %(what)s"), _due),
    "task.sent_back": _t(t("差戻し"), gettext_noop("差し戻されました: %(what)s")),
    "task.published": Telling(t("確認"), _published, _detail),
    "task.urged": _t(t("催促"), gettext_noop("確認がまだです。お願いします: %(what)s"), lambda data: ""),
    "task.commented": _t(t("コメント"), gettext_noop("コメントが書かれました: %(what)s"), _who, _comments),
    "task.asked": _t(t("質問"), gettext_noop("質問が届きました: %(what)s"), _who),
    "task.answered": _t(t("回答"), gettext_noop("質問に回答がありました: %(what)s"), _who),
    "task.assigned": _t(t("担当"), gettext_noop("担当者になりました: %(what)s"), _who),
    "task.lead_passed": _t(t("担当"), gettext_noop("主担当チームになりました: %(what)s"), _who),
    "task.handed_over": Telling(
        t("引き継ぎ"),
        lambda data: _("%(person)sさんの作業 %(count)s件を引き継ぎました") % data,
        lambda object_id, data: f"{reverse('tasks:list')}?state=open&scope=mine",
    ),
    "task.digest": Telling(t("まとめ"), _digest, _digest_url, letter=_digest_letter, is_digest=True),
}
