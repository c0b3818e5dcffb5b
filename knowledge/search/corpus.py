"""Every text the finder compares with, and what each stands for.

A class is what a question may be about: a procedure (its code), another body ("r:" and the referral's key), a topic ("t:"), a life event ("e:"), or
nothing we serve ("o:"). The test part of the questions is never read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.model import Words
from knowledge.source import Source

OUTSIDE = "o:"
_SPECIAL = {"elsewhere": "r:", "topics": "t:", "events": "e:"}

# How much one text of a kind counts for its class.
FIELDS = {
    "name": 1.0,
    "title": 1.0,
    "alias": 1.0,
    "question": 1.0,
    "slot": 0.6,
    "purpose": 0.5,
    "family": 0.3,
    "case": 0.3,
    "document": 0.25,
}


@dataclass(frozen=True, slots=True)
class Text:
    """One text: the class it speaks for, the kind of text (a key of FIELDS), the words as written."""

    about: str
    kind: str
    text: str


def classes(source: Source) -> list[str]:
    """Every class, in a fixed order: procedures as in the facts, then referrals, topics, events, outside."""
    return [
        *source.facts,
        *(f"r:{key}" for key in source.referrals),
        *(f"t:{key}" for key in source.topics),
        *(f"e:{key}" for key in source.events),
        OUTSIDE,
    ]


def texts(source: Source) -> Iterator[Text]:
    """What the knowledge files say, in a fixed order; our own questions come from `questions`."""
    for code, facts in source.facts.items():
        yield Text(code, "name", facts.name)
        if code in source.words:
            yield from _of_procedure(source.words[code], source)
    for key, referral in source.referrals.items():
        yield Text(f"r:{key}", "title", referral.need)
        yield from (Text(f"r:{key}", "alias", alias) for alias in referral.aliases)
    for key, topic in source.topics.items():
        yield Text(f"t:{key}", "title", topic.title)
        yield from (Text(f"t:{key}", "alias", alias) for alias in topic.aliases)
    for key, event in source.events.items():
        yield Text(f"e:{key}", "title", event.title)
        yield from (Text(f"e:{key}", "alias", alias) for alias in event.aliases)


def _of_procedure(words: Words, source: Source) -> Iterator[Text]:
    yield Text(words.code, "title", words.title)
    yield from (Text(words.code, "alias", alias) for alias in words.aliases)
    if words.purpose:
        yield Text(words.code, "purpose", words.purpose)
    yield from (Text(words.code, "document", document.name) for document in words.documents)
    for case in words.cases:
        yield from (Text(words.code, "case", phrase) for phrase in (case.name, *case.words))
    family = source.families.get(words.family or "")
    if family is None:
        return
    yield from (Text(words.code, "family", alias) for alias in family.aliases)
    for slot in family.slots:
        for choice in slot.choices:
            if words.slots.get(slot.key) == choice.key:
                yield from (Text(words.code, "slot", phrase) for phrase in (choice.label, *choice.words))


def questions(source: Source) -> Iterator[Text]:
    """Our own learning questions that ask for one class; what a row names must exist, else it is left out (`motcua kb check` says so)."""
    known = set(classes(source))
    for question in source.questions:
        about = question.expects
        if question.kind == "outside":
            about = OUTSIDE
        elif question.kind:
            about = _SPECIAL.get(question.kind, "?") + question.expects
        if about in known:
            yield Text(about, "question", question.text)
