"""Who is told of a case's notes and of its end."""

import pytest

from opsdesk.notices.models import Notice
from opsdesk.notices.words import telling_of
from tasks import casenotes, cases
from tests.desk import Desk
from tests.make import at

CHANGE = {"kind": "プログラム", "content": "帳票の罫線を直したい", "reason": "不便"}


@pytest.fixture
def desk(cast, edition, holidays):
    desk = Desk(cast)
    desk.raise_(45, "ono", title="納税通知書の様式", **CHANGE)
    return desk


def told(code):
    rows = Notice.objects.filter(code=code).order_by("person__login").values_list("person__login", flat=True)
    return set(rows)


def test_a_note_for_all(desk, cast):
    desk.close(45, "ono", then=[52])
    casenotes.note(
        desk.case, by=cast.ogawa, team=cast.team["package"], at=at(), text="調べています", audience="all"
    )
    assert told("case.commented") == {"ono", "horie"}, "who asked; ◎ of the open step wrote it"
    casenotes.note(desk.case, by=cast.ono, team=cast.team["shiomi"], at=at(), text="急ぎです")
    assert told("case.commented") == {"ono", "horie", "ogawa"}
    notice = Notice.objects.filter(code="case.commented").first()
    telling = telling_of("case.commented")
    assert telling.url(notice.object_id, notice.data) == f"/cases/{desk.case.number}/"
    assert telling.title(notice.data) == f"記録が書かれました: {desk.case.number} 納税通知書の様式"


def test_an_internal_note_is_told_to_no_municipality(desk, cast):
    desk.close(45, "ono", then=[52])
    casenotes.note(
        desk.case, by=cast.morishita, team=cast.team["union"], at=at(), text="内々に", audience="internal"
    )
    assert told("case.commented") == {"ogawa"}


def test_the_end_is_told_to_who_asked(desk, cast):
    cases.withdraw(desk.case, by=cast.morishita, at=at(), reason="予算がつかない")
    assert told("case.ended") == {"ono", "horie"}
    notice = Notice.objects.filter(code="case.ended").first()
    assert telling_of("case.ended").text(notice.data) == "理由 予算がつかない"


def test_nobody_is_told_of_the_own_act(desk, cast):
    cases.withdraw(desk.case, by=cast.ono, at=at(), reason="不要")
    assert told("case.ended") == {"horie"}
