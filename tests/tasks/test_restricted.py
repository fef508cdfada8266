"""Fields that only some roles see: nobody else finds them on page, file, list, version, history or form."""

import copy
import re

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from opsdesk.audit.models import Event
from raci import fixture
from raci.content import fill
from raci.editions import publish
from raci.models import Edition
from tasks import closing, progress
from tasks.models import Attachment
from tests.desk import Desk
from tests.make import TODAY, at

#: What each person sees of 13: 印影 is restricted in the sheet's readings, 切替計画 and 等級 only here.
SEES = {
    "sato": {"印影.pdf", "夜間に切替", "等級"},
    "ono": {"印影.pdf", "夜間に切替"},
    "morishita": {"印影.pdf"},
    "ogawa": set(),
    "yamaguchi": set(),
}
EVERYTHING = {"印影.pdf", "夜間に切替", "等級"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def case(cast, holidays):
    """13 of 汐見市, closed by 業務運用; more roles have a mark on it than may see its restricted fields."""
    rows = copy.deepcopy(fixture.source()["duties"])
    seal = next(r for r in rows if r["number"] == 13)
    seal["marks"] |= {"helpdesk": "related", "package": "support"}
    plan = next(f for f in seal["fields"] if f["key"] == "switch_plan")
    plan["options"]["restricted_to"] = ["operations", "member"]
    seal["fields"].append(
        {
            "key": "grade", "label": "等級", "kind": "choice", "choices": ["甲", "乙"],
            "finding": {"in": ["乙"]}, "options": {"restricted_to": ["operations"]},
        }
    )  # fmt: skip
    edition = Edition.objects.create(number=1, title="試験", created_at=at(), last_key=60)
    fill(edition, rows, fixture.roles())
    publish(edition, by=None, at=at(on=TODAY.replace(month=3)), in_force_on=TODAY.replace(month=4, day=1))
    desk = Desk(cast)
    case = desk.raise_(13, "ono", kind="新規", seal_name="市長印", use_from="R9.1.12")
    task, team = desk.step(13), desk.team("sato")
    progress.attach(
        task, by=cast.sato, team=team, at=at(), field_key="imprint",
        file=SimpleUploadedFile("印影.pdf", b"%PDF-1.7 seal"),
    )  # fmt: skip
    closing.close(
        task, by=cast.sato, team=team, at=at(), remark="済",
        answers={"switch_plan": "夜間に切替", "test_printed": True, "grade": "乙"},
    )  # fmt: skip
    return case


def seen(response):
    page = re.sub(r"<[^>]+>", " ", response.content.decode())
    return {words for words in EVERYTHING if words in page}


@pytest.mark.parametrize("who", [*SEES, "makino"])
def test_who_sees_what(case, cast, client, who):
    task, file = case.steps.get(), Attachment.objects.get()
    client.force_login(getattr(cast, who))
    page = client.get(f"/tasks/{task.pk}/")
    version = client.get(f"/tasks/{task.pk}/versions/1/")
    got = client.get(f"/tasks/files/{file.pk}/")
    if who == "makino":
        assert [r.status_code for r in (page, version, got)] == [404, 404, 404]
        return
    assert "市長印" in page.content.decode()
    assert seen(page) == SEES[who]
    assert seen(version) == SEES[who]
    may_open = "印影.pdf" in SEES[who]
    assert got.status_code == (200 if may_open else 404)
    assert not may_open or got.getvalue() == b"%PDF-1.7 seal"
    assert client.get(f"/tasks/files/{file.pk}/withdraw/").status_code == (
        200 if who == "sato" else 403 if may_open else 404
    )
    assert Attachment.objects.visible_to(getattr(cast, who), TODAY).exists() == may_open


def test_the_history_says_nothing_of_it(case):
    assert Event.objects.count() > 2
    for event in Event.objects.all():
        assert not any(words in str(event.data) for words in ("乙", "印影.pdf", "夜間"))


def test_who_may_not_see_a_field_does_not_fill_it_in(case, cast):
    """パッケージ保守 has ○: it fills in what is open to it, and keeps what it can't see."""
    desk = Desk(cast)
    desk.raise_(13, "ono", kind="新規", seal_name="市長印", use_from="R9.1.12")
    task, team = desk.step(13), desk.team("ogawa")
    closing.save_answers(task, by=cast.sato, team=desk.team("sato"), at=at(), answers={"grade": "甲"})
    closing.save_answers(task, by=cast.ogawa, team=team, at=at(), answers={"seal_name": "町長印"})
    task.refresh_from_db()
    assert (task.answers["grade"], task.answers["seal_name"]) == ("甲", "町長印")
    with pytest.raises(PermissionDenied):
        closing.save_answers(task, by=cast.ogawa, team=team, at=at(), answers={"grade": "乙"})

    def attach():
        forged = SimpleUploadedFile("偽.pdf", b"%PDF-1.7 x")
        progress.attach(task, by=cast.ogawa, team=team, at=at(), field_key="imprint", file=forged)

    with pytest.raises(PermissionDenied):
        attach()
    closing.skip(task, by=cast.sato, team=desk.team("sato"), at=at(), reason="誤り")
    with pytest.raises(PermissionDenied):
        attach()


def test_saving_by_page_keeps_what_is_not_drawn(case, cast, client):
    desk = Desk(cast)
    desk.raise_(13, "ono", kind="新規", seal_name="市長印", use_from="R9.1.12")
    task = desk.step(13)
    closing.save_answers(task, by=cast.sato, team=desk.team("sato"), at=at(), answers={"grade": "甲"})
    client.force_login(cast.ogawa)
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert 'name="f-seal_name"' in page and 'name="f-grade"' not in page and "f-switch_plan" not in page
    client.post(f"/tasks/{task.pk}/save/", {"f-seal_name": "村長印", "f-grade": "乙", "f-kind": "新規"})
    task.refresh_from_db()
    assert (task.answers["seal_name"], task.answers["grade"]) == ("村長印", "甲")
