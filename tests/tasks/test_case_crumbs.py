"""The way back from a case: to the list where cases of its kind live, from its step and its acts as well."""

import re

import pytest
import time_machine

from tests.desk import Desk
from tests.make import at
from tests.tasks.test_case import CALL15

CHANGE = {
    "kind": "改修",
    "content": "帳票",
    "risk": "戻せる",
    "planned_on": "R8.12.10",
    "concerns": ["shiomi"],
}
CALL = {
    "channel": "電話", "organization": "shiomi", "caller": "市民課 大野", "content": "出ない",
    "subject": "画面", "answered_at_once": "いいえ",
}  # fmt: skip
SEAL = {"kind": "新規", "seal_name": "汐見市長之印", "use_from": "R9.1.12"}


def crumbs(text):
    nav = text.partition('class="crumb"')[2].partition("</nav>")[0]
    return re.findall(r'href="([^"]+)">([^<]+)<', nav)


@pytest.mark.parametrize(
    "number, person, answers, above",
    [
        (15, "yamaguchi", CALL15, ("/incidents/", "障害")),
        (44, "ogawa", CHANGE, ("/changes/", "変更管理")),
        (54, "yamaguchi", CALL, ("/inquiries/", "受付")),
        (13, "ono", SEAL, ("/cases/", "案件一覧")),
    ],
)
@time_machine.travel(at(10), tick=False)
def test_it_works(client, cast, edition, holidays, number, person, answers, above):
    case = Desk(cast).raise_(number, person, whom=["shiomi"] if number == 15 else [], **answers)
    client.force_login(getattr(cast, person))
    here = f"/cases/{case.number}/"
    assert crumbs(client.get(here).content.decode())[1:] == [above]
    step = case.steps.first()
    assert crumbs(client.get(f"/tasks/{step.pk}/").content.decode())[1:] == [above, (here, case.number)]
    assert client.get(above[0]).status_code == 200
