"""Work that the clock or a turn starts, one row each: added in the transaction that wants it, claimed by one process, gone when it is done.

A claim ends by itself at `held_until`, or as soon as its process is known to be dead, and somebody else does the job again: work must bear
being done twice. What settles a job shows holder and attempt, so that whoever comes back late changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, select, update

from bot.store.dialects import Dialect
from bot.store.dossier_tables import jobs
from bot.store.holder import is_dead
from bot.store.keys import AccountKey

# Whom to ring in `Store.wakeups` when a job was added (and `Dialect.notify`, so that other processes hear of it).
BELL = AccountKey("", "jobs", "")
FREE = ""

_THIS = and_(jobs.c.unit_id == bindparam("u"), jobs.c.name == bindparam("n"))
_MINE = and_(_THIS, jobs.c.holder == bindparam("h"), jobs.c.attempts == bindparam("t"))
_CLAIM = (
    update(jobs).where(_THIS).values(holder=bindparam("h"), held_until=bindparam("until"), attempts=jobs.c.attempts + 1)
)


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. `attempts` counts this try; `due_at` is as it was when claimed (UTC, as `made_at`)."""

    unit: str
    name: str
    kind: str
    payload: Mapping[str, Any]
    due_at: datetime
    made_at: datetime
    attempts: int
    holder: str


def add(
    connection: Connection,
    dialect: Dialect,
    unit: str,
    name: str,
    kind: str,
    *,
    payload: Mapping[str, Any] | None = None,
    due_at: datetime,
    now: datetime,
) -> None:
    """Have a job done at `due_at`. One of that name that waits is done at the earlier moment of the two; one that is being done just now
    is done once more after it. `payload` must be JSON-ready and short; it stays as it was first given."""
    insert = dialect.insert(jobs)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[jobs.c.unit_id, jobs.c.name],
            set_={"due_at": insert.excluded.due_at},
            where=(insert.excluded.due_at < jobs.c.due_at) | (jobs.c.holder != FREE),
        ),
        {
            "unit_id": unit,
            "name": name,
            "kind": kind,
            "payload": json.dumps(payload or {}, ensure_ascii=False),
            "due_at": due_at,
            "made_at": now,
        },
    )


def claim(
    connection: Connection,
    units: Collection[str],
    holds: Mapping[str, timedelta],
    holder: str,
    now: datetime,
    limit: int,
) -> list[Job]:
    """Claim at most `limit` jobs of these units that are due and held by nobody alive, longest due first. `holds` says of each kind that
    is wanted how long it may take."""
    _free_the_dead(connection, units)
    found = connection.execute(
        select(jobs)
        .where(
            _of(units, holds),
            jobs.c.due_at <= now,
            (jobs.c.holder == FREE) | (jobs.c.held_until <= now),
        )
        .order_by(jobs.c.due_at, jobs.c.unit_id, jobs.c.name)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if found:
        connection.execute(
            _CLAIM, [{"u": r.unit_id, "n": r.name, "h": holder, "until": now + holds[r.kind]} for r in found]
        )
    return [
        Job(r.unit_id, r.name, r.kind, json.loads(r.payload), r.due_at, r.made_at, r.attempts + 1, holder)
        for r in found
    ]


def due(connection: Connection, units: Collection[str], kinds: Collection[str], now: datetime) -> datetime | None:
    """The moment from which `claim` finds something (in the past where it would now); None while there is nothing. Reads only."""
    free = jobs.c.holder == FREE
    first, held = connection.execute(
        select(func.min(case((free, jobs.c.due_at))), func.min(case((~free, jobs.c.held_until)))).where(
            _of(units, kinds)
        )
    ).one()
    if held is not None and any(is_dead(holder) for holder in _holders(connection, units)):
        held = now
    return min((moment for moment in (first, held) if moment is not None), default=None)


def done(connection: Connection, job: Job) -> bool:
    """The job is done and its row goes; one added again meanwhile stays for another time. False when it is somebody else's by now."""
    gone = connection.execute(delete(jobs).where(_MINE, jobs.c.due_at == job.due_at).returning(jobs.c.name), _key(job))
    return bool(gone.all()) or _freed(connection, job, attempts=0)


def again(connection: Connection, job: Job, due_at: datetime, *, failed: bool = False) -> bool:
    """The job is to be done at `due_at`, or earlier where it was added again meanwhile; without `failed` its tries begin anew. False when
    it is somebody else's by now."""
    later = case((jobs.c.due_at == job.due_at, due_at), else_=jobs.c.due_at)
    return _freed(connection, job, due_at=later, attempts=job.attempts if failed else 0)


def drop(connection: Connection, job: Job) -> bool:
    """Give the job up for good, added again or not. False when it is somebody else's by now."""
    return bool(connection.execute(delete(jobs).where(_MINE).returning(jobs.c.name), _key(job)).all())


def give_back(connection: Connection, job: Job) -> bool:
    """A job that was not begun, or broken off by the end of the process: due as before, this try not counted."""
    return _freed(connection, job, attempts=job.attempts - 1)


def _freed(connection: Connection, job: Job, **values: Any) -> bool:
    free = update(jobs).where(_MINE).values(holder=FREE, held_until=None, **values).returning(jobs.c.name)
    return bool(connection.execute(free, _key(job)).all())


def _free_the_dead(connection: Connection, units: Collection[str]) -> None:
    """What a killed process of this machine held is free at once, not only when its time is over."""
    for holder in _holders(connection, units):
        if is_dead(holder):
            connection.execute(
                update(jobs).where(jobs.c.unit_id.in_(units), jobs.c.holder == holder).values(holder=FREE)
            )


def _holders(connection: Connection, units: Collection[str]) -> list[str]:
    held = select(jobs.c.holder).where(jobs.c.unit_id.in_(units), jobs.c.holder != FREE).distinct()
    return list(connection.execute(held).scalars())


def _of(units: Collection[str], kinds: Collection[str]) -> Any:
    return and_(jobs.c.unit_id.in_(sorted(units)), jobs.c.kind.in_(sorted(kinds)))


def _key(job: Job) -> dict[str, Any]:
    return {"u": job.unit, "n": job.name, "h": job.holder, "t": job.attempts}
