"""Reading the knowledge folder: every file through its strict model, every error with file, line and what to do."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge.facts import Facts, FactsError, read_facts
from knowledge.model import Family, Group, LifeEvent, Referral, Topic, Words
from knowledge.withdrawn import FILE as WITHDRAWN
from knowledge.withdrawn import Withdrawn

FOLDER = Path(__file__).parent
ASPECTS = {"documents", "fee", "time", "place", "steps", "online", "form", "conditions", "legal", "result", "overview"}
CURES = {
    "extra_forbidden": "nobody knows this key: mend its spelling or take it out (docs/knowledge.md lists the keys)",
    "missing": "add this key",
    "string_type": "put it between quotes: codes and names are text",
    "string_too_long": "shorten it",
    "string_too_short": "it is too short to mean anything",
    "string_pattern_mismatch": "write it in the form docs/knowledge.md gives",
    "literal_error": "use one of the words listed",
    "int_type": "a whole number, without quotes",
}
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where, what, and the cure. `line` is 1-based, 0 when the whole file is meant."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class KnowledgeError(Exception):
    """The knowledge folder cannot be used; `problems` says all that is to mend."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Question:
    """A question of our own to learn from: what it asks for (codes or a key, as written), the aspect ("" for none), the words, the list it is of."""

    expects: str
    aspect: str
    text: str
    kind: str = ""

    @property
    def code(self) -> str:
        """The single code it asks for; empty in the special lists."""
        return "" if self.kind else self.expects


@dataclass(frozen=True, slots=True)
class Source:
    """Everything the folder says, read and modelled but not yet held against itself (`check.py` does that)."""

    facts: Mapping[str, Facts]
    words: Mapping[str, Words]
    families: Mapping[str, Family]
    referrals: Mapping[str, Referral]
    topics: Mapping[str, Topic]
    events: Mapping[str, LifeEvent]
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]
    files: Mapping[str, Path] = field(default_factory=dict)
    withdrawn: Mapping[str, Withdrawn] = field(default_factory=dict)


def read(folder: Path = FOLDER) -> Source:
    """Read a knowledge folder. Raises KnowledgeError with every problem found, not just the first."""
    problems: list[Problem] = []
    try:
        facts = read_facts(folder / "facts")
    except FactsError as error:
        raise KnowledgeError([Problem("facts", 0, str(error))]) from error
    words: dict[str, Words] = {}
    files: dict[str, Path] = {}
    for path in sorted((folder / "procedures").glob("*/*.toml")):
        name = str(path.relative_to(folder))
        entry = _model(path, name, Words, problems)
        if entry is None:
            continue
        if entry.code in words:
            problems.append(Problem(name, 1, f"{entry.code} has a file already: {files[entry.code].name}. Keep one."))
        words[entry.code], files[entry.code] = entry, path
    families: dict[str, Family] = {}
    for path in sorted((folder / "families").glob("*.toml")):
        families |= _tables(path, folder, "family", Family, problems, families)
    source = Source(
        facts=facts,
        words=words,
        families=families,
        referrals=_tables(folder / "referrals.toml", folder, "referral", Referral, problems),
        topics=_tables(folder / "topics.toml", folder, "topic", Topic, problems),
        events=_tables(folder / "life_events.toml", folder, "event", LifeEvent, problems),
        groups=tuple(_tables(folder / "domains.toml", folder, "group", Group, problems).values()),
        questions=read_questions(folder / "questions" / "learn", problems),
        files=files,
        withdrawn=_tables(folder / WITHDRAWN, folder, "withdrawn", Withdrawn, problems)
        if (folder / WITHDRAWN).exists()
        else {},
    )
    if problems:
        raise KnowledgeError(problems)
    return source


