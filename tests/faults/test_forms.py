"""Random input to every form that people can reach: a sentence, never a 5xx."""

import random
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine

from helpdesk import contacts, inbox
from helpdesk.models import Contact
from tests.desk import Desk
from tests.make import TODAY, at, make_task
from tests.tasks.test_case import CALL15, CHANGE45, LEVEL16

PEOPLE = ("yamaguchi", "morishita", "ono", "ishii")
PAGES = 60  # of each person
NASTY = (
    "", " ", "0", "-1", "99999999999999999999", "NaN", "²", "令和8年13月1日", "R8.2.30 25:99",
    "髙①㈱\u3000ﾊﾝｶｸ",
    "<script>alert(1)</script>", "' OR 1=1 --", "%s%n{0}{{ x }}", "\u202e\u200b\ufeff", "🏢" * 50, "a" * 5000,
    "[1,{}]", "=1+1", "../../etc/passwd", "はい", "on", "\r\nX: y",
)  # fmt: skip


class Forms(HTMLParser):
    """`forms`: (action, {field: values that it offers}); `links`: addresses of the page."""

    def __init__(self, address):
        super().__init__()
        self.address, self.forms, self.links, self._select = address, [], [], ""
        self._open = None

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "a" and of.get("href"):
            self.links.append(urljoin(self.address, of["href"]))
        if tag == "form":
            self._open = (urljoin(self.address, of.get("action") or ""), {})
            if of.get("method", "get").lower() == "post":
                self.forms.append(self._open)
        if self._open is None:
            return
        if tag in ("input", "textarea", "select", "button") and of.get("name"):
            self._select = of["name"] if tag == "select" else ""
            if of.get("type") != "file":
                self._open[1].setdefault(of["name"], []).append(of.get("value") or "")
        if tag == "option" and self._select:
            self._open[1][self._select].append(of.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None


def read(address, answer):
    page = Forms(address)
    page.feed(answer.content.decode())
    return page


def reached(client, luck):
    """The forms of up to PAGES pages that the person comes to from the dashboard."""
    seen, todo, forms = {"/"}, ["/"], {}
    while todo and len(seen) < 20 * PAGES and len(seen) - len(todo) < PAGES:
        address = todo.pop(luck.randrange(len(todo)))
        answer = client.get(address)
        assert answer.status_code < 500, (address, repr(getattr(answer, "exc_info", None))[:300])
        if answer.streaming or not answer["Content-Type"].startswith("text/html"):
            for close in answer._resource_closers:  # answer.close() would end the test's connection too
                close()
            continue
        page = read(address, answer)
        forms |= {(action, *sorted(fields)): (action, fields) for action, fields in page.forms}
        for link in page.links:
            parts = urlsplit(link)
            where = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if not parts.netloc and parts.path.startswith("/") and where not in seen:
                seen.add(where)
                todo.append(where)
    return [form for form in forms.values() if "/logout/" not in form[0]]


def filled(fields, luck):
    """Each field as the page offers it, with something nasty, or not at all."""
    given = {}
    for name, values in fields.items():
        throw = luck.random()
        if throw < 0.45:
            given[name] = luck.choice(values)
        elif throw < 0.9:
            given[name] = luck.choice(NASTY)
    return given


@pytest.fixture
def house(cast, edition, holidays):
    """Tasks, a case of each kind, a contact."""
    make_task()
    make_task(29, cast.shiomi, due_on=TODAY)
    make_task(3)
    desk = Desk(cast, now=at(9, 30))
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "ishii", then=[18, 23], **LEVEL16)
    desk.raise_(45, "ono", **CHANGE45)
    row = Contact(organization=cast.shiomi, name="柴田", kana="しばた", phone="0123-45-6712")
    contacts.keep(row, by=cast.yamaguchi, at=at(9))
    inbox.register(
        cast.shiomi, channel="phone", title="宛名", text="ずれる", received_at=at(9), caller="柴田",
        by=cast.yamaguchi, team=cast.team["helpdesk"], at=at(9, 40),
    )  # fmt: skip


def sent_at_random(client, cast, times, seed):
    """How often a form was sent; asserts that none of it was answered with 5xx."""
    luck, count = random.Random(seed), 0
    client.raise_request_exception = False
    for who in PEOPLE:
        client.force_login(getattr(cast, who))
        forms = reached(client, luck)
        assert len(forms) > 3, who
        for _n in range(times // len(PEOPLE)):
            action, fields = luck.choice(forms)
            given = filled(fields, luck)
            answer = client.post(action, given)
            error = repr(getattr(answer, "exc_info", None) or "")[:300]
            assert answer.status_code < 500, (who, action, given, error)
            count += 1
    return count


@pytest.mark.slow
def test_random_input(client, cast, house):
    with time_machine.travel(at(10), tick=False):
        assert sent_at_random(client, cast, 200, seed=1) == 200


@pytest.mark.faults
def test_much_random_input(client, cast, house):
    with time_machine.travel(at(10), tick=False):
        assert sent_at_random(client, cast, 2000, seed=random.randrange(2**32)) == 2000
