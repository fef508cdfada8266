"""Every page that somebody can reach: who, where, and what has to be done to get there.

A module for each subject has its PLACES by login, the ways to pages that no address leads to, its NOT_PAGES
(addresses without a page of their own, and why), and its part of the scene, which morning.py puts together.
A new page goes to the module of its subject; a new module is named in SUBJECTS."""

from tests.browser.places import (
    accounts,
    calendar,
    cases,
    duties,
    editions,
    helpdesk,
    incidents,
    monitoring,
    notices,
    tasks,
)
from tests.browser.places.place import Place, Places

#: In the order in which somebody walks through them.
SUBJECTS = (
    accounts,
    tasks,
    cases,
    incidents,
    helpdesk,
    monitoring,
    duties,
    editions,
    calendar,
    notices,
)


def _all_places() -> Places:
    found: dict[str | None, tuple[Place, ...]] = {}
    for subject in SUBJECTS:
        for who, places in subject.PLACES.items():
            found[who] = found.get(who, ()) + places
    return found


PLACES = _all_places()
NOT_PAGES: dict[str, str] = {}
for _subject in SUBJECTS:
    NOT_PAGES |= getattr(_subject, "NOT_PAGES", {})
