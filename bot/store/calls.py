"""The call list: notices that no channel may carry, to be told by phone. The number stands in the one-stop system alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from bot.store.counting import note
from bot.store.dossier_tables import calls


def to_make(connection: Connection, unit: str) -> Sequence[Any]:
    """The calls still to be made, oldest first: rows of `calls`."""
    query = select(calls).where(calls.c.unit_id == unit, calls.c.done_at.is_(None))
    return connection.execute(query.order_by(calls.c.made_at, calls.c.id)).all()


def done(connection: Connection, unit: str, call_id: str, *, by: str, outcome: str, now: datetime) -> bool:
    """An officer has called. False where there is no such call to be made."""
    ended = connection.execute(
        update(calls)
        .where(calls.c.unit_id == unit, calls.c.id == call_id, calls.c.done_at.is_(None))
        .values(done_at=now, done_by=by, outcome=outcome)
        .returning(calls.c.id)
    ).all()
    if ended:
        note(connection, unit, "call_made", now, by=by, call=call_id)
    return bool(ended)
