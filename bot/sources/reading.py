"""What a source gives: records, and beside them all that could not be read, with row numbers and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from handlers.dossier.model import Record


class SourceError(Exception):
    """A source cannot be read as a whole; nothing is changed. The text is Vietnamese: what is wrong, and what the officer does."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that was left out or read only in part. `row` counts from 1 as the spreadsheet shows it (a record's number in JSON); `why` is
    Vietnamese and never holds a name, a number of a person or the cell itself where it may hold one."""

    row: int
    why: str
    skipped: bool = True


@dataclass(slots=True)
class Reading:
    """One source read to its end. `until` is the moment its data is from (UTC; None: not said by the source). `fingerprint` is the
    SHA-256 of what was read. `unknown_states` counts words for states that stand in no list."""

    records: Sequence[Record] = ()
    doubts: list[Doubt] = field(default_factory=list)
    unknown_states: Counter[str] = field(default_factory=Counter)
    until: datetime | None = None
    fingerprint: str = ""
