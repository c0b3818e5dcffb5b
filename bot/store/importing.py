"""An import in the store: begun, applied in short transactions, ended. One at a time in a unit, whichever process runs it.

    running ──▶ done
       │  └───▶ waiting   its notices wait for an officer's word
       └──────▶ cut       the process ended in it; the next import takes over what it had still to tell and to undo

Each chunk checks the lease in its own transaction, so that a process that lost it writes nothing more.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from bot.store import leases
from bot.store.clauses import CANCELLED, PENDING
from bot.store.dialects import Dialect
from bot.store.dossier_tables import before_import, charges, dossiers, imports, moves, watches
from bot.store.holder import this_process
from bot.store.keys import AccountKey
from bot.store.leases import Lease
from bot.store.merging import Merged, Row, merge
from bot.store.schema import outbox
from handlers.dossier.model import Record

STEP = 300  # rows of a step that only moves or deletes
CARRIED_THROUGH = ("done", "waiting")
_KEPT = [c for c in dossiers.c if c.name != "unit_id"]
_CHARGE = [c for c in charges.c if c.name != "unit_id"]
_MOMENTS = {c.name for c in (*dossiers.c, *charges.c) if c.type.__class__.__name__ == "UtcDateTime"}
_TOUCHED = '{"touched"'  # how the JSON of a row begins whose data's time alone moved on
_TOUCH = (
    update(dossiers)
    .where(dossiers.c.unit_id == bindparam("u"), dossiers.c.code == bindparam("k"))
    .values(until_at=bindparam("until"), as_of=bindparam("of"))
)


@dataclass(slots=True)
class Import:
    """An import under way."""

    unit: str
    id: str
    until: datetime
    silent: bool
    lease: Lease


@dataclass(slots=True)
class Done:
    """What came of some rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    moved: list[str] = field(default_factory=list)


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


def compare(connection: Connection, unit: str, records: Sequence[Record], until: datetime, silent: bool) -> Done:
    """What `apply` would do, without writing (a dry run)."""
    codes = [record.code for record in records]
    kept, due = _kept(connection, unit, codes, locked=False)
    watched, pending = _watched(connection, unit, codes)
    done = Done()
    for record in records:
        merged = merge(kept.get(record.code), due[record.code], record, until)
        setattr(done, merged.outcome, getattr(done, merged.outcome) + 1)
        if _told(record.code, merged, watched, pending, silent):
            done.moved.append(record.code)
    return done


def apply(
    connection: Connection, dialect: Dialect, current: Import, records: Sequence[Record], now: datetime, beat: datetime
) -> Done:
    """Lay some records over what is kept, in this transaction: dossiers, charges, how it was before, and what is to be told.

    `now` is the moment of the import, `beat` the clock's. Raises LeaseLost.
    """
    hold(connection, current.lease, beat)
    codes = [record.code for record in records]
    kept, due = _kept(connection, current.unit, codes, locked=True)
    watched, pending = _watched(connection, current.unit, codes)
    before: dict[str, str | None] = {}
    written: dict[str, Row] = {}
    touched: dict[str, Row] = {}
    owed: list[Row] = []
    told: dict[str, tuple[str, frozenset[str]]] = {}
    settled: list[str] = []
    done = Done()
    for record in records:
        code = record.code
        old, held = kept.get(code), due[code]
        merged = merge(old, held, record, current.until)
        setattr(done, merged.outcome, getattr(done, merged.outcome) + 1)
        if merged.touched and old is not None:
            before.setdefault(code, _touch_before(old, merged.row))
            touched[code] = merged.row
        elif merged.outcome in ("new", "changed"):
            before.setdefault(code, None if old is None else _whole_before(old, held.values()))
            written[code] = merged.row
            owed += [{"code": code, "changed_at": now, **charge} for charge in merged.charges]
            held.update({charge["number"]: charge for charge in merged.charges})
        kept[code] = {**merged.row, "code": code}
        if what := _told(code, merged, watched, pending, current.silent):
            earlier = told.get(code, ((old or {}).get("state", ""), frozenset[str]()))
            told[code] = (earlier[0], earlier[1] | what)
        if merged.settled:
            settled.append(code)
    _write(connection, dialect, current, written, touched, owed)
    _remember(connection, dialect, current, before)
    _tell(connection, dialect, current, told, now)
    real = sorted(pending & set(kept))
    if real:
        connection.execute(
            update(watches).where(watches.c.unit_id == current.unit, watches.c.code.in_(real)).values(pending=False)
        )
    silence(connection, current.unit, [f"r:{code}" for code in settled], now)
    done.moved = list(told)
    return done


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


