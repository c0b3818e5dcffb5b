"""A reading applied to the store: in chunks that never hold the writer long, so that citizens are answered meanwhile (docs/dossiers.md).

Each chunk is a transaction of its own, aimed to stay below the 50 ms that the writer may be held (docs/architecture.md, "The store"), and is followed
by a pause as long as it took. A process that ends in the middle loses nothing: the same file again completes it.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from sqlalchemy import Connection

from bot.clock import Clock, utc_now
from bot.sources.reading import Doubt, Reading, SourceError
from bot.store import Store, chunks, importing, leases, undoing
from bot.store.chunks import Done
from bot.store.counting import note
from bot.store.errors import LeaseLost
from bot.store.importing import Import
from bot.store.leases import Lease
from bot.store.looking_up import LONGEST_CODE
from handlers.dossier.model import Record
from handlers.hearing import plain
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

MOST = 200  # rows of a chunk
FEWEST = 25
AIM = 0.035  # seconds a chunk may take, its commit included
LONGEST_PAUSE = 1.0

_open: set[tuple[int, str]] = set()  # (store, unit) that a thread of this process changes just now
_guard = threading.Lock()


class Busy(SourceError):
    """Another import or undoing of the same unit is under way; nothing was changed."""


@dataclass(slots=True)
class Summary:
    """What an import did, or (`dry`) would do. `notices` to `chats` wait or will be told; `gone` rows are past the time they may be kept.

    `status` is the import's own ("done", "waiting"), or "" for a dry run.
    """

    import_id: str = ""
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    gone: int = 0
    doubts: list[Doubt] = field(default_factory=list)
    unknown_states: Counter[str] = field(default_factory=Counter)
    unknown_procedures: Counter[str] = field(default_factory=Counter)
    notices: int = 0
    chats: int = 0
    status: str = ""
    silent: bool = False
    until: datetime | None = None

    @property
    def doubtful(self) -> int:
        """How many rows could not be read, or only in part."""
        return len(self.doubts)

    def add(self, done: Done) -> None:
        """Count what came of a chunk."""
        self.new += done.new
        self.changed += done.changed
        self.unchanged += done.unchanged
        self.older += done.older


def apply(
    store: Store,
    unit: Unit,
    reading: Reading,
    *,
    source: str,
    by: str,
    now: datetime,
    knowledge: Knowledge | None,
    dry: bool = False,
    clock: Clock = utc_now,
) -> Summary:
    """Lay what a source said over what is kept; gives what came of it. Call it on a thread of its own: it waits between chunks.

    `now` is the moment of the import (UTC) and stands for the data's own where the reading does not say from when it is. `by` is the officer,
    "" for a source that is read by itself. `clock` is asked for heartbeats alone. With `dry` nothing is written. Raises Busy while another
    import of the unit runs, StoreDown.
    """
    until = min(reading.until or now, now)
    summary = Summary(doubts=list(reading.doubts), unknown_states=Counter(reading.unknown_states), until=until)
    records = _ready(reading.records, unit, now, knowledge, summary)
    summary.rows = len(records)
    if dry:
        _compare(store, unit, records, until, summary)
        return summary
    with _changing(store, unit, clock) as lease:
        _finish_undoing(store, unit, lease, clock)
        current = store.queued(
            partial(
                importing.begin,
                lease=lease,
                now=now,
                source=source,
                by=by,
                fingerprint=reading.fingerprint,
                until_at=until,
            )
        )
        summary.import_id, summary.silent = current.id, current.silent
        while _paced(store, lambda c: importing.take_over(c, current, clock())):
            pass
        _apply_all(store, current, records, now, clock, summary)
        summary.status = store.queued(lambda c: _close(c, current, unit, summary, by, clock()))
        summary.notices, summary.chats = store.queued(lambda c: importing.reach(c, unit.id, current.id))
    return summary


def undo(store: Store, unit: Unit, *, by: str, clock: Clock = utc_now) -> tuple[str, int, int]:
    """Take the newest import back, or go on with an undoing that was cut short.

    Gives its id, how many dossiers stand as before and how many were left (changed since); "" where nothing can be undone. Raises Busy.
    """
    with _changing(store, unit, clock) as lease:
        import_id = store.transact(partial(undoing.unfinished, unit=unit.id), reading=True)
        if not import_id:
            found = store.transact(partial(undoing.newest, unit=unit.id), reading=True)
            if found is None or not store.queued(lambda c: undoing.mark(c, lease, found.id, clock())):
                return "", 0, 0
            import_id = found.id
        restored, left = _undo_all(store, lease, import_id, clock)
        store.queued(
            lambda c: note(
                c, unit.id, "import_undone", clock(), by=by, **{"import": import_id}, restored=restored, left=left
            )
        )
        return import_id, restored, left


@contextmanager
def _changing(store: Store, unit: Unit, clock: Clock) -> Iterator[Lease]:
    """Hold the right to change the unit's dossiers."""
    name = (id(store), unit.id)
    busy = Busy("Đang có lần nhập hồ sơ khác. Chờ lần đó xong rồi nhập lại.")
    with _guard:
        if name in _open:
            raise busy
        _open.add(name)
    try:
        lease = store.queued(lambda c: importing.take(c, store.dialect, unit.id, clock()))
        if lease is None:
            raise busy
        try:
            yield lease
        finally:
            store.queued(lambda c: leases.release(c, lease, clock()))
    except LeaseLost:
        raise Busy("Máy khác đã nhận việc nhập hồ sơ. Xem lại kết quả rồi nhập lại.") from None
    finally:
        with _guard:
            _open.discard(name)


