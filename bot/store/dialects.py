"""Where SQLite and PostgreSQL differ. Everything else in `bot/store` runs the same statements on both.

SQLite: write-ahead log, `synchronous=FULL` (what was answered 200 survives a power cut), one writer that takes its lock at BEGIN.
PostgreSQL: psycopg 3, row locks, `FOR UPDATE SKIP LOCKED` (SQLAlchemy leaves both out of SQLite's statements), LISTEN/NOTIFY.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from bot.store.errors import StoreDown, StoreError

log = logging.getLogger(__name__)

BUSY_SECONDS = 5  # how long a writer waits for another process (a command at the prompt) before it says "down"
CHANNEL = "motcua_outbox"
UPGRADE_LOCK = 0x6D6F7463  # "motc": the advisory lock held while the schema changes
# Class 08 connection, 57P0x shutdown, 53xxx no resources; 40001 and 40P01 are retried before they get here.
_DOWN_STATES = ("08", "53", "57P", "58", "55P03", "57014", "40001", "40P01", "25006")


class Dialect(Protocol):
    """What one of the two databases does its own way."""

    name: str
    writers: int  # threads, and so connections, that take turns
    senders: int  # threads for the outbox alone; 0: it shares the turns' one writer

    def engine(self) -> Engine:
        """An engine that never shows a statement's values in an error or a log."""
        ...

    def insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""
        ...

    def again(self, error: DBAPIError) -> bool:
        """Whether the same transaction may simply be run again (deadlock, connection lost)."""
        ...

    def down(self, error: DBAPIError) -> bool:
        """Whether the database is out of reach, rather than asked for something wrong."""
        ...

    def notify(self, connection: Connection, accounts: list[str]) -> None:
        """Tell the other processes, at commit, that something waits for these accounts."""
        ...

    async def listen(self, ring: Callable[[str], None]) -> None:
        """Call `ring(account)` for every notice of another process, until cancelled. Ends at once where there is none."""
        ...

    def lock_schema(self, connection: Connection) -> None:
        """Hold off every other process that would upgrade, until this transaction ends."""
        ...

    def backup(self, label: str) -> Path | None:
        """Copy the database aside before its schema changes. None where the operator's own backups do that."""
        ...


def dialect_for(url: str) -> Dialect:
    """The dialect of a database URL ("sqlite:///path" or "postgresql://…"). Raises StoreError with the cure, never with the URL."""
    try:
        parsed = make_url(url)
    except Exception:
        raise StoreError(
            "MOTCUA_DATABASE: not a database URL. Write sqlite:///var/motcua.db or postgresql://…"
        ) from None
    if parsed.drivername.startswith("sqlite"):
        return Sqlite(parsed)
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return Postgres(parsed.set(drivername="postgresql+psycopg"))
    raise StoreError(f"MOTCUA_DATABASE: {parsed.drivername} is not served. Write sqlite:///… or postgresql://…")


class Sqlite:
    """One file, one machine, one writer."""

    name = "sqlite"
    writers = 1
    senders = 0

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise StoreError("MOTCUA_DATABASE: SQLite needs a file. Write sqlite:///var/motcua.db.")
        self.path = Path(url.database)
        # "?timeout=" (seconds) is sqlite3's own name for it.
        self._busy = float(str(url.query.get("timeout", BUSY_SECONDS)))
        self._url = url

    def engine(self) -> Engine:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            self._url,
            hide_parameters=True,
            pool_size=8,
            connect_args={"timeout": self._busy, "check_same_thread": False, "cached_statements": 256},
        )

        @event.listens_for(engine, "connect")
        def _prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves, see below
            for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={int(self._busy * 1000)}"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # A plain BEGIN takes the write lock at the first write: two that have read already then fail at once, without waiting.
            reading = connection.get_execution_options().get("reading", False)
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

        return engine

    def insert(self, table: Table) -> Any:
        return sqlite.insert(table)

    def again(self, error: DBAPIError) -> bool:  # noqa: ARG002
        return False  # busy_timeout has waited already

    def down(self, error: DBAPIError) -> bool:
        return isinstance(error.orig, sqlite3.OperationalError) and not any(
            word in str(error.orig) for word in ("syntax error", "no such", "has no column", "already exists")
        )

    def notify(self, connection: Connection, accounts: list[str]) -> None:
        """Nobody else listens."""

    async def listen(self, ring: Callable[[str], None]) -> None:
        """One process: it rings itself."""

    def lock_schema(self, connection: Connection) -> None:
        """BEGIN IMMEDIATE has done it."""

    def backup(self, label: str) -> Path | None:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        aside = self.path.with_name(f"{self.path.name}.{label}-{moment}.bak")
        unfinished = aside.with_suffix(".part")
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
        unfinished.replace(aside)  # whatever bears the name .bak is whole
        return aside


class Postgres:
    """Beyond one machine: several replicas, row locks."""

    name = "postgresql"
    writers = 4
    senders = 2  # behind four busy writers every answer would wait for four transactions that are not its own

    def __init__(self, url: URL) -> None:
        self._url = url

    def engine(self) -> Engine:
        try:
            import psycopg  # noqa: F401
        except ImportError:
            raise StoreError("PostgreSQL needs its driver: pip install 'motcua[postgres]'.") from None
        return create_engine(
            self._url,
            hide_parameters=True,
            pool_size=self.writers + self.senders + 4,
            max_overflow=0,
            pool_timeout=10,
            connect_args={
                "connect_timeout": 5,
                "application_name": "motcua",
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 15_000,
                "options": "-c statement_timeout=30000 -c lock_timeout=10000 -c timezone=UTC",
            },
        )

    def insert(self, table: Table) -> Any:
        return postgresql.insert(table)

    def again(self, error: DBAPIError) -> bool:
        return error.connection_invalidated or _state(error) in ("40001", "40P01")

    def down(self, error: DBAPIError) -> bool:
        # No state at all: the connection never came about.
        return error.connection_invalidated or (_state(error) or "08").startswith(_DOWN_STATES)

    def notify(self, connection: Connection, accounts: list[str]) -> None:
        for account in accounts:
            connection.execute(text("SELECT pg_notify(:channel, :account)"), {"channel": CHANNEL, "account": account})

    async def listen(self, ring: Callable[[str], None]) -> None:
        import psycopg

        url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=5) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    ring("")  # whatever was announced while nobody listened
                    async for notice in connection.notifies():
                        ring(notice.payload)
            except psycopg.Error as error:
                log.warning("listening to the database was cut (%s), trying again in 2 s", type(error).__name__)
                await asyncio.sleep(2)

    def lock_schema(self, connection: Connection) -> None:
        # Another replica's upgrade may take its time; waiting for it is no reason to give up.
        connection.execute(text("SET LOCAL lock_timeout = '10min'"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})

    def backup(self, label: str) -> Path | None:  # noqa: ARG002
        return None


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def as_store_down(error: Exception) -> StoreDown:
    """The error for callers: the class of what happened, never a statement, a value or a URL."""
    cause = getattr(error, "orig", None) or error
    return StoreDown(
        f"The database is out of reach ({type(cause).__name__}). See that it runs and has room on its disk."
    )
