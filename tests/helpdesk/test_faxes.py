"""helpdesk:fax_page: a page of a scanned FAX as a picture, for who receives; nothing is kept."""

import io

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from helpdesk.faxes import MOST_PAGES, page_of
from opsdesk.lib.refusal import Refusal
from tasks.models import Attachment
from tests.make import at

URL = "/intake/fax/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


def tiff(pages=1, size=(1728, 1100), dpi=(204, 98)):
    """As a FAX machine makes it: black and white, twice as many dots across as lines down."""
    drawn = [Image.new("1", size, n % 2) for n in range(pages)]
    out = io.BytesIO()
    drawn[0].save(out, "TIFF", save_all=True, append_images=drawn[1:], dpi=dpi, compression="group4")
    return out.getvalue()


@pytest.fixture
def send(client, cast, edition, holidays):
    def ask(who, content, **fields):
        client.force_login(getattr(cast, who))
        return client.post(URL, {"file": SimpleUploadedFile("a.tif", content, "image/tiff"), **fields})

    return ask


def test_it_works(send, client):
    answer = send("yamaguchi", tiff(3), page="1")
    assert (answer.status_code, answer["Content-Type"], answer["X-Pages"]) == (200, "image/png", "3")
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (1240, round(1100 * 204 / 98 * 1240 / 1728))  # as high as the paper
    assert picture.getpixel((0, 0)) == 255
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"II*\0", b"%PDF-1.7", tiff()[:200], b"\x89PNG\r\n\x1a\n" + bytes(50)]
)
def test_what_is_no_tiff(content):
    with pytest.raises(Refusal, match="表示できません"):
        page_of(content, 0)


def test_a_bomb_is_not_opened(monkeypatch):
    monkeypatch.setattr("helpdesk.faxes.MAX_PIXELS", 1000)
    with pytest.raises(Refusal):
        page_of(tiff(), 0)


def test_pages():
    content = tiff(MOST_PAGES + 3, size=(80, 60))
    assert page_of(content, 99)[1] == MOST_PAGES
    assert page_of(content, -1) == page_of(content, 0)


def test_who(send, client):
    for who, status in (("ono", 403), ("ishii", 403), ("kubo", 403)):
        assert send(who, tiff()).status_code == status, who
    assert send("yamaguchi", b"no").status_code == 422
    assert client.post(URL, {}, headers={"Referer": "http://testserver/intake/"}).status_code == 422
    client.logout()
    assert client.post(URL).status_code == 302
    send("yamaguchi", tiff())
    assert client.get(URL).status_code == 405
