"""確認待ち on dashboards and in the list: who is asked, who is missing, in how many statements."""

import re
from datetime import date

import pytest
import time_machine

from opsdesk.accounts.models import Organization
from tasks import progress
from tasks.models import Acknowledgement, GenerationRun
from tests.make import TODAY, at, make_task

pytestmark = pytest.mark.django_db
MONTH = {"period": "2026-12", "period_on": date(2026, 12, 1), "opens_on": date(2026, 11, 2)}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(10), tick=False):
        yield


@pytest.fixture
def look(client, cast, edition, holidays):
    GenerationRun.objects.create(started_at=at(9, 57), finished_at=at(9, 57), through_on=TODAY)

    def ask(login, path="/", **query):
        client.force_login(getattr(cast, login))
        response = client.get(path, query)
        assert response.status_code == 200
        return response

    return ask


def close(cast, number, person="sato", team="operations", **fields):
    task = make_task(number, **{**MONTH, **fields})
    common = {"by": getattr(cast, person), "team": cast.team[team], "at": at(9)}
    for field in [f for f in task.duty.fields.all() if f.kind == "file"]:
        task.attachments.create(field_key=field.key, name="a", content_type="x", size=1, sha256="0", **common)
    return progress.close(task, answers={}, **common)


@pytest.fixture
def published(cast, edition):
    """28 of 業務運用, acknowledged by 桐原市; 36 of 広域組合, by nobody."""
    plan, printing = close(cast, 28), close(cast, 36, "morishita", "union")
    progress.acknowledge(plan, by=cast.makino, team=cast.team["kirihara"], at=at(9, 30))
    return plan, printing


def count_of(response, label):
    return next(c for c in response.context["counts"] if c.label == label)


def test_a_municipality_has_its_own_to_acknowledge(look, published):
    plan, printing = published
    page = look("ono")
    text = page.content.decode()
    assert "読んだら「確認した」を押します" in text and "1/3 確認済" in text and "0/3 確認済" in text
    for task in published:
        assert f'action="/tasks/{task.pk}/acknowledge/"' in text
    for other in ("桐原市", "瑞野町", "牧野"):
        assert other not in text
    assert count_of(page, "確認待ち").number == 2
    makino = look("makino").content.decode()
    assert f"/tasks/{plan.pk}/acknowledge/" not in makino and f"/tasks/{printing.pk}/acknowledge/" in makino


def test_it_goes_once_it_is_acknowledged(look, client, cast, published):
    look("ono")
    for task in published:
        client.post(f"/tasks/{task.pk}/acknowledge/", {"published": "1", "back": "home"})
    page = look("ono")
    assert count_of(page, "確認待ち").number == 0
    assert "読んだら" not in page.content.decode()


def test_a_question_stands_in_the_row(look, cast, published):
    plan, _printing = published
    row = progress.ask(plan, text="?", by=cast.ono, team=cast.team["shiomi"], at=at(9, 40))
    assert "質問中" in look("ono").content.decode()
    assert 'class="chk chk-b"' in look("sato").content.decode()
    progress.answer(row, text="!", by=cast.sato, team=cast.team["operations"], at=at(9, 50))
    assert "回答あり" in look("ono").content.decode()
    assert 'class="chk chk-b"' not in look("sato").content.decode()


def test_a_revision_is_said(look, cast, published):
    plan, _printing = published
    common = {"by": cast.sato, "team": cast.team["operations"], "at": at(9, 50)}
    progress.revise(plan, answers={"remarks": "新"}, reason="処理日の変更", **common)
    text = look("makino").content.decode()
    assert "第2版に改訂" in text and "処理日の変更" in text and "2件" in text


@pytest.mark.parametrize(
    "login, scope, number, names",
    [("morishita", "all", 2, 5), ("morishita", "team", 1, 3), ("sato", "team", 1, 2), ("sato", "all", 2, 5)],
)
def test_others_see_who_is_missing(look, published, login, scope, number, names):
    page = look(login, scope=scope)
    text = page.content.decode()
    assert count_of(page, "確認が未了").number == number
    assert text.count('class="chk chk-n"') == names
    assert "acknowledge/" not in text


def test_nothing_published_nothing_said(look):
    assert "s-acks" not in look("ono").content.decode()
    assert "s-acks" not in look("yamaguchi").content.decode()


@pytest.mark.parametrize("login", ["ono", "makino", "morishita", "sato", "yamaguchi"])
@pytest.mark.parametrize("scope", ["mine", "team", "all"])
def test_the_count_is_the_list_behind_it(look, cast, published, login, scope):
    close(cast, 1)
    progress.skip(make_task(30, **MONTH), by=cast.sato, team=cast.team["operations"], at=at(9), reason="x")
    page = look(login, scope=scope)
    found = next(c for c in page.context["counts"] if c.label in ("確認待ち", "確認が未了"))
    listed = look(login, found.url).content.decode()
    assert len(set(re.findall(r'href="/tasks/(\d+)/"', listed))) == found.number


def test_the_list_says_how_many(look, published, client):
    text = look("ono", "/tasks/", state="unconfirmed", scope="all").content.decode()
    assert "1/3 確認済" in text and "0/3 確認済" in text
    assert "確認済" not in look("ono", "/tasks/", state="open", scope="all").content.decode()
    assert "1/3 確認済" in look("makino", "/tasks/", state="done", scope="all").content.decode()


def sixty(cast, size):
    for n in range(size - 3):
        Organization.objects.create(
            code=f"town{n}", kind="member", name=f"{n}町", short_name=f"{n}町", joined_on=date(2026, 4, 1)
        )


@pytest.mark.parametrize("size", [12, 60])
@pytest.mark.parametrize(
    "login, scope", [("ono", "team"), ("sato", "team"), ("sato", "all"), ("morishita", "all")]
)
def test_fourteen_statements(
    look, client, cast, edition, holidays, django_assert_max_num_queries, size, login, scope
):
    sixty(cast, size)
    for n in range(15):
        period = date(2026 + (8 + n) // 12, (8 + n) % 12 + 1, 1)
        close(cast, 28, period=f"{period:%Y-%m}", period_on=period)
        make_task(36, period=f"{period:%Y-%m}", period_on=period)
    assert Acknowledgement.objects.count() == 15 * size
    look(login, scope=scope)
    with django_assert_max_num_queries(14):
        page = client.get("/", {"scope": scope})
    label = "確認待ち" if login == "ono" else "確認が未了"
    assert count_of(page, label).number == 15
    assert "ほか 5件" in page.content.decode()
    client.get("/tasks/", {"state": "unconfirmed", "scope": "all"})
    with django_assert_max_num_queries(6):
        answer = client.get("/tasks/", {"state": "unconfirmed", "scope": "all"})
    assert answer.content.decode().count(f"0/{size} 確認済") == 15
