"""The job and the command: the clock is read once, and generate() is called."""

from datetime import date
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command

from monitoring import jobs as monitoring
from opsdesk.celery import app
from opsdesk.notices import jobs as relaying
from tasks import jobs
from tasks.models import GenerationRun, Task
from tests.make import at

pytestmark = pytest.mark.django_db


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("generate", *arguments, stdout=out)
    return out.getvalue()


def test_the_job_generates_todays_tasks(edition):
    with time_machine.travel(at(0, 3), tick=False):
        jobs.generate()
    run = GenerationRun.objects.get()
    assert (run.started_at, run.through_on) == (at(0, 3), date(2026, 11, 24))
    assert Task.objects.filter(key=9, period="2026-11-24", created_at=at(0, 3)).exists()


JOBS = {
    "generate": jobs.generate,
    "remind": jobs.remind,
    "relay": relaying.relay,
    "check": monitoring.check,
    "listen": monitoring.listen,
}


MOST = {"generate": 300, "remind": 60, "relay": 60, "check": 15, "listen": 60}


@pytest.mark.parametrize(("name", "most"), MOST.items())
def test_beat_wakes_the_job_that_exists(name, most):
    app.loader.import_default_modules()
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    assert entry["task"] == JOBS[name].name and entry["task"].endswith(f".jobs.{name}")
    assert entry["task"] in app.tasks
    assert entry["options"]["expires"] < entry["schedule"] <= most


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_the_job_ends_before_the_broker_hands_it_out_again(job):
    assert job.ignore_result
    assert job.soft_time_limit < job.time_limit < 150


def test_the_commands_of_notices_say_what_they_did(edition):
    with time_machine.travel(at(9), tick=False):
        out = StringIO()
        call_command("remind", stdout=out)
        assert "朝のまとめ 0人" in out.getvalue()
        with pytest.raises(CommandError, match="EMAIL_URL"):
            call_command("relay")


def test_the_command_says_what_it_made_by_duty(edition):
    with time_machine.travel(at(9, 0, date(2026, 4, 1)), tick=False):
        said = command()
        assert "1件  No.9   日常点検の実施" in said
        assert "3件  No.8 " in said
        assert f"令和8年4月1日までの作業を {Task.objects.count()}件作りました。うち遡及 0件。" in said
        assert "0件作りました" in command()


def test_the_command_as_if_it_were_another_day(edition):
    with time_machine.travel(at(9, 0, date(2026, 4, 1)), tick=False):
        for text in ("R8.4.3", "令和8年4月3日", "2026-04-03", "２０２６/４/３"):
            assert "令和8年4月3日までの作業を" in command("--dry-run", "--through", text)
        assert not Task.objects.exists()
        command("--through", "R8.4.3")
    assert Task.objects.filter(period="2026-04-03").count() == 5


def test_a_date_that_is_none_is_told_in_a_sentence(edition):
    with pytest.raises(CommandError, match="2026-13-01"):
        command("--through", "2026-13-01")


def test_the_command_is_refused_beyond_the_cap_unless_it_is_meant(edition, settings):
    settings.GENERATION_CAP = 10
    with time_machine.travel(at(9, 0, date(2026, 4, 1)), tick=False):
        with pytest.raises(CommandError, match="--force"):
            command()
        assert not Task.objects.exists()
        assert "件作りました" in command("--force")
    assert Task.objects.exists()
