"""Compiling facts and words into one file, the pack: tables, version, content hash. The same input gives the same hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.check import problems
from knowledge.snapshot import FORMAT, PACK
from knowledge.source import KnowledgeError, Source


def build(source: Source, path: Path = PACK) -> str:
    """Write the pack and give its content hash. Raises KnowledgeError when anything is to mend; the old pack stays then."""
    import sqlite_utils

    from knowledge.search.index import build as build_index

    found = problems(source)
    if found:
        raise KnowledgeError(found)
    tables = dict(_tables(source))
    blobs = build_index(source)
    digest = hashlib.sha256()
    for name, rows in tables.items():
        digest.update(json.dumps([name, rows], ensure_ascii=False, sort_keys=True).encode())
    for name, blob in sorted(blobs.items()):
        digest.update(name.encode() + hashlib.sha256(blob).digest())
    content_hash = digest.hexdigest()[:16]
    newest = max((f.source_on for f in source.facts.values() if f.source_on), default=None)
    draft = path.with_suffix(".building")
    draft.unlink(missing_ok=True)
    database = sqlite_utils.Database(draft)
    database.table("meta").insert_all(
        [
            {"key": "format", "value": str(FORMAT)},
            {"key": "version", "value": f"{newest or 'unknown'}+{content_hash[:8]}"},
            {"key": "content_hash", "value": content_hash},
        ],
        pk="key",
    )
    database.table("procedures").insert_all(tables["procedures"], pk="code")
    database.table("entries").insert_all(tables["entries"], pk=("kind", "key"))
    database.table("search").insert_all([{"name": n, "data": b} for n, b in sorted(blobs.items())], pk="name")
    database.close()
    draft.replace(path)
    return content_hash


def _tables(source: Source) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    group_of = {domain: group.key for group in source.groups for domain in group.domains}
    yield (
        "procedures",
        [
            {
                "position": position,
                "code": code,
                "title": source.words[code].title if code in source.words else facts.name,
                "people_group": group_of[facts.domain],
                "facts": _json(asdict(facts)),
                "words": source.words[code].model_dump_json(exclude_defaults=True) if code in source.words else None,
            }
            for position, (code, facts) in enumerate(source.facts.items())
        ],
    )
    kinds = {
        "family": source.families,
        "referral": source.referrals,
        "topic": source.topics,
        "event": source.events,
        "group": {g.key: g for g in source.groups},
        "withdrawn": source.withdrawn,
    }
    yield (
        "entries",
        [
            {
                "kind": kind,
                "position": position,
                "key": key,
                "data": entry.model_dump_json(by_alias=True, exclude_defaults=True),
            }
            for kind, rows in kinds.items()
            for position, (key, entry) in enumerate(rows.items())
        ],
    )


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, default=lambda v: v.isoformat() if isinstance(v, date) else str(v))
