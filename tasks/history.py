"""How the events of a task read in its timeline."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Sentence
from opsdesk.lib.era import era_short

from .models import Outcome


def closed(event: Event) -> str:
    """完了 異常あり 実施日 11/20(金) 代行."""
    data = event.data
    words = [str(Outcome(data["outcome"]).label)]
    words.append(_("実施日 %(day)s") % {"day": _day(data["done_on"], event)})
    if data.get("late"):
        words.append(_("期限後の完了"))
    if data.get("published"):
        words.append(_("第%(n)s版を公開") % {"n": data["published"]})
    if data.get("proxy"):
        words.append(_("代行"))
    return " ".join(words)


def closed_text(event: Event) -> str:
    """Findings, predecessors that were open, the reason of acting for another team."""
    lines = list(event.data.get("findings", ()))
    if event.data.get("missing"):
        lines.append(_("先行の作業が未完了: %(names)s") % {"names": "、".join(event.data["missing"])})
    return "\n".join([*lines, *_reason(event)])


def _reason(event: Event) -> list[str]:
    return [_("理由 %(reason)s") % {"reason": event.data["reason"]}] if event.data.get("reason") else []


def reason(event: Event) -> str:
    return "\n".join(_reason(event))


def _day(text: str, event: Event) -> str:
    return era_short(date.fromisoformat(text), timezone.localdate(event.at))


def saved(event: Event) -> str:
    return _("途中保存 %(count)s項目") % {"count": len(event.data.get("fields", ()))}


def signed(event: Event) -> str:
    return str(event.data["label"]) + (_(" 代行") if event.data.get("proxy") else "")


def sent_back(event: Event) -> str:
    return _("%(to)sへ差し戻し") % {"to": event.data["to"]}


def sent_back_text(event: Event) -> str:
    return _("理由 %(reason)s\n署名 %(count)s件は無効になりました。") % {
        "reason": event.data["reason"],
        "count": event.data["voided"],
    }


def assigned(event: Event) -> str:
    to = event.data.get("assignee")
    return _("担当者を %(to)s に変更") % {"to": to} if to else _("担当者をなしに変更")


def taken(event: Event) -> str:
    return _("主担当チームとして引き受け") if event.data.get("lead") else _("引き受け")


def handed_over(event: Event) -> str:
    data = event.data
    if not data["to"]:
        return _("%(person)s から担当へ戻す") % data
    return _("%(person)s から %(to)s へ引き継ぎ") % data


def file_name(event: Event) -> str:
    return str(event.data.get("name") or _("ファイル"))


def skipped(event: Event) -> str:
    return _("対象外にする 代行") if event.data.get("proxy") else _("対象外にする")


def revised(event: Event) -> str:
    return _("第%(version)s版を公開") % event.data + (_(" 代行") if event.data.get("proxy") else "")


def revised_text(event: Event) -> str:
    lines = [_("変更 %(names)s") % {"names": "、".join(event.data["fields"])}]
    if event.data.get("settles"):
        lines.append(_("変更希望 %(count)s件に対応") % {"count": len(event.data["settles"])})
    return "\n".join([*lines, *_reason(event)])


def reopened_text(event: Event) -> str:
    if not event.data.get("withdrawn"):
        return reason(event)
    return "\n".join([_("第%(n)s版の公開を取り下げ") % {"n": event.data["withdrawn"]}, *_reason(event)])


def moved(event: Event) -> str:
    before, due_on = event.data["before"]["due_on"], event.data["due_on"]
    return _("期限を %(before)s から %(after)s に移す") % {
        "before": _day(before, event),
        "after": _day(due_on, event),
    }


def situation_text(event: Event) -> str:
    names = {"now": _("いま"), "impact": _("影響"), "next": _("次の予定")}
    return "\n".join(f"{names[k]} {event.data[k]}" for k in names if event.data.get(k))


def extra_raised(event: Event) -> str:
    """臨時1の作業を作成 期限 11/27(金)."""
    said = {"n": event.data["serial"], "day": _day(event.data["due_on"], event)}
    return _("臨時%(n)sの作業を作成 期限 %(day)s") % said


def case_raised(event: Event) -> str:
    words = _("通報・問合せとして登録") if event.data.get("report") else _("起票")
    return f"{words} {event.data['number']}"


SENTENCES = {
    "case.raised": Sentence(gettext_lazy("起票"), case_raised, lambda e: str(e.data["title"]), "info"),
    "case.commented": Sentence(gettext_lazy("コメント"), gettext_lazy("コメントを書き込み")),
    "case.attached": Sentence(gettext_lazy("ファイル"), file_name),
    "case.evidence_withdrawn": Sentence(
        gettext_lazy("ファイル"), lambda e: _("%(name)s を取り消し") % {"name": file_name(e)}, reason, "bad"
    ),
    "case.situation": Sentence(
        gettext_lazy("状況"), gettext_lazy("現在の状況を書き換え"), situation_text, "info"
    ),
    "case.extended": Sentence(gettext_lazy("追加"), lambda e: _("%(duty)s を追加") % e.data, reason, "info"),
    "case.concerns": Sentence(gettext_lazy("関係団体"), gettext_lazy("関係する団体を変更"), reason, "info"),
    "case.linked": Sentence(gettext_lazy("関連"), lambda e: _("%(to)s に関連付け") % e.data, reason, "info"),
    "case.joined": Sentence(gettext_lazy("関連"), lambda e: _("%(source)s から") % e.data, tone="info"),
    "case.closed": Sentence(
        gettext_lazy("完了"), gettext_lazy("すべての作業が終わり、案件が完了"), tone="ok"
    ),
    "case.withdrawn": Sentence(gettext_lazy("取り下げ"), gettext_lazy("案件を取り下げ"), reason, "wait"),
    "case.duplicate": Sentence(
        gettext_lazy("重複"), lambda e: _("%(of)s と重複のため終了") % e.data, reason, "wait"
    ),
    "task.opened": Sentence(
        gettext_lazy("開始"),
        lambda e: _("第%(round)s回を開始") % e.data if e.data["round"] > 1 else _("作業を開始"),
        tone="info",
    ),
    "task.asked_again": Sentence(
        gettext_lazy("再確認"), lambda e: _("第%(round)s回の確認へ") % e.data, tone="wait"
    ),
    "task.dropped": Sentence(gettext_lazy("取り下げ"), gettext_lazy("作業を取り下げ"), reason, "wait"),
    "task.moved": Sentence(gettext_lazy("移動"), moved, reason, "info"),
    "procedure.saved": Sentence(
        gettext_lazy("手順書"), lambda e: _("第%(number)s版を保存") % e.data, reason, "info"
    ),
    "procedure.withdrawn": Sentence(
        gettext_lazy("手順書"), lambda e: _("第%(number)s版を取り下げ") % e.data, reason, "wait"
    ),
    "task.extra_raised": Sentence(gettext_lazy("臨時"), extra_raised, reason, "info"),
    "task.taken": Sentence(gettext_lazy("担当"), taken, tone="info"),
    "task.let_go": Sentence(gettext_lazy("担当"), gettext_lazy("引き受けをやめる")),
    "task.assigned": Sentence(gettext_lazy("担当"), assigned, tone="info"),
    "task.lead_passed": Sentence(
        gettext_lazy("担当"),
        lambda e: _("主担当チームを %(to)s に引き渡し") % {"to": e.data["to"]},
        tone="info",
    ),
    "task.handed_over": Sentence(gettext_lazy("引き継ぎ"), handed_over, tone="info"),
    "task.saved": Sentence(gettext_lazy("記入"), saved, reason),
    "task.closed": Sentence(gettext_lazy("完了"), closed, closed_text, "ok"),
    "task.skipped": Sentence(gettext_lazy("対象外"), skipped, reason, "wait"),
    "task.reopened": Sentence(gettext_lazy("取り消し"), gettext_lazy("記録を取り消し"), reopened_text, "bad"),
    "task.signed": Sentence(gettext_lazy("署名"), signed, reason, "ok"),
    "task.sent_back": Sentence(gettext_lazy("差戻し"), sent_back, sent_back_text, "bad"),
    "task.revised": Sentence(gettext_lazy("改訂"), revised, revised_text, "info"),
    "task.acknowledged": Sentence(
        gettext_lazy("確認"), lambda e: _("第%(version)s版を確認") % e.data, tone="ok"
    ),
    "task.asked": Sentence(
        gettext_lazy("質問"), lambda e: _("第%(version)s版について質問") % e.data, tone="wait"
    ),
    "task.answered": Sentence(gettext_lazy("回答"), gettext_lazy("質問に回答"), tone="info"),
    "task.commented": Sentence(gettext_lazy("コメント"), gettext_lazy("コメントを書き込み")),
    "task.attached": Sentence(
        gettext_lazy("ファイル"), lambda e: file_name(e) + (_(" 代行") if e.data.get("proxy") else ""), reason
    ),
    "task.evidence_withdrawn": Sentence(
        gettext_lazy("ファイル"), lambda e: _("%(name)s を取り消し") % {"name": file_name(e)}, reason, "bad"
    ),
    "task.urged": Sentence(
        gettext_lazy("催促"), lambda e: _("確認を催促 %(who)s") % {"who": "、".join(e.data["organizations"])}
    ),
    "task.repointed": Sentence(
        gettext_lazy("改定"), gettext_lazy("新しい版の業務へ移しました"), reason, "info"
    ),
    "task.withdrawn": Sentence(
        gettext_lazy("対象外"), gettext_lazy("自動で対象外にしました"), reason, "wait"
    ),
    "task.returned": Sentence(
        gettext_lazy("取り消し"), gettext_lazy("自動で未完了に戻しました"), tone="info"
    ),
    "generation.created": Sentence(
        gettext_lazy("作成"), lambda e: _("作業を%(count)s件作りました（うち遡及%(caught_up)s件）") % e.data
    ),
}
