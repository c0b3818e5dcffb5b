"""Whose turn it is to read a source of dossiers: one process at a time, with what it must know for the next time.

Each source of a unit is one row of `jobs` that never goes: when it is due, how far it was read, what went wrong last. A turn ends by itself
when its holder is not heard of any more, or at once when its process is known to be dead; who comes back late changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update

from bot.store.dialects import Dialect
from bot.store.dossier_tables import jobs
from bot.store.holder import is_dead

KIND = "source"
FREE = ""

_THIS = and_(jobs.c.unit_id == bindparam("u"), jobs.c.name == bindparam("n"))
# Attempts only grow here: they tell two turns of one holder apart.
_MINE = and_(_THIS, jobs.c.holder == bindparam("h"), jobs.c.attempts == bindparam("t"))


@dataclass(frozen=True, slots=True)
class SourceTurn:
    """The right to read `source` of `unit` now; `payload` is what the turn before left."""

    unit: str
    source: str
    holder: str
    number: int
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """How one source stands, for an officer: when it is read next (UTC) and what the last turn left in `payload`."""

    source: str
    due_at: datetime
    payload: Mapping[str, Any]


def due(connection: Connection, unit: str, source: str) -> datetime | None:
    """When the source is to be read next; None where it never was. Reads only: asking costs no writer anything."""
    found: datetime | None = connection.execute(
        select(jobs.c.due_at).where(_THIS), {"u": unit, "n": _name(source)}
    ).scalar_one_or_none()
    return found


def take(
    connection: Connection, dialect: Dialect, unit: str, source: str, holder: str, now: datetime, until: datetime
) -> SourceTurn | None:
    """Take the turn until `until` if the source is due and nobody else alive has it; else None."""
    connection.execute(
        dialect.insert(jobs).on_conflict_do_nothing(),
        {"unit_id": unit, "name": _name(source), "kind": KIND, "due_at": now, "made_at": now},
    )
    key = {"u": unit, "n": _name(source)}
    row = connection.execute(select(jobs).where(_THIS).with_for_update(), key).one()
    others = row.holder not in (FREE, holder) and not is_dead(row.holder)
    if row.due_at > now or (others and row.held_until is not None and row.held_until > now):
        return None
    number = int(row.attempts) + 1
    connection.execute(update(jobs).where(_THIS).values(holder=holder, held_until=until, attempts=number), key)
    return SourceTurn(unit, source, holder, number, _read(row.payload))


def renew(connection: Connection, turn: SourceTurn, until: datetime) -> bool:
    """Keep the turn until `until`; False when somebody else has it by now."""
    return _changed(connection, turn, held_until=until)


def settle(connection: Connection, turn: SourceTurn, payload: Mapping[str, Any], due_at: datetime) -> bool:
    """End the turn: `payload` (JSON-ready, no personal data) for the next one, at `due_at`. False when it is somebody else's by now."""
    text = json.dumps(payload, ensure_ascii=False)
    return _changed(connection, turn, holder=FREE, held_until=None, payload=text, due_at=due_at)


def standings(connection: Connection, unit: str) -> list[SourceStanding]:
    """How the unit's sources stand, by name."""
    rows = connection.execute(
        select(jobs.c.name, jobs.c.due_at, jobs.c.payload)
        .where(jobs.c.unit_id == unit, jobs.c.kind == KIND)
        .order_by(jobs.c.name)
    )
    return [SourceStanding(row.name.partition(":")[2], row.due_at, _read(row.payload)) for row in rows]


def _changed(connection: Connection, turn: SourceTurn, **values: Any) -> bool:
    key = {"u": turn.unit, "n": _name(turn.source), "h": turn.holder, "t": turn.number}
    return bool(connection.execute(update(jobs).where(_MINE).values(**values).returning(jobs.c.name), key).all())


def _name(source: str) -> str:
    return f"{KIND}:{source}"


def _read(payload: str) -> Mapping[str, Any]:
    try:
        found = json.loads(payload)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
