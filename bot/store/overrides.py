"""The overrides' rows: proposed by one officer, approved by another, undone, never deleted; each step stands in the audit as well.

Every change adds one to the unit's row in `versions`, in the same transaction. Processes look at these few rows and read the overrides again
only when a number is another one (`bot/in_force.py`). Overrides of a province or the country stand under the unit "".
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.store.dialects import Dialect
from bot.store.schema import audit, overrides, versions
from knowledge.override import Override

NAME = "overrides"
EVERYBODY = ""  # the unit_id of what is said for a province or the country


def new_id() -> str:
    """A name short enough to be typed, unlike any other."""
    return secrets.token_hex(4)


def propose(connection: Connection, dialect: Dialect, override: Override) -> None:
    """Write a new override down; it is not in force yet."""
    connection.execute(insert(overrides), asdict(override))
    _note(connection, dialect, override, "override_proposed", override.author, override.created_at)


def approve(connection: Connection, dialect: Dialect, override: Override, by: str, now: datetime) -> bool:
    """Put a proposed override in force; False when it is no longer only proposed."""
    changed = _change(connection, override, {"state": "approved", "approver": by, "approved_at": now}, "proposed")
    if changed:
        _note(connection, dialect, override, "override_approved", by, now)
    return changed


def undo(connection: Connection, dialect: Dialect, override: Override, by: str, now: datetime) -> bool:
    """Take an override out of force, or a proposal back; the row stays. False when somebody else changed it meanwhile."""
    changed = _change(connection, override, {"state": "undone", "undone_by": by, "undone_at": now}, override.state)
    if changed:
        _note(connection, dialect, override, "override_undone", by, now)
    return changed


def keep(connection: Connection, dialect: Dialect, override: Override, base: str, by: str, now: datetime) -> bool:
    """Say that an override still holds for the facts whose hash is `base`. False when somebody else changed it meanwhile."""
    changed = _change(connection, override, {"base_hash": base}, override.state)
    if changed:
        _note(connection, dialect, replace(override, base_hash=base), "override_kept", by, now)
    return changed


def all_of(connection: Connection, units: Iterable[str]) -> list[Override]:
    """Every override of these units and of the provinces and the country, undone ones too, oldest first."""
    wanted = sorted({*units, EVERYBODY})
    query = select(overrides).where(overrides.c.unit_id.in_(wanted))
    rows = connection.execute(query.order_by(overrides.c.created_at, overrides.c.id)).mappings()
    return [Override(**dict(row)) for row in rows]


def numbers(connection: Connection, units: Iterable[str]) -> dict[str, int]:
    """How often the overrides of each unit changed so far; what never changed is absent."""
    wanted = sorted({*units, EVERYBODY})
    query = select(versions.c.unit_id, versions.c.number).where(versions.c.unit_id.in_(wanted), versions.c.name == NAME)
    return {row.unit_id: row.number for row in connection.execute(query)}


def _change(connection: Connection, override: Override, values: dict[str, Any], state: str) -> bool:
    mine = (overrides.c.unit_id == override.unit_id, overrides.c.id == override.id, overrides.c.state == state)
    return bool(connection.execute(update(overrides).where(*mine).values(values).returning(overrides.c.id)).all())


def _note(connection: Connection, dialect: Dialect, override: Override, what: str, by: str, now: datetime) -> None:
    said = {"by": by, "override": override.id, "code": override.code, "field": override.field, "value": override.value}
    row = {
        "unit_id": override.unit_id,
        "id": uuid.uuid4().hex,
        "at": now,
        "what": what,
        "detail": json.dumps(said, ensure_ascii=False),
    }
    connection.execute(insert(audit), row)
    first = dialect.insert(versions).values(unit_id=override.unit_id, name=NAME, number=1)
    connection.execute(
        first.on_conflict_do_update(
            index_elements=[versions.c.unit_id, versions.c.name], set_={"number": versions.c.number + 1}
        )
    )
