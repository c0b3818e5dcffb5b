"""The knowledge in force: the newest pack with each unit's overrides laid over, swapped whole, the same in every process within seconds.

A turn reads one reference. Beside it `run` looks every few seconds at three small things (which pack is installed, how often the overrides
changed, which day it is in Vietnam) and makes a new snapshot when one of them is different.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

from sqlalchemy import Connection

from bot.clock import Clock, utc_now
from bot.store import Store, overrides
from knowledge.override import Override, laid
from knowledge.snapshot import Knowledge, PackError
from knowledge.unit import ZONE, Unit

log = logging.getLogger(__name__)
EVERY = 3.0  # seconds between two looks: with the loading of a pack well under the 10 s that an officer is promised


class Packs(Protocol):
    """Where packs come from (`knowledge.installed.Installed`)."""

    def stamp(self) -> str:
        """Changes whenever another pack is to be used."""
        ...

    def load(self) -> Knowledge:
        """The pack to be used. Raises PackError when it cannot be."""
        ...

    def load_any(self) -> Knowledge:
        """As `load`; where that cannot be, another one. Raises PackError when there is none at all."""
        ...


class InForce:
    """The knowledge of this process; called, it gives the snapshot in force now. Safe to call from any thread."""

    def __init__(self, store: Store, packs: Packs, units: Mapping[str, Unit], clock: Clock = utc_now) -> None:
        self._store = store
        self._packs = packs
        self._units = units
        self._clock = clock
        self._lock = threading.Lock()
        self._stamp = packs.stamp()
        self._numbers: dict[str, int] = {}
        self._day = date.min
        self._known: list[Override] = []
        self._now = packs.load_any()
        self.refresh()

    def __call__(self) -> Knowledge:
        """The snapshot in force now: the shared one; `Knowledge.of` gives a unit's own."""
        return self._now

    def refresh(self) -> bool:
        """Look once; says whether a new snapshot is in force. Raises StoreDown; a pack that cannot be used leaves the old one in force."""
        return self._lay(self._store.transact(self._read, reading=True))

    def _lay(self, read: tuple[dict[str, int], list[Override]]) -> bool:
        numbers, known = read
        with self._lock:
            stamp, day = self._packs.stamp(), self._clock().astimezone(ZONE).date()
            knowledge = self._now
            if stamp != self._stamp:
                self._stamp = stamp  # tried once: a damaged pack is not read again every three seconds
                try:
                    knowledge = self._packs.load()
                except PackError as error:
                    log.error("a new pack cannot be used, the old one stays in force: %s", error)
            if knowledge is self._now and numbers == self._numbers and day == self._day:
                return False
            for_units = {u.id: laid(known, u.id, u.province, day) for u in self._units.values()}
            self._now = knowledge.with_units(for_units)
            self._numbers, self._known, self._day = numbers, known, day
        log.info("knowledge %s with %d overrides is in force", self._now.version, sum(map(len, for_units.values())))
        return True

    def _read(self, connection: Connection) -> tuple[dict[str, int], list[Override]]:
        numbers = overrides.numbers(connection, self._units)
        return numbers, self._known if numbers == self._numbers else overrides.all_of(connection, self._units)

    async def run(self, every: Callable[[], float] = lambda: EVERY) -> None:
        """Look every few seconds, until cancelled. Raises StoreDown: whoever runs this begins again."""
        while True:
            await asyncio.sleep(every())
            await asyncio.to_thread(self._lay, await self._store.read(self._read))