def _ready(
    records: Sequence[Record], unit: Unit, now: datetime, knowledge: Knowledge | None, summary: Summary
) -> list[Record]:
    """One record a dossier (the newest, or the last), with what the knowledge says of its procedure; those past keeping left out."""
    known = _Procedures(knowledge.of(unit.id)) if knowledge else None
    last = now - timedelta(days=unit.dossiers.keep_days)
    found: dict[str, Record] = {}
    for record in records:
        if len(record.code) > LONGEST_CODE:
            continue
        other = found.get(record.code)
        if other and other.updated and record.updated and record.updated < other.updated:
            continue
        found[record.code] = known.complete(record, summary.unknown_procedures) if known else record
    kept = [r for r in found.values() if not (r.state == "returned" and r.returned and r.returned < last)]
    summary.gone = len(found) - len(kept)
    return kept


class _Procedures:
    """Finds the code for a title and the title for a code; a source often gives one of the two."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._known = knowledge.procedures
        self._codes = {plain(p.title): code for code, p in self._known.items()}

    def complete(self, record: Record, unknown: Counter[str]) -> Record:
        code = record.procedure_code or self._codes.get(plain(record.procedure_name), "")
        procedure = self._known.get(code)
        if procedure is None:
            if record.procedure_code:
                unknown[record.procedure_code] += 1
            return record
        if code == record.procedure_code and record.procedure_name:
            return record
        return replace(record, procedure_code=code, procedure_name=record.procedure_name or procedure.title)


def _apply_all(
    store: Store, current: Import, records: Sequence[Record], now: datetime, clock: Clock, summary: Summary
) -> None:
    size = FEWEST
    waiting = iter(records)
    began = 0.0

    def work(connection: Connection) -> Done:
        nonlocal began
        began = time.perf_counter()  # the writer is ours only from here: waiting for it holds up nobody
        # `now` is when things moved; the lease lives by the clock.
        return chunks.apply(connection, store.dialect, current, chunk, now, clock())

    while chunk := list(islice(waiting, size)):
        summary.add(store.queued(work))
        held = time.perf_counter() - began
        size = max(FEWEST, min(MOST, size * 2, int(len(chunk) * AIM / max(held, 0.001))))
        _pause(held)


def _paced(store: Store, work: Callable[[Connection], bool]) -> bool:
    began = time.perf_counter()
    more = store.queued(work)
    _pause(time.perf_counter() - began)
    return more


def _pause(seconds: float) -> None:
    time.sleep(min(seconds, LONGEST_PAUSE))


def _close(connection: Connection, current: Import, unit: Unit, summary: Summary, by: str, now: datetime) -> str:
    counted = {name: getattr(summary, name) for name in ("rows", "new", "changed", "unchanged", "older", "doubtful")}
    status = importing.end(connection, current, unit.dossiers.most_unasked, now, **counted)
    if by:
        note(connection, unit.id, "dossiers_imported", now, by=by, **{"import": current.id}, **counted, status=status)
    return status


def _compare(store: Store, unit: Unit, records: Sequence[Record], until: datetime, summary: Summary) -> None:
    summary.silent = store.transact(partial(importing.first, unit=unit.id), reading=True)
    moved: list[str] = []
    for start in range(0, len(records), MOST):
        part = records[start : start + MOST]
        done = store.transact(
            lambda c, part=part: chunks.compare(c, unit.id, part, until, summary.silent),  # type: ignore[misc]
            reading=True,
        )
        summary.add(done)
        moved += done.moved
    summary.notices, summary.chats = store.transact(lambda c: importing.audience(c, unit.id, moved), reading=True)


def _finish_undoing(store: Store, unit: Unit, lease: Lease, clock: Clock) -> None:
    if import_id := store.transact(partial(undoing.unfinished, unit=unit.id), reading=True):
        _undo_all(store, lease, import_id, clock)


def _undo_all(store: Store, lease: Lease, import_id: str, clock: Clock) -> tuple[int, int]:
    restored = left = 0
    while True:
        began = time.perf_counter()
        done = store.queued(lambda c: undoing.step(c, lease, import_id, clock()))
        restored, left = restored + done.restored, left + done.left
        if not done.more:
            return restored, left
        _pause(time.perf_counter() - began)
