"""How the events of an incident read."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.audit.timeline import Sentence

SENTENCES = {
    "incident_report.saved": Sentence(
        gettext_lazy("障害報告書"), lambda e: _("%(case)s の第%(number)s版を保存") % e.data
    ),
    "incident_report.sent": Sentence(
        gettext_lazy("障害報告書"), lambda e: _("%(case)s の第%(number)s版を送付") % e.data, tone="ok"
    ),
}
