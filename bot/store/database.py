"""The store: one database, the threads that may write to it, and the only place where a transaction begins."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.store import dossier_tables as _dossier_tables  # noqa: F401 -- its tables belong to the metadata
from bot.store import migrate
from bot.store.dialects import Dialect, as_store_down, dialect_for
from bot.store.errors import SchemaBroken, StoreDown
from bot.store.keys import ChatKey
from bot.store.transcripts import Message, transcript
from bot.store.turns import Turns
from bot.store.wakeups import Wakeups

log = logging.getLogger(__name__)
T = TypeVar("T")
TRIES = 3


class Store:
    """One database. Synchronous; async code goes through `run` (writes) and `read`.

    SQLite has one writer thread, so that writers queue here and not at the file's lock; PostgreSQL has four, one connection each
    (docs/architecture.md, "The store").
    """

    def __init__(self, engine: Engine, dialect: Dialect) -> None:
        self.engine = engine
        self.dialect = dialect
        self.turns = Turns(dialect)
        self.wakeups = Wakeups()
        self._writers = ThreadPoolExecutor(dialect.writers, thread_name_prefix="store-write")
        self._senders = ThreadPoolExecutor(dialect.senders, "store-send") if dialect.senders else self._writers
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="store-read")

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at `url`, its schema brought up to date first.

        Raises StoreError for a URL that is none, SchemaNewer and SchemaBroken as `migrate.prepare`, StoreDown when nothing answers.
        """
        dialect = dialect_for(url)
        engine = dialect.engine()
        try:
            migrate.prepare(engine, dialect)
        except (DBAPIError, PoolTimeout) as error:
            engine.dispose()
            cause = getattr(error, "orig", None)
            if isinstance(cause, sqlite3.DatabaseError) and "not a database" in str(cause):
                raise SchemaBroken(
                    "The file of MOTCUA_DATABASE is no SQLite database. Name another file, or restore a backup."
                ) from None
            if isinstance(error, DBAPIError) and not dialect.down(error):
                raise SchemaBroken(
                    f"The schema could not be brought up to date ({type(cause).__name__}); nothing was changed. Restore a backup or "
                    "report it."
                ) from error
            raise as_store_down(error) from error
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, dialect)

    def close(self) -> None:
        """Let running work end, then close every connection."""
        for pool in {self._writers, self._senders, self._readers}:
            pool.shutdown()
        self.engine.dispose()

    def transact(self, work: Callable[[Connection], T], *, reading: bool = False, once: bool = False) -> T:
        """Run `work(connection)` in one transaction and give back what it gives.

        `work` may run again after a deadlock or a lost connection, unless `once`. `reading` takes no lock. Raises StoreDown when
        the database is out of reach; other errors of the driver mean a bug and come through as they are.
        """
        for attempt in range(1, TRIES + 1):
            try:
                with self.engine.connect() as connection:
                    if reading:
                        connection = connection.execution_options(reading=True)
                    with connection.begin():
                        return work(connection)
            except PoolTimeout as error:
                raise as_store_down(error) from error
            except DBAPIError as error:
                if attempt < TRIES and not once and self.dialect.again(error):
                    log.info("transaction runs again after %s", type(error.orig).__name__)
                    continue
                if self.dialect.down(error):
                    raise as_store_down(error) from error
                raise
        raise AssertionError("the last try returns or raises")

    def queued(self, work: Callable[[Connection], T]) -> T:
        """As `transact`, on a writer thread, behind what waits there: for long work in many small transactions, from a thread of its own.

        Raises StoreDown after `close`.
        """
        try:
            return self._writers.submit(self.transact, work).result()
        except RuntimeError as error:
            if "shutdown" not in str(error):
                raise
            raise StoreDown("The store is closed: the process is stopping.") from None

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work()` on a writer thread. Raises StoreDown after `close`."""
        return await self._on(self._writers, work)

    async def run_outbox(self, work: Callable[[], T]) -> T:
        """As `run`, for delivery: a thread that turns do not keep busy, where the database has several writers."""
        return await self._on(self._senders, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work(connection)` on a reader thread, in a transaction that locks nothing."""
        return await self._on(self._readers, lambda: self.transact(work, reading=True))

    async def _on(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            future = asyncio.get_running_loop().run_in_executor(pool, work)
        except RuntimeError:
            raise StoreDown("The store is closed: the process is stopping.") from None
        return await future

    async def listen(self) -> None:
        """Wake this process's senders for what other processes wrote, until cancelled. Ends at once on SQLite."""
        await self.dialect.listen(self.wakeups.ring_text)

    def alive(self) -> bool:
        """Whether the database answers, for /readyz."""
        try:
            self.transact(lambda connection: connection.execute(text("SELECT 1")).scalar(), reading=True, once=True)
        except StoreDown:
            return False
        return True

    def transcript(
        self, unit: str, channel: str, account: str, chat: str, after: int = 0, limit: int = 50, *, newest: bool = False
    ) -> list[Message]:
        """Lines of one chat, oldest first: those behind line `after`; with `newest`, the last `limit` of them."""
        key = ChatKey(unit, channel, account, chat)
        return self.transact(lambda connection: transcript(connection, key, after, limit, newest=newest), reading=True)
