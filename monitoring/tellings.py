"""How the notices of monitoring read, and where they lead."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as t

from opsdesk.notices.words import Telling

TELLINGS = {
    "alert.heartbeat": Telling(
        t("完了通知"),
        lambda data: f"{data['title']}: No.{data['number']} {data['work']}",
        lambda object_id, data: reverse("tasks:detail", args=[data["task"]]),
    ),
}
