"""Confirmations of our settings: by whom, for what, and how long they hold."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import entry
from opsdesk.lib.refusal import Refusal
from raci import drafting
from raci.confirmations import confirm, confirm_many, covered_of, history_of, standing, unconfirm
from raci.content import fingerprint, rows_of
from raci.editions import publish
from raci.models import Confirmation
from raci.outline import outline_of
from raci.readings import levels_text, readings
from tests.make import at, duty


def holds(row):
    return ("duty", row.key, fingerprint(covered_of(row))) in standing()


def test_it_works(cast, edition):
    kept = confirm(duty(29), by=cast.morishita, at=at(), note="10月の会議で確認")
    assert holds(duty(29)) and not holds(duty(28))
    assert kept.content["schedule"]["opens_n"] == 4 and kept.content["cycle"] == "monthly"
    event = Event.objects.about(kept).get()
    assert (event.code, event.stream, event.actor_name) == ("confirmation.given", "union", "森下 由佳")
    assert entry(event).title == "No.29の設定を確認しました"
    assert entry(event).text == "10月の会議で確認"


def test_the_fingerprint_is_the_same_by_every_way(edition):
    rows = {row["key"]: row for row in rows_of(edition)}
    lines = outline_of(edition.pk).keys
    for key, line in lines.items():
        assert line.fingerprint == fingerprint(rows[key]) == fingerprint(covered_of(line.duty))


def test_an_administrator_confirms_too(cast, edition):
    confirm(duty(1), by=cast.kubo, at=at())
    assert holds(duty(1))


@pytest.mark.parametrize("who", ["sato", "ono", "horie", "yamaguchi"])
def test_nobody_else(cast, edition, who):
    for act in (confirm, unconfirm):
        with pytest.raises(PermissionDenied):
            act(duty(1), by=getattr(cast, who), at=at())
    assert not Confirmation.objects.exists()


def test_once_and_the_second_is_told_by_whom(cast, edition):
    confirm(duty(1), by=cast.morishita, at=at(9))
    with pytest.raises(Refusal, match="No.1は 11/24\\(火\\) に 森下 由佳 が確認しています"):
        confirm(duty(1), by=cast.miura, at=at(10))


def test_many_at_once_leave_what_is_confirmed(cast, edition):
    confirm(duty(1), by=cast.morishita, at=at(9))
    given = confirm_many([duty(1), duty(3), readings()[0]], by=cast.miura, at=at(10), note="まとめて")
    assert [(c.about, c.key, c.note) for c in given] == [("duty", 3, "まとめて"), ("reading", 1, "まとめて")]
    assert Event.objects.filter(code="confirmation.given").count() == 3


def test_what_was_seen_must_be_what_is(cast, edition):
    with pytest.raises(Refusal, match="No.3は、表示したあとに設定が変わっています"):
        confirm_many([duty(1), duty(3)], by=cast.miura, at=at(), seen={("duty", 3): "x" * 64})
    assert not Confirmation.objects.exists()


def test_back_to_unconfirmed_and_the_history_stays(cast, edition):
    confirm(duty(1), by=cast.morishita, at=at(9))
    unconfirm(duty(1), by=cast.miura, at=at(10), note="日を相談中")
    assert not holds(duty(1))
    with pytest.raises(Refusal, match="No.1は確認済ではありません"):
        unconfirm(duty(1), by=cast.miura, at=at(11))
    confirm(duty(1), by=cast.miura, at=at(12))
    assert holds(duty(1))
    assert [(c.is_withdrawal, str(c.by)) for c in history_of(1)] == [
        (False, "三浦 健一"),
        (True, "三浦 健一"),
        (False, "森下 由佳"),
    ]


def test_a_record_is_neither_changed_nor_deleted(cast, edition):
    kept = confirm(duty(1), by=cast.morishita, at=at())
    kept.note = "x"
    for act in (kept.save, kept.delete):
        with pytest.raises(Refusal):
            act()


def revised(edition, cast, **changes):
    """A new edition in which No.1 has `changes`, published for 1 January."""
    rows = rows_of(edition)
    rows[0] |= changes
    draft = drafting.revise(edition, rows=rows, by=cast.morishita, at=at())
    return publish(draft, by=cast.miura, at=at(), in_force_on=at().date().replace(year=2027, month=1, day=1))


def test_a_new_schedule_is_unconfirmed_again(cast, edition):
    confirm_many([duty(1), duty(3)], by=cast.morishita, at=at())
    schedule = {**rows_of(edition)[0]["schedule"], "due_n": 20}
    newer = revised(edition, cast, schedule=schedule)
    assert not holds(newer.duties.get(key=1)) and holds(newer.duties.get(key=3))
    assert holds(edition.duties.get(key=1))  # the old edition's stays confirmed


def test_other_words_change_nothing(cast, edition):
    confirm(duty(1), by=cast.morishita, at=at())
    newer = revised(edition, cast, work="月次の予定", note="x", marks={"union": "main"}, fields=[])
    assert holds(newer.duties.get(key=1))


def test_a_long_note_is_refused(cast, edition):
    with pytest.raises(Refusal) as refused:
        confirm(duty(1), by=cast.morishita, at=at(), note="あ" * 201)
    assert "note" in refused.value.errors


def test_readings_name_real_duties(edition):
    keys = set(edition.duties.values_list("key", flat=True))
    assert [r.number for r in readings()] == list(range(1, 9))
    assert all(set(r.keys) <= keys and r.title and r.text for r in readings())
    assert "8:30〜17:15" in levels_text()


def test_an_edition_is_read_in_five_statements(edition, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        assert len(rows_of(edition)) == 60


def test_the_database_keeps_what_was_confirmed(edition, cast):
    """Whoever writes: no change, no deletion, no row in another's place."""
    confirm(duty(1), by=cast.morishita, at=at())
    rows, first = Confirmation.objects.all(), Confirmation.objects.get()
    twin = Confirmation(**{f.attname: getattr(first, f.attname) for f in Confirmation._meta.concrete_fields})
    for act in (
        lambda: rows.update(note="別のメモ"),
        lambda: rows._raw_delete("default"),
        lambda: Confirmation.objects.bulk_create([twin]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert Confirmation.objects.get().note == ""
