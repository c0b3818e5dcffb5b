"""Holding the knowledge against itself: what no single file's model can see.

`problems` gives everything that must be mended before a build; `stale` the files whose published facts have changed since they were written.
What in such a file no longer fits the facts does not stop a build: its card says that it is being looked at again. `against_facts` lists it
for whoever does that, and `motcua kb accept` refuses until it is settled.
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from pydantic import BaseModel

from knowledge.card import LIMIT, STUB_LIMIT
from knowledge.facts import Facts
from knowledge.model import Words
from knowledge.procedure import WAY_OUT, Procedure, outdated
from knowledge.source import Problem, Source, line_of
from knowledge.unit import CatalogueDecision, Hours, Unit
from knowledge.withdrawn import FILE as WITHDRAWN

COMPLETE_ALIASES, DRAFT_ALIASES = 12, 4
# The district level was abolished on 2025-07-01: nothing may send people there.
DISTRICT = re.compile(
    r"\b(?:ubnd|ủy ban nhân dân|uỷ ban nhân dân|công an|cấp|tòa án nhân dân|phòng [\w\s]{2,30}?)\s+(?:cấp\s+)?(?:quận|huyện|thị xã)\b",
    re.IGNORECASE,
)
LAW = re.compile(r"\d+/\d{4}/")
PLACEHOLDERS = {"phone", "address", "hours", "open_now", "unit", "page"}
# Cards are measured with the longest last line a unit can have.
MEASURE = Unit(
    id="do",
    name="xã",
    centre="Trung tâm",
    address="xã",
    phone="0200 000 000",
    hours=Hours(),
    catalogue=CatalogueDecision(decision="mẫu"),
)


def problems(source: Source) -> list[Problem]:
    """Everything to mend, in the order of the files."""
    found = [p for words in source.words.values() for p in _file(words, source)]
    found += [
        *_aliases(source),
        *_families(source),
        *_groups(source),
        *_events(source),
        *_topics(source),
        *_questions(source),
        *_withdrawn(source),
    ]
    return sorted(found, key=lambda p: (p.file, p.line))


def stale(source: Source) -> list[str]:
    """The codes whose facts changed since their words were written (or were never held against them), sorted."""
    return sorted(
        c for c, w in source.words.items() if not w.draft and c in source.facts and w.facts_hash != source.facts[c].hash
    )


def _texts(model: BaseModel) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text that may be spoken, with where it stands; phrases that only recognise are left out."""
    for name, value in model:
        if name in ("aliases", "words", "code", "key", "facts_hash"):
            continue
        for index, part in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(part, BaseModel):
                for inner, text in _texts(part):
                    yield (name, index, *inner), text
            elif isinstance(part, str):
                yield ((name, index) if isinstance(value, tuple) else (name,)), part


