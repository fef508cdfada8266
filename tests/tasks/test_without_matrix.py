"""A house without an edition: every page says so in words, and leads those who may to the import."""

from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from raci import drafting, editions
from tasks.generation import generate
from tasks.models import Task
from tests import customer
from tests.make import TODAY, at

IMPORT = 'href="/editions/import/"'


@pytest.fixture(autouse=True)
def now(cast, holidays):
    with time_machine.travel(at(10), tick=False):
        yield


def page(client, person, path):
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


PEOPLE = ("ono", "sato", "yamaguchi", "morishita", "miura", "kubo")


@pytest.mark.parametrize("path", ["/", "/?scope=all", "/matrix/", "/matrix/?q=x&state=open", "/rights/"])
@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_answers(client, cast, who, path):
    assert "分担表" in page(client, getattr(cast, who), path)


@pytest.mark.parametrize("path", ["/tasks/", "/ledger/", "/ledger/?month=2026-11", "/tasks/sheet/"])
@pytest.mark.parametrize("who", PEOPLE[:5])
def test_every_list_answers(client, cast, who, path):
    page(client, getattr(cast, who), path)


@pytest.mark.parametrize("path", ["/", "/matrix/"])
@pytest.mark.parametrize(
    ("who", "may"), [("morishita", True), ("kubo", True), ("ono", False), ("sato", False)]
)
def test_those_who_may_are_led_to_the_import(client, cast, who, may, path):
    found = page(client, getattr(cast, who), path)
    assert (IMPORT in found) == may
    assert "公開された分担表がありません" in found


def test_what_hangs_on_an_edition_is_not_there(client, cast):
    client.force_login(cast.morishita)
    assert client.get("/duties/1/").status_code == 404
    assert client.get("/editions/1/workbook/").status_code == 404


def test_a_draft_is_no_edition_yet(client, cast):
    drafting.revise(None, rows=customer.fixture_rows(), by=cast.morishita, at=at())
    assert "公開された分担表がありません" in page(client, cast.ono, "/matrix/")


def test_generation_makes_nothing_and_fails_at_nothing(cast):
    assert generate(at()).created == 0
    out = StringIO()
    call_command("generate", stdout=out)
    assert "0件" in out.getvalue()


def test_the_first_edition_may_be_in_force_at_once(client, cast):
    draft = drafting.revise(None, rows=customer.fixture_rows(), by=cast.morishita, at=at())
    editions.publish(draft, by=cast.miura, at=at(), in_force_on=TODAY)
    generate(at(), force=True)
    assert Task.objects.filter(key=9, period="2026-11-24").exists()
    assert IMPORT in page(client, cast.morishita, "/matrix/")
    assert "公開された分担表がありません" not in page(client, cast.morishita, "/")
