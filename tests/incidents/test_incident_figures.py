"""集計 of incidents: every number against a count in plain Python, and against the list that it opens."""

import html
import io
import re
from collections import Counter
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from incidents.models import Incident
from tasks import cases
from tasks.models import Task
from tests.desk import Desk
from tests.make import at

PATH = "/figures/incidents/"
ENTRY = {
    "caller": "市民課", "channel": "電話", "noticed_at": "R8.11.20 8:00", "content": "出ない",
    "provisional_level": "2",
}  # fmt: skip
LEVELS = {"1": "1 全面停止", "2": "2 一部停止", "3": "3 縮退", "4": "4 軽微"}
ROW = r'<th scope="row">(.*?)</th><td class="r">(?:<a href="(.*?)".*?>)?([\d,]+)'
#: raised at, judged and mended so many hours later (None: not yet), level, whom it concerns, cause
STORY = (
    (at(9, on=at().date().replace(day=2)), 1, 3, "2", ("shiomi", "mizuno"), "ハードウェア"),
    (at(9, on=at().date().replace(day=4)), 3, 4, "2", ("shiomi",), "設定・操作"),
    (at(9, on=at().date().replace(month=10, day=5)), 1, 60, "1", ("kirihara",), "ハードウェア"),
    (at(9, on=at().date().replace(day=5)), 1, None, "3", ("kirihara", "shiomi"), ""),
    (at(9, on=at().date().replace(day=6)), None, None, "", ("mizuno",), ""),
    (at(13), None, None, "", ("shiomi",), ""),
)


def tell(cast):
    """Incidents by the commands; one more that is withdrawn, and so counts for nothing."""
    for raised, judged, mended, level, whom, cause in STORY:
        desk = Desk(cast, now=raised)
        desk.raise_(15, "yamaguchi", whom=whom, title="障害", **ENTRY)
        if judged:
            desk.now = raised + timedelta(hours=judged)
            desk.close(16, "ishii", then={19}, level=LEVELS[level], concerns=list(whom), impact="窓口")
        if mended:
            desk.now = raised + timedelta(hours=mended)
            desk.close(19, "ishii", device="a", cause="b", action="c")
            desk.close(25, "sato", result="回復", confirmed="d")
        if cause:
            desk.close(24, "yamaguchi", course_recorded=True, cause_kind=cause)
    gone = Desk(cast, now=at(9)).raise_(15, "yamaguchi", whom=("shiomi",), title="誤報", **ENTRY)
    cases.withdraw(gone, by=cast.miura, at=at(10), reason="誤報")


@pytest.fixture
def see(client, cast, edition, holidays, time_machine):
    time_machine.move_to(at(14), tick=False)
    tell(cast)

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
        found[key] = {label: (int(n), html.unescape(url)) for label, url, n in rows}
    return found


def listed(response):
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return sum(str(row[0].value).startswith("INC-") for row in sheet.rows)


@pytest.mark.parametrize(("person", "town"), [("yamaguchi", ""), ("miura", "shiomi"), ("ono", "")])
def test_the_numbers(see, person, town):
    seen = "shiomi" if person == "ono" else town
    rows = [r for r in STORY if not seen or seen in r[4]]
    found = tables(see(person, f"{PATH}?organization={town}"))
    numbers = {
        key: {label: n for label, (n, _url) in of.items() if n and label != "計"} for key, of in found.items()
    }
    assert found["month"]["計"][0] == len(rows)
    assert numbers["month"] == Counter(f"{r[0].month}月" for r in rows)
    assert {k[:4]: n for k, n in numbers["level"].items()} == Counter(
        f"レベル{r[3]}" if r[3] else "未判定" for r in rows
    )
    assert numbers["cause"] == Counter(r[5] or "未記録" for r in rows)
    names = {"shiomi": "汐見市", "kirihara": "桐原市", "mizuno": "瑞野町"}
    if person == "ono":
        assert numbers["town"] == {"汐見市": len(rows)}
    elif not town:
        assert numbers["town"] == Counter(names[t] for r in rows for t in r[4])
    else:
        assert "town" not in numbers
    for key, of in found.items():
        for label, (n, url) in of.items():
            if url:
                assert listed(see(person, url + "&export=xlsx")) == n, (key, label, url)


def expected():
    """{(level, what): (in time, late)} from the steps, one after the other."""
    found = {}
    for incident in Incident.objects.exclude(case__state="withdrawn").exclude(level=""):
        for what, numbers in (("判定", (16,)), ("復旧", (18, 19, 20, 21, 22, 23))):
            steps = list(Task.objects.filter(case=incident.case, duty__number__in=numbers))
            late = [s for s in steps if (s.closed_at or at(14)) > s.due_at]
            met, missed = found.get((incident.level, what), (0, 0))
            is_met = bool(steps) and not late and all(s.state == "done" for s in steps)
            found[incident.level, what] = (met + is_met, missed + bool(late))
    return found


def test_against_the_target(see):
    page = see("yamaguchi", PATH).content.decode()
    body = re.search(r'id="fg-target".*?<tbody>(.*?)</tbody>', page, re.S)[1]
    wanted = expected()
    assert wanted["2", "判定"] == (1, 1) and wanted["1", "復旧"] == (0, 1) and wanted["3", "復旧"] == (0, 1)
    for (level, what), (met, missed) in wanted.items():
        row = next(r for r in body.split("<tr>") if f"レベル{level}" in r)
        said = {"期限内": met, "期限後": missed}
        for word, n in said.items():
            link = re.search(rf'<a href="([^"]*)" aria-label="[^"]*{what} {word} (\d+)件', row)
            assert (int(link[2]) if link else 0) == n, (level, what, word)
            if link:
                assert listed(see("yamaguchi", html.unescape(link[1]) + "&export=xlsx")) == n
    two = next(r for r in body.split("<tr>") if "レベル2" in r)
    assert "2時間0分" in two and "3時間30分" in two  # (1 + 3) / 2, (3 + 4) / 2


def test_the_page(see, cast, client, django_assert_max_num_queries):
    for person in ("yamaguchi", "ono", "miura"):
        client.force_login(getattr(cast, person))
        with django_assert_max_num_queries(14):
            client.get(PATH)
    book = load_workbook(io.BytesIO(b"".join(see("sato", PATH + "?export=xlsx").streaming_content)))
    assert book.sheetnames[-1] == "目標時間" and book.worksheets[-1].max_row == 5
    assert "桐原市" not in see("ono", PATH).content.decode()
    client.force_login(cast.kubo)
    assert client.get(PATH).status_code == 403
    client.force_login(cast.sato)
    assert client.post(PATH).status_code == 405
