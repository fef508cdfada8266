"""The forecast of an edition: the same tasks that generation would make, by role and month."""

from collections import Counter
from datetime import date

import pytest
from django.urls import reverse

from raci import drafting
from raci.content import rows_of
from raci.models import Assignment, Edition
from tasks import expected
from tasks.forecast import NOBODY, forecast, of_rows
from tasks.forecast_picture import picture_of
from tasks.generation import generate
from tasks.models import Task
from tests import oracle
from tests.make import TODAY, at

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2027, 4, 1), date(2028, 3, 31)


def whole(rows, first=FIRST, last=LAST):
    return forecast(of_rows(rows), expected.read(), first, last)


@pytest.fixture
def revised(edition, cast):
    """A draft: No.9 goes from 業務運用 to HW/NW保守, nobody has ◎ on No.34, No.31 is retired."""
    rows = [row for row in rows_of(edition) if row["number"] != 31]
    for row in rows:
        row["followups"] = [f for f in row.get("followups", ()) if f["target"] != 31]
        if row["number"] == 9:
            row["marks"] = {"hwnw": "main"}
        if row["number"] == 34:
            row["marks"] = {"operations": "support"}
    return drafting.revise(edition, by=cast.morishita, at=at(), rows=rows)


def test_it_works(edition, holidays):
    """No.7: 業務運用, every business day; No.8: three municipalities each; No.34, 35: ヘルプデスク."""
    found = whole(rows_of(edition), date(2027, 1, 1), date(2027, 1, 31))
    january = date(2027, 1, 1)
    assert found.of("helpdesk", january) == 2  # 34 of January, 35 of December
    assert found.of("union", january) == 2  # 36 of February, 38 of the year to come
    assert found.of("hwnw", january) == found.of("package", january) == 0
    assert found.of("member", january) == 3 * (19 + 1)  # 19 business days; 29 of February
    assert found.of("operations", january) == 2 * 19 + 6 + 3  # 1, 28, 30, 31, 32, 33; 29 of three
    assert found.total(january) == 19 * 5 + 6 + 3 + 2 + 2


def test_a_year_has_849_occurrences(edition, holidays, cast):
    """Counted once a duty, by period (the oracle's count); 241 for each daily one."""
    periods = Counter(
        slot.duty.number
        for slot in expected.read().slots()
        for o in slot.occurrences(date(2026, 4, 1), date(2027, 3, 31))
    )
    assert periods.total() == 849
    assert periods[7] == periods[8] == periods[9] == 241


def test_it_is_what_generation_makes(edition, holidays, cast):
    generate(at(0, 5, LAST), force=True)
    mains: dict[int, set[str]] = {}
    for duty, code in Assignment.objects.filter(mark="main").values_list("duty_id", "role__code"):
        mains.setdefault(duty, set()).add(code)
    made: Counter = Counter()
    tasks = Task.objects.filter(due_on__range=(FIRST, LAST))
    for duty, due_on in tasks.values_list("duty_id", "due_on"):
        for code in mains[duty]:
            made[code, due_on.replace(day=1)] += 1
    found = whole(rows_of(edition))
    assert found.roles == made
    assert found.total(None) == tasks.count() > 1000


def test_the_oracle_agrees(edition, holidays, cast):
    members = {m.code: (m.joined_on, m.left_on) for m in expected.read().members}
    should = [
        s
        for s in oracle.expected(
            members, in_force_on=date(2026, 4, 1), starts_on=date(2026, 4, 1), through=LAST
        )
        if FIRST <= s.due_on <= LAST
    ]
    found = whole(rows_of(edition))
    assert found.tasks == Counter(s.due_on.replace(day=1) for s in should)


def test_who_is_no_member_gets_none(edition, holidays, cast):
    cast.mizuno.left_on = date(2027, 3, 31)
    cast.mizuno.save()
    found = whole(rows_of(edition))
    assert found.of("member", date(2027, 6, 1)) == 2 * (22 + 1)


def test_a_draft_beside_the_edition_in_force(revised, holidays):
    picture = picture_of(revised, expected.read(), today=TODAY, month="2027-06")
    lines = {line.label: (line.old, line.new, line.difference) for line in picture.lines}
    assert lines["HW/NW保守"] == (0, 22, "+22")
    assert lines["構成団体(3団体)"] == (3 * 23, 3 * 23, "±0")
    assert lines["ヘルプデスク"] == (2, 1, "−1")
    assert lines["担当なし"] == (0, 1, "+1")
    assert lines["業務運用"][2] == "−23"
    assert (picture.old_total, picture.new_total, picture.nobody) == (
        22 * 5 + 3 + 9,
        22 * 5 + 3 + 8,
        1,
    )
    assert picture.title == "令和9年6月"


def test_the_whole_year_is_the_sum_of_its_months(revised, holidays):
    book = expected.read()
    year = picture_of(revised, book, today=TODAY)
    months = [picture_of(revised, book, today=TODAY, month=value) for value, _w, _on in year.months[1:]]
    assert len(months) == 12 and year.title == "令和9年度"
    assert year.new_total == sum(m.new_total for m in months)
    assert [line.new for line in year.lines] == [
        sum(m.lines[n].new for m in months) for n in range(len(year.lines))
    ]
    assert NOBODY not in {line.label for line in year.lines}


def test_the_page(client, revised, cast, holidays, time_machine, django_assert_max_num_queries):
    time_machine.move_to(at(), tick=False)
    url = reverse("tasks:edition_forecast", args=[revised.number])
    client.force_login(cast.morishita)
    client.get(url)
    with django_assert_max_num_queries(10):
        page = client.get(url, {"month": "2027-06"}).content.decode()
    assert "改定案 第2版 作業件数の見込み" in page and "令和9年6月" in page
    assert "HW/NW保守 0→22" in page and "担当なし 1件: 完了にできる人がいません。" in page
    assert page.count("<rect ") == 2 * 7
    assert 'aria-current="true">6月</a>' in page


@pytest.mark.parametrize("month", ["x", "2027-13", "2026-04", ""])
def test_nonsense_is_the_whole_year(client, edition, cast, holidays, time_machine, month):
    time_machine.move_to(at(), tick=False)
    client.force_login(cast.kubo)
    page = client.get(reverse("tasks:edition_forecast", args=[1]), {"month": month})
    assert page.status_code == 200 and 'aria-current="true">令和9年度</a>' in page.content.decode()


def test_before_any_edition_is_in_force(client, cast, time_machine):
    time_machine.move_to(at(), tick=False)
    draft = Edition.objects.create(number=1, created_at=at())
    client.force_login(cast.morishita)
    page = client.get(reverse("tasks:edition_forecast", args=[draft.number]))
    assert page.status_code == 200 and "第1版" in page.content.decode()


def test_doors(client, revised, cast):
    url = reverse("tasks:edition_forecast", args=[revised.number])
    assert client.get(url).status_code == 302
    for person in (cast.sato, cast.ono):
        client.force_login(person)
        assert client.get(url).status_code == 403
    client.force_login(cast.morishita)
    assert client.post(url).status_code == 405
    assert client.get(reverse("tasks:edition_forecast", args=[99])).status_code == 404
    drafting.discard(revised, by=cast.morishita, at=at(), reason="試し")
    assert client.get(url).status_code == 404
