"""The sentences of what happens to editions of the matrix."""

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


SENTENCES = {
    "edition.loaded": Sentence(gettext_lazy("登録"), _loaded),
    "edition.published": Sentence(gettext_lazy("公開"), _published, tone="ok"),
    "edition.withdrawn": Sentence(
        gettext_lazy("取り下げ"), gettext_lazy("取り下げました"), lambda e: e.data["reason"], "wait"
    ),
}
