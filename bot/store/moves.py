"""What moved and is still to be told: which of it may be told now, what waits for an officer's word, and whom it would reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from bot.store.dossier_tables import imports, moves, watches
from bot.store.importing import reach

UNTOLD = ("running", "waiting", "cut")  # imports whose moves are not told yet


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would send: how many notices, to how many chats, and how many dossiers by what changed."""

    import_id: str
    notices: int
    chats: int
    by_what: Counter[str]
    started_at: datetime


def ready(connection: Connection, unit: str, limit: int) -> Sequence[Any]:
    """At most `limit` rows of `moves` that may be told now, oldest first. An officer's own act belongs to no import and may always."""
    untold = select(imports.c.id).where(imports.c.unit_id == unit, imports.c.status.in_(UNTOLD))
    return connection.execute(
        select(moves)
        .where(moves.c.unit_id == unit, moves.c.import_id.not_in(untold))
        .order_by(moves.c.at, moves.c.code)
        .limit(limit)
    ).all()


def waiting(connection: Connection, unit: str, import_id: str = "") -> list[Preview]:
    """What waits for an officer's word, oldest first: of all imports, or of one."""
    which = [imports.c.unit_id == unit, imports.c.status == "waiting"]
    if import_id:
        which.append(imports.c.id == import_id)
    rows = connection.execute(select(imports.c.id, imports.c.started_at).where(*which).order_by(imports.c.started_at))
    return [_preview(connection, unit, row.id, row.started_at) for row in rows.all()]


def _preview(connection: Connection, unit: str, import_id: str, started_at: datetime) -> Preview:
    watched = select(watches.c.code).where(watches.c.unit_id == unit)
    found = connection.execute(
        select(moves.c.what).where(moves.c.unit_id == unit, moves.c.import_id == import_id, moves.c.code.in_(watched))
    ).scalars()
    by_what = Counter(word for what in found for word in what.split())
    return Preview(import_id, *reach(connection, unit, import_id), by_what, started_at)


def release(connection: Connection, unit: str, import_ids: Sequence[str]) -> int:
    """Let these waiting imports be told. Gives how many there were."""
    released = connection.execute(
        update(imports)
        .where(imports.c.unit_id == unit, imports.c.id.in_(import_ids), imports.c.status == "waiting")
        .values(status="done")
        .returning(imports.c.id)
    ).all()
    return len(released)
