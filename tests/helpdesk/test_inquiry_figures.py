"""集計 of inquiries: every number against a count in plain Python, and against the list that it opens."""

import html
import io
import re
from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from random import Random

import pytest
from openpyxl import load_workbook

from helpdesk.models import Inquiry
from tasks.models import Case, Concern
from tests.make import TOKYO, at, duty

PATH = "/figures/inquiries/"
CATEGORIES = ("操作", "不具合", "要望", "その他", "")
serial = count(1)
ROW = r'<th scope="row">(.*?)</th><td class="r">(?:<a href="(.*?)".*?>)?([\d,]+)'


def fill(cast, many):
    """Inquiries at random over eighteen months, to the last second of months and years."""
    r, first, entry = Random(7), datetime(2025, 6, 1, tzinfo=TOKYO), duty(54)
    towns = [cast.shiomi, cast.kirihara, cast.mizuno, cast.union]
    edges = [datetime(2026, 3, 31, 23, 59, 59, tzinfo=TOKYO), datetime(2026, 4, 1, tzinfo=TOKYO)]
    moments = edges + [first + timedelta(seconds=r.randrange(540 * 86400)) for _n in range(many - 2)]
    for moment in moments:
        town, n = r.choice(towns), next(serial)
        case = Case.objects.create(
            kind="inquiry", fiscal_year=2026, serial=n, number=f"INQ-R8-{n:04}", title="件名", entry=entry,
            reporter=town, raised_at=moment, state="closed", closed_at=moment,
        )  # fmt: skip
        Concern.objects.create(case=case, organization=town)
        Inquiry.objects.create(
            case=case, organization=town, channel=r.choice(["phone", "fax", "mail", "screen"]),
            category=r.choice(CATEGORIES), received_at=moment, is_waiting=False,
        )  # fmt: skip


@pytest.fixture
def see(client, cast, edition, time_machine):
    time_machine.move_to(at(14), tick=False)

    def ask(person, path):
        client.force_login(getattr(cast, person))
        response = client.get(path)
        assert response.status_code == 200, path
        return response

    return ask


def tables(response):
    """{key of the figure: {label: (count, address)}}."""
    found = {}
    for key, body in re.findall(r'id="fg-(\w+)" .*?<tbody>(.*?)</tbody>', response.content.decode(), re.S):
        rows = re.findall(ROW, body, re.S)
        found[key] = {label: (int(n.replace(",", "")), html.unescape(url)) for label, url, n in rows}
    return found


def local(row):
    return row.received_at.astimezone(TOKYO)


@pytest.mark.parametrize(
    ("person", "query", "town"),
    [
        ("yamaguchi", "", None),
        ("miura", "?organization=mizuno", "mizuno"),
        ("ono", "", "shiomi"),
        ("sato", "?year=2025", None),
    ],
)
def test_the_numbers(see, cast, person, query, town):
    fill(cast, 120)
    year = 2025 if "2025" in query else 2026
    rows = [
        r
        for r in Inquiry.objects.select_related("organization")
        if datetime(year, 4, 1, tzinfo=TOKYO) <= r.received_at < datetime(year + 1, 4, 1, tzinfo=TOKYO)
        and (town is None or r.organization.code == town)
    ]
    found = tables(see(person, PATH + query))
    assert rows and len(rows) < 120

    def numbers(key):
        return {label: n for label, (n, _url) in found[key].items() if n and label != "計"}

    assert found["month"]["計"][0] == len(rows)
    assert numbers("month") == Counter(f"{local(r).month}月" for r in rows)
    assert numbers("hour") == Counter(f"{local(r).hour}時" for r in rows)
    assert numbers("channel") == Counter(str(r.get_channel_display()) for r in rows)
    assert numbers("category") == Counter(r.category or "未分類" for r in rows)
    if person == "ono":
        assert numbers("town") == {"汐見市": len(rows)}
    elif town is None:
        names = Counter(r.organization.short_name for r in rows)
        names["その他"] = names.pop("広域組合")
        assert numbers("town") == names
    else:
        assert "town" not in found
    links = [(label, n, url) for rows in found.values() for label, (n, url) in rows.items() if url]
    assert len(links) > 15
    for label, n, url in links[:: 1 if person == "yamaguchi" else 6]:
        shown = see(person, url + "&export=xlsx")
        assert rows_in(shown) == n, (label, url)


def book_in(response):
    return load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def rows_in(response):
    sheet = book_in(response).active
    numbers = [str(row[0].value) for row in sheet.rows]
    return sum(n.startswith("INQ-") for n in numbers)


def test_the_page(see, cast, client, django_assert_max_num_queries):
    assert "ありません" in see("yamaguchi", PATH).content.decode()
    for many in (5, 60):
        fill(cast, many)
        for person in ("yamaguchi", "ono", "miura"):
            client.force_login(getattr(cast, person))
            with django_assert_max_num_queries(14):
                client.get(PATH)
    book = book_in(see("sato", PATH + "?export=xlsx"))
    assert book.sheetnames[0] == "月別の受付 R8"
    assert [c.value for c in book.worksheets[0][1]] == ["月", "件数"]
    assert book.worksheets[0].max_row == 14
    page = see("ono", PATH + "?organization=kirihara&year=1900").content.decode()
    assert "桐原市" not in page and "令和8年度" in page
    client.force_login(cast.kubo)
    assert client.get(PATH).status_code == 403
    client.force_login(cast.sato)
    assert client.post(PATH).status_code == 405
