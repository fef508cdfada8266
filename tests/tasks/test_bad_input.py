"""What nobody types on purpose, sent to every address as every role: it gets a sentence, never a 5xx."""

import re

import pytest
import time_machine

from opsdesk.accounts.access import nobody
from opsdesk.accounts.doors import doors
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.slow
PEOPLE = ("ono", "morishita")
HUGE = "9" * 5000
#: NUL, huge, digits that are not ASCII, dates that are none, a text longer than anything.
TEXTS = ("a\0b", HUGE, "²", "[0,{}]")
# fmt: off
NAMES = [
    "q", "state", "scope", "team", "organization", "due_from", "due_to", "duty", "cycle", "mark",
    "assignee", "done_from", "done_to", "page", "sort", "export", "month", "role", "height", "date",
    "proxy", "login", "next", "stop", "download",
]
# fmt: on
# fmt: off
FIELDS = [
    "version", "team", "reason", "remark", "outcome", "done_on", "to", "lead", "text", "audience",
    "decision", "task", "is_confirmed", "confirmed", "proxy", "add-line", "drop-line", "fill-normal",
    "login", "code", "password", "password1", "password2", "f-online", "f-disk_space",
    "f-lines-0-process_on", "f-requests-0-process_on", "f-none", "next",
]
# fmt: on


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def tasks(cast, edition):
    """One with checks, one of a municipality to be signed, one of several ◎."""
    return [make_task(), make_task(29, cast.shiomi, due_on=TODAY), make_task(3)]


def addresses(number):
    """Every address that somebody may enter; the administration's own are Django's."""
    routes = {d.route for d in doors() if d.rule is not nobody and not d.name.startswith("admin:")}
    return ["/" + re.sub(r"<int:\w+>", str(number), r) for r in sorted(routes) if "(?P" not in r]


def faults(client, person, sent):
    """(address, what was sent) of those that were answered with 5xx."""
    client.raise_request_exception = False
    found = []
    client.force_login(person)
    for method, address, data, headers in sent:
        if "/logout/" in address:
            continue
        answer = getattr(client, method)(address, data, headers=headers)
        if answer.status_code == 503 and address == "/healthz":
            continue  # it says that no beat and no worker runs beside a test
        if answer.status_code >= 500:
            found.append(
                (method, address, str(data)[:60], repr(getattr(answer, "exc_info", [0, 0])[1])[:200])
            )
    return found


@pytest.mark.parametrize("who", PEOPLE)
def test_parameters(client, cast, tasks, who):
    sent = [
        ("get", address, {name: [text, text] for name in NAMES}, {})
        for address in addresses(tasks[0].pk)
        for text in TEXTS
    ]
    assert not faults(client, getattr(cast, who, None), sent)


@pytest.mark.parametrize("number", ["99999999999999999999", "9223372036854775808", HUGE, "0"])
def test_numbers_that_no_row_can_have(client, cast, tasks, number):
    sent = [(m, address, {}, {}) for m in ("get", "post") for address in addresses(number)]
    assert not faults(client, cast.sato, sent)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "htmx"])
@pytest.mark.parametrize("who", PEOPLE)
def test_forms(client, cast, tasks, who, headers):
    sent = [
        ("post", address, {} if text is None else dict.fromkeys(FIELDS, text), headers)
        for text in (None, *TEXTS)
        for task in tasks
        for address in addresses(task.pk)
        if task is tasks[0] or str(task.pk) in address
    ]
    assert not faults(client, getattr(cast, who, None), sent)
