"""A published edition never changes: by command, by model, by the database itself."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError

from opsdesk.lib.refusal import Refusal
from raci import guard
from raci.models import Assignment, Duty, DutyField, Edition, FollowUp, Schedule, Signer

AT = datetime(2026, 11, 20, 1, 58, tzinfo=UTC)
CONTENT = (Duty, Assignment, Schedule, DutyField, Signer, FollowUp)


def new_row(model, edition, role):
    """An unsaved row of `model` in `edition`, on a duty that has none yet where one is the limit."""
    duty = edition.duties.filter(schedule=None, is_heading=False).first()
    return {
        Duty: lambda: Duty(edition=edition, key=99, number=99, position=99, work="新しい作業"),
        Assignment: lambda: Assignment(duty=edition.duties.get(key=6), role=role, mark="main"),
        Schedule: lambda: Schedule(duty=duty, due_time=time(12)),
        DutyField: lambda: DutyField(duty=duty, key="new", position=99, label="新しい項目", kind="text"),
        Signer: lambda: Signer(duty=duty, position=1, role=role),
        FollowUp: lambda: FollowUp(duty=duty, target_key=1, kind="auto"),
    }[model]()


def a_row(model, edition):
    return model.objects.filter(**{"edition" if model is Duty else "duty__edition": edition}).last()


def change(model, queryset):
    return queryset.update(**{"work": "別の作業"} if model is Duty else {ANY_COLUMN[model]: CHANGED[model]})


ANY_COLUMN = {
    Assignment: "mark",
    Schedule: "due_time",
    DutyField: "label",
    Signer: "label",
    FollowUp: "position",
}
CHANGED = {Assignment: "related", Schedule: time(9), DutyField: "別の項目", Signer: "課長", FollowUp: 9}


@pytest.fixture
def draft(cast):
    return Edition.objects.create(number=7, created_at=AT)


@pytest.mark.parametrize("model", CONTENT)
def test_the_model_refuses(edition, cast, model):
    row = a_row(model, edition)
    for act in (row.save, row.delete, new_row(model, edition, cast.role["member"]).save):
        with pytest.raises(Refusal, match="公開した分担表.第1版.は変更できません"):
            act()


@pytest.mark.parametrize("model", CONTENT)
def test_the_database_refuses(edition, cast, model):
    row = a_row(model, edition)
    one = model.objects.filter(pk=row.pk)
    before = one.values().get()
    acts = (
        lambda: change(model, one),
        lambda: one._raw_delete(one.db),
        lambda: model.objects.bulk_create([new_row(model, edition, cast.role["member"])]),
    )
    for act in acts:
        with pytest.raises(IntegrityError, match=guard.MESSAGE), transaction.atomic():
            act()
    assert one.values().get() == before
    assert a_row(model, edition) == row


@pytest.mark.parametrize("model", CONTENT)
def test_a_draft_is_free(edition, draft, cast, model):
    duty = Duty.objects.create(edition=draft, key=1, number=1, position=1, work="作業")
    row = new_row(model, edition, cast.role["member"])
    if model is Duty:
        row.edition = draft
    else:
        row.duty = duty
    row.save()
    row.save()
    assert change(model, model.objects.filter(pk=row.pk)) == 1
    row.delete()


def test_nothing_is_moved_from_a_draft_into_a_published_edition(edition, draft):
    duty = Duty.objects.create(edition=draft, key=99, number=99, position=99, work="作業")
    with pytest.raises(IntegrityError, match=guard.MESSAGE), transaction.atomic():
        Duty.objects.filter(pk=duty.pk).update(edition=edition)
    field = DutyField.objects.create(duty=duty, key="a", position=1, label="a", kind="text")
    field.duty = edition.duties.get(key=1)
    with pytest.raises(Refusal):
        field.save()
    with pytest.raises(IntegrityError, match=guard.MESSAGE), transaction.atomic():
        DutyField.objects.filter(pk=field.pk).update(duty=field.duty)
    moved = a_row(DutyField, edition)
    moved.duty = duty
    with pytest.raises(Refusal):
        moved.save()
    with pytest.raises(IntegrityError, match=guard.MESSAGE), transaction.atomic():
        DutyField.objects.filter(pk=moved.pk).update(duty=duty)


def test_the_edition_itself_is_kept(edition):
    edition.title = "別の表題"
    for act in (edition.save, edition.delete):
        with pytest.raises(Refusal, match="公開されているので変更できません"):
            act()
    one = Edition.objects.filter(pk=edition.pk)
    for values in ({"title": "別の表題"}, {"in_force_on": date(2030, 1, 1)}, {"state": "draft"}):
        with pytest.raises(IntegrityError, match=guard.MESSAGE), transaction.atomic():
            one.update(**values)
    with pytest.raises(IntegrityError, match=guard.MESSAGE), transaction.atomic():
        one.update(state="withdrawn", title="別の表題")
    with pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
        one.delete()
    assert one.get().title == "運用業務作業分担表"


def test_no_edition_begins_as_published(cast):
    with pytest.raises(IntegrityError, match=guard.MESSAGE):
        Edition.objects.create(
            number=2, state="published", created_at=AT, published_at=AT, in_force_on=date(2027, 4, 1)
        )


def test_the_triggers_outlive_all_migrations(db):
    sql = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'raci_%'"
    if connection.vendor == "postgresql":
        sql = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'raci_%'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found = {name for (name,) in cursor.fetchall() if not name.startswith("raci_confirmation_")}
    tables = (*guard.TABLES, "edition")
    assert found == {f"raci_{t}_{event}" for t in tables for event in ("insert", "update", "delete")}
    assert {f"raci_{t}" for t in tables} == {m._meta.db_table for m in (*CONTENT, Edition)}


def test_every_column_of_an_edition_is_kept(db):
    assert {*guard.KEPT, "state"} == {f.column for f in Edition._meta.concrete_fields}


@pytest.mark.django_db(transaction=True)
def test_they_can_be_taken_off_and_put_on(db):
    with connection.schema_editor() as editor:
        guard.remove(editor)
    with connection.schema_editor() as editor:
        guard.install(editor)
    test_the_triggers_outlive_all_migrations(None)
