"""権限一覧: computed from the doors and from the marks."""

import re

import pytest

from opsdesk.accounts.access import nobody
from opsdesk.accounts.doors import doors

URL = "/rights/"


@pytest.fixture
def get(client, edition):
    def ask(person):
        client.force_login(person)
        response = client.get(URL)
        assert response.status_code == 200
        return response.content.decode()

    return ask


def plain(html):
    main = re.search(r"<main.*</main>", html, re.S).group()
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_it_works(get, cast):
    words = plain(get(cast.sato))
    assert "◎ 主担当 できる できる できる できる ○ 支援担当 できる できる できる できない" in words
    assert "△ 関連担当 できる できる できない できない なし できない できない できない できない" in words
    assert "業務運用 あなたの役割 25 件 No.1 No.7 No.9" in words
    assert "広域組合 3 件 No.23 No.36 No.38" in words


def test_marks_are_counted_as_in_the_sheet(get, cast):
    words = plain(get(cast.morishita))
    assert [int(n) for n in re.findall(r"(\d+) 件 No", words)] == [
        3, 8, 11, 14, 16, 1, 7, 1, 2, 25, 9, 1, 9, 2, 1, 12, 1, 1
    ]  # fmt: skip
    assert "35件(見るだけ・代行)" in words and "43件(見えない)" in words


def test_every_screen_of_ours_is_listed_with_its_rule(get, cast):
    words = plain(get(cast.kubo))
    own = [d for d in doors() if d.rule not in (None, nobody) and d.label]
    assert len(own) > 5
    for door in own:
        assert str(door.label) in words, door.name
    assert "作業分担表 /matrix/ サインインした人 できる" in words
    assert "作業一覧 /tasks/ 担当に所属している人 できない" in words
    assert "管理画面(団体・担当・利用者・開庁日など) /admin/ 管理者 できる" in words


def test_every_own_view_has_a_name_in_words(edition):
    """A screen without a label would be missing from the list."""
    unnamed = [
        d.name
        for d in doors()
        if d.rule is not nobody
        and not d.name.startswith("admin:")
        and not d.label
        and d.view.__module__.split(".")[0] in ("opsdesk", "tasks", "raci")
    ]
    assert unnamed == []


def test_what_one_may_not_enter_says_so(get, cast):
    assert "/admin/ 管理者 できない" in plain(get(cast.ono))


def test_strangers_and_methods(client, edition, cast):
    assert client.get(URL).status_code == 302
    client.force_login(cast.sato)
    assert client.post(URL).status_code == 405


def test_before_the_first_edition(client, cast):
    client.force_login(cast.sato)
    assert client.get(URL).status_code == 200
