"""The timeline of an object: its events in words, newest first."""

from datetime import UTC, datetime, timedelta

import pytest

from opsdesk.audit import timeline
from opsdesk.audit.record import record, recording
from opsdesk.audit.timeline import Sentence, register, timeline_of

AT = datetime(2026, 11, 22, 1, 2, tzinfo=UTC)


@pytest.fixture
def table(monkeypatch):
    monkeypatch.setattr(timeline, "_sentences", {})
    register(
        {
            "x.made": Sentence("作成", "作られました"),
            "x.named": Sentence(
                "変更", lambda e: f"{e.data['name']}になりました", lambda e: e.data["why"], "ok"
            ),
        }
    )


def test_it_works(cast, table, django_assert_num_queries):
    with recording():
        record("x.made", cast.shiomi, by=None, at=AT, stream="shiomi")
        record("x.made", cast.kirihara, by=None, at=AT, stream="kirihara")
    with recording():
        record(
            "x.named",
            cast.shiomi,
            by=cast.ono,
            at=AT + timedelta(1),
            stream="shiomi",
            team=cast.team["shiomi"],
            name="汐見市",
            why="市制",
        )
    with django_assert_num_queries(1):
        newest, oldest = timeline_of(cast.shiomi)
    assert (newest.kind, newest.title, newest.text, newest.tone) == (
        "変更",
        "汐見市になりました",
        "市制",
        "ok",
    )
    assert (newest.who, newest.at) == ("汐見市 大野 千尋", AT + timedelta(1))
    assert (oldest.kind, oldest.title, oldest.who) == ("作成", "作られました", "")
    assert len(timeline_of(cast.shiomi, limit=1)) == 1


def test_an_unknown_code_shows_itself(cast, table):
    with recording():
        record("x.forgotten", cast.shiomi, by=None, at=AT, stream="shiomi")
    assert timeline_of(cast.shiomi)[0].title == "x.forgotten"


def test_a_code_has_one_sentence(table):
    with pytest.raises(ValueError, match="x.made"):
        register({"x.made": Sentence("別", "別")})
