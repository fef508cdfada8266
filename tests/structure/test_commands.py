"""Every command takes `by` and `at` and leaves an Event; every event's code reads as a sentence."""

import ast
import importlib
import inspect
import pkgutil
import textwrap

import pytest
from django.conf import settings

from opsdesk.audit.timeline import codes

FLOORS = ("opsdesk", "raci", "tasks", "incidents", "helpdesk", "monitoring")
SKIP = ("migrations", "management", "wsgi", "settings")


def modules():
    for floor in FLOORS:
        package = importlib.import_module(floor)
        for found in pkgutil.walk_packages(package.__path__, f"{floor}."):
            if not set(found.name.split(".")) & set(SKIP):
                yield importlib.import_module(found.name)


def commands():
    """Every public command of the house, by its full name."""
    return {
        f"{module.__name__}.{name}": function
        for module in modules()
        for name, function in vars(module).items()
        if getattr(function, "is_command", False)
        and function.__module__ == module.__name__
        and not name.startswith("_")
    }


COMMANDS = commands()
NAMES = {name.rsplit(".", 1)[1] for name in COMMANDS}


def test_there_are_commands():
    assert len(COMMANDS) > 20


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_takes_by_and_at_by_name(name):
    parameters = inspect.signature(COMMANDS[name]).parameters
    for needed in ("by", "at"):
        assert needed in parameters, f"{name} has no {needed}"
        assert parameters[needed].kind is inspect.Parameter.KEYWORD_ONLY, (
            f"{name}: {needed} is not keyword-only"
        )
        assert parameters[needed].default is inspect.Parameter.empty, f"{name}: {needed} has a default"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_leaves_an_event(name):
    """It calls record(), another command, or a function of its module that does."""
    command = inspect.unwrap(COMMANDS[name])
    module = inspect.getmodule(command)
    assert leaves_event(command, module, set()), f"{name} records nothing"


def leaves_event(function, module, seen):
    seen.add(function)
    for called in names_called(inspect.getsource(function)):
        if called == "record" or called in NAMES - {function.__name__}:
            return True
        inner = inspect.unwrap(vars(module).get(called, len))
        if (
            inspect.isfunction(inner)
            and inner not in seen
            and leaves_event(inner, inspect.getmodule(inner), seen)
        ):
            return True
    return False


def names_called(source):
    tree = ast.parse(textwrap.dedent(source))
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {getattr(f, "id", getattr(f, "attr", "")) for f in calls}


def recorded():
    """The codes that the sources give to record() or note() as literals, with their places."""
    for floor in FLOORS:
        for path in sorted((settings.BASE_DIR / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "id", "") in ("record", "note")
                    and node.args
                ):
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield first.value, f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}"


def test_every_code_has_a_sentence():
    wordless = sorted(f"{code} ({place})" for code, place in recorded() if code not in codes())
    assert not wordless, "codes without a sentence in the timeline: " + ", ".join(wordless)
