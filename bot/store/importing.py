"""An import in the store: begun, applied in short transactions, ended. One at a time in a unit, whichever process runs it.

    running ──▶ done
       │  └───▶ waiting   its notices wait for an officer's word
       └──────▶ cut       the process ended in it; the next import takes over what it had still to tell and to undo

Each chunk checks the lease in its own transaction, so that a process that lost it writes nothing more.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, tuple_, update

from bot.store import leases
from bot.store.clauses import CANCELLED, PENDING
from bot.store.dialects import Dialect
from bot.store.dossier_tables import before_import, imports, moves, watches
from bot.store.holder import this_process
from bot.store.keys import AccountKey
from bot.store.leases import Lease
from bot.store.schema import outbox

STEP = 300  # rows of a step that only moves or deletes
CARRIED_THROUGH = ("done", "waiting")


@dataclass(slots=True)
class Import:
    """An import under way."""

    unit: str
    id: str
    until: datetime
    silent: bool
    lease: Lease


def take(connection: Connection, dialect: Dialect, unit: str, now: datetime) -> Lease | None:
    """The right to change the unit's dossiers; None while another process has it."""
    return leases.acquire(connection, dialect, AccountKey(unit, "dossiers", "import"), this_process(), now)


def hold(connection: Connection, lease: Lease, now: datetime) -> None:
    """Show that the lease is still ours, and that we live. Raises LeaseLost."""
    leases.renew(connection, lease, leases.check(connection, lease), now)


def first(connection: Connection, unit: str) -> bool:
    """Whether no import of the unit was carried through yet (or all were undone): then nobody is told."""
    done = select(imports.c.id).where(imports.c.unit_id == unit, imports.c.status.in_(CARRIED_THROUGH)).limit(1)
    return connection.execute(done).first() is None


def begin(connection: Connection, lease: Lease, now: datetime, **said: Any) -> Import:
    """Write the new import down. `said` are the columns source, by, fingerprint and until_at. What was left running was cut."""
    hold(connection, lease, now)
    unit = lease.account.unit
    connection.execute(
        update(imports)
        .where(imports.c.unit_id == unit, imports.c.status == "running")
        .values(status="cut", ended_at=now)
    )
    new = Import(unit, secrets.token_hex(4), said["until_at"], first(connection, unit), lease)
    row = {"unit_id": unit, "id": new.id, "started_at": now, "status": "running", "silent": new.silent, **said}
    connection.execute(insert(imports), row)
    return new


def take_over(connection: Connection, current: Import, now: datetime) -> bool:
    """One step of taking over what cut imports left (moves to tell, rows to undo), then of forgetting how it was before older ones.

    Says whether there may be more.
    """
    hold(connection, current.lease, now)
    cut = select(imports.c.id).where(imports.c.unit_id == current.unit, imports.c.status == "cut")
    for table in (moves, before_import):
        key = tuple_(table.c.unit_id, table.c.code, table.c.import_id)
        theirs = (
            select(table.c.unit_id, table.c.code, table.c.import_id)
            .where(table.c.unit_id == current.unit, table.c.import_id.in_(cut))
            .limit(STEP)
        )
        taken = connection.execute(
            update(table).where(key.in_(theirs)).values(import_id=current.id).returning(table.c.code)
        ).all()
        if taken:
            return True
    key = tuple_(before_import.c.unit_id, before_import.c.import_id, before_import.c.code)
    old = (
        select(before_import.c.unit_id, before_import.c.import_id, before_import.c.code)
        .where(before_import.c.unit_id == current.unit, before_import.c.import_id != current.id)
        .limit(STEP)
    )
    return bool(connection.execute(delete(before_import).where(key.in_(old)).returning(before_import.c.code)).all())


def silence(
    connection: Connection, unit: str, cancel_keys: Sequence[str], now: datetime, *, since: datetime | None = None
) -> int:
    """End what waits under these cancel keys in any chat (made after `since`, where given). Gives how many."""
    if not cancel_keys:
        return 0
    which = [outbox.c.unit_id == unit, outbox.c.cancel_key.in_(cancel_keys), PENDING]
    if since:
        which.append(outbox.c.created_at >= since)
    ended = update(outbox).where(*which).values(status=CANCELLED, done_at=now).returning(outbox.c.line)
    return len(connection.execute(ended).all())


def reach(connection: Connection, unit: str, import_id: str) -> tuple[int, int]:
    """How many notices an import's moves would become, and to how many chats they would go."""
    found = connection.execute(
        select(watches.c.channel, watches.c.account, watches.c.chat_id)
        .select_from(moves.join(watches, (watches.c.unit_id == moves.c.unit_id) & (watches.c.code == moves.c.code)))
        .where(moves.c.unit_id == unit, moves.c.import_id == import_id)
    ).all()
    return len(found), len(set(found))


def audience(connection: Connection, unit: str, codes: Sequence[str]) -> tuple[int, int]:
    """As `reach`, for dossiers that would move."""
    found: list[tuple[str, str, str]] = []
    for start in range(0, len(codes), STEP):
        part = codes[start : start + STEP]
        which = (watches.c.unit_id == unit, watches.c.code.in_(part))
        rows = connection.execute(select(watches.c.channel, watches.c.account, watches.c.chat_id).where(*which))
        found += [(row.channel, row.account, row.chat_id) for row in rows]
    return len(found), len(set(found))


def end(connection: Connection, current: Import, most_unasked: int, now: datetime, **counted: int) -> str:
    """Close the import: "done", or "waiting" where it would reach more than `most_unasked` chats. `counted` are columns of `imports`."""
    hold(connection, current.lease, now)
    notices, chats = reach(connection, current.unit, current.id)
    status = "waiting" if chats > most_unasked else "done"
    connection.execute(
        update(imports)
        .where(imports.c.unit_id == current.unit, imports.c.id == current.id)
        .values(status=status, ended_at=now, notices=notices, **counted)
    )
    return status
