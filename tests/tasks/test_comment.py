"""progress.comment: who writes, who reads."""

import pytest
from django.core.exceptions import PermissionDenied

from opsdesk.audit.models import Event
from opsdesk.lib.refusal import Refusal
from tasks import progress
from tasks.models import Comment
from tests.make import TODAY, at, make_task


def comment(task, cast, person, team, text="x", **given):
    return progress.comment(
        task, **{"by": getattr(cast, person), "team": cast.team[team], "at": at(), "text": text, **given}
    )


def readers(comment, cast):
    people = ("sato", "ono", "makino", "morishita")
    return {
        p
        for p in people
        if Comment.objects.visible_to(getattr(cast, p), TODAY).filter(pk=comment.pk).exists()
    }


def test_it_works(cast, edition):
    written = comment(make_task(9), cast, "sato", "operations", "①㈱ 髙橋\n了解")
    assert written.text == "①㈱ 髙橋\n了解" and written.audience == "all"
    assert readers(written, cast) == {"sato", "ono", "makino", "morishita"}
    event = Event.objects.about(written.task).get()
    assert event.code == "task.commented" and "了解" not in str(event.data)


def test_what_a_municipality_writes_is_its_own_unless_it_says_otherwise(cast, edition):
    task = make_task(9)
    own = comment(task, cast, "ono", "shiomi")
    assert (own.audience, own.organization) == ("member", cast.shiomi)
    assert readers(own, cast) == {"sato", "ono", "morishita"}
    assert readers(comment(task, cast, "ono", "shiomi", "y", audience="all"), cast) == {
        "sato",
        "ono",
        "makino",
        "morishita",
    }


def test_internal_is_for_vendors_and_the_union(cast, edition):
    task = make_task(9)
    assert readers(comment(task, cast, "sato", "operations", audience="internal"), cast) == {
        "sato",
        "morishita",
    }
    with pytest.raises(Refusal):
        comment(task, cast, "ono", "shiomi", audience="internal")
    assert comment(make_task(24), cast, "sato", "operations").audience == "internal"


def test_a_comment_to_one_municipality(cast, edition):
    written = comment(make_task(29, cast.shiomi), cast, "sato", "operations", audience="member")
    assert written.organization == cast.shiomi and readers(written, cast) == {"sato", "ono", "morishita"}
    with pytest.raises(Refusal):
        comment(make_task(9), cast, "sato", "operations", audience="member")


def test_every_mark_comments_and_no_mark_does_not(cast, edition):
    task = make_task(9)
    comment(task, cast, "morishita", "union")
    for person, team in (("yamaguchi", "helpdesk"), ("sato", "helpdesk")):
        with pytest.raises(PermissionDenied):
            comment(task, cast, person, team)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 10_001, "a\0b"])
def test_what_is_no_comment_is_refused(cast, edition, text):
    with pytest.raises(Refusal) as refused:
        comment(make_task(9), cast, "sato", "operations", text)
    assert set(refused.value.errors) == {"text"}


def test_sent_twice_it_is_one(cast, edition):
    task = make_task(9)
    assert comment(task, cast, "sato", "operations") == comment(task, cast, "sato", "operations")
    assert comment(task, cast, "sato", "operations", at=at(9, 2)) and Comment.objects.count() == 2


def test_the_page(client, cast, edition):
    task = make_task(9)
    url = f"/tasks/{task.pk}/comment/"
    client.force_login(cast.sato)
    assert client.post(url, {"text": "内部の話", "audience": "internal"}).status_code == 302
    assert client.post(url, {"text": "", "audience": "all"}).status_code == 422
    assert "内部の話" in client.get(f"/tasks/{task.pk}/").content.decode()
    client.force_login(cast.ono)
    assert "内部の話" not in client.get(f"/tasks/{task.pk}/").content.decode()
    client.force_login(cast.yamaguchi)
    assert client.post(url, {"text": "x"}).status_code == 404
