"""The page of a step of a case: what follows is chosen on it, and nothing of another case shows."""

import pytest

from tasks.models import Case
from tests.desk import Desk
from tests.make import at

CALL15 = {
    "caller": "大野", "channel": "電話", "noticed_at": "R8.11.24 8:40", "content": "つながらない",
    "provisional_level": "2",
}  # fmt: skip


@pytest.fixture
def desk(cast, edition, holidays):
    return Desk(cast)


@pytest.fixture
def ask(client, cast, time_machine):
    time_machine.move_to(at(10), tick=False)

    def get(person, path, **data):
        client.force_login(getattr(cast, person))
        return client.post(path, data) if data else client.get(path)

    return get


def page(response):
    return response.content.decode()


def test_it_works(desk, ask):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    task = desk.step(16)
    text = page(ask("ishii", f"/tasks/{task.pk}/"))
    assert 'name="then" value="18"' in text and "INC-R8-0001" in text
    assert 'type="checkbox" name="f-concerns" value="shiomi"' in text and "桐原市" in text
    answers = {"f-level": "2 一部停止", "f-concerns": ["shiomi"], "f-impact": "窓口", "version": task.version}
    response = ask("ishii", f"/tasks/{task.pk}/close/", **answers)
    assert response.status_code == 422 and "次に行う作業を一つ以上" in page(response)
    response = ask("ishii", f"/tasks/{task.pk}/close/", then=["18", "20"], **answers)
    assert response.status_code == 302 and desk.open == ["18", "20", "24"]


def test_another_round(desk, ask):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    desk.close(16, "ishii", then=[18, 19], level="2 一部停止", concerns=["shiomi"], impact="x")
    for number in (18, 19):
        desk.close(number, "ishii", device="a", cause="b", action="c")
    task = desk.step(25)
    text = page(ask("sato", f"/tasks/{task.pk}/"))
    assert 'name="again" value="18"' in text and 'name="again" value="19"' in text
    sent = {"f-result": "未回復", "f-confirmed": "まだ", "version": task.version}
    assert "やり直す作業" in page(ask("sato", f"/tasks/{task.pk}/close/", **sent))
    assert ask("sato", f"/tasks/{task.pk}/close/", again=["19"], **sent).status_code == 302
    assert desk.open == ["19 2回", "24"]


def test_another_case_is_joined_or_opened(desk, ask):
    call = {
        "channel": "電話",
        "organization": "shiomi",
        "caller": "大野",
        "subject": "a",
        "content": "出ない",
    }
    desk.raise_(54, "yamaguchi", answered_at_once="いいえ", **call)
    task = desk.step(55)
    text = page(ask("sato", f"/tasks/{task.pk}/"))
    assert 'name="link-15"' in text
    sent = {"f-kind": "不具合", "version": task.version}
    assert ask("sato", f"/tasks/{task.pk}/close/", **sent, **{"link-15": "INC-R8-0099"}).status_code == 422
    assert ask("sato", f"/tasks/{task.pk}/close/", **sent, **{"link-15": "new"}).status_code == 302
    assert Case.objects.get(kind="incident").sources.get().source == desk.case


def test_lists_and_dashboards_name_the_case(desk, ask):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], title="窓口の端末", **CALL15)
    for person in ("ishii", "sato"):
        for path in ("/", "/tasks/"):
            assert "INC-R8-0001" in page(ask(person, path)), (person, path)
    assert "INC-R8-0001" not in page(ask("makino", "/tasks/?scope=all&state=any"))
    assert "INC-R8-0001" in page(ask("ono", "/tasks/?scope=all&state=any"))


def test_strangers(desk, ask):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    task = desk.step(16)
    assert ask("ono", f"/tasks/{task.pk}/").status_code == 200
    assert ask("makino", f"/tasks/{task.pk}/").status_code == 404
    assert ask("kubo", f"/tasks/{task.pk}/").status_code in (403, 404)


@pytest.mark.parametrize("steps", [2, 30])
def test_statements(desk, ask, client, django_assert_max_num_queries, steps):
    desk.raise_(15, "yamaguchi", whom=["shiomi", "kirihara", "mizuno"], **CALL15)
    desk.close(
        16, "ishii", then=[18, 23], level="2 一部停止", concerns=["shiomi", "kirihara", "mizuno"], impact="x"
    )
    for _n in range(steps // 2):
        Desk(desk.cast).raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    for person, path, most in (
        ("ishii", f"/tasks/{desk.step(18).pk}/", 10),
        ("ono", f"/tasks/{desk.step(23, 'shiomi').pk}/", 10),
        ("ishii", "/tasks/", 6),
        ("ono", "/tasks/?scope=all", 6),
        ("ishii", "/", 14),
        ("ono", "/", 14),
        ("morishita", "/", 14),
    ):
        ask(person, path)
        with django_assert_max_num_queries(most):
            client.get(path)


def test_a_municipality_reads_how_many_others(desk, ask):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    task = desk.close(16, "ishii", then=[18], level="2 一部停止", concerns=["shiomi", "kirihara"], impact="x")
    assert "汐見市、他団体 1件" in page(ask("ono", f"/tasks/{task.pk}/"))
    assert "汐見市、桐原市" in page(ask("ishii", f"/tasks/{task.pk}/"))


def test_what_was_typed_when_somebody_was_faster(desk, ask):
    desk.raise_(15, "yamaguchi", whom=["shiomi"], **CALL15)
    task = desk.step(16)
    desk.close(16, "sato", then=[18], level="2 一部停止", concerns=["shiomi"], impact="x")
    sent = {"f-concerns": ["shiomi"], "f-impact": "窓口", "version": task.version, "then": ["19"]}
    response = ask("ishii", f"/tasks/{task.pk}/close/", **sent)
    assert response.status_code == 409 and "窓口" in page(response)
