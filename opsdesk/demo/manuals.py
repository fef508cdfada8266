"""The procedures and confirmed settings of the demonstration: from the first day, and one a month later."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from raci.confirmations import confirm_many
from raci.models import Duty, Edition
from tasks import procedures

from .people import Cast, content

TOKYO = ZoneInfo("Asia/Tokyo")


def write(cast: Cast, *, started_on: date, now: datetime) -> None:
    """Those whose day has come; a version that would lie in the future is left out."""
    source: Any = content("procedures")
    edition = Edition.objects.shown_on(started_on)
    duties = {duty.key: duty for duty in Duty.objects.filter(edition=edition)}
    for row in source["procedures"]:
        at = datetime.combine(started_on + timedelta(row["days"]), time(8, 30), TOKYO)
        if at <= now:
            procedures.save(
                duties[row["key"]], by=cast.user[row["by"]], team=cast.team[row["team"]], at=at,
                text=row["text"], reason=row["reason"],
            )  # fmt: skip
    confirmed = source["confirmed"]
    confirm_many(
        [duties[key] for key in confirmed["keys"]],
        by=cast.user[confirmed["by"]],
        at=min(now, datetime.combine(started_on, time(9), TOKYO)),
        note=confirmed["note"],
    )
