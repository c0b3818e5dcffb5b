"""From the published JSON lines to our tables: one command for each new publication.

The publication's form is described in docs/knowledge.md. Only facts are taken over; of the prose nothing but its hash and row count.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from knowledge.facts import Facts, FactsError, FeeFact, TimeFact

UNITS = {"HOUR": "hour", "DAY": "day", "WORKING_DAY": "working_day", "MONTH": "month", "YEAR": "year"}
LEVELS = {"toàn trình": "wholly", "một phần": "partly", "không có kênh trực tuyến": "none"}
# Amounts below this are plainly in thousands or worse at the source (135 for 135.000 đồng): doubtful, so unknown.
LEAST_FEE = 1000
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


def read_scope(path: Path) -> dict[str, Literal["core", "neighbour"]]:
    """Code -> role, from a CSV with the columns `code` and `role`. Raises FactsError when it has not these."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            scope = {row["code"].strip(): row["role"].strip() for row in csv.DictReader(file)}
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise FactsError(f"{path.name}: needs the columns code and role ({error}).") from error
    wrong = set(scope.values()) - {"core", "neighbour"}
    if wrong:
        raise FactsError(f"{path.name}: role {sorted(wrong)[0]!r} is neither core nor neighbour.")
    return cast(dict[str, Literal["core", "neighbour"]], scope)


def import_facts(
    records: Iterable[Mapping[str, Any]], scope: Mapping[str, Literal["core", "neighbour"]]
) -> list[Facts]:
    """The facts of the codes of `scope`. Raises FactsError when the publication lacks one of them."""
    found = {r["code"]: _facts(r, scope[r["code"]]) for r in records if r["code"] in scope}
    missing = sorted(set(scope) - set(found))
    if missing:
        raise FactsError(
            f"the publication lacks {len(missing)} codes of the scope, first {missing[0]}. Nothing was changed."
        )
    return [found[code] for code in sorted(found)]


def _facts(record: Mapping[str, Any], role: Literal["core", "neighbour"]) -> Facts:
    channels = record.get("channels") or []
    times = [TimeFact("case", *_time(t)) for t in record.get("case_time_limits") or []]
    times += [TimeFact(c["method"], *_time(c)) for c in channels if c.get("time_value")]
    return Facts(
        code=record["code"],
        name=record["name"].strip(),
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
