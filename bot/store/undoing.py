"""The newest import taken back: every dossier as it was before, in short steps; what changed since by something else is left and counted.

The import is marked first; if the process ends in the middle, the next undo or the next import goes on where it stopped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from bot.store.chunks import from_before
from bot.store.dossier_tables import before_import, charges, dossiers, imports, moves, watches
from bot.store.importing import CARRIED_THROUGH, hold, silence
from bot.store.leases import Lease
from bot.store.merging import SOURCE

STEP = 150
_BACK = (
    update(dossiers)
    .where(dossiers.c.unit_id == bindparam("u"), dossiers.c.code == bindparam("k"))
    .values(until_at=bindparam("until"), as_of=bindparam("of"))
)


@dataclass(slots=True)
class Undone:
    """How many dossiers stand as before, how many were left as they are, and whether more are to come."""

    restored: int = 0
    left: int = 0
    more: bool = False


def newest(connection: Connection, unit: str) -> Any:
    """The newest import that was carried through or undone; None where there is none."""
    return connection.execute(
        select(imports)
        .where(imports.c.unit_id == unit, imports.c.status.in_((*CARRIED_THROUGH, "undone")))
        .order_by(imports.c.started_at.desc(), imports.c.id)
        .limit(1)
    ).one_or_none()


def unfinished(connection: Connection, unit: str) -> str:
    """The id of an import whose undoing was cut short; "" where there is none."""
    query = (
        select(imports.c.id)
        .join(
            before_import, (before_import.c.unit_id == imports.c.unit_id) & (before_import.c.import_id == imports.c.id)
        )
        .where(imports.c.unit_id == unit, imports.c.status == "undone")
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none() or ""


def mark(connection: Connection, lease: Lease, import_id: str, now: datetime) -> bool:
    """Say that an import no longer holds, and drop what it had still to tell. False when it cannot be undone (any more)."""
    hold(connection, lease, now)
    unit = lease.account.unit
    marked = connection.execute(
        update(imports)
        .where(imports.c.unit_id == unit, imports.c.id == import_id, imports.c.status.in_(CARRIED_THROUGH))
        .values(status="undone")
        .returning(imports.c.id)
    ).all()
    return bool(marked)


def step(connection: Connection, lease: Lease, import_id: str, now: datetime) -> Undone:
    """Put some dossiers back as they were before the import."""
    hold(connection, lease, now)
    unit = lease.account.unit
    which = (moves.c.unit_id == unit, moves.c.import_id == import_id)
    some = select(*moves.primary_key.columns).where(*which).limit(STEP)
    dropped = connection.execute(
        delete(moves).where(tuple_(*moves.primary_key.columns).in_(some)).returning(moves.c.code)
    ).all()
    found = connection.execute(
        select(before_import.c.code, before_import.c.before)
        .where(before_import.c.unit_id == unit, before_import.c.import_id == import_id)
        .order_by(before_import.c.code)
        .limit(STEP)
    ).all()
    if not found:
        return Undone(more=bool(dropped))
    ours = _ours(connection, unit, import_id)
    begun, until = connection.execute(
        select(imports.c.started_at, imports.c.until_at).where(imports.c.unit_id == unit, imports.c.id == import_id)
    ).one()
    codes = [row.code for row in found]
    now_kept = {
        row.code: row
        for row in connection.execute(
            select(dossiers.c.code, dossiers.c.import_id, dossiers.c.until_at)
            .where(dossiers.c.unit_id == unit, dossiers.c.code.in_(codes))
            .order_by(dossiers.c.code)
            .with_for_update()
        )
    }
    done = Undone(more=True)
    quiet: list[str] = []
    for code, text in found:
        kept = now_kept.get(code)
        before = json.loads(text) if text is not None else None
        if before is not None and "touched" in before:
            same = kept is not None and kept.until_at in (until, datetime.fromisoformat(before["to"]))
            if same:
                moments = from_before(before["touched"])
                connection.execute(_BACK, {"u": unit, "k": code, "until": moments["until_at"], "of": moments["as_of"]})
        else:
            same = kept is not None and kept.import_id in ours
            if same:
                _restore(connection, unit, code, before)
                quiet.append(code)
        done.restored += same
        done.left += not same
    silence(connection, unit, [f"{kind}:{code}" for kind in "nr" for code in quiet], now, since=begun)
    connection.execute(
        delete(before_import).where(
            before_import.c.unit_id == unit, before_import.c.import_id == import_id, before_import.c.code.in_(codes)
        )
    )
    return done


def _ours(connection: Connection, unit: str, import_id: str) -> set[str]:
    # What a cut import had changed was taken over by the next one, together with how it was before.
    cut = connection.execute(select(imports.c.id).where(imports.c.unit_id == unit, imports.c.status == "cut")).scalars()
    return {import_id, *cut}


def _restore(connection: Connection, unit: str, code: str, before: Any) -> None:
    this = (dossiers.c.unit_id == unit, dossiers.c.code == code)
    connection.execute(delete(charges).where(charges.c.unit_id == unit, charges.c.code == code, charges.c.by == SOURCE))
    if before is None:
        connection.execute(delete(dossiers).where(*this))
        # Whoever watches it awaits it again.
        connection.execute(
            update(watches).where(watches.c.unit_id == unit, watches.c.code == code).values(pending=True)
        )
        return
    row = {k: v for k, v in from_before(before["row"]).items() if k not in ("code", "told_late")}
    connection.execute(update(dossiers).where(*this).values(**row))
    owed = [{**from_before(charge), "unit_id": unit} for charge in before["charges"] if charge["by"] == SOURCE]
    if owed:
        connection.execute(insert(charges), owed)
