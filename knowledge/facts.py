"""The published facts of each procedure, as tables: no prose, replaced whole when the state republishes.

Five CSV files in `knowledge/facts/`, written by `facts_import.py` and read here. Where a published field is missing or doubtful the table says
`unknown`: a bare zero fee is never "free", a time without a unit is no time (docs/knowledge.md). Of the published papers, steps and conditions only
row count and hash are kept, so that a change there is seen too.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Literal, cast

UNKNOWN = "unknown"
# Stands in every hash in place of the day of fetching: the first publication's, so that what was written down then still holds.
FETCHED = date(2026, 7, 18)
TABLES = ("procedures", "times", "fees", "results", "legal")


class FactsError(Exception):
    """The tables are missing or damaged; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class TimeFact:
    """A published term. `source` is "case" or the channel's method; `value` None and unit "unknown" where no unit was published."""

    source: str
    value: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class FeeFact:
    """A published fee in đồng. `amount` None is unknown (a bare zero, nothing, or only words)."""

    method: str
    kind: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is published of one code."""

    code: str
    name: str
    role: Literal["core", "neighbour"]
    domain: str
    ministry: str
    handled_by: tuple[str, ...]
    agency: tuple[str, ...]
    online_level: Literal["wholly", "partly", "none"]
    methods: tuple[str, ...]
    decision: str
    decision_on: date | None
    published_on: date | None
    source_on: date | None
    source_url: str
    documents: int
    documents_hash: str
    steps: int
    steps_hash: str
    conditions_hash: str
    times: tuple[TimeFact, ...] = ()
    fees: tuple[FeeFact, ...] = ()
    results: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """Twelve hex digits that change when anything published about this code changes.

        The day a publication was fetched is no fact about a code: with it every card would be in doubt after every publication.
        """
        return hashlib.sha256(repr(replace(self, source_on=FETCHED)).encode()).hexdigest()[:12]

    @property
    def handled_here(self) -> bool:
        """Whether the commune's People's Committee or a school under it handles it (not the police, not the military)."""
        return bool({"commune_pc", "school"} & set(self.handled_by))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text and text != UNKNOWN else None


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    path = folder / f"{table}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        raise FactsError(f"{path.name} is missing. Run: motcua kb import-facts FILE --scope SCOPE.csv") from None


def _grouped(rows: Iterable[dict[str, str]]) -> Mapping[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row["code"]].append(row)
    return found


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def read_facts(folder: Path) -> dict[str, Facts]:
    """The facts of every code, in the order of the table. Raises FactsError when a table is missing, damaged or does not fit the others."""
    times, fees, results, legal = (_grouped(_rows(folder, table)) for table in TABLES[1:])
    facts: dict[str, Facts] = {}
    for number, row in enumerate(_rows(folder, "procedures"), 2):
        try:
            code = row["code"]
            facts[code] = Facts(
                code=code,
                name=row["name"],
                role=cast(Literal["core", "neighbour"], row["role"]),
                domain=row["domain"],
                ministry=row["ministry"],
                handled_by=_parts(row["handled_by"]),
                agency=_parts(row["agency"]),
                online_level=cast(Literal["wholly", "partly", "none"], row["online_level"]),
                methods=_parts(row["methods"]),
                decision=row["decision"],
                decision_on=_day(row["decision_on"]),
                published_on=_day(row["published_on"]),
                source_on=_day(row["source_on"]),
                source_url=row["source_url"],
                documents=int(row["documents"]),
                documents_hash=row["documents_hash"],
                steps=int(row["steps"]),
                steps_hash=row["steps_hash"],
                conditions_hash=row["conditions_hash"],
                times=tuple(
                    TimeFact(t["source"], None if t["unit"] == UNKNOWN else float(t["value"]), t["unit"])
                    for t in times.get(code, ())
                ),
                fees=tuple(
                    FeeFact(f["method"], f["kind"], None if f["amount"] == UNKNOWN else int(f["amount"]))
                    for f in fees.get(code, ())
                ),
                results=tuple(r["result"] for r in results.get(code, ())),
                legal=tuple(r["number"] for r in legal.get(code, ())),
            )
        except (KeyError, ValueError) as error:
            raise FactsError(f"procedures.csv, row {number}: {error}. Import the publication again.") from error
    strange = (set(times) | set(fees) | set(results) | set(legal)) - set(facts)
    if strange:
        raise FactsError(
            f"{sorted(strange)[0]} stands in a table but not in procedures.csv. Import the publication again."
        )
    return facts


def write_facts(facts: Iterable[Facts], folder: Path) -> None:
    """Write the five tables, sorted by code: all beside the old ones first, so that a full disk changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(facts, key=lambda f: f.code)
    nested = {"times", "fees", "results", "legal"}
    columns = [f.name for f in fields(Facts) if f.name not in nested]

    def cell(value: object) -> object:
        if value is None:
            return UNKNOWN
        return "|".join(cast(tuple[str, ...], value)) if isinstance(value, tuple) else value

    tables: dict[str, tuple[list[str], list[list[object]]]] = {
        "procedures": (columns, [[cell(getattr(f, c)) for c in columns] for f in ordered]),
        "times": (
            ["code", "source", "value", "unit"],
            [
                [f.code, t.source, UNKNOWN if t.value is None else f"{t.value:g}", t.unit]
                for f in ordered
                for t in f.times
            ],
        ),
        "fees": (
            ["code", "method", "kind", "amount"],
            [[f.code, x.method, x.kind, cell(x.amount)] for f in ordered for x in f.fees],
        ),
        "results": (["code", "result"], [[f.code, r] for f in ordered for r in f.results]),
        "legal": (["code", "number"], [[f.code, n] for f in ordered for n in f.legal]),
    }
    drafts = []
    for table, (head, rows) in tables.items():
        draft = folder / f"{table}.tmp"
        with draft.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(rows)
        drafts.append(draft)
    for draft in drafts:
        draft.replace(draft.with_suffix(".csv"))