def read_questions(folder: Path, problems: list[Problem] | None = None) -> tuple[Question, ...]:
    """The questions of a folder of tab-separated lists, in file order; lists whose name begins with "_" are special kinds."""
    found: list[Question] = []
    problems = [] if problems is None else problems
    for path in sorted(folder.glob("*.tsv")):
        kind = path.stem.removeprefix("_") if path.stem.startswith("_") else ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            cells = [unicodedata.normalize("NFC", cell.strip()) for cell in line.split("\t")]
            name = f"questions/{folder.name}/{path.name}"
            if len(cells) != 3 or not cells[2]:
                problems.append(
                    Problem(name, number, "needs three cells: codes, aspect or -, question, with tabs between")
                )
            elif cells[1] not in ASPECTS | {"-", ""}:
                problems.append(
                    Problem(name, number, f"aspect {cells[1]!r}: use one of {', '.join(sorted(ASPECTS))} or -")
                )
            else:
                found.append(Question(cells[0].strip("-"), cells[1].strip("-"), cells[2], kind))
    return tuple(found)


def _parse(path: Path, name: str, problems: list[Problem]) -> tuple[dict[str, Any], str] | None:
    try:
        text = path.read_text(encoding="utf-8")
        if text != unicodedata.normalize("NFC", text):
            problems.append(Problem(name, 0, "letters and marks stand apart (NFD): save it in NFC"))
        return tomllib.loads(text), text
    except FileNotFoundError:
        problems.append(Problem(name, 0, "is missing: restore it"))
    except UnicodeDecodeError:
        problems.append(Problem(name, 0, "is not UTF-8: save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        problems.append(Problem(name, int(line.group(1)) if line else 0, f"not TOML: {error}. Mend this line."))
    return None


def _model(path: Path, name: str, kind: type[Model], problems: list[Problem]) -> Model | None:
    parsed = _parse(path, name, problems)
    return _validated(parsed[0], parsed[1], name, kind, (), problems) if parsed else None


def _tables(
    path: Path,
    folder: Path,
    key: str,
    kind: type[Model],
    problems: list[Problem],
    known: Mapping[str, Model] | None = None,
) -> dict[str, Model]:
    name = str(path.relative_to(folder))
    parsed = _parse(path, name, problems)
    found: dict[str, Model] = {}
    for number, row in enumerate(parsed[0].get(key, []) if parsed else []):
        entry = _validated(row, parsed[1] if parsed else "", name, kind, (key, number), problems)
        if entry is None:
            continue
        own = str(getattr(entry, "key", number))
        if own in found or own in (known or {}):
            problems.append(Problem(name, 0, f"key {own!r} stands twice: rename one"))
        found[own] = entry
    strange = set(parsed[0]) - {key} if parsed else set()
    problems += [
        Problem(name, line_of(parsed[1], (s,)), f"unknown table {s!r}: only [[{key}]]") for s in strange if parsed
    ]
    return found


def _validated(
    data: dict[str, Any], text: str, name: str, kind: type[Model], at: tuple[str | int, ...], problems: list[Problem]
) -> Model | None:
    try:
        return kind(**data)
    except (ValidationError, TypeError) as error:
        if not isinstance(error, ValidationError):
            problems.append(Problem(name, 0, f"{error}: keys are plain words"))
            return None
        for one in error.errors():
            where = ".".join(str(part) for part in one["loc"])
            cure = CURES.get(one["type"], "mend it")
            problems.append(Problem(name, line_of(text, (*at, *one["loc"])), f"{where}: {one['msg']}: {cure}"))
        return None


def line_of(text: str, where: tuple[str | int, ...]) -> int:
    """The 1-based line a value stands on, found by walking the file's tables; the nearest header when the key itself is absent."""
    lines, at = text.splitlines(), 0
    names = ""
    for depth, part in enumerate(where):
        if isinstance(part, int):
            continue
        names = f"{names}.{part}" if names else part
        index = where[depth + 1] if depth + 1 < len(where) and isinstance(where[depth + 1], int) else 0
        headers = [n for n, line in enumerate(lines) if re.match(rf"\s*\[\[?{re.escape(names)}\]", line)]
        headers = [n for n in headers if n >= at]
        if headers and isinstance(index, int):
            at = headers[min(index, len(headers) - 1)]
            continue
        key = re.compile(rf"(?:^|[{{,])\s*{re.escape(str(part))}\s*=")
        at = next((n for n in range(at, len(lines)) if key.search(lines[n])), at)
    return at + 1
