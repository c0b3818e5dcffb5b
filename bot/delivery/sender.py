"""Sends what waits for one account: claim, pace, send, settle, again.

One transaction a round settles what has come back and claims what may leave (`_exchange`), so that under load thirty messages cost one
sync to disk. Between the rounds every claimed row is a task of its own; rows are of different chats, so one slow chat holds up no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from sqlalchemy import Connection

from bot.clock import Clock, utc_now
from bot.delivery import retrying
from bot.delivery.pacing import Pacer
from bot.delivery.port import Account, AccountStopped, Channel, PerhapsSent, RetryLater, SendRefused
from bot.store import AccountKey, LeaseLost, Store, StoreDown, claiming, place, settling
from bot.store import leases as lease_table
from bot.store.claiming import ALWAYS
from bot.store.holder import this_process
from bot.store.leases import Lease
from bot.store.outcomes import Batch, Claimed, Ended, Later, Outcome, Progress, Sent
from bot.store.unasked import Rules
from handlers.messages import from_json

log = logging.getLogger(__name__)

IN_FLIGHT = 32
POLL = 5.0  # seconds: the safety net when no wake-up comes
SEND_SECONDS = 70.0  # the channel has its own, shorter time-outs; this one is for the day it forgets
SETTLING = 8.0  # seconds that the last exchange may take: longer than SQLite waits for its lock
STOPPED_PROBE = 300.0  # a refused account is tried again this rarely: one row, in case somebody has mended it
TROUBLE = 5  # failures in a row after which the account is probed with one row at a time

Condition = Literal["starting", "sending", "standby", "stopped", "store_down", "ended"]


@dataclass(frozen=True, slots=True)
class SenderHealth:
    """What /readyz and the staff page show of one account. `cure` is Vietnamese, for an officer; empty when there is nothing to do."""

    account: AccountKey
    condition: Condition
    since: datetime
    in_flight: int
    cure: str
    counts: dict[str, int]


class Sender:
    """The sender of one account. `run` until `stop`; made in the loop that runs it."""

    def __init__(
        self,
        store: Store,
        channel: Channel,
        account: Account,
        clock: Clock = utc_now,
        *,
        holder: str | None = None,
        in_flight: int = IN_FLIGHT,
        jitter: Callable[[], float] = random.random,
        poll: float = POLL,
        rules: Rules = ALWAYS,
    ) -> None:
        self.key = AccountKey(account.unit, account.channel, account.id)
        self._store, self._channel, self._account, self._clock = store, channel, account, clock
        self._holder = holder or this_process()
        self._most, self._jitter, self._poll = in_flight, jitter, poll
        self._rules = rules
        self._pacer = Pacer(channel.limits)
        self._stirred = asyncio.Event()
        self._tasks: dict[asyncio.Task[None], Claimed] = {}
        self._outcomes: list[tuple[Outcome, asyncio.Future[None] | None]] = []
        self._lease: Lease | None = None
        self._lease_sure = 0.0  # loop time until which nobody else can have the lease
        self._claims_unsure = False
        self._failures = 0
        self._stopping = False
        self._ended: asyncio.Event | None = None
        self._condition: Condition = "starting"
        self._since = clock()
        self._cure = ""
        self.counts: Counter[str] = Counter()

    def health(self) -> SenderHealth:
        """How this account does."""
        return SenderHealth(self.key, self._condition, self._since, len(self._tasks), self._cure, dict(self.counts))

    def stir(self) -> None:
        """Something waits; called in the loop."""
        self._stirred.set()

    async def run(self) -> None:
        """Send until `stop`. Ends with everything settled and the lease given back, unless it is cancelled."""
        loop = asyncio.get_running_loop()

        def stir_from_anywhere() -> None:
            try:
                loop.call_soon_threadsafe(self._stirred.set)
            except RuntimeError:  # the loop has closed under a commit that was still on its way
                log.debug("woken after the end")

        self._ended = asyncio.Event()
        unsubscribe = self._store.wakeups.subscribe(self.key, stir_from_anywhere)
        try:
            while not self._stopping:
                await self._guarded_round()
            await self._wind_up()
        finally:
            unsubscribe()
            for task in self._tasks:
                task.cancel()
            self._is("ended")
            self._ended.set()

    async def stop(self, grace: float = 10.0) -> None:
        """Claim nothing more, let what is on its way end within `grace` seconds, settle it; `run` has ended when this returns."""
        self._stopping = True
        self._stirred.set()
        if self._tasks:
            _done, late = await asyncio.wait(list(self._tasks), timeout=grace)
            for task in late:
                task.cancel()  # its row stays claimed: the next sender takes it as "perhaps sent"
        if self._ended:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), SETTLING)

    def resume(self) -> None:
        """Somebody has mended the account: try at once."""
        self._pacer.open()
        self._stirred.set()

    # One round

    async def _guarded_round(self) -> None:
        self._stirred.clear()
        try:
            wait = await self._round()
        except LeaseLost:
            log.warning("%s: another sender has taken over", self.key)
            self._drop_lease()
            wait = self._poll
        except StoreDown as error:
            self._claims_unsure = True
            self._is("store_down")
            log.warning("%s: %s", self.key, error)
            wait = 1.0
        except Exception as error:
            # A bug must not silence an account for good. What is claimed is taken up again under a new token.
            log.error("%s: the sender's round failed: %s", self.key, place(error))
            self._drop_lease()
            wait = self._poll
        await self._sleep(wait)

    async def _round(self) -> float:
        """One exchange with the store; gives the seconds until the next when nothing stirs before."""
        if self._lease is None and not await self._take_lease():
            return self._poll
        room = min(self._most - len(self._tasks), self._pacer.room())
        if self._failures >= TROUBLE or self._condition == "stopped":
            room = min(room, 1 - len(self._tasks))  # one probe
        batch = await self._exchange(max(0, int(room)))
        if self._condition in ("starting", "standby", "store_down"):
            self._is("sending")
        for row in batch.rows:
            self._pacer.leaves(row.chat)
            task = asyncio.create_task(self._carry(row))
            self._tasks[task] = row
            task.add_done_callback(self._landed)
        return self._until_next(batch, room)

    def _until_next(self, batch: Batch, room: float) -> float:
        if room <= 0:
            return min(self._rest(), self._pacer.until_room() or self._poll)  # a task that lands stirs us
        if batch.rows:
            return 0.0 if len(batch.rows) >= room else self._rest()  # more may be due
        if batch.next_due is None:
            return self._rest()
        seconds = (batch.next_due - self._clock()).total_seconds()
        # What is due and was not given belongs to a chat that is busy or resting.
        return max(0.001, min(self._rest(), seconds)) if seconds > 0 else self._rest()

    def _rest(self) -> float:
        resting = self._pacer.resting()
        return min([self._poll, *resting.values()])

    async def _sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._stopping and (left := until - loop.time()) > 0:
            if self._stirred.is_set() and self._condition != "standby":
                return
            # Standing by, wake-ups are for the one who holds the lease.
            self._stirred.clear()
            handle = loop.call_later(left, self._stirred.set)
            try:
                await self._stirred.wait()
            finally:
                handle.cancel()

    async def _exchange(self, limit: int) -> Batch:
        lease = self._lease
        assert lease is not None
        outcomes, self._outcomes = self._outcomes, []
        known = [(row.chat, row.line) for row in self._tasks.values()]
        known += [(o.chat, o.line) for o, _ in outcomes]
        landed = {o.chat for o, _ in outcomes if not isinstance(o, Progress)}
        busy = ({row.chat for row in self._tasks.values()} - landed) | set(self._pacer.resting())
        unsure = self._claims_unsure
        asked = asyncio.get_running_loop().time()
        now = self._clock()

        def work(connection: Connection) -> tuple[Batch, datetime]:
            beat = lease_table.check(connection, lease)
            if unsure:
                # A commit whose answer was lost may have claimed rows that we never heard of.
                claiming.recover(connection, lease, now, known=known)
            settling.settle(connection, lease, [outcome for outcome, _ in outcomes], now, self._rules.windows)
            batch = claiming.claim(
                connection,
                lease,
                now,
                limit,
                busy=busy,
                free_window=self._channel.limits.free_window,
                rules=self._rules,
            )
            if batch.rows or known:  # an idle sender writes nothing
                beat = lease_table.renew(connection, lease, beat, now)
            return batch, beat

        try:
            batch, beat = await self._store.run_outbox(partial(self._store.transact, work, once=True))
        except LeaseLost:
            for _, waiting in outcomes:
                if waiting:
                    waiting.cancel()
            raise
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            raise
        self._claims_unsure = self._claims_unsure and not unsure
        self._lease_sure = asked + (beat + lease_table.LENGTH - now).total_seconds()
        for outcome, waiting in outcomes:
            self.counts[type(outcome).__name__.lower() if not isinstance(outcome, Ended) else outcome.status] += 1
            if waiting and not waiting.done():
                waiting.set_result(None)
        return batch

    # The lease

    async def _take_lease(self) -> bool:
        now = self._clock()
        asked = asyncio.get_running_loop().time()

        def work(connection: Connection) -> Lease | None:
            # Whoever stands by steps in when rows are left lying, not whenever an idle holder is silent.
            if self._condition == "standby" and not lease_table.neglected(connection, self.key, now):
                return None
            lease = lease_table.acquire(connection, self._store.dialect, self.key, self._holder, now)
            if lease:
                claiming.recover(connection, lease, now)
            return lease

        self._lease = await self._store.run_outbox(partial(self._store.transact, work, once=True))
        if self._lease is None:
            self._is("standby")
            return False
        self._lease_sure = asked + lease_table.LENGTH.total_seconds()
        return True

    def _drop_lease(self) -> None:
        self._lease = None
        for _, waiting in self._outcomes:
            if waiting:
                waiting.cancel()
        self._outcomes.clear()
        for task in self._tasks:
            task.cancel()
        self._is("standby")

    async def _wind_up(self) -> None:
        """Settle what is left and give the lease back. A database that is down finds the rows claimed at the next start."""
        while self._tasks:
            await asyncio.wait(list(self._tasks), return_when=asyncio.FIRST_COMPLETED, timeout=0.1)
            if self._lease and self._outcomes:
                await self._settle_quietly()
        if self._lease:
            await self._settle_quietly()
            lease, now = self._lease, self._clock()
            try:
                await self._store.run_outbox(
                    partial(self._store.transact, lambda connection: lease_table.release(connection, lease, now))
                )
            except StoreDown as error:
                log.warning("%s: the lease was not given back: %s", self.key, error)

    async def _settle_quietly(self) -> None:
        try:
            await self._exchange(0)
        except (StoreDown, LeaseLost) as error:
            log.warning("%s: what was sent last could not be noted: %s", self.key, error)
            self._outcomes.clear()

    # One row

    async def _carry(self, row: Claimed) -> None:
        try:
            outcome: Outcome = Sent(row.chat, row.line, await self._send(row))
        except AccountStopped as error:
            outcome = self._stopped(row, error)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if not isinstance(error, SendRefused | RetryLater | PerhapsSent):
                log.warning("%s: %s", self.key, retrying.describe(error))
            outcome = retrying.after(row, error, self._clock(), self._jitter())
            self._slow_down(error)
        else:
            self._failures = 0
            if self._condition == "stopped":
                self._is("sending")
        self._outcomes.append((outcome, None))

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        self._stirred.set()

    async def _send(self, row: Claimed) -> str:
        try:
            messages = self._channel.render(from_json(json.loads(row.payload)), row.chat)
        except Exception as error:
            log.error("%s: a reply could not be rendered: %s", self.key, place(error))
            raise SendRefused(f"could not be rendered ({type(error).__name__})") from error
        platform_id = ""
        for index in range(row.parts, len(messages)):
            if index > row.parts:
                await self._next_part(row, index)
            if asyncio.get_running_loop().time() > self._lease_sure:
                # We have not reached the database for as long as a lease lasts: another may be sending this very row.
                raise RetryLater("the lease may have run out", 1.0, whole_account=False)
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    platform_id = await self._channel.send(self._account, messages[index])
            except TimeoutError:
                raise PerhapsSent(f"no answer within {SEND_SECONDS:.0f} s") from None
        return platform_id

    async def _next_part(self, row: Claimed, parts: int) -> None:
        """Note durably that `parts` have left before the next one does: a kill in between repeats one message, not all."""
        noted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._outcomes.append((Progress(row.chat, row.line, parts), noted))
        self._stirred.set()
        await noted
        while (wait := self._pacer.until(row.chat)) > 0:
            await asyncio.sleep(wait)
        self._pacer.leaves(row.chat)

    def _slow_down(self, error: Exception) -> None:
        match error:
            case RetryLater(retry_in=float() | int() as seconds, whole_account=True):
                self._pacer.shut(seconds)
            case RetryLater(retry_in=None):
                self._failures += 1
                if self._failures >= TROUBLE:
                    self._pacer.shut(retrying.back_off(self._failures - TROUBLE + 1, self._jitter()))

    def _stopped(self, row: Claimed, error: AccountStopped) -> Outcome:
        self._cure = error.cure or ""
        if self._condition != "stopped":
            log.error("%s: the platform refuses the account: %s", self.key, retrying.describe(error))
            self._is("stopped")
        self._pacer.shut(STOPPED_PROBE)
        now = self._clock()
        return Later(
            row.chat,
            row.line,
            now + timedelta(seconds=1),
            retrying.describe(error),
            repeated=row.repeated,
            attempted=False,
        )

    def _is(self, condition: Condition) -> None:
        if condition != self._condition:
            self._condition, self._since = condition, self._clock()
            if condition != "stopped":
                self._cure = ""
