"""What a 障害報告書 says: its items, how they are read from a form, what is missing to send it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.era import era_date, read_date, read_moment

LINE, TEXT, DAY, MOMENT = "line", "text", "day", "moment"
LIMITS = {LINE: 200, TEXT: 5_000, DAY: 40, MOMENT: 60}


@dataclass(frozen=True)
class Item:
    """One item of the form; `is_needed`: it is not sent without."""

    key: str
    label: str | Promise
    kind: str
    is_needed: bool = False
    hint: str | Promise = ""

    @property
    def limit(self) -> int:
        return LIMITS[self.kind]


#: What people write, in the order in which it stands on the paper. Level, cause and municipalities are the
#: case's own and are taken from it with every version (`FACTS`).
ITEMS = (
    Item("document_no", gettext_lazy("文書番号"), LINE, True),
    Item("reported_on", gettext_lazy("報告日"), DAY, True),
    Item("title", gettext_lazy("件名"), LINE, True),
    Item(
        "occurred_at",
        gettext_lazy("発生日時"),
        MOMENT,
        hint=gettext_lazy("分かる範囲で。停止時間は、発生から回復までで計算します。"),
    ),
    Item("noticed_at", gettext_lazy("検知日時"), MOMENT, True),
    Item("judged_at", gettext_lazy("判定日時"), MOMENT),
    Item("handled_at", gettext_lazy("対応完了日時"), MOMENT),
    Item("recovered_at", gettext_lazy("回復日時"), MOMENT),
    Item("impact", gettext_lazy("業務影響"), TEXT, True),
    Item("cause", gettext_lazy("原因"), TEXT, True),
    Item("action", gettext_lazy("対応内容"), TEXT, True),
    Item("confirmed", gettext_lazy("回復確認"), TEXT),
    Item("prevention", gettext_lazy("再発防止策"), TEXT),
    Item("course", gettext_lazy("経過"), TEXT, hint=gettext_lazy("一行に一件、日時から書きます。")),
    Item("note", gettext_lazy("備考"), TEXT),
)
BY_KEY = {item.key: item for item in ITEMS}
#: level (words), cause_kind (words), concerns: [[id, name], …] in the order of the municipalities.
FACTS = ("level", "cause_kind", "concerns")
#: Moments that can't be the other way round: (earlier, later).
ORDER = (
    ("occurred_at", "noticed_at"),
    ("occurred_at", "recovered_at"),
    ("noticed_at", "recovered_at"),
    ("handled_at", "recovered_at"),
)

Content = Mapping[str, Any]


def read(typed: Mapping[str, str], now: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """(what is kept, errors) by key; days and moments in ISO form, moments naive and local, as is `now`."""
    kept: dict[str, str] = {}
    errors: dict[str, str] = {}
    for item in ITEMS:
        try:
            kept[item.key] = _read(item, typed.get(item.key, ""), now)
        except ValueError as error:
            errors[item.key] = str(error)
    for first, then in ORDER:
        if kept.get(first) and kept.get(then) and kept[first] > kept[then] and then not in errors:
            errors[then] = _("%(then)sが%(first)sより前になっています。") % {
                "first": BY_KEY[first].label,
                "then": BY_KEY[then].label,
            }
    return kept, errors


def _read(item: Item, text: str, now: datetime) -> str:
    """Text is kept as it was typed, but for the ends of its lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > item.limit:
        raise ValueError(
            _("%(label)sは%(n)s文字までにしてください。") % {"label": item.label, "n": f"{item.limit:,}"}
        )
    if not text.strip():
        return ""
    if item.kind == DAY:
        return read_date(text).isoformat()
    if item.kind == MOMENT:
        moment = read_moment(text)
        if moment > now:
            raise ValueError(_("%(label)sに先の日時は入力できません。") % {"label": item.label})
        return moment.isoformat(timespec="minutes")
    return text


def missing(content: Content) -> dict[str, str]:
    """Sentences by key of what is needed to send it and is not there."""
    return {
        item.key: _("%(label)sを入力してください。") % {"label": item.label}
        for item in ITEMS
        if item.is_needed and not str(content.get(item.key, "")).strip()
    }


def words(item: Item, content: Content) -> str:
    """The item as it stands on the paper: 令和8年11月20日(金) 9:05."""
    value = str(content.get(item.key, ""))
    if not value or item.kind in (LINE, TEXT):
        return value
    if item.kind == DAY:
        return era_date(date.fromisoformat(value))
    moment = datetime.fromisoformat(value)
    return f"{era_date(moment.date(), with_weekday=True)} {moment.hour}:{moment.minute:02}"


def typed_of(content: Content) -> dict[str, str]:
    """What the form begins with."""
    return {item.key: words(item, content) for item in ITEMS}


def outage(content: Content) -> timedelta | None:
    """From the occurrence (else from when it was noticed) to the recovery."""
    start, end = content.get("occurred_at") or content.get("noticed_at"), content.get("recovered_at")
    if not start or not end:
        return None
    return datetime.fromisoformat(end) - datetime.fromisoformat(start)


def span_words(span: timedelta | None) -> str:
    """1時間31分, 2日3時間0分; "" of nothing."""
    if span is None:
        return ""
    minutes = int(span.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(d)s日%(h)s時間%(m)s分") % {"d": days, "h": hours, "m": minutes}
    if hours:
        return _("%(h)s時間%(m)s分") % {"h": hours, "m": minutes}
    return _("%(m)s分") % {"m": minutes}


def concerned_words(content: Content, own: set[int] | None) -> str:
    """汐見市、瑞野町; to a municipality (`own`: ids) others are counted, not named."""
    rows = content.get("concerns", ())
    names = [name for pk, name in rows if own is None or pk in own]
    others = len(rows) - len(names)
    if own is not None and not own:  # a file that everybody reads
        return _("構成団体 %(n)s団体") % {"n": others}
    return _("、").join([*names, *([_("他団体 %(n)s件") % {"n": others}] if others else [])])


def rows_of(content: Content, own: set[int] | None) -> Iterator[tuple[str, str, str]]:
    """(key, label, words) of the paper's table in its order, the case's facts among them."""
    for item in ITEMS:
        if item.key in ("document_no", "reported_on"):
            continue
        yield item.key, str(item.label), words(item, content)
        if item.key == "title":
            yield "level", _("障害レベル"), str(content.get("level", ""))
            yield "concerns", _("影響団体"), concerned_words(content, own)
        if item.key == "recovered_at":
            yield "outage", _("停止時間"), span_words(outage(content))
        if item.key == "impact":
            yield "cause_kind", _("原因区分"), str(content.get("cause_kind", ""))
