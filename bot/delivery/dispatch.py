"""All senders of a process, the ear for other processes' notices, and the clean-up that runs beside them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from functools import partial

from bot.clock import Clock, utc_now
from bot.delivery.port import Account, Channel
from bot.delivery.sender import Sender, SenderHealth
from bot.store import Store, StoreDown, retention

log = logging.getLogger(__name__)

SWEEP_EVERY = 3600.0


class Dispatch:
    """Starts and ends everything that delivery does in one process."""

    def __init__(
        self,
        store: Store,
        accounts: Iterable[tuple[Channel, Account]],
        units: Iterable[str],
        clock: Clock = utc_now,
        *,
        keep: retention.Keep | None = None,
    ) -> None:
        self._store, self._clock, self._units = store, clock, tuple(units)
        self._keep = keep or retention.Keep()
        self._accounts = tuple(accounts)
        self.senders: list[Sender] = []
        self._sending: list[asyncio.Task[None]] = []
        self._beside: list[asyncio.Task[None]] = []

    def health(self) -> list[SenderHealth]:
        """How each account does."""
        return [sender.health() for sender in self.senders]

    async def start(self) -> None:
        """Start sending."""
        self.senders = [Sender(self._store, channel, account, self._clock) for channel, account in self._accounts]
        self._sending = [asyncio.create_task(sender.run()) for sender in self.senders]
        self._beside = [asyncio.create_task(self._store.listen()), asyncio.create_task(self._sweep_for_ever())]

    async def stop(self, grace: float = 10.0) -> None:
        """End sending: what is on its way lands within `grace` seconds, the rest waits in the outbox."""
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*(sender.stop(grace) for sender in self.senders))
        await asyncio.gather(*self._sending, *self._beside, return_exceptions=True)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY / 60)  # not in the first, busy minute after a start
            for unit in self._units:
                try:
                    await sweep(self._store, unit, self._clock, self._keep)
                except StoreDown as error:
                    log.warning("clean-up of %s: %s", unit, error)
                except Exception:
                    log.exception("clean-up of %s failed", unit)
            await asyncio.sleep(SWEEP_EVERY)


async def sweep(store: Store, unit: str, clock: Clock, keep: retention.Keep) -> None:
    """Delete what `unit` has kept long enough, in short transactions with pauses for those who wait behind."""
    for statement in retention.steps(unit, clock(), keep):
        while await store.run(partial(store.transact, partial(retention.sweep, statement=statement))):
            await asyncio.sleep(0.05)
