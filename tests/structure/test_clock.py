"""The clock is read at the edges only; below them, `at` and `today` come in."""

import ast
from pathlib import Path

import pytest

from opsdesk.environment import BASE_DIR

FLOORS = ("opsdesk", "raci", "tasks", "incidents", "helpdesk", "monitoring")
EDGES = {"views", "jobs", "management", "admin", "api", "doors"}  # the door reads it once for each request
# Names under which Python and Django hand out the time of the machine.
CLOCKS = {
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("timezone", "localtime"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "localtime"),
}
# Not the domain's time: how long a process has to stop, whether a session has expired.
EXCEPT = {"opsdesk/processes.py", "opsdesk/accounts/sessions.py"}


def inner(path: Path) -> bool:
    parts = path.relative_to(BASE_DIR).with_suffix("").parts
    return not EDGES & set(parts) and "migrations" not in parts


FILES = [path for floor in FLOORS for path in sorted((BASE_DIR / floor).rglob("*.py")) if inner(path)]


def readings(source: str) -> list[int]:
    """The lines of `source` that read the clock: a call, or the function handed over as a default.

    `timezone.localtime(at)` and `timezone.localdate(at)` only convert and are free."""
    tree = ast.parse(source)
    free = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("localtime", "localdate")
        and (node.args or node.keywords)
    }
    lines = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and id(node) not in free
        and (getattr(node.value, "attr", getattr(node.value, "id", None)), node.attr) in CLOCKS
    ]
    lines += [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and any((str(node.module).split(".")[-1], name.name) in CLOCKS for name in node.names)
    ]
    lines += [  # auto_now and auto_now_add read it in the model
        node.value.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and str(node.arg).startswith("auto_now")
    ]
    return sorted(lines)


def test_the_clock_is_read_at_the_edges_only():
    found = {str(path.relative_to(BASE_DIR)): readings(path.read_text()) for path in FILES}
    assert {name: lines for name, lines in found.items() if lines and name not in EXCEPT} == {}


@pytest.mark.parametrize(
    "source",
    [
        "timezone.now()",
        "F(default=timezone.now)",
        "datetime.datetime.now(tz=x)",
        "date.today()",
        "timezone.localdate()",
        "from time import time",
        "F(auto_now=True)",
    ],
)
def test_a_reading_is_found(source: str):
    assert readings(source) == [1]


@pytest.mark.parametrize("source", ["timezone.localdate(at)", "timezone.localtime(value=at)", "at.time()"])
def test_converting_is_free(source: str):
    assert readings(source) == []
