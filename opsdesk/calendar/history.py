"""The sentences of what happens to holidays, closed and open days and eras."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Sentence

NOUNS = {
    "holiday": gettext_noop("祝日"),
    "closed_day": gettext_noop("閉庁日"),
    "open_day": gettext_noop("臨時開庁日"),
    "era": gettext_noop("元号"),
}
VERBS = {
    "added": (gettext_lazy("登録"), gettext_noop("%(noun)s %(day)s %(name)sを登録しました")),
    "changed": (gettext_lazy("変更"), gettext_noop("%(noun)s %(day)s %(name)sに変えました")),
    "removed": (gettext_lazy("削除"), gettext_noop("%(noun)s %(day)s %(name)sを削除しました")),
}


def _words(noun: str, sentence: str) -> Callable[[Event], str]:
    def words(event: Event) -> str:
        data = event.data
        day = data.get("on") or data.get("starts_on") or ""
        return _(sentence) % {
            "noun": _(noun),
            "day": day,
            "name": data.get("name") or data.get("reason") or "",
        }

    return words


def _filled(event: Event) -> str:
    return _("祝日を%(count)s日取り込みました") % {"count": len(event.data["days"])}


SENTENCES = {
    f"{code}.{verb}": Sentence(kind, _words(noun, sentence))
    for code, noun in NOUNS.items()
    for verb, (kind, sentence) in VERBS.items()
} | {"holiday.filled": Sentence(gettext_lazy("登録"), _filled)}
