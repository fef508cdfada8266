"""One word, one meaning: files carry the house's names, URL = view = template, tests have no packages."""

from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from opsdesk.environment import BASE_DIR

FLOORS = ("opsdesk", "raci", "tasks", "incidents", "helpdesk", "monitoring")
OURS = tuple(f"{floor}." for floor in FLOORS)
FILES = [
    path
    for floor in FLOORS
    for path in sorted((BASE_DIR / floor).rglob("*.py"))
    if "migrations" not in path.parts
]


def name(path: Path) -> str:
    return str(path.relative_to(BASE_DIR))


def patterns(resolver: URLResolver, space: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            found += patterns(entry, inner)
        else:
            found.append((space, entry))
    return found


def test_no_room_is_called_by_what_it_is_not():
    forbidden = {"services.py", "utils.py", "helpers.py", "misc.py", "common.py"}
    assert [path for path in FILES if path.name in forbidden] == []


def test_no_test_is_a_package():
    assert list((BASE_DIR / "tests").rglob("__init__.py")) == []


def test_the_first_line_of_a_module_says_its_job():
    assert [name(path) for path in FILES if path.read_text() and not path.read_text().startswith('"""')] == []


def test_no_module_is_longer_than_400_lines():
    assert [name(path) for path in FILES if len(path.read_text().splitlines()) > 400] == []


def test_every_address_of_ours_has_a_name():
    nameless = [
        f"{space}{pattern.pattern}"
        for space, pattern in patterns(get_resolver())
        if pattern.callback.__module__.startswith(OURS) and not pattern.name
    ]
    assert nameless == []


def test_no_name_of_an_address_stands_twice():
    names = [
        f"{space}{pattern.name}"
        for space, pattern in patterns(get_resolver())
        if pattern.callback.__module__.startswith(OURS)
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []
