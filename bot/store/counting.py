"""Things counted by day (in Vietnam), and lines of the audit: what happened, never to whom."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert

from bot.store.dialects import Dialect
from bot.store.dossier_tables import counts
from bot.store.schema import audit
from knowledge.unit import ZONE


def count(connection: Connection, dialect: Dialect, unit: str, name: str, now: datetime, number: int = 1) -> None:
    """Add `number` to what is counted under `name` on the day of `now`."""
    first = dialect.insert(counts).values(unit_id=unit, name=name, day=day_of(now), number=number)
    connection.execute(
        first.on_conflict_do_update(
            index_elements=list(counts.primary_key.columns), set_={"number": counts.c.number + first.excluded.number}
        )
    )


def note(connection: Connection, unit: str, what: str, now: datetime, **detail: Any) -> None:
    """Add a line to the audit. `detail` names an officer at most (`by`), never a citizen, and no dossier code."""
    said = json.dumps(detail, ensure_ascii=False)
    connection.execute(
        insert(audit), {"unit_id": unit, "id": uuid.uuid4().hex, "at": now, "what": what, "detail": said}
    )


def day_of(now: datetime) -> date:
    """The day in Vietnam."""
    return now.astimezone(ZONE).date()
