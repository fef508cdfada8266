"""A generator to be killed: from the day argv[1] to argv[2] as fast as it can, in random steps.

    python -m tests.faults.generator 2026-04-01 2028-03-31

says "ready" when it begins. The database is the one of the environment."""

import os
import random
import sys
from datetime import UTC, date, datetime, time, timedelta

import django


def main(first: date, last: date) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsdesk.settings")
    django.setup()
    from tasks import generation

    generation.CHUNK = 40  # many transactions, so that death finds one open
    print("ready", flush=True)
    day = first
    while day <= last:
        generation.generate(datetime.combine(day, time(0, 5), UTC), force=True)
        day += timedelta(days=random.choice((1, 1, 1, 2, 5, 30)))


if __name__ == "__main__":
    main(*map(date.fromisoformat, sys.argv[1:3]))
