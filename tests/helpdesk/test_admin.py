"""Contacts and canned sentences in the admin: kept by commands; the same one twice is refused."""

import time

import pytest

from helpdesk.models import Canned, Contact
from opsdesk.audit.models import Event

ROW = {"name": "柴田 直樹", "department": "税務課", "phone": "0123-45-6712", "is_active": "on"}


@pytest.fixture
def office(client, cast):
    client.force_login(cast.kubo)
    return client


def test_it_works(office, cast):
    path, fields = "/admin/helpdesk/contact/", {**ROW, "organization": cast.kirihara.pk}
    assert office.post(f"{path}add/", fields).status_code == 302
    row = Contact.objects.get()
    assert row.phone_key == "0123456712"
    again = office.post(f"{path}add/", fields)
    assert again.status_code != 302 and "すでに登録されています" in again.content.decode()
    assert office.post(f"{path}{row.pk}/change/", {**fields, "phone": "0124-1-2"}).status_code == 302
    row.refresh_from_db()
    assert row.phone_key == "012412"
    assert list(Event.objects.order_by("pk").values_list("code", flat=True)) == [
        "contact.added",
        "contact.changed",
    ]
    assert office.get(path).status_code == 200


def test_a_key_has_one_sentence(office):
    fields = {"key": "1", "name": "調査中", "text": "調べています。", "is_active": "on"}
    assert office.post("/admin/helpdesk/canned/add/", fields).status_code == 302
    office.post("/admin/helpdesk/canned/add/", {**fields, "name": "別"})
    office.post("/admin/helpdesk/canned/add/", {**fields, "name": "別", "key": "x"})
    assert Canned.objects.count() == 1


@pytest.mark.slow
def test_a_caller_is_found_among_fifty_thousand(cast):
    rows = [
        Contact(
            organization=cast.kirihara,
            name=f"名前{n}",
            folded=f"名前{n} かな{n}",
            phone_key=f"0{n:09}",
            phone_tail=f"0{n:09}"[::-1],
        )  # fmt: skip
        for n in range(50_000)
    ]
    Contact.objects.bulk_create(rows, batch_size=2000)
    for asked in ("0000012345", "2345", "名前4999", "かな77"):
        begun = time.monotonic()
        found = list(Contact.objects.active().matching(asked).select_related("organization")[:6])
        assert found and time.monotonic() - begun < 0.3, asked
