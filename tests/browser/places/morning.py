"""The scene: what the pages of one morning show."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.uploadedfile import SimpleUploadedFile

from opsdesk.accounts import memberships, people, startcodes
from opsdesk.calendar import closing
from opsdesk.calendar.models import ClosedDay
from opsdesk.notices.models import Delivery
from raci import confirmations, drafting
from raci.models import Edition
from raci.readings import readings
from tasks import procedures, progress
from tasks.digest import digest
from tests.browser.places.accounts import SECRET
from tests.browser.places.cases import cases_of_the_morning, raised, travelling
from tests.browser.places.editions import later_editions
from tests.browser.places.helpdesk import calls, held_mail
from tests.browser.places.monitoring import watched
from tests.browser.places.tasks import published
from tests.browser.world import NOW, task

FINE = dict.fromkeys(("online", "night_batch", "backup", "disk_space", "event_log", "equipment"), "OK")
LINES = {"lines": [{"process": "住民税 納税通知", "process_on": "R8.12.3", "deliver_on": "R8.12.4"}]}


@pytest.fixture
def scene(world) -> dict[str, Any]:
    """What the pages show: tasks in every state, a file, comments, a start code, a second factor."""
    digest(NOW)
    days = [task(9, period_on=NOW.date() - timedelta(n)) for n in (0, 1, 2)]
    daily, closed, skipped = days
    manual = {"by": world.sato, "team": world.team["operations"], "at": NOW - timedelta(9)}
    paper = SimpleUploadedFile("配置図.txt", b"1")
    old = procedures.save(daily.duty, text="1 開く\n2 見る", files=[paper], **manual)
    procedures.save(daily.duty, text="1 開く\n2 よく見る", reason="直した", **manual)
    confirmations.confirm_many([daily.duty, *readings()[:2]], by=world.morishita, at=NOW, note="会議で")
    request, handed_in = task(29, world.shiomi), task(29, world.kirihara)
    numbers = task(8, world.shiomi)
    desk = {"by": world.sato, "team": world.team["operations"], "at": NOW}
    town = {"by": world.makino, "team": world.team["kirihara"], "at": NOW}
    own = {"by": world.ono, "team": world.team["shiomi"], "at": NOW}

    file = progress.attach(closed, file=SimpleUploadedFile("点検.txt", "確認".encode()), **desk)
    gone = progress.attach(closed, file=SimpleUploadedFile("誤り.txt", b"x"), **desk)
    progress.withdraw(gone, reason="別の日のもの", **desk)
    found = {"answers": {**FINE, "backup": "NG"}, "outcome": "abnormal", "remark": "再取得した"}
    progress.close(closed, done_on=NOW.date() - timedelta(1), **found, **desk)
    progress.comment(closed, text="確認しました", audience="internal", **desk)
    progress.skip(skipped, reason="停電のため", **desk)
    progress.save_answers(daily, answers={"backup": "NG", "online": "OK"}, **desk)

    progress.sign(handed_in, answers=LINES, **town)
    progress.sign(request, answers=LINES, **own)
    progress.send_back(request, to=1, reason="納品日を早めてください", **desk)
    progress.assign(numbers, to=world.ono, **own)
    closed_day = closing.add(ClosedDay(on=NOW.date(), name="庁舎停電"), by=world.kubo, at=NOW)
    for login, name in (("aoki", "青木 蓮"), ("kishi", "岸 楓")):
        fresh = people.create(login=login, name=name, organization=world.shiomi, by=world.kubo, at=NOW)
        memberships.join(fresh, team=world.team["shiomi"], starts_on=NOW.date(), by=world.kubo, at=NOW)
    plan, schedule = published(world, desk, own)
    cases_there = travelling(world) | calls(world)
    raised(world, desk, own)
    stray = task(31)
    progress.save_answers(stray, answers={"order_checked": True}, **desk)
    cases_of_the_morning(world)
    later_editions(world)
    letter = {"person": world.sato, "address": "sato@example.test", "code": "task.turn", "created_at": NOW}
    for state in ("dead", "waiting"):
        Delivery.objects.create(
            **letter, key=state, state=state, next_at=NOW - timedelta(1), attempts=12,
            last_error="宛先が断られました（550 nobody here）。",
        )  # fmt: skip
    TOTP.activate(world.horie, SECRET)
    RecoveryCodes.activate(world.horie)
    draft = drafting.revise(Edition.objects.get(number=1), by=world.morishita, at=NOW)
    return {
        **cases_there,
        "draft": draft.number,
        **{"daily": daily.pk, "closed": closed.pk, "skipped": skipped.pk, "file": file.pk},
        **{"request": request.pk, "handed_in": handed_in.pk, "numbers": numbers.pk},
        **{"closed_day": closed_day.pk, "team": world.team["operations"].pk, "role": world.role["hwnw"].pk},
        **{"vendor": world.soseki.pk},
        **{"gathering": task(30).pk, "batch": task(32).pk, "printing": task(36).pk},
        **{"plan": plan.pk, "schedule": schedule.pk, "stray": stray.pk},
        **{"foreign": task(8, world.mizuno).pk, "shiomi": world.shiomi.pk},
        **{"ono": world.ono.pk, "sato": world.sato.pk, "password": world.password, "used": []},
        **{"held_mail": held_mail()},
        **{"procedure": old.pk, "procedure_file": old.files.get().pk},
        **watched(),
        "code": startcodes.issue(world.makino, by=world.kubo, at=NOW),
    }