def _file(words: Words, source: Source) -> Iterator[Problem]:
    path = source.files[words.code]
    text = path.read_text(encoding="utf-8")
    name = "/".join(path.parts[-3:])

    def problem(say: str, *where: str | int) -> Problem:
        return Problem(name, line_of(text, where) if where else 0, say)

    facts = source.facts.get(words.code)
    if facts is None:
        yield problem(f"{words.code} is not among the published facts: check the code", "code")
        return
    group = next((g.key for g in source.groups if facts.domain in g.domains), "")
    in_doubt = outdated(words, facts)
    if path.parent.name != group and not in_doubt:
        yield problem(f"its domain {facts.domain!r} belongs to {group!r}: move the file there", "code")
    if not path.name.startswith(f"{words.code}-"):
        yield problem(f"name the file {words.code}-<slug>.toml", "code")
    for where, said in _texts(words):
        if DISTRICT.search(said):
            yield problem("sends people to the abolished district level: name the commune or the province", *where)
    least = DRAFT_ALIASES if words.draft else COMPLETE_ALIASES
    if len(words.aliases) < least:
        yield problem(f"{len(words.aliases)} aliases, needs {least}: how do people ask for it?", "aliases")
    yield from (problem(f"{c} is no code we know", "related") for c in words.related if c not in source.facts)
    if words.family and words.family not in source.families:
        yield problem(f"family {words.family!r} does not exist: add it to knowledge/families", "family")
    if words.slots and not words.family:
        yield problem("slots without a family: name the family", "slots")
    if words.draft:
        return
    for part in ("purpose", "steps", "result", *(("documents",) if facts.documents and not in_doubt else ())):
        if not getattr(words, part):
            yield problem(f"{part} is missing: a complete file tells it (or set draft = true)")
    yield from (problem(*args) for args in _cases(words))
    if not in_doubt:
        yield from (problem(*args) for args in _numbers(words, facts))
    procedure = Procedure(facts, words, group)
    for case in [c.key for c in words.cases] + [WAY_OUT]:
        card = procedure.card(case, MEASURE)
        if len(card.text()) > LIMIT:
            yield problem(
                f"the card of {case!r} has {len(card.text())} characters, at most {LIMIT}: shorten notes, give papers for few their when"
            )
        if len(card.stub.text()) > STUB_LIMIT:
            yield problem(f"the last line has {len(card.stub.text())} characters, at most {STUB_LIMIT}")


def _cases(words: Words) -> Iterator[tuple[str, str | int] | tuple[str, str, int]]:
    keys = [c.key for c in words.cases]
    if bool(keys) != bool(words.question):
        yield "cases and question come together: add the other", "question"
    if keys and not 2 <= len(keys) <= 3:
        yield f"{len(keys)} cases: 2 or 3 (the way out is added by itself)", "cases"
    if len(set(keys)) != len(keys) or WAY_OUT in keys:
        yield f"case keys must differ, and {WAY_OUT!r} is the way out's", "cases"
    for part in ("documents", "times", "fees"):
        for index, row in enumerate(getattr(words, part)):
            for key in set(row.cases) - set(keys):
                yield f"case {key!r} does not exist: one of {', '.join(keys) or 'none'}", part, index


def against_facts(words: Words, source: Source) -> list[Problem]:
    """Where complete words do not fit the facts as they stand now; empty for a draft, which tells no numbers."""
    facts, path = source.facts[words.code], source.files[words.code]
    if words.draft:
        return []
    text, name = path.read_text(encoding="utf-8"), "/".join(path.parts[-3:])
    found = [Problem(name, line_of(text, said[1:]), said[0]) for said in _numbers(words, facts)]
    if facts.documents and not words.documents:
        found.append(Problem(name, 0, "documents is missing: the published record has papers now"))
    group = next((g.key for g in source.groups if facts.domain in g.domains), "")
    if path.parent.name != group:
        found.append(Problem(name, 0, f"its domain {facts.domain!r} belongs to {group!r}: move the file there"))
    return found


def _withdrawn(source: Source) -> Iterator[Problem]:
    for entry in source.withdrawn.values():
        if entry.code not in source.facts:
            yield Problem(WITHDRAWN, 0, f"{entry.code} is no code we know: take its table out")
        for code in entry.replaced_by:
            if code not in source.facts or code in source.withdrawn:
                yield Problem(
                    WITHDRAWN, 0, f"{entry.code}: replaced by {code}, which is not published: name a code that is"
                )


def _numbers(words: Words, facts: Facts) -> Iterator[tuple[str, str] | tuple[str, str, int]]:
    told = " ".join(t.text for t in words.times)
    values = {(t.value, t.unit) for t in words.times}
    for term in {(t.value, t.unit) for t in facts.times if t.source == "case" and t.value}:
        if term not in values and not re.search(rf"(?<!\d)0?{term[0]:g}(?!\d)", told):
            yield f"the published term {term[0]:g} {term[1]} is not told", "times"
    for amount in {f.amount for f in facts.fees if f.amount}:
        if amount not in {f.amount for f in words.fees} and f"{amount:,}".replace(",", ".") not in " ".join(
            f.text for f in words.fees
        ):
            yield f"the published amount {amount} is not told", "fees"
    for index, fee in enumerate(words.fees):
        if fee.amount == 0 and not LAW.search(fee.text):
            yield "free, by which text? Name the document, or leave the fee out", "fees", index


