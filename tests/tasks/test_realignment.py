"""A new edition, or a municipality that leaves: open tasks follow, begun ones wait for a person."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from opsdesk.accounts.models import Organization
from opsdesk.audit.models import Event
from opsdesk.calendar import holidays
from raci import fixture
from raci.models import Assignment, Duty, Edition
from tasks.generation import generate
from tasks.models import Comment, Task
from tests.cast import STARTED_ON
from tests.make import at

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
NEW = date(2026, 12, 1)


@pytest.fixture
def running(cast, edition):
    holidays.fill(range(2025, 2030), by=None, at=datetime(2026, 3, 1, tzinfo=UTC))
    Organization.objects.filter(kind="union").update(operation_starts_on=date(2026, 11, 2))
    generate(at(), force=True)
    return cast


def publish(without=(), change=None) -> Edition:
    """A second edition in force from NEW, without some rows, changed by `change` while it is a draft."""
    new = Edition.objects.create(number=2, created_at=at())
    source = fixture.source()
    rows = [row for row in source["duties"] if row["number"] not in without]
    fixture.fill(new, rows, fixture.roles())
    if change:
        change(new)
    new.state, new.in_force_on, new.published_at = Edition.State.PUBLISHED, NEW, at()
    new.save()
    return new


def again(minute: int = 30) -> object:
    return generate(at(9, minute), force=True).realigned


def test_untouched_tasks_of_its_periods_go_to_the_new_edition(running):
    old = Task.objects.get(key=29, organization=running.shiomi, period="2026-12")
    november = Task.objects.get(key=32, period="2026-11")
    new = publish()
    moved = again()
    assert old.pk in moved.repointed and not moved.withdrawn and not moved.to_move_by_hand
    old.refresh_from_db()
    assert old.duty == Duty.objects.get(edition=new, key=29)
    assert old.version == 1
    november.refresh_from_db()
    assert november.duty.edition.number == 1  # begins before the edition does
    assert set(Task.objects.filter(period_on__gte=NEW).values_list("duty__edition", flat=True)) == {new.pk}
    event = Event.objects.about(old).get()
    assert (event.code, event.stream, event.actor_id) == ("task.repointed", "shiomi", None)
    assert not again(33).repointed


def test_dates_follow_the_new_editions_rule(running):
    def later(new: Edition) -> None:
        Duty.objects.get(edition=new, key=36).schedule.__class__.objects.filter(
            duty__edition=new, duty__key=36
        ).update(due_n=24)

    task = Task.objects.get(key=36, period="2026-12")
    assert task.due_on == date(2026, 11, 20)  # the 22nd is a Sunday
    publish(change=later)
    again()
    task.refresh_from_db()
    assert (task.due_on, task.due_at) == (date(2026, 11, 24), datetime(2026, 11, 24, 8, 15, tzinfo=UTC))


def test_what_it_no_longer_has_is_withdrawn(running):
    publish(without={36})
    moved = again()
    task = Task.objects.get(key=36, period="2026-12")
    assert moved.withdrawn == (task.pk,)
    assert (task.state, task.reason, task.closed_by, task.closed_at) == ("skipped", "改定", None, at(9, 30))
    assert generate(at(9, 33)).created == 0
    assert Task.objects.filter(key=36, period="2026-12").count() == 1


@pytest.mark.parametrize("touch", ["assignee", "answers", "comment"])
def test_a_begun_task_stays_and_is_listed_if_its_mark_changed(running, touch, capsys):
    task = Task.objects.get(key=28, period="2026-12")
    if touch == "assignee":
        Task.objects.filter(pk=task.pk).update(assignee=running.sato)
    elif touch == "answers":
        Task.objects.filter(pk=task.pk).update(answers={"notes": "1"})
    else:
        Comment.objects.create(
            task=task, text="見ました", by=running.sato, team=running.team["operations"], at=at()
        )

    def other_main(new: Edition) -> None:
        Assignment.objects.filter(duty__edition=new, duty__key=28, mark="main").update(
            role=running.role["package"]
        )

    publish(change=other_main)
    moved = again()
    assert moved.to_move_by_hand == (task.pk,)
    task.refresh_from_db()
    assert task.duty.edition.number == 1 and task.state == "open"


def test_a_begun_task_whose_mark_stays_is_left_in_peace(running):
    task = Task.objects.get(key=28, period="2026-12")
    Task.objects.filter(pk=task.pk).update(assignee=running.sato)
    publish()
    moved = again()
    assert task.pk not in moved.repointed and moved.to_move_by_hand == ()
    task.refresh_from_db()
    assert task.duty.edition.number == 1


def test_closed_tasks_keep_the_marks_under_which_they_were_done(running):
    task = Task.objects.get(key=28, period="2026-12")
    Task.objects.filter(pk=task.pk).update(
        state="done",
        closed_at=at(),
        done_on=TODAY,
        closed_by=running.sato,
        closed_for=running.team["operations"],
    )
    publish(without={28})
    again()
    task.refresh_from_db()
    assert (task.state, task.duty.edition.number) == ("done", 1)


def test_an_edition_that_is_withdrawn_gives_everything_back(running):
    task = Task.objects.get(key=36, period="2026-12")
    new = publish(without={36})
    again()
    Edition.objects.filter(pk=new.pk).update(state=Edition.State.WITHDRAWN)
    moved = again(33)
    task.refresh_from_db()
    assert task.pk in moved.returned
    assert (task.state, task.reason, task.closed_at, task.duty.edition.number) == ("open", "", None, 1)
    assert set(Task.objects.values_list("duty__edition__number", flat=True)) == {1}


def test_what_a_person_skipped_stays_skipped(running):
    task = Task.objects.get(key=36, period="2026-12")
    Task.objects.filter(pk=task.pk).update(
        state="skipped", reason="不要", closed_at=at(), closed_by=running.sato
    )
    Organization.objects.filter(pk=running.mizuno.pk).update(kana="みずのちょう", left_on=date(2027, 3, 31))
    again()
    task.refresh_from_db()
    assert (task.state, task.reason) == ("skipped", "不要")


def test_a_municipality_that_leaves_keeps_what_began_before(running):
    left = date(2026, 11, 30)
    Organization.objects.filter(pk=running.mizuno.pk).update(left_on=left)
    moved = again()
    later = Task.objects.get(organization=running.mizuno, key=29, period="2026-12")
    assert moved.withdrawn == (later.pk,)
    assert (later.state, later.reason) == ("skipped", "脱退")
    assert Task.objects.filter(organization=running.mizuno, state="open").exists()
    Organization.objects.filter(pk=running.mizuno.pk).update(left_on=None)  # it was a slip
    assert again(33).returned == (later.pk,)


def test_the_command_names_what_is_to_be_moved_by_hand(running, capsys):
    task = Task.objects.get(key=36, period="2026-12")
    Task.objects.filter(pk=task.pk).update(assignee=running.sato)
    publish(without={36})
    call_command("generate", "--force", "--through", TODAY.isoformat())
    assert f"作業の番号: {task.pk}" in capsys.readouterr().out


def test_one_run_does_it_and_idle_ones_do_not_look(running, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        generate(at(9, 30))
    assert STARTED_ON < NEW
