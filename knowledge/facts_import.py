"""From the published JSON lines to our tables: one command for each new publication.

Only facts are taken over; of the prose nothing but its hash and row count. What a publication says of new and missing codes is decided here:
`publication` gives the facts, the codes that are new and those that are gone, or refuses the whole.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from knowledge.facts import Facts, FactsError, FeeFact, TimeFact

Role = Literal["core", "neighbour"]
UNITS = {"HOUR": "hour", "DAY": "day", "WORKING_DAY": "working_day", "MONTH": "month", "YEAR": "year"}
LEVELS = {"toàn trình": "wholly", "một phần": "partly", "không có kênh trực tuyến": "none"}
# Amounts below this are plainly in thousands or worse at the source (135 for 135.000 đồng): doubtful, so unknown.
LEAST_FEE = 1000
COMMUNE_ROLES = frozenset(("handles", "receives", "school"))
MOST_GONE = 0.05  # more than this share of the codes missing at once looks like half a file
NUMBER = re.compile(r"\d+[\w.]*/(?:\d{4}/)?[\wĐđ-]+")


def read_publication(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON-lines file (plain or .gz). Raises FactsError naming the line that is not one."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    record = json.loads(line)
                    if not isinstance(record, dict) or "code" not in record:
                        raise FactsError(f"{path.name}, line {number}: no record with a code. Is it the right file?")
                    yield record
    except (OSError, EOFError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FactsError(f"{path.name} cannot be read: {error}. Fetch the publication again.") from error


def read_scope(path: Path) -> dict[str, Role]:
    """Code -> role, from a CSV with the columns `code` and `role`. Raises FactsError when it has not these."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            scope = {row["code"].strip(): row["role"].strip() for row in csv.DictReader(file)}
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise FactsError(f"{path.name}: needs the columns code and role ({error}).") from error
    wrong = set(scope.values()) - {"core", "neighbour"}
    if wrong:
        raise FactsError(f"{path.name}: role {sorted(wrong)[0]!r} is neither core nor neighbour.")
    return cast(dict[str, Role], scope)


@dataclass(frozen=True, slots=True)
class Publication:
    """What one publication says: the facts of every code it has, and the codes that came, went and came back, sorted."""

    facts: Mapping[str, Facts]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    back: tuple[str, ...]

    @property
    def day(self) -> date | None:
        """The newest day that stands in it; None where it names none."""
        return max((f.source_on for f in self.facts.values() if f.source_on), default=None)


def publication(
    records: Iterable[Mapping[str, Any]],
    known: Mapping[str, Facts],
    withdrawn: Iterable[str] = (),
    scope: Mapping[str, Role] | None = None,
    gone: int | None = None,
) -> Publication:
    """Hold a publication against what is `known` (of it, `withdrawn` were missing before).

    Without a `scope`, codes that a commune takes in and that were not known are new ones. A known code that is missing is gone. Raises FactsError, so
    that nothing changes, when a record is broken or stands twice, a code of the scope was never published, or more than one in twenty are
    missing; `gone` says how many may be.
    """
    rows: dict[str, Mapping[str, Any]] = {}
    for record in records:
        code = record["code"]
        if code in rows and rows[code] != record:
            raise FactsError(f"{code} stands twice in the publication, with different content. Nothing was changed.")
        rows[code] = record
    roles = dict(scope) if scope else {code: f.role for code, f in known.items()}
    if scope is None:
        roles |= {code: _role(row) for code, row in rows.items() if code not in roles and _for_communes(row)}
    facts = {}
    for code in sorted(set(roles) & set(rows)):
        try:
            facts[code] = _facts(rows[code], roles[code])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FactsError(
                f"the record of {code} is broken ({type(error).__name__}: {error}). Nothing was changed."
            ) from error
    before = set(withdrawn)
    missing = (set(roles) | set(known)) - set(rows)
    if unheard := sorted(missing - set(known)):
        raise FactsError(
            f"the publication lacks {len(unheard)} codes of the scope, first {unheard[0]}. Nothing was changed."
        )
    newly = sorted(missing - before)
    if len(newly) != gone and len(newly) > MOST_GONE * len(known):
        raise FactsError(
            f"the publication lacks {len(newly)} of {len(known)} codes, first {newly[0]}: this looks like half a file. Nothing was changed. "
            f"If they are really withdrawn, run it again with --gone {len(newly)}"
        )
    return Publication(facts, tuple(sorted(set(facts) - set(known))), tuple(newly), tuple(sorted(before & set(facts))))


