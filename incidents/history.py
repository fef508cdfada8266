"""How the events of an incident read in its timeline."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Sentence
from opsdesk.lib.templatetags.dates import era_dt


def rejudged(event: Event) -> str:
    return _("障害レベルをレベル%(before)sからレベル%(after)sに見直し") % event.data


def paused(event: Event) -> str:
    return _("時計を止める 再開の予定 %(until)s") % {"until": _when(event.data["until"])}


def resumed(event: Event) -> str:
    return _("時計を動かす 停止 %(since)sから") % {"since": _when(event.data["since"])}


def _when(text: str) -> str:
    return era_dt(datetime.fromisoformat(text))


def reason(event: Event) -> str:
    return _("理由 %(reason)s") % {"reason": event.data["reason"]}


SENTENCES = {
    "incident.rejudged": Sentence(gettext_lazy("判断"), rejudged, reason, "info"),
    "incident.paused": Sentence(gettext_lazy("先方待ち"), paused, reason, "wait"),
    "incident.resumed": Sentence(gettext_lazy("再開"), resumed, tone="info"),
}
