"""The index by pairs of letters: whatever is written and searched, it leaves out nothing that holds them."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsdesk.lib.folding import fold
from tasks import grams, indexing, searching
from tasks.models import SearchText
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
#: Letters of one to four bytes, what quotes and what separates in SQL, FTS5, JSON and LIKE, and blanks.
LETTERS = "障害ばっ𠮷a0 \u3000'\"%_\\-*(){},:^."
TEXTS = st.tuples(st.text(LETTERS, max_size=12), st.text(LETTERS, max_size=6))
WORDS = st.lists(st.text(LETTERS.replace(" ", ""), min_size=1, max_size=4), min_size=1, max_size=3)
TRIES = {"suppress_health_check": [HealthCheck.function_scoped_fixture], "max_examples": 60}


def write(task, texts):
    """Rows 1, 2 … with (own, context) of `texts`, as indexing stores them."""
    rows = [
        SearchText(
            kind="comment", of=n, task=task, at=at(), text=own, folded=fold(own), context=fold(context)
        )
        for n, (own, context) in enumerate(texts, 1)
    ]
    indexing.store(rows)


def plainly(asked):
    """What holds the words, by reading everything."""
    return {
        of
        for of, own, context in SearchText.objects.values_list("of", "folded", "context")
        if all(w in own or (len(asked.words) > 1 and w in context) for w in asked.words)
        and any(w in own for w in asked.words)
    }


def found(asked, user):
    return set(searching.texts_found(asked, user, TODAY).values_list("of", flat=True))


@given(st.lists(TEXTS, max_size=8), st.lists(TEXTS, max_size=4), st.lists(WORDS, min_size=1, max_size=6))
@settings(**TRIES)
def test_it_finds_what_reading_finds(cast, edition, first, then, queries):
    """Of texts that were written, some of them written again and one taken away."""
    with transaction.atomic():
        write(make_task(9), first)
        write(make_task(7), then)
        SearchText.objects.filter(of=2).delete()
        for words in queries:
            asked = searching.read(" ".join(words))
            if asked.words:
                assert found(asked, cast.morishita) == plainly(asked), words
        transaction.set_rollback(True)


def test_pieces_of_a_long_text_touch(cast, edition):
    """A text is cut for SQLite: what lies across the cut is found, the first and the last letters too."""
    long = "".join(chr(0x4E00 + n) for n in range(4 * grams.PIECE + 1))
    write(make_task(9), [(long, "")])
    for n in range(len(long) - 1):
        assert grams.candidates([long[n : n + 2]]) == [SearchText.objects.get().pk], n
    assert grams.candidates([long[10] + long[1]]) == []


def test_too_many(cast, edition, monkeypatch):
    """More than the index is asked for: the rows are walked, and the answer is the same."""
    write(make_task(9), [("障害の記録", "")] * 5)
    asked = searching.read("障害")
    assert len(grams.candidates(asked.words)) == 5
    assert len(found(asked, cast.morishita)) == 5
    monkeypatch.setattr(grams, "MOST", 4)
    assert grams.candidates(asked.words) is None
    assert len(found(asked, cast.morishita)) == 5


def test_a_changed_place_and_an_emptied_table(cast, edition):
    write(make_task(9), [("障害の記録", "汐見市")])
    SearchText.objects.update(context="桐原市")
    assert grams.candidates(["障害", "汐見市"]) == []
    assert len(grams.candidates(["障害", "桐原市"])) == 1
    SearchText.objects.all().delete()
    with connection.cursor() as cursor:
        table = "tasks_searchtext" if connection.vendor == "postgresql" else "tasks_searchgrams_docsize"
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)


def test_the_migration_goes_back_and_forth(cast, edition):
    """What is there already is found after it."""
    write(make_task(9), [("障害の記録", "")])
    connection.check_constraints()  # PostgreSQL alters no table with something left to check
    editor = connection.schema_editor(atomic=False)
    grams.remove(editor)
    grams.install(editor)
    assert len(grams.candidates(["障害"])) == 1
