"""What every test stands on: a database that can be emptied, real servers, and the cast."""

import contextlib
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings

from helpdesk import canned
from opsdesk import navigation
from opsdesk.lib import era, keptlist
from raci import definition
from tasks import casegraph, changedays, changeground, changes, choices, searching
from tests import servers
from tests.cast import *  # noqa: F403  (the people everybody knows by name)

# How fast a machine is says nothing about the code; a test that is too slow shows in --durations.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],  # explaining a failure takes minutes
)
settings.load_profile("house")


#: What makes a test one of a database or of an environment; django_db as a mark does, too.
ASKS = {"db", "transactional_db", "live_server", "postgres_url", "redis_url"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, beside which SQLite runs everything, tests that ask no database are left out: they are
    the same there. tests/opsdesk and tests/bench are about the environment, and stay."""
    if connection.vendor != "postgresql":
        return
    config.hook.pytest_deselected(items=[item for item in items if is_pure(item)])
    items[:] = [item for item in items if not is_pure(item)]


def is_pure(item: pytest.Item) -> bool:
    asks = ASKS & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
    return not asks and not {"opsdesk", "bench", "faults"} & set(item.path.parts[-2:])


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
    yield
    patch.undo()


@contextlib.contextmanager
def _unguarded() -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


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
