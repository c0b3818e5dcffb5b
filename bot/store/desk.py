"""What officers do about dossiers at the desk: printing a follow code, marking a charge, confirming columns, counting by state."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from bot.store.counting import note
from bot.store.dialects import Dialect
from bot.store.dossier_tables import charges, dossiers, follow_codes, imports, moves, sheet_maps, watches
from bot.store.importing import CARRIED_THROUGH, silence
from bot.store.merging import DUE
from handlers.dossier.model import Sealer

# Without what is taken for something else in print or in handwriting: 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V.
LETTERS = "ACDEFGHJKMNPRTWXY34679"
LENGTH = 8


def known(connection: Connection, unit: str, code: str) -> Any:
    """The dossier's row (state, procedure_name); None where the unit has no such dossier."""
    query = select(dossiers.c.state, dossiers.c.procedure_name)
    return connection.execute(query.where(dossiers.c.unit_id == unit, dossiers.c.code == code)).one_or_none()


def new_follow_code(connection: Connection, seal: Sealer, unit: str, code: str, *, by: str, now: datetime) -> str:
    """A follow code for this dossier, to be printed: shown this once, kept as a mark, used once."""
    said = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    while said.isdigit():  # a number would be taken for a personal one and masked
        said = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    row = {"unit_id": unit, "code": code, "mark": seal.mark(unit, code, "follow", said), "by": by, "made_at": now}
    connection.execute(insert(follow_codes), row)
    note(connection, unit, "follow_code_made", now, by=by)
    return said


def mark_charge(
    connection: Connection,
    dialect: Dialect,
    unit: str,
    code: str,
    *,
    amount: int,
    name: str,
    due: datetime | None,
    by: str,
    now: datetime,
    number: int = 1,
) -> None:
    """An officer says that `amount` đồng are due. It stays whatever a source says, until paid; watchers are told."""
    row = {"unit_id": unit, "code": code, "number": number, "name": name, "amount": amount, "due_at": due}
    values = {"state": "unpaid", "by": by, "changed_at": now}
    first = dialect.insert(charges)
    again = {k: first.excluded[k] for k in ("name", "amount", "due_at", "state", "by", "changed_at")}
    connection.execute(
        first.on_conflict_do_update(index_elements=list(charges.primary_key.columns), set_=again), {**row, **values}
    )
    _move(connection, dialect, unit, code, now)
    note(connection, unit, "charge_marked", now, by=by, amount=amount)


def mark_paid(connection: Connection, dialect: Dialect, unit: str, code: str, *, by: str, now: datetime) -> int:
    """An officer says that what is due is paid: reminders that wait end. Gives how many charges it were."""
    paid = connection.execute(
        update(charges)
        .where(charges.c.unit_id == unit, charges.c.code == code, charges.c.state.in_(DUE))
        .values(state="paid", by=by, changed_at=now)
        .returning(charges.c.number)
    ).all()
    if paid:
        silence(connection, unit, [f"r:{code}"], now)
        _move(connection, dialect, unit, code, now)
        note(connection, unit, "charge_paid", now, by=by, number=len(paid))
    return len(paid)


def _move(connection: Connection, dialect: Dialect, unit: str, code: str, now: datetime) -> None:
    """What an officer does is told like what an import brings, together with the newest one that may be told."""
    watched = select(watches.c.code).where(watches.c.unit_id == unit, watches.c.code == code).limit(1)
    told = (
        select(imports.c.id)
        .where(imports.c.unit_id == unit, imports.c.status.in_(CARRIED_THROUGH))
        # "done" before "waiting": an officer's own act waits for nobody's word.
        .order_by(imports.c.status, imports.c.started_at.desc())
        .limit(1)
    )
    import_id = connection.execute(told).scalar_one_or_none()
    if import_id is None or connection.execute(watched).first() is None:
        return
    key = {"unit_id": unit, "code": code, "import_id": import_id}
    which = [column == key[column.name] for column in moves.primary_key.columns]
    found = connection.execute(select(moves.c.from_state, moves.c.what).where(*which)).one_or_none()
    state = found.from_state if found else known(connection, unit, code).state
    what = " ".join(sorted({"charge", *(found.what.split() if found else ())}))
    first = dialect.insert(moves)
    connection.execute(
        first.on_conflict_do_update(
            index_elements=list(moves.primary_key.columns), set_={"at": first.excluded.at, "what": first.excluded.what}
        ),
        {**key, "at": now, "from_state": state, "what": what},
    )


def by_state(connection: Connection, unit: str) -> list[tuple[str, str, int]]:
    """(state, the source's name of an unknown one, how many), most first."""
    name = func.max(dossiers.c.state_name)
    query = select(dossiers.c.state, name, func.count()).where(dossiers.c.unit_id == unit)
    known_states = query.where(dossiers.c.state != "").group_by(dossiers.c.state)
    others = query.where(dossiers.c.state == "").group_by(dossiers.c.state, dossiers.c.state_name)
    rows = [*connection.execute(known_states), *connection.execute(others)]
    return sorted(
        ((row[0], row[1] if not row[0] else "", int(row[2])) for row in rows), key=lambda row: (-row[2], row[0])
    )


def seen_before(connection: Connection, unit: str, fingerprint: str) -> datetime | None:
    """When this very file was imported last; None if never, or if that was undone."""
    found: datetime | None = connection.execute(
        select(func.max(imports.c.started_at)).where(
            imports.c.unit_id == unit, imports.c.fingerprint == fingerprint, imports.c.status.in_(("done", "waiting"))
        )
    ).scalar_one()
    return found


def column_map(connection: Connection, unit: str, fingerprint: str) -> str:
    """The map of columns that an officer confirmed for headers of this fingerprint, as JSON; "" where none was."""
    query = select(sheet_maps.c.columns).where(sheet_maps.c.unit_id == unit, sheet_maps.c.fingerprint == fingerprint)
    return connection.execute(query).scalar_one_or_none() or ""


def confirm_columns(
    connection: Connection, dialect: Dialect, unit: str, fingerprint: str, columns: str, *, by: str, now: datetime
) -> None:
    """Remember which column means what (JSON) for headers of this fingerprint."""
    row = {"unit_id": unit, "fingerprint": fingerprint, "columns": columns, "by": by, "confirmed_at": now}
    first = dialect.insert(sheet_maps)
    again = {k: first.excluded[k] for k in ("columns", "by", "confirmed_at")}
    connection.execute(
        first.on_conflict_do_update(index_elements=list(sheet_maps.primary_key.columns), set_=again), row
    )
    note(connection, unit, "columns_confirmed", now, by=by)
