"""What the municipalities of the demonstration say to published plans: read, and once a question."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tasks import progress
from tasks.models import Acknowledgement, Task

from .people import Cast

#: Who answers for each municipality, and for 業務運用.
MEMBERS = {
    "shiomi": "inaba.takuya",
    "kirihara": "makino.saori",
    "mizuno": "hamanaka.rie",
    "shirane": "tsuda.natsumi",
    "sagisawa": "nogami.kohei",
}
ANSWERS = "sato.misaki"
#: Of the month that is being prepared 瑞野町 has not read the plan yet, and 鷺沢村 asks.
SLOW, CURIOUS = "mizuno", "sagisawa"


def acknowledge(cast: Cast, task: Task, moment: datetime, *, is_newest: bool) -> None:
    """From `moment` on, a few minutes apart, every municipality that `task` asks."""
    rows = Acknowledgement.objects.missing(moment.date()).filter(publication__task=task)
    for row in rows.select_related("organization").order_by("organization__position"):
        code, moment = row.organization.code, moment + timedelta(minutes=7)
        common: dict[str, Any] = {"by": cast.user[MEMBERS[code]], "team": cast.team[code]}
        if is_newest and code == SLOW:
            continue
        if is_newest and code == CURIOUS:
            asked = progress.ask(task, text="例月処理の締切は、先月と同じですか。", at=moment, **common)
            desk: dict[str, Any] = {"by": cast.user[ANSWERS], "team": cast.team["operations"]}
            moment += timedelta(minutes=25)
            progress.answer(asked, text="はい。先月と同じです。", at=moment, **desk)
            moment += timedelta(minutes=8)
        progress.acknowledge(task, at=moment, **common)
