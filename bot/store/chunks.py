"""Some rows of an import in one transaction: what is kept is read, merged with what the source says, and written with all that follows from it.

Statements are built once: the transaction holds the only writer of SQLite, and building one costs more than a few rows do.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from bot.store.dialects import Dialect
from bot.store.dossier_tables import before_import, charges, dossiers, moves, watches
from bot.store.importing import Import, hold, silence
from bot.store.merging import Merged, Row, merge
from handlers.dossier.model import Record

_KEPT = [c for c in dossiers.c if c.name != "unit_id"]
_CHARGE = [c for c in charges.c if c.name != "unit_id"]
_MOMENTS = {c.name for c in (*dossiers.c, *charges.c) if c.type.__class__.__name__ == "UtcDateTime"}
_TOUCHED = '{"touched"'  # how the JSON of a row begins whose data's time alone moved on

_codes: Any = bindparam("codes", expanding=True)
_READ = (
    select(*_KEPT).where(dossiers.c.unit_id == bindparam("u"), dossiers.c.code.in_(_codes)).order_by(dossiers.c.code)
)
_READ_HELD = _READ.with_for_update()
_OWED = select(*_CHARGE).where(charges.c.unit_id == bindparam("u"), charges.c.code.in_(_codes))
_WATCHED = select(watches.c.code, watches.c.pending).where(
    watches.c.unit_id == bindparam("u"), watches.c.code.in_(_codes)
)
_TOUCH = (
    update(dossiers)
    .where(dossiers.c.unit_id == bindparam("u"), dossiers.c.code == bindparam("k"))
    .values(until_at=bindparam("until"), as_of=bindparam("of"))
)


@lru_cache(maxsize=4)
def _upserts(insert: Callable[[Table], Any]) -> dict[str, Any]:
    dossier, charge, before, move = map(insert, (dossiers, charges, before_import, moves))
    return {
        "dossiers": dossier.on_conflict_do_update(
            index_elements=list(dossiers.primary_key.columns),
            set_={c.name: dossier.excluded[c.name] for c in _KEPT if c.name not in ("code", "told_late")},
        ),
        "charges": charge.on_conflict_do_update(
            index_elements=list(charges.primary_key.columns),
            set_={c.name: charge.excluded[c.name] for c in _CHARGE if c.name not in ("code", "number")},
        ),
        "moves": move.on_conflict_do_update(
            index_elements=list(moves.primary_key.columns), set_={"at": move.excluded.at, "what": move.excluded.what}
        ),
        "touched": before.on_conflict_do_nothing(),
        "whole": before.on_conflict_do_update(
            index_elements=list(before_import.primary_key.columns),
            set_={"before": before.excluded.before},
            where=before_import.c.before.startswith(_TOUCHED),
        ),
    }


@dataclass(slots=True)
class Done:
    """What came of some rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    moved: list[str] = field(default_factory=list)


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


def _kept(
    connection: Connection, unit: str, codes: Sequence[str], *, locked: bool
) -> tuple[dict[str, Row], defaultdict[str, dict[int, Row]]]:
    asked = {"u": unit, "codes": codes}
    rows = connection.execute(_READ_HELD if locked else _READ, asked).mappings()
    due: defaultdict[str, dict[int, Row]] = defaultdict(dict)
    for charge in connection.execute(_OWED, asked).mappings():
        due[charge["code"]][charge["number"]] = dict(charge)
    return {row["code"]: dict(row) for row in rows}, due


def _watched(connection: Connection, unit: str, codes: Sequence[str]) -> tuple[set[str], set[str]]:
    found = connection.execute(_WATCHED, {"u": unit, "codes": codes}).all()
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
    upsert = _upserts(dialect.insert)
    if written:
        own = {"unit_id": current.unit, "import_id": current.id}
        connection.execute(
            upsert["dossiers"], [{"told_late": False, **row, **own, "code": code} for code, row in written.items()]
        )
    only = {code: row for code, row in touched.items() if code not in written}
    if only:
        connection.execute(
            _TOUCH,
            [{"u": current.unit, "k": code, "until": r["until_at"], "of": r["as_of"]} for code, r in only.items()],
        )
    if owed:
        connection.execute(upsert["charges"], [{**charge, "unit_id": current.unit} for charge in owed])


def _remember(connection: Connection, dialect: Dialect, current: Import, before: Mapping[str, str | None]) -> None:
    """What an import (or the cut one it took over) met first is how it was before it; the whole of a row rather than its time alone."""
    key = {"unit_id": current.unit, "import_id": current.id}
    for touched in (True, False):
        rows = [{**key, "code": code, "before": text} for code, text in before.items() if _is_touch(text) == touched]
        if rows:
            connection.execute(_upserts(dialect.insert)["touched" if touched else "whole"], rows)


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
    connection.execute(_upserts(dialect.insert)["moves"], rows)


def _whole_before(row: Row, owed: Iterable[Row]) -> str:
    return json.dumps({"row": row, "charges": list(owed)}, ensure_ascii=False, default=datetime.isoformat)


def _touch_before(row: Row, after: Row) -> str:
    until, of, to = (m.isoformat() for m in (row["until_at"], row["as_of"], after["until_at"]))
    return f'{_TOUCHED}: {{"until_at": "{until}", "as_of": "{of}"}}, "to": "{to}"}}'


def _is_touch(text: str | None) -> bool:
    return text is not None and text.startswith(_TOUCHED)


def from_before(row: Row) -> Row:
    """A row out of `before_import`, its moments read back."""
    return {name: datetime.fromisoformat(v) if v and name in _MOMENTS else v for name, v in row.items()}
