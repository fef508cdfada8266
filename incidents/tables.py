"""The columns of the list of incidents: the list of cases with level, stage and how long it lasts."""

from datetime import timedelta
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.lib.templatetags import ui
from tasks.casetable import COLUMNS, CaseTable

from .models import Incident, Stage
from .models.incident import Level
from .panels import LOOKS, span

OWN = ("stage", "level", "provisional_level", "is_none", "detected_at", "raised_at", "recovered_at")


def light_incidents(queryset: Any) -> Any:
    return queryset.select_related("incident").only(*COLUMNS, *(f"incident__{name}" for name in OWN))


class IncidentTable(CaseTable):
    """In the order of stages each begins with a row of its name."""

    caption = gettext_lazy("障害の一覧")
    level = tables.Column(verbose_name=gettext_lazy("レベル"), orderable=False, empty_values=())
    lasted = tables.Column(verbose_name=gettext_lazy("経過時間"), orderable=False, empty_values=())
    stage = tables.Column(
        verbose_name=gettext_lazy("段階"), order_by=("incident__stage", "-raised_at"), empty_values=()
    )

    class Meta(CaseTable.Meta):
        sequence = ("number", "title", "level", "stage", "lasted", "concerns", "steps", "due", "...")
        exclude = ("kind",)
        empty_text = gettext_lazy("この条件に合う障害はありません。")

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.last_stage: int | None = None

    def row_open(self, record: Any) -> str:
        """A stage begins with its name; only where the list is in their order."""
        if str(self.order_by).lstrip("-") != "stage" or stage_of(record) == self.last_stage:
            return "<tr>"
        self.last_stage = stage_of(record)
        name = Stage(self.last_stage).label
        columns = len(list(self.columns))
        return f'<tr class="grp"><th scope="rowgroup" colspan="{columns}">{name}</th></tr><tr>'

    def render_level(self, record: Any) -> SafeString:
        found = incident_of(record)
        if found is None or found.is_none:
            return ui.pill("na", _("障害でない")) if found else mark_safe("")
        if found.level:
            return ui.pill(LOOKS[found.level], str(Level(found.level).label))
        words = _("未判定 仮%(level)s") if found.provisional_level else _("未判定")
        return ui.pill("", words % {"level": found.provisional_level})

    def value_level(self, record: Any) -> str:
        found = incident_of(record)
        return str(Level(found.level).label) if found and found.level else ""

    def render_stage(self, record: Any) -> str:
        return str(Stage(stage_of(record)).label)

    def lasted_of(self, record: Any) -> timedelta | None:
        found = incident_of(record)
        end = (found and found.recovered_at) or record.closed_at or self.now
        return max(end - (found.detected_at or record.raised_at), timedelta()) if found else None

    def render_lasted(self, record: Any) -> SafeString | str:
        lasted, found = self.lasted_of(record), incident_of(record)
        if lasted is None or found is None or found.is_none:
            return ""
        word = _("で回復") if found.recovered_at else ""
        return format_html('<span class="nw">{}{}</span>', span(lasted), word)

    def value_lasted(self, record: Any) -> int | None:
        """Minutes."""
        lasted = self.lasted_of(record)
        return int(lasted.total_seconds() // 60) if lasted is not None else None


def incident_of(case: Any) -> Incident | None:
    return getattr(case, "incident", None)


def stage_of(case: Any) -> int:
    found = incident_of(case)
    return found.stage if found else Stage.RECEIVED