def _kept(
    connection: Connection, unit: str, codes: Sequence[str], *, locked: bool
) -> tuple[dict[str, Row], defaultdict[str, dict[int, Row]]]:
    query = select(*_KEPT).where(dossiers.c.unit_id == unit, dossiers.c.code.in_(codes)).order_by(dossiers.c.code)
    rows = connection.execute(query.with_for_update() if locked else query).mappings()
    due: defaultdict[str, dict[int, Row]] = defaultdict(dict)
    owed = select(*_CHARGE).where(charges.c.unit_id == unit, charges.c.code.in_(codes))
    for charge in connection.execute(owed).mappings():
        due[charge["code"]][charge["number"]] = dict(charge)
    return {row["code"]: dict(row) for row in rows}, due


def _watched(connection: Connection, unit: str, codes: Sequence[str]) -> tuple[set[str], set[str]]:
    found = connection.execute(
        select(watches.c.code, watches.c.pending).where(watches.c.unit_id == unit, watches.c.code.in_(codes))
    ).all()
    return {row.code for row in found}, {row.code for row in found if row.pending}


def _told(code: str, merged: Merged, watched: set[str], pending: set[str], silent: bool) -> frozenset[str]:
    """What is to be told of a dossier: nothing where nobody watches it, and in a silent import only what was awaited."""
    if code in pending:
        return merged.what | {"first"}
    return frozenset() if silent or code not in watched else merged.what


def _write(
    connection: Connection,
    dialect: Dialect,
    current: Import,
    written: Mapping[str, Row],
    touched: Mapping[str, Row],
    owed: list[Row],
) -> None:
    if written:
        first = dialect.insert(dossiers)
        names = [c.name for c in _KEPT if c.name not in ("code", "told_late")]
        again = {name: first.excluded[name] for name in names}
        connection.execute(
            first.on_conflict_do_update(index_elements=list(dossiers.primary_key.columns), set_=again),
            [
                {"told_late": False, **row, "unit_id": current.unit, "code": code, "import_id": current.id}
                for code, row in written.items()
            ],
        )
    only = {code: row for code, row in touched.items() if code not in written}
    if only:
        connection.execute(
            _TOUCH,
            [{"u": current.unit, "k": code, "until": r["until_at"], "of": r["as_of"]} for code, r in only.items()],
        )
    if owed:
        first = dialect.insert(charges)
        again = {c.name: first.excluded[c.name] for c in _CHARGE if c.name not in ("code", "number")}
        connection.execute(
            first.on_conflict_do_update(index_elements=list(charges.primary_key.columns), set_=again),
            [{**charge, "unit_id": current.unit} for charge in owed],
        )


def _remember(connection: Connection, dialect: Dialect, current: Import, before: Mapping[str, str | None]) -> None:
    """What an import (or the cut one it took over) met first is how it was before it; the whole of a row rather than its time alone."""
    key = {"unit_id": current.unit, "import_id": current.id}
    first = dialect.insert(before_import)
    for touched in (True, False):
        rows = [{**key, "code": code, "before": text} for code, text in before.items() if _is_touch(text) == touched]
        if not rows:
            continue
        if touched:
            connection.execute(first.on_conflict_do_nothing(), rows)
        else:
            again = first.on_conflict_do_update(
                index_elements=list(before_import.primary_key.columns),
                set_={"before": first.excluded.before},
                where=before_import.c.before.startswith(_TOUCHED),
            )
            connection.execute(again, rows)


def _tell(
    connection: Connection,
    dialect: Dialect,
    current: Import,
    told: Mapping[str, tuple[str, frozenset[str]]],
    now: datetime,
) -> None:
    if not told:
        return
    found = connection.execute(
        select(moves.c.code, moves.c.from_state, moves.c.what).where(
            moves.c.unit_id == current.unit, moves.c.import_id == current.id, moves.c.code.in_(list(told))
        )
    ).all()
    earlier = {row.code: row for row in found}
    rows = []
    for code, (from_state, what) in told.items():
        old = earlier.get(code)
        words = what | set(old.what.split() if old else ())
        row = {"unit_id": current.unit, "code": code, "import_id": current.id, "at": now}
        rows.append({**row, "from_state": old.from_state if old else from_state, "what": " ".join(sorted(words))})
    first = dialect.insert(moves)
    connection.execute(
        first.on_conflict_do_update(
            index_elements=list(moves.primary_key.columns), set_={"at": first.excluded.at, "what": first.excluded.what}
        ),
        rows,
    )


def _whole_before(row: Row, owed: Iterable[Row]) -> str:
    return json.dumps({"row": row, "charges": list(owed)}, ensure_ascii=False, default=datetime.isoformat)


def _touch_before(row: Row, after: Row) -> str:
    moments = {"until_at": row["until_at"], "as_of": row["as_of"]}
    return json.dumps({"touched": moments, "to": after["until_at"]}, default=datetime.isoformat)


def _is_touch(text: str | None) -> bool:
    return text is not None and text.startswith(_TOUCHED)


def from_before(row: Row) -> Row:
    """A row out of `before_import`, its moments read back."""
    return {name: datetime.fromisoformat(v) if v and name in _MOMENTS else v for name, v in row.items()}
