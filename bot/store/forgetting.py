"""What is kept of dossiers goes when its time is over (docs/privacy.md, "How long"): the statements of one clean-up, as `retention.steps`.

A dossier whose result was handed over, or that ended otherwise, goes `keep_days` after; with it what was due on it, its watches, its follow
codes and its calls. One that never ended goes two years after anything was last heard of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, exists, or_

from bot.store.dossier_tables import (
    before_import,
    calls,
    charges,
    consents,
    counts,
    dossiers,
    follow_codes,
    imports,
    look_ups,
    moves,
    watches,
    wrong_tries,
)
from bot.store.retention import oldest
from handlers.dossier.states import ENDED
from knowledge.unit import ZONE


@dataclass(frozen=True, slots=True)
class KeepDossiers:
    """How long things of dossiers are kept."""

    ended: timedelta = timedelta(days=90)
    silent: timedelta = timedelta(days=730)
    pending: timedelta = timedelta(days=45)  # longer than a code is waited for (bot/delivery/notices.py)
    tries: timedelta = timedelta(days=7)
    consents: timedelta = timedelta(days=730)
    counts: timedelta = timedelta(days=730)
    nothing: timedelta = timedelta(days=14)


def steps(unit: str, now: datetime, keep: KeepDossiers) -> Iterator[Any]:
    """The statements of one clean-up of `unit`, each to be run until it gives no row back."""
    ended = and_(dossiers.c.state.in_(sorted(ENDED)), dossiers.c.as_of < now - keep.ended)
    returned = and_(dossiers.c.state == "returned", dossiers.c.returned_at < now - keep.ended)
    old = or_(ended, returned, dossiers.c.as_of < now - keep.silent)
    yield _rows(dossiers, unit, old)
    for table in (charges, follow_codes, moves):
        yield _rows(table, unit, ~_known(table))
    yield _rows(watches, unit, and_(watches.c.pending.is_(False), ~_known(watches)))
    yield _rows(watches, unit, and_(watches.c.pending, watches.c.since < now - keep.pending))
    yield _rows(calls, unit, or_(and_(calls.c.done_at < now - keep.ended), calls.c.made_at < now - keep.silent))
    yield _rows(follow_codes, unit, follow_codes.c.used_at < now - keep.tries)
    yield _rows(look_ups, unit, look_ups.c.since < now - timedelta(days=1))
    today = now.astimezone(ZONE).date()
    yield _rows(wrong_tries, unit, wrong_tries.c.day < today - keep.tries)
    yield _rows(counts, unit, counts.c.day < today - keep.counts)
    yield _rows(consents, unit, consents.c.withdrawn_at < now - keep.consents)
    yield _rows(imports, unit, and_(imports.c.started_at < now - keep.counts, imports.c.status != "waiting"))
    # A source that is read by itself comes many times a day, and mostly brings nothing.
    brought_nothing = and_(imports.c.new == 0, imports.c.changed == 0, imports.c.status == "done")
    yield _rows(imports, unit, and_(imports.c.started_at < now - keep.nothing, brought_nothing))
    newer = imports.alias()
    superseded = exists().where(
        imports.c.unit_id == before_import.c.unit_id,
        imports.c.id == before_import.c.import_id,
        newer.c.unit_id == imports.c.unit_id,
        newer.c.started_at > imports.c.started_at,
    )
    yield _rows(before_import, unit, superseded)


def _known(table: Table) -> Any:
    return exists().where(dossiers.c.unit_id == table.c.unit_id, dossiers.c.code == table.c.code)


def _rows(table: Table, unit: str, which: Any) -> Any:
    return oldest(table, and_(table.c.unit_id == unit, which))
