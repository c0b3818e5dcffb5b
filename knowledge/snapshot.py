"""The knowledge at run time: an immutable snapshot in memory, loaded from the pack `knowledge.db` and swapped whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from knowledge.facts import Facts, FeeFact, TimeFact
from knowledge.model import Family, Group, LifeEvent, Referral, Topic, Words
from knowledge.override import Local
from knowledge.procedure import Procedure, outdated
from knowledge.search.finder import Finder
from knowledge.withdrawn import Withdrawn
from knowledge.working_days import WorkingDays, load_calendar

PACK = Path(__file__).parent / "knowledge.db"
FORMAT = 3  # 2: withdrawn procedures; a program that does not know them would answer as if they were still needed. 3: weights are whole numbers


class PackError(Exception):
    """The pack is missing, damaged or of another format; the text says what to do."""


class PackFormat(PackError):
    """The pack was made for another program than this one."""


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Everything the centre knows. Mappings keep the order of their files; `finder` understands questions over it.

    Two snapshots are never compared by content: one is itself, so what is computed from it can be kept beside it.
    """

    procedures: Mapping[str, Procedure]
    families: Mapping[str, Family]
    referrals: Mapping[str, Referral]
    topics: Mapping[str, Topic]
    events: Mapping[str, LifeEvent]
    groups: tuple[Group, ...]
    finder: Finder
    calendar: WorkingDays
    version: str
    content_hash: str
    units: Mapping[str, Knowledge] = field(default_factory=dict)
    base: Knowledge | None = None

    def of(self, unit_id: str) -> Knowledge:
        """The knowledge as this unit tells it, with its overrides; itself where the unit has none."""
        return self.units.get(unit_id, self)

    @property
    def shared(self) -> Knowledge:
        """The snapshot before any unit's overrides: what was computed from it serves all units."""
        return self.base or self

    def with_overrides(self, local: Mapping[str, Local]) -> Knowledge:
        """A new snapshot with one unit's overrides (`knowledge.override.laid`) laid over; this one stays as it is.

        Codes that the knowledge lacks are passed over. What an alias names is found at once, without learning anew.
        """
        known = {code: said for code, said in local.items() if code in self.procedures}
        if not known:
            return self
        procedures = {**self.procedures, **{c: replace(self.procedures[c], local=said) for c, said in known.items()}}
        aliases = {code: said.aliases for code, said in known.items() if said.aliases}
        finder = self.finder.with_aliases(aliases) if aliases else self.finder
        return replace(self, procedures=procedures, finder=finder, units={}, base=self.shared)

    def with_units(self, local: Mapping[str, Mapping[str, Local]]) -> Knowledge:
        """A new snapshot in which each unit has its own overrides, by unit id; before anything else it forgets older ones."""
        shared = self.shared
        units = {unit: shared.with_overrides(said) for unit, said in local.items() if said}
        return replace(shared, units=units, base=shared)


def load(path: Path = PACK) -> Knowledge:
    """The snapshot of a pack. Raises PackError when it cannot be used."""
    if not path.exists():
        raise PackError(f"{path.name} is missing. Run: motcua kb build")
    try:
        return _load(path)
    except PackError:
        raise
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise PackError(
            f"{path.name} says something this program does not know ({type(error).__name__}). Run: motcua kb build"
        ) from error


def _load(path: Path) -> Knowledge:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            meta = dict(connection.execute("SELECT key, value FROM meta"))
            if int(meta["format"]) != FORMAT:
                raise PackFormat(
                    f"{path.name} has format {meta['format']}, this program reads {FORMAT}. Run: motcua kb build"
                )
            rows = connection.execute("SELECT facts, words, people_group FROM procedures ORDER BY position").fetchall()
            entries: dict[str, dict[str, str]] = {}
            for kind, key, data in connection.execute("SELECT kind, key, data FROM entries ORDER BY kind, position"):
                entries.setdefault(kind, {})[key] = data
            blobs = dict(connection.execute("SELECT name, data FROM search"))
        finally:
            connection.close()
    except (sqlite3.Error, KeyError, ValueError) as error:
        raise PackError(f"{path.name} cannot be read ({error}). Run: motcua kb build") from error
    withdrawn = {k: Withdrawn.model_validate_json(d) for k, d in entries.get("withdrawn", {}).items()}
    procedures = {p.code: p for row in rows for p in [_procedure(*row, withdrawn=withdrawn)]}
    families = {k: Family.model_validate_json(d) for k, d in entries.get("family", {}).items()}
    referrals = {k: Referral.model_validate_json(d) for k, d in entries.get("referral", {}).items()}
    topics = {k: Topic.model_validate_json(d) for k, d in entries.get("topic", {}).items()}
    events = {k: LifeEvent.model_validate_json(d) for k, d in entries.get("event", {}).items()}
    return Knowledge(
        procedures=procedures,
        families=families,
        referrals=referrals,
        topics=topics,
        events=events,
        groups=tuple(Group.model_validate_json(d) for d in entries.get("group", {}).values()),
        finder=Finder.from_blobs(blobs, procedures, families),
        calendar=load_calendar(),
        version=meta["version"],
        content_hash=meta["content_hash"],
    )


def _procedure(facts_text: str, words_text: str | None, group: str, *, withdrawn: Mapping[str, Withdrawn]) -> Procedure:
    facts = facts_from_json(facts_text)
    words = Words.model_validate_json(words_text) if words_text else None
    return Procedure(facts, words, group, withdrawn.get(facts.code), outdated(words, facts))


def facts_from_json(text: str) -> Facts:
    """Facts from the pack's JSON (dates as ISO text, nested rows as lists)."""
    data = json.loads(text)
    for key in ("decision_on", "published_on", "source_on"):
        data[key] = date.fromisoformat(data[key]) if data[key] else None
    for key in ("handled_by", "agency", "methods", "results", "legal"):
        data[key] = tuple(data[key])
    data["times"] = tuple(TimeFact(*row.values()) for row in data["times"])
    data["fees"] = tuple(FeeFact(*row.values()) for row in data["fees"])
    return Facts(**data)
