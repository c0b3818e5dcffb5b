"""Does the jobs of the table (`bot/store/jobs.py`): one runner a process, each kind of job an async function.

    runner = Jobs(store, units, {"photo": Work(read_photo, longest=25.0)}, clock)
    await runner.run()

A job that breaks is tried again later and later; one whose process dies is done by the next. So a function must bear to be called twice for the
same job: what it does in the end happens in one transaction that knows whether it was done (a turn with the update id `job:<name>`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.clock import Clock, utc_now
from bot.store import Store, StoreDown, jobs
from bot.store.errors import place
from bot.store.holder import this_process
from bot.store.jobs import Job

log = logging.getLogger(__name__)
POLL = 5.0  # seconds: what another process added is seen at least that often
AT_ONCE = 4
MARGIN = timedelta(seconds=10)  # a claim outlives its job by that much: the time to write down how it went
FIRST, LONGEST = 2.0, 600.0  # seconds of back-off


@dataclass(frozen=True, slots=True)
class Work:
    """How jobs of one kind are done.

    `do(job)` returns None when the job is done, or the moment (UTC) at which it is to be done again; whatever it raises means "again later".
    `longest` is how many seconds it may take, `tries` how often it may break before it is given up (None: never, for what the clock starts).
    """

    do: Callable[[Job], Awaitable[datetime | None]]
    longest: float = 60.0
    tries: int | None = 10


class Jobs:
    """The runner of this process."""

    def __init__(
        self,
        store: Store,
        units: Collection[str],
        kinds: Mapping[str, Work],
        clock: Clock = utc_now,
        *,
        at_once: int = AT_ONCE,
        poll: float = POLL,
        first: float = FIRST,
        holder: str = "",
    ) -> None:
        self._store, self._units, self._kinds, self._clock = store, tuple(units), dict(kinds), clock
        self._at_once, self._poll, self._first = at_once, poll, first
        self._holder = holder or this_process()
        self._running: dict[asyncio.Task[None], Job] = {}
        self._stirred = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Do what is due, until `stop` or cancelled. Raises StoreDown: begin again."""
        loop = asyncio.get_running_loop()

        def stir() -> None:
            loop.call_soon_threadsafe(self._stirred.set)

        unsubscribe = self._store.wakeups.subscribe(jobs.BELL, stir)
        try:
            while not self._stopping:
                self._stirred.clear()
                await self._rest(await self._take())
        finally:
            unsubscribe()

    async def stop(self, grace: float) -> None:
        """Begin nothing more; what is being done has `grace` seconds to end, then it is broken off and given back."""
        self._stopping = True
        self._stirred.set()
        if self._running:
            await asyncio.wait(list(self._running), timeout=grace)
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _take(self) -> datetime | None:
        """Begin what is due; gives the moment of what comes next."""
        free = self._at_once - len(self._running)
        if free <= 0:
            return None  # whoever ends stirs
        now = self._clock()
        # Looked up first: a writer's transaction every few seconds for nothing would be in the citizens' way.
        next_due = await self._store.read(partial(self._due, now=now))
        if next_due is None or next_due > now:
            return next_due
        holds = {kind: timedelta(seconds=work.longest) + MARGIN for kind, work in self._kinds.items()}
        claim = partial(jobs.claim, units=self._units, holds=holds, holder=self._holder, now=now, limit=free)
        found = await self._store.run(lambda: self._store.transact(claim))
        for job in found:
            task = asyncio.create_task(self._do(job))
            self._running[task] = job
            task.add_done_callback(self._ended)
        return now if len(found) == free else None

    def _due(self, connection: Connection, now: datetime) -> datetime | None:
        return jobs.due(connection, self._units, self._kinds.keys(), now)

    async def _rest(self, until: datetime | None) -> None:
        seconds = self._poll
        if until is not None and len(self._running) < self._at_once:
            seconds = max(0.0, min(self._poll, (until - self._clock()).total_seconds()))
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._stirred.set()

    async def _do(self, job: Job) -> None:
        work = self._kinds[job.kind]
        if work.tries is not None and job.attempts > work.tries:
            await self._give_up(job)
            return
        try:
            async with asyncio.timeout(work.longest):
                later = await work.do(job)
        except asyncio.CancelledError:
            await asyncio.shield(self._settle(partial(jobs.give_back, job=job)))
            raise
        except Exception as error:
            # A job's name and payload may tell of a person: its kind and the place are enough.
            kind = "the database is out of reach" if isinstance(error, StoreDown) else place(error)
            log.warning("a job of kind %s broke at try %s: %s", job.kind, job.attempts, kind)
            if work.tries is not None and job.attempts >= work.tries:
                await self._give_up(job)
                return
            pause = timedelta(seconds=min(LONGEST, self._first * 2.0 ** (job.attempts - 1)))
            await self._settle(partial(jobs.again, job=job, due_at=self._clock() + pause, failed=True))
        else:
            if later is None:
                await self._settle(partial(jobs.done, job=job))
            else:
                await self._settle(partial(jobs.again, job=job, due_at=later))

    async def _give_up(self, job: Job) -> None:
        log.error("a job of kind %s is given up after %s tries", job.kind, job.attempts)
        await self._settle(partial(jobs.drop, job=job))

    async def _settle(self, how: Callable[[Connection], bool]) -> None:
        try:
            if not await self._store.run(lambda: self._store.transact(how)):
                log.warning("a job took longer than its claim; whoever has it now settles it")
        except StoreDown:
            # The claim ends by itself, and the job is done again.
            log.warning("the database is out of reach: how a job went could not be written down")
