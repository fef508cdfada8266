"""An incident of level 2 that hits two municipalities, from the phone call to the acknowledged report.

Six people of six teams do it in their browsers. Who meets its steps in the list, by the address, by the file,
in the search and in the workbook is what the marks of the edition say (tests/tasks/test_every_duty.py)."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from incidents.models import Incident
from opsdesk.accounts.models import Organization
from tasks import evidence
from tasks.models import Attachment, Case, Task
from tests.browser.test_chains import PAPER, Office
from tests.tasks.test_every_duty import ROWS, House, said

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TITLE = "証明書が印刷されない"
CALL54 = {
    "channel": "電話", "organization": "shiomi", "caller": "市民課 大野", "content": "窓口の端末から出ない",
    "answered_at_once": "いいえ",
}  # fmt: skip
CALL15 = {"noticed_at": "R8.11.20 9:05", "provisional_level": "3"}
LEVEL16 = {"level": "2 一部停止", "concerns": ["shiomi", "kirihara"], "impact": "窓口の交付"}
WORK19 = {"device": "PRT01", "cause": "一時領域が満杯", "action": "空けて再起動した"}
WORK21 = {"screen": "住民記録 証明書", "cause": "待ち行列", "action": "出し直した"}
PEOPLE = ("yamaguchi", "sato", "ogawa", "ishii", "morishita", "ono")
#: Another municipality that it hits, one that it doesn't, and who is in no team.
OTHERS = ("makino", "hamanaka", "kubo")


@pytest.fixture
def office(desk, world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Office(desk, world)


def do(office, number, person, **fields):
    """The step with a file of its own, so that each is found by one."""
    step, by = office.step(number), getattr(office.world, person)
    paper = SimpleUploadedFile("証跡.txt", f"No.{number}".encode())
    team = by.memberships.first().team
    evidence.attach(step, by=by, team=team, at=timezone.now(), file=paper)
    office.close(number, person, **fields)


def acknowledge(office, number, person):
    task = office.case.steps.get(duty__number=number)
    page = office.desk(getattr(office.world, person), f"/tasks/{task.pk}/")
    page.get_by_role("button", name="確認した").click()
    expect(page.locator("#published").locator("xpath=ancestor::section")).to_contain_text("確認済")


def test_from_the_call_to_the_acknowledged_report(office, world, edition):
    office.raise_(54, "yamaguchi", title=TITLE, verb="登録する", then=["linked-15"], **CALL54)
    inquiry, incident = Case.objects.get(kind="inquiry"), Case.objects.get(kind="incident")
    assert incident.sources.get().source == inquiry and incident.title == TITLE
    office.case = incident
    do(office, 15, "yamaguchi", **CALL15)
    do(office, 16, "sato", then=[19, 21], **LEVEL16)
    page = office.desk(world.sato, "/incidents/")
    expect(page.get_by_role("row").filter(has_text=incident.number)).to_contain_text("レベル2")
    do(office, 19, "ishii", **WORK19)
    do(office, 21, "ogawa", **WORK21)
    do(office, 25, "sato", result="回復", confirmed="窓口で一枚印刷した")
    for person in ("ono", "makino"):
        acknowledge(office, 25, person)
    do(office, 24, "yamaguchi", course_recorded=True, cause_kind="ハードウェア")
    do(office, 26, "yamaguchi", incident_report=PAPER)
    for person in ("ono", "makino"):
        acknowledge(office, 26, person)
    page = office.ends("morishita")
    expect(page.locator("main")).to_contain_text(inquiry.number)
    found = Incident.objects.get()
    assert (found.level, found.means, found.cause_kind) == ("2", "電話", "ハードウェア")
    assert found.recovered_at is not None
    everybody_sees_what_the_marks_say(office, House(None, world, edition))


def everybody_sees_what_the_marks_say(office, house):
    steps = list(Task.objects.filter(case=office.case).select_related("duty", "organization", "case__entry"))
    files = {file.task_id: file for file in Attachment.objects.filter(task__in=steps, name="証跡.txt")}
    assert {s.duty.number for s in steps} == {15, 16, 19, 21, 24, 25, 26}
    for login in (*PEOPLE, *OTHERS):
        person = getattr(office.world, login)
        team = person.memberships.first() and person.memberships.first().team
        looks = Looks(office.desk(person, "/"), steps)
        reads = {s.pk for s in steps if house.reads(team, s)}
        assert bool(reads) == (login not in ("hamanaka", "kubo")), login
        assert looks.listed() == reads, (login, "list")
        opens = {s.pk for s in steps if s.pk in reads and hears(team, s)}
        assert looks.found() == opens, (login, "search")
        assert looks.exported() == reads, (login, "export")
        refused = 403 if team is None else 404
        for step in steps:
            for url, may in ((f"/tasks/{step.pk}/", reads), (f"/tasks/files/{files[step.pk].pk}/", opens)):
                wanted = 200 if step.pk in may else refused
                assert looks.status(url) == wanted, (login, url, step.duty.number)
        wanted = 200 if reads else refused
        assert looks.status(f"/cases/{office.case.number}/") == wanted, login
        assert (office.case.number in looks.text("/incidents/", state="any")) == bool(reads), login


def hears(team, step):
    """Files of a duty whose preset is 内部 are for the vendors and the union."""
    is_internal = ROWS[step.key].get("comment_audience") == "internal"
    return not (is_internal and team.role.kind == Organization.Kind.MEMBER)


class Looks:
    """What one person's browser gets."""

    def __init__(self, page, steps):
        self.request, self.steps = page.request, steps

    def get(self, url, **query):
        return self.request.get(url, params=query)

    def status(self, url):
        return self.get(url).status

    def text(self, url, **query):
        response = self.get(url, **query)
        return response.text() if response.ok else ""

    def ids(self, text):
        found = {int(pk) for pk in re.findall(r"/tasks/(\d+)/", text)}
        return found & {s.pk for s in self.steps}

    def listed(self):
        """The list names each step of the case."""
        pages = (self.text("/tasks/", state="any", scope="all", cycle=c) for c in ("as_needed", "on_demand"))
        return self.ids("".join(pages))

    def found(self):
        """By the file of each step."""
        return self.ids(self.text("/search/", q="証跡"))

    def exported(self):
        response = self.get("/tasks/", state="any", scope="all", export="xlsx")
        if not response.ok:
            return set()
        rows = list(load_workbook(io.BytesIO(response.body())).active.values)
        head = next(row for row in rows if "団体" in row)
        work, place = head.index("No.・作業"), head.index("団体")
        named = {(str(row[work]).partition(" ")[0], row[place]) for row in rows if len(row) > place}
        return {s.pk for s in self.steps if (f"No.{s.duty.number}", said(s)) in named}
