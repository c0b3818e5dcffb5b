"""Tells watchers that their dossier moved: takes moves chunk by chunk, plans one message each and the reminders that follow.

One transaction a chunk, at most `CHUNK` dossiers, so that the writer is never held longer than a turn takes. Within it a dossier's older
message that has not left yet gives way to the new one. What is said is `handlers.dossier.notices`'; when it may leave stands in `hours` and
`reminders`; whether it may leave at the moment of sending in `bot.store.unasked`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection

from bot.clock import Clock, utc_now
from bot.delivery.hours import next_moment
from bot.delivery.reminders import moments
from bot.store import AccountKey, Store, calls, noticing
from bot.store.noticing import Move, Watcher
from bot.store.outbox import Push, push_all
from handlers.dossier import notices as words
from handlers.dossier.here import Here
from handlers.dossier.model import Dossier
from handlers.dossier.owing import owing
from handlers.dossier.states import ENDED
from handlers.language import SOURCE, speaking
from handlers.messages import Reply, to_json
from knowledge.snapshot import Knowledge
from knowledge.unit import ZONE, Unit
from knowledge.working_days import WorkingDays

log = logging.getLogger(__name__)

CHUNK = 20  # dossiers a transaction
POLL = 3.0  # seconds between two looks
SWEEP = 600.0  # seconds between two looks at what has become late or never appeared
NOTICE_LIVES = timedelta(days=30)
PENDING_LIVES = timedelta(days=30)


@dataclass(slots=True)
class _Plan:
    """What one chunk has decided."""

    pushes: list[Push] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)


class Noticing:
    """Plans the notices of every unit. `run` until cancelled; several processes may, each takes other moves."""

    def __init__(
        self,
        store: Store,
        knowledge: Callable[[], Knowledge],
        units: Mapping[str, Unit],
        windows: Mapping[str, float | None],
        clock: Clock = utc_now,
    ) -> None:
        self._store, self._knowledge, self._units = store, knowledge, units
        self._windows, self._clock = windows, clock
        self._touched: set[AccountKey] = set()
        self.longest = 0.0  # seconds that the longest chunk held the writer

    async def run(self) -> None:
        """Look every few seconds; what became late, and what never appeared, every ten minutes."""
        sweep_at = 0.0
        while True:
            sweeping = time.monotonic() >= sweep_at
            for unit in self._units.values():
                await self.all_of(unit)
                if sweeping:
                    await self.sweep(unit)
            if sweeping:
                sweep_at = time.monotonic() + SWEEP
            await asyncio.sleep(POLL)

    async def all_of(self, unit: Unit) -> int:
        """Tell everything that moved in `unit`; gives the number of messages planned."""
        planned = 0
        while (found := await self._chunk(partial(self._moved, unit=unit))) is not None:
            planned += found
        return planned

    async def sweep(self, unit: Unit) -> int:
        """Tell what has become late since it was promised, and end watches of codes that never appeared."""
        planned = 0
        for work in (partial(self._late, unit=unit), partial(self._never_came, unit=unit)):
            while (found := await self._chunk(work)) is not None:
                planned += found
        return planned

    async def _chunk(self, work: Callable[[Connection], int | None]) -> int | None:
        def timed() -> tuple[int | None, float]:
            begun = time.perf_counter()
            found = self._store.transact(work)
            return found, time.perf_counter() - begun

        self._touched.clear()
        found, held = await self._store.run(timed)
        self._store.wakeups.ring(sorted(self._touched))  # after the commit
        self.longest = max(self.longest, held)
        await asyncio.sleep(0)  # citizens' turns wait in the same queue and come between two chunks
        return found

    # One chunk: each gives how many messages it planned, None when there was nothing to do

    def _moved(self, connection: Connection, unit: Unit) -> int | None:
        moved = noticing.take_moves(connection, unit.id, CHUNK)
        if not moved:
            return None
        noticing.forget(connection, unit.id, moved)
        return self._tell(connection, unit, moved)

    def _late(self, connection: Connection, unit: Unit) -> int | None:
        today = datetime.combine(self._clock().astimezone(ZONE).date(), datetime.min.time(), ZONE)
        codes = noticing.late_codes(connection, unit.id, today.astimezone(UTC), CHUNK)
        if not codes:
            return None
        noticing.note_late(connection, unit.id, codes, late=True)
        return self._tell(connection, unit, [Move(code, "", frozenset(("late",))) for code in codes])

    def _never_came(self, connection: Connection, unit: Unit) -> int | None:
        now = self._clock()
        ended = noticing.given_up(connection, unit.id, now - PENDING_LIVES, CHUNK)
        if not ended:
            return None
        calendar = self._knowledge().calendar
        plan = _Plan()
        for watcher in ended:
            with speaking(watcher.language or SOURCE):
                reply = words.gave_up(watcher.watching.code, Here(unit, self._knowledge(), now, watcher.chat.channel))
            self._push(plan, watcher, "notice", reply, next_moment(now, calendar), None)
        return self._write(connection, plan, now)

    def _tell(self, connection: Connection, unit: Unit, moved: Sequence[Move]) -> int:
        now, knowledge = self._clock(), self._knowledge().of(unit.id)
        codes = [move.code for move in moved]
        found = noticing.dossiers_of(connection, unit.id, codes)
        watchers = noticing.watchers_of(connection, unit.id, codes)
        watched = [move for move in moved if move.code in watchers and move.code in found]
        new_date = [move.code for move in watched if "due" in move.what]
        noticing.note_late(connection, unit.id, new_date, late=False)
        telling = [
            move
            for move in watched
            if "late" in move.what or words.matters(move.from_state, found[move.code], move.what)
        ]
        waiting = noticing.replace_waiting(connection, unit.id, [f"n:{move.code}" for move in telling], now)
        money = [move for move in watched if move.what & {"state", "charge", "first"}]
        noticing.replace_waiting(connection, unit.id, [f"r:{move.code}" for move in money], now)
        plan = _Plan()
        told = {move.code for move in telling}
        for move in watched:
            for watcher in watchers[move.code]:
                at = None
                if move.code in told:
                    at = self._notice(plan, watcher, found[move.code], move, waiting, unit, knowledge, now)
                self._remind(plan, watcher, found[move.code], move, at, unit, knowledge, now)
        return self._write(connection, plan, now)

    def _notice(
        self,
        plan: _Plan,
        watcher: Watcher,
        dossier: Dossier,
        move: Move,
        waiting: Mapping[Any, datetime],
        unit: Unit,
        knowledge: Knowledge,
        now: datetime,
    ) -> datetime | None:
        """Plan the message; gives when it leaves, None where this watcher has nothing to hear."""
        since = watcher.watching.since
        if "late" in move.what and (dossier.due is None or (since and since >= dossier.due)):
            return None  # who asked after the day had passed was told so then
        at = next_moment(now, knowledge.calendar)
        replaced = waiting.get((watcher.chat, f"n:{dossier.code}"))
        if not words.citizens_turn(dossier):
            if replaced is not None:
                at = max(at, replaced)
            elif watcher.told_on == at.astimezone(ZONE).date():
                at = _next_morning(at, knowledge.calendar)
        with speaking(watcher.language or SOURCE):
            here = Here(unit, knowledge, now, watcher.chat.channel)
            reply = (
                words.late_notice(dossier, watcher.watching, here)
                if "late" in move.what
                else words.notice(dossier, watcher.watching, here, move.what)
            )
        self._push(plan, watcher, "notice", reply, at, f"n:{dossier.code}")
        return at

    def _remind(
        self,
        plan: _Plan,
        watcher: Watcher,
        dossier: Dossier,
        move: Move,
        at: datetime | None,
        unit: Unit,
        knowledge: Knowledge,
        now: datetime,
    ) -> None:
        """Plan the reminders that follow a notice about money, and write down what this watch has been told."""
        owed = owing(dossier)
        owes = owed.open and dossier.state not in ENDED
        spoken = max(1, watcher.reminded) if owes else 0
        if owes and watcher.watching.reminders and move.what & {"state", "charge", "first"}:
            first = (at or now).astimezone(ZONE).date()
            for moment in moments(first, owed.due, knowledge.calendar, spoken=spoken):
                here = Here(unit, knowledge, moment.at, watcher.chat.channel)
                with speaking(watcher.language or SOURCE):
                    reply = words.reminder(dossier, watcher.watching, moment.number, here)
                self._push(plan, watcher, "reminder", reply, moment.at, f"r:{dossier.code}", moment.until)
        plan.told.append(
            {
                "chat": watcher.chat,
                "code": dossier.code,
                "day": at.astimezone(ZONE).date() if at else None,
                "state": dossier.state,
                "reminded": spoken,
                "pending": False,
            }
        )

    def _push(
        self,
        plan: _Plan,
        watcher: Watcher,
        kind: Any,
        reply: Reply,
        at: datetime,
        cancel_key: str | None,
        until: datetime | None = None,
    ) -> None:
        plan.pushes.append(
            Push(watcher.chat, kind, to_json(reply), until or at + NOTICE_LIVES, at, cancel_key),
        )

    def _write(self, connection: Connection, plan: _Plan, now: datetime) -> int:
        noticing.note_told(connection, plan.told)
        if not plan.pushes:
            return 0
        lines = push_all(connection, self._store.dialect, plan.pushes, now)
        for push, line in zip(plan.pushes, lines, strict=True):
            if line is None and push.kind == "notice":  # they have blocked us: somebody has to ring
                row = SimpleNamespace(
                    chat_id=push.chat.chat, cancel_key=push.cancel_key, payload=json.dumps(push.payload)
                )
                calls.undelivered(connection, push.chat.of, [row], "blocked", now, self._windows)
        self._touched |= {push.chat.of for push in plan.pushes}
        return sum(line is not None for line in lines)


def _next_morning(at: datetime, calendar: WorkingDays) -> datetime:
    """The opening of the next day."""
    midnight = datetime.combine(at.astimezone(ZONE).date() + timedelta(days=1), datetime.min.time(), ZONE)
    return next_moment(midnight.astimezone(at.tzinfo), calendar)
