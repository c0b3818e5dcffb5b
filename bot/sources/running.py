"""Reads every unit's sources when they are due and hands on what they gave. Several processes may run it; each source has one reader at a time.

What is handed on is applied before the cursor moves: a process that ends in between reads the same once more, and the same twice changes
nothing.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import aiohttp

from bot.clock import Clock, utc_now
from bot.sources.interface import Cursor, fetch
from bot.sources.interface_client import Pace, Tokens
from bot.sources.reading import Reading, SourceError
from bot.sources.sample import sample
from bot.store import Store, StoreDown, place, source_turns
from bot.store.holder import this_process
from bot.store.source_turns import SourceTurn
from handlers.dossier.model import Sealer
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

log = logging.getLogger(__name__)
INTERFACE, SAMPLE = "interface", "sample"
LOOK = 30.0  # seconds between two looks whether it is our turn
HOLD = timedelta(minutes=3)  # a turn whose holder is silent for so long is somebody else's
BEAT = 45.0  # seconds between two signs of life
SAMPLE_EVERY = timedelta(minutes=30)
GO_ON = timedelta(minutes=1)  # until the next piece of a read that was enough for once
NOT_KEPT = "Đã đọc hệ thống một cửa nhưng chưa ghi được. Máy tự làm lại."


class Apply(Protocol):
    """What becomes of a reading (`bot.sources.applying.apply`, its other parameters given); called on a thread of its own."""

    def __call__(self, unit: Unit, reading: Reading, source: str, now: datetime) -> object:
        """Lay it over what is kept. Whatever it raises leaves the source as it was, to be read again."""
        ...


@dataclass(frozen=True, slots=True)
class Reader:
    """What all sources of this process are read with. `knowledge` gives the snapshot in force, `secrets` maps names in unit files to values."""

    store: Store
    knowledge: Callable[[], Knowledge]
    sealer: Sealer
    secrets: Mapping[str, str]
    apply: Apply
    clock: Clock = utc_now
    pace: Pace | None = None
    holder: str = field(default_factory=this_process)
    look: float = LOOK
    beat: float = BEAT


async def run(reader: Reader, units: Mapping[str, Unit]) -> None:
    """Read what is due, until cancelled; ends at once where no unit has a source. Raises StoreDown: whoever runs this begins again."""
    wanted = [(unit, source) for unit in units.values() for source in sources_of(unit)]
    if not wanted:
        return
    # A commune behind its province's proxy reaches the system only through it; cookies would tie calls together that are none of theirs.
    async with aiohttp.ClientSession(trust_env=True, cookie_jar=aiohttp.DummyCookieJar()) as session:
        tasks = [asyncio.create_task(_Feed(reader, unit, source, session).run()) for unit, source in wanted]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def sources_of(unit: Unit) -> tuple[str, ...]:
    """The sources of a unit that are read without an officer: "interface", "sample"."""
    settings = unit.dossiers
    return (INTERFACE,) * (settings.interface is not None) + (SAMPLE,) * settings.sample


class _Feed:
    """One source of one unit."""

    def __init__(self, reader: Reader, unit: Unit, source: str, session: aiohttp.ClientSession) -> None:
        self._reader, self._unit, self._source, self._session = reader, unit, source, session
        self._tokens = Tokens()
        self._trouble = ""

    async def run(self) -> None:
        """Wait, take the turn, read, hand on, for ever."""
        while True:
            await asyncio.sleep(await self.once())

    async def once(self) -> float:
        """Read the source if it is due and ours to read; gives the seconds until the next look."""
        reader, now = self._reader, self._reader.clock()
        due = await reader.store.read(lambda c: source_turns.due(c, self._unit.id, self._source))
        if due is not None and due > now:
            return min((due - now).total_seconds(), reader.look)
        turn = await self._transact(
            lambda c: source_turns.take(
                c, reader.store.dialect, self._unit.id, self._source, reader.holder, now, now + HOLD
            )
        )
        if turn is None:
            return reader.look
        payload, again_in = await self._held(turn)
        await self._transact(lambda c: source_turns.settle(c, turn, payload, reader.clock() + again_in))
        return 0.0

    async def _held(self, turn: SourceTurn) -> tuple[Mapping[str, Any], timedelta]:
        """Do the work with a sign of life now and then; it is broken off where somebody else has taken the turn over."""
        work = asyncio.create_task(self._read(turn))
        try:
            while not (await asyncio.wait({work}, timeout=self._reader.beat))[0]:
                until = self._reader.clock() + HOLD
                if not await self._transact(partial(source_turns.renew, turn=turn, until=until)):
                    log.warning("another process reads this source now", extra=self._about)
                    return turn.payload, timedelta(0)  # settling it changes nothing any more
            return work.result()
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _read(self, turn: SourceTurn) -> tuple[Mapping[str, Any], timedelta]:
        """Read and hand on; gives what the next turn must know, and after how long it is due."""
        failures = turn.payload.get("failures")
        failures = failures if isinstance(failures, int) and 0 <= failures < 1000 else 0
        try:
            payload, again_in, trouble = await (
                self._sample() if self._source == SAMPLE else self._interface(turn, failures)
            )
        except SourceError as error:
            payload, again_in, trouble = dict(turn.payload), max(self._every, timedelta(minutes=15)), str(error)
        except StoreDown:
            raise
        except Exception as error:
            log.error("a source was not applied: %s", place(error), extra=self._about)
            payload, again_in, trouble = dict(turn.payload), self._pause(failures), NOT_KEPT
        if trouble and trouble != self._trouble:
            log.warning("a source gives trouble: %s", trouble, extra=self._about)  # once, not at every try
        self._trouble = trouble
        ok = {} if trouble else {"well_at": self._reader.clock().isoformat()}
        return payload | {"trouble": trouble, "failures": failures + 1 if trouble else 0} | ok, again_in

    async def _sample(self) -> tuple[dict[str, Any], timedelta, str]:
        reader, now = self._reader, self._reader.clock()
        reading = await asyncio.to_thread(sample, self._unit, reader.knowledge(), now, reader.sealer)
        await asyncio.to_thread(reader.apply, self._unit, reading, SAMPLE, now)
        return {}, SAMPLE_EVERY, ""

    async def _interface(self, turn: SourceTurn, failures: int) -> tuple[dict[str, Any], timedelta, str]:
        reader, now, settings = self._reader, self._reader.clock(), self._unit.dossiers.interface
        assert settings is not None  # sources_of
        before = Cursor.from_json(turn.payload.get("cursor"))
        reading, cursor, trouble, asked = await fetch(
            self._unit,
            settings,
            reader.secrets,
            self._session,
            before,
            now,
            sealer=reader.sealer,
            tokens=self._tokens,
            pace=reader.pace,
        )
        # That nothing has changed is news as well: people are told up to when the data is good.
        if reading.records or not trouble:
            await asyncio.to_thread(reader.apply, self._unit, reading, INTERFACE, now)
        again_in = GO_ON if cursor.unfinished else self._every
        if trouble:
            again_in = max(self._pause(failures), asked or timedelta(0))
        well = turn.payload.get("well_at")
        return {"cursor": cursor.to_json()} | ({"well_at": well} if well else {}), again_in, trouble

    @property
    def _every(self) -> timedelta:
        settings = self._unit.dossiers.interface
        return timedelta(minutes=settings.every_minutes) if settings and self._source == INTERFACE else SAMPLE_EVERY

    def _pause(self, failures: int) -> timedelta:
        """One minute, two, four … up to the usual time; a fifth at random, so that many units do not come back together."""
        longest = self._every.total_seconds()
        seconds = min(60.0 * 2 ** min(failures, 12), longest)
        return timedelta(seconds=seconds * (1 + random.random() / 5))  # noqa: S311 - no secret

    @property
    def _about(self) -> dict[str, str]:
        return {"unit": self._unit.id, "source": self._source}

    async def _transact(self, work: Callable[[Any], Any]) -> Any:
        return await self._reader.store.run(lambda: self._reader.store.transact(work))