def _aliases(source: Source) -> Iterator[Problem]:
    owners: dict[str, list[str]] = defaultdict(list)
    for words in source.words.values():
        for alias in dict.fromkeys(" ".join(a.casefold().split()) for a in words.aliases):
            owners[alias].append(words.code)
    for alias, codes in owners.items():
        for one, other in combinations(codes, 2):
            a, b = source.words[one], source.words[other]
            if a.family and a.family == b.family and a.slots != b.slots:
                continue
            path = source.files[other]
            line = line_of(path.read_text(encoding="utf-8"), ("aliases",))
            yield Problem(
                "/".join(path.parts[-3:]), line, f"alias {alias!r} also stands on {one}: say what tells them apart"
            )


def _families(source: Source) -> Iterator[Problem]:
    for family in source.families.values():
        members = [w for w in source.words.values() if w.family == family.key]
        slots = {s.key: {c.key for c in s.choices} for s in family.slots}
        where = f"families: {family.key}"
        if family.default and family.default not in {w.code for w in members}:
            yield Problem(where, 0, f"default {family.default} is no member: name the family in its file")
        for member in members:
            for slot, choice in member.slots.items():
                if choice not in slots.get(slot, ()):
                    yield Problem(
                        "/".join(source.files[member.code].parts[-3:]),
                        0,
                        f"slot {slot} = {choice!r}: the family has no such choice",
                    )


def _groups(source: Source) -> Iterator[Problem]:
    known = [d for g in source.groups for d in g.domains]
    for domain in sorted({f.domain for f in source.facts.values()} - set(known)):
        yield Problem("domains.toml", 0, f"the domain {domain!r} stands in no group: add it to one")
    for domain in sorted({d for d in known if known.count(d) > 1}):
        yield Problem("domains.toml", 0, f"the domain {domain!r} stands twice: keep one")


def _events(source: Source) -> Iterator[Problem]:
    for event in source.events.values():
        for code in event.codes:
            if code not in source.facts:
                yield Problem("life_events.toml", 0, f"{event.key}: {code} is no code we know")


def _topics(source: Source) -> Iterator[Problem]:
    for name, rows in (("topics.toml", source.topics), ("referrals.toml", source.referrals)):
        for row in rows.values():
            said = row.text
            if DISTRICT.search(said):
                yield Problem(name, 0, f"{row.key}: sends people to the abolished district level")
            try:
                wanted = {f for _, f, _, _ in string.Formatter().parse(said) if f is not None}
            except ValueError as error:
                yield Problem(name, 0, f"{row.key}: {error}: a brace stands alone")
                continue
            if wanted - PLACEHOLDERS:
                yield Problem(
                    name,
                    0,
                    f"{row.key}: nobody fills {sorted(wanted - PLACEHOLDERS)}: use one of {sorted(PLACEHOLDERS)}",
                )


def _questions(source: Source) -> Iterator[Problem]:
    known = {"elsewhere": source.referrals, "topics": source.topics, "events": source.events}
    for question in source.questions:
        if question.kind in known:
            if question.expects not in known[question.kind]:
                yield Problem(
                    f"questions: _{question.kind}", 0, f"{question.expects!r} does not exist ({question.text[:40]})"
                )
        elif question.kind != "outside":
            for code in filter(None, re.split(r"[|+]", question.expects)):
                if code not in source.facts:
                    yield Problem("questions", 0, f"{code!r} is no code we know ({question.text[:40]})")
