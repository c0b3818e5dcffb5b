"""Both databases under the same tests: `database_url`, `store`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Store
from tests.fakes.databases import Absent, PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for this test process; skips where none can be started."""
    try:
        with postgres_server() as server:
            yield server
    except Absent as error:
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table, on either of the two."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'motcua.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.empty()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database to be opened with `Store.open`, on either of the two."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'motcua.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.migrated()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store, on either of the two."""
    opened = Store.open(database_url)
    yield opened
    opened.close()
