"""What every test stands on: a database that can be emptied, real servers, and the cast."""

import contextlib
import gc
import sys
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings

from helpdesk import canned
from monitoring import reach
from opsdesk import navigation
from opsdesk.lib import era, keptlist
from raci import definition
from tasks import casegraph, changedays, changeground, changes, choices, searching, workload
from tests import servers
from tests.cast import *  # noqa: F403  (the people everybody knows by name)
from tests.sweeping import sweep

# How fast a machine is says nothing about the code; a test that is too slow shows in --durations. Every run
# asks the same examples, so that it says something about the change; `make faults` looks for new ones.
COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
    "phases": [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],  # explaining takes minutes
}
settings.register_profile("house", **COMMON, derandomize=True)
settings.register_profile("faults", **COMMON)
settings.load_profile("faults" if "faults" in sys.argv else "house")


#: What makes a test one of a database or of an environment; django_db as a mark does, too.
ASKS = {"db", "transactional_db", "live_server", "postgres_url", "redis_url"}
#: Files of tests that ask no database, and yet start processes or read whole workbooks.
LONG = {
    "test_draftsheet.py",
    "test_env.py",
    "test_settings_forms.py",
    "test_sheets.py",
    "test_workbook_customer.py",
    "test_workbook_hostile.py",
    "test_workbook_round_trip.py",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="the quick part: see `fast` in tests/conftest.py")
    parser.addoption("--part", default="1/1", help="2/3: every third file, from the second on")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, beside which SQLite runs everything, tests that ask no database are left out: they are
    the same there. tests/opsdesk and tests/bench are about the environment, and stay. So are those marked
    `once`, but for the test_it_works of each file."""
    chosen = of_part(items, config.getoption("--part"))
    if connection.vendor == "postgresql":
        chosen = [item for item in chosen if not is_pure(item) and not is_the_same(item)]
    if config.getoption("--fast"):
        chosen = fast(chosen)
    kept = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen


def pytest_collection_finish() -> None:
    """What is imported stays; looking through it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def of_part(items: list[pytest.Item], part: str) -> list[pytest.Item]:
    """Whole files, so that what belongs together runs together; every file is in one part of n."""
    which, parts = map(int, part.split("/"))
    files = {path: n for n, path in enumerate(sorted({item.path for item in items}))}
    return [item for item in items if files[item.path] % parts == which - 1]


def is_pure(item: pytest.Item) -> bool:
    asks = ASKS & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
    return not asks and not {"opsdesk", "bench", "faults"} & set(item.path.parts[-2:])


def is_the_same(item: pytest.Item) -> bool:
    return item.get_closest_marker("once") is not None and name_of(item) != "test_it_works"


def name_of(item: pytest.Item) -> str:
    return str(getattr(item, "originalname", item.name))


def fast(items: list[pytest.Item]) -> list[pytest.Item]:
    """Everything that asks no database, and of each file the test_it_works, or where there is none the first
    test; nothing that is slow or drives a browser."""
    quick = [i for i in items if not any(map(i.get_closest_marker, ("slow", "browser", "bench", "faults")))]
    first = {item.path: item for item in reversed(quick)}
    working = {item.path for item in quick if name_of(item) == "test_it_works"}
    return [
        item
        for item in quick
        if name_of(item) == "test_it_works"
        or (first[item.path] is item and item.path not in working)
        or (is_pure(item) and item.path.name not in LONG)
    ]


@pytest.fixture(scope="session", autouse=True)
def emptying_passes_the_guards() -> Iterator[None]:
    """The triggers that guard history and editions stay on in every test; only the emptying after a
    transactional test goes around them."""
    patch = pytest.MonkeyPatch()
    flush = type(connection.ops).execute_sql_flush

    def execute_sql_flush(self, sql_list):
        with transaction.atomic(using=self.connection.alias), _unguarded():
            flush(self, sql_list)

    patch.setattr(type(connection.ops), "execute_sql_flush", execute_sql_flush)
    if connection.vendor == "postgresql":
        patch.setattr(type(connection.ops), "sql_flush", _deletes)
    yield
    patch.undo()


def _deletes(ops, style, tables, *, reset_sequences=False, allow_cascade=False) -> list[str]:
    """One statement that empties `tables`: TRUNCATE makes new files for every table and index, which takes
    ten times as long as the few rows of a test. No foreign key is looked at beside _unguarded."""
    assert not reset_sequences
    return ["".join(f"DELETE FROM {ops.quote_name(table)};" for table in tables)] if tables else []


@contextlib.contextmanager
def _unguarded() -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            return
        # those of the search guard nothing: they empty its index as well
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> 'tasks_searchtext'"
        )
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


@pytest.fixture(scope="module", autouse=True)
def what_was_rolled_back_is_swept() -> Iterator[None]:
    """On PostgreSQL the rows of a test that is rolled back stay in its tables until they are vacuumed; after
    a thousand tests every page would be read through them."""
    yield
    sweep("n_dead_tup > 1000")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of this run's own."""
    with servers.redis() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of this run's own, whichever database the tests run on."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    """A process keeps the definitions of published duties for good, and teams, eras and the union's name for
    a minute; a test's database is rolled back, and no minute may end while statements are counted."""
    canned.forget()
    definition.forget()
    casegraph.forget()
    changes.forget()
    changedays.forget()
    changeground.forget()
    choices.forget()
    searching.forget()
    era.forget()
    keptlist.forget()
    navigation.forget()
    reach.forget()
    workload.forget()
