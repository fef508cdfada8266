"""What the benches of pages share: building a million tasks takes longer than asking for them."""

import pytest

from tests.bench.serving import worlds_on


@pytest.fixture(scope="session")
def worlds(postgres_url):
    with worlds_on(postgres_url) as found:
        yield found