def _for_communes(record: Mapping[str, Any]) -> bool:
    return (
        record.get("scope") == "national" and not record.get("internal") and record.get("commune_role") in COMMUNE_ROLES
    )


def _role(record: Mapping[str, Any]) -> Role:
    return "core" if {"commune_pc", "school"} & set(record.get("handled_by") or ()) else "neighbour"


def import_facts(records: Iterable[Mapping[str, Any]], scope: Mapping[str, Role]) -> list[Facts]:
    """The facts of the codes of `scope`. Raises FactsError when the publication lacks one of them."""
    found = {r["code"]: _facts(r, scope[r["code"]]) for r in records if r["code"] in scope}
    missing = sorted(set(scope) - set(found))
    if missing:
        raise FactsError(
            f"the publication lacks {len(missing)} codes of the scope, first {missing[0]}. Nothing was changed."
        )
    return [found[code] for code in sorted(found)]


def _facts(record: Mapping[str, Any], role: Role) -> Facts:
    channels = record.get("channels") or []
    times = [TimeFact("case", *_time(t)) for t in record.get("case_time_limits") or []]
    times += [TimeFact(c["method"], *_time(c)) for c in channels if c.get("time_value")]
    return Facts(
        code=record["code"],
        name=_name(record),
        role=role,
        domain=record["domain"],
        ministry=record.get("ministry") or "",
        handled_by=tuple(record.get("handled_by") or ()),
        agency=tuple(record.get("agency") or ()),
        online_level=cast(Literal["wholly", "partly", "none"], LEVELS.get(record.get("online_level") or "", "none")),
        methods=tuple(dict.fromkeys(c["method"] for c in channels)),
        decision=record.get("decision_no") or "",
        decision_on=_date(record.get("decision_date")),
        published_on=_date(record.get("published_date")),
        source_on=_date(record.get("source_date")),
        source_url=record.get("source_url") or "",
        documents=len(record.get("documents") or []),
        documents_hash=_hash(
            [
                (d.get("group"), d.get("name"), d.get("original_count"), d.get("copy_count"))
                for d in record.get("documents") or []
            ]
        ),
        steps=len(record.get("steps") or []),
        steps_hash=_hash([(s.get("title"), s.get("text")) for s in record.get("steps") or []]),
        conditions_hash=_hash(record.get("conditions") or ""),
        times=tuple(dict.fromkeys(times)),
        fees=tuple(dict.fromkeys(FeeFact(c["method"], *_fee(f)) for c in channels for f in c.get("fees") or [])),
        results=tuple(dict.fromkeys(r.strip() for r in record.get("result") or [] if r.strip())),
        legal=tuple(dict.fromkeys(n for law in record.get("legal_basis") or [] if (n := _number(law.get("number"))))),
    )


def _name(record: Mapping[str, Any]) -> str:
    name: str = record["name"].strip()
    if not name:
        raise ValueError("it has no name")
    return name


def _time(row: Mapping[str, Any]) -> tuple[float | None, str]:
    unit, value = UNITS.get(row.get("time_unit") or ""), row.get("time_value")
    return (float(value), unit) if unit and value else (None, "unknown")


def _fee(row: Mapping[str, Any]) -> tuple[str, int | None]:
    amount = row.get("amount")
    known = isinstance(amount, (int, float)) and amount >= LEAST_FEE and (row.get("currency") or "VND") == "VND"
    return row.get("type") or "", int(amount) if known and amount is not None else None


def _number(text: str | None) -> str:
    """The document's number alone: "Thông tư số 03/2023/TT-BTP" -> "03/2023/TT-BTP"."""
    match = NUMBER.search(text or "")
    return match.group() if match else (text or "").strip()


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:12]
