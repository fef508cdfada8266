"""A whole opsdesk in a process of its own, with its own database in DATA_DIR, for what happens between two.

python -m tests.helpdesk.instance prepare        makes the database
python -m tests.helpdesk.instance ADDRESS        knows ADDRESS as a contact; at each line that it reads it
                                                 fetches and sends its mail, and says what it has: JSON
"""

import json
import os
import sys
from datetime import date

import django

SINCE = date(2026, 4, 1)


def prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("seed", start=SINCE, verbosity=0)


def know(address: str) -> None:
    from helpdesk.models import Contact
    from opsdesk.accounts.models import Organization, Role, Team

    town = Organization.objects.create(
        code="other", kind="member", name="となりの町", short_name="となり", joined_on=SINCE
    )
    role = Role.objects.get(kind="member")
    Team.objects.create(role=role, organization=town, name="となりの町", starts_on=SINCE)
    row = Contact(organization=town, name="となりの窓口", email=address)
    row.derive()
    row.save()


def turns() -> None:
    from django.utils import timezone

    from helpdesk import jobs
    from helpdesk.models import IncomingMail, Inquiry
    from opsdesk.notices import relay
    from opsdesk.notices.models import Delivery

    print("ready", flush=True)
    for _line in sys.stdin:
        jobs.fetch()
        relay.relay(timezone.now)
        said = {
            "inquiries": Inquiry.objects.count(),
            "mails": IncomingMail.objects.count(),
            "waiting": Delivery.objects.waiting().count(),
        }
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsdesk.settings")
    django.setup()
    if sys.argv[1] == "prepare":
        prepare()
    else:
        know(sys.argv[1])
        turns()
