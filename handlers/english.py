"""A question typed in English, found by the English titles and purposes that the words files carry.

The finder (knowledge/search) reads Vietnamese and takes English words for misspelt Vietnamese ones: it answered "I lost my ID card" with a land
certificate. So text that is plainly English never reaches it. Some six hundred titles need no index: every word of the question weighs by its rarity
among them (in a title fully, in a purpose by half), a title's unsaid words cost a little. What stands clearly above the rest is answered,
else up to four titles are offered. Why not `token_set_ratio` over the titles: "birth" is wholly contained in
seven of them, all then score 100; of the 27 questions of tests/handlers/test_english.py that mean a procedure it puts 18 first, this one all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from handlers.english_words import ASPECTS, COMMON, LOANS, MEANT, THEIRS, TOPICS, stem, words
from knowledge.procedure import short_name
from knowledge.search.finding import (
    LABEL_LENGTH,
    MOST_CANDIDATES,
    MOST_OPTIONS,
    Behaviour,
    Candidate,
    Finding,
    Option,
    Thread,
)
from knowledge.snapshot import Knowledge
from knowledge.text.folding import fold
from knowledge.text.syllable import is_folded_syllable

SHARE, LEANING = 0.5, 0.34  # of the words must be English; the second where English is spoken already
ANSWER, ABOVE, OFFER = 0.48, 0.08, 0.3  # a score that answers, by how much it must lead, the least that is offered
PURPOSE, UNSAID, UNKNOWN = 0.55, 0.3, 0.5
KIN, USUAL = (
    0.07,
    0.065,
)  # the same lead over one's own kin; for a family's usual member: people rarely mean the mobile or the border kind
BEHAVIOURS: dict[str, Behaviour] = {"e": "event", "t": "topic", "r": "referral"}
LONG = 6  # letters of a word in which one slip of the keyboard is mended


@dataclass(frozen=True, slots=True)
class Titles:
    """All that has English words: name (a code, or "e:", "t:", "r:" and a key) → stems of title and purpose; each stem's weight; the words."""

    entries: dict[str, tuple[frozenset[str], frozenset[str]]]
    weights: dict[str, float]
    words: frozenset[str]


@lru_cache(maxsize=1)
def titles(knowledge: Knowledge) -> Titles:
    """The English words of a snapshot, read once."""
    told = {
        p.code: (w.title_en, w.purpose_en or "") for p in knowledge.procedures.values() if (w := p.words) and w.title_en
    }
    told |= {f"e:{e.key}": (e.title_en, "") for e in knowledge.events.values() if e.title_en}
    told |= {f"t:{t.key}": (t.title_en, "") for t in knowledge.topics.values() if t.title_en}
    told |= {f"r:{r.key}": (r.need_en, "") for r in knowledge.referrals.values() if r.need_en}
    entries = {name: (_stems(title), _stems(purpose)) for name, (title, purpose) in told.items()}
    counts: dict[str, int] = {}
    for title, purpose in entries.values():
        for one in title | purpose:
            counts[one] = counts.get(one, 0) + 1
    weights = {one: math.log(1 + len(entries) / n) for one, n in counts.items()}
    return Titles(entries, weights, frozenset(w for texts in told.values() for text in texts for w in words(text)))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in COMMON)


def is_english(text: str, knowledge: Knowledge, *, spoken: bool = False) -> bool:
    """Whether a text is plainly English: no Vietnamese letter, most words known as English, and enough that no Vietnamese syllable is written like."""
    said, known = words(text), titles(knowledge.shared).weights
    english = [w for w in said if w in COMMON or w in MEANT or (len(w) > 3 and stem(w) in known)]
    own = [w for w in english if _only_english(w)]
    return (
        fold(text) == text
        and bool(own)
        and len(english) >= (LEANING if spoken else SHARE) * len(said)
        and 4 * len(own) >= len(english)
    )


def _only_english(word: str) -> bool:
    # "can me do an" could be either language; "the", "how", "register" are no Vietnamese without its marks.
    return word not in LOANS and not is_folded_syllable(word)


def find(text: str, thread: Thread, knowledge: Knowledge, *, spoken: bool = False) -> Finding | None:
    """How an English question is understood, told as the finder tells it; None where the text is not plainly English.

    `spoken`: the chat speaks English already, so a stray unknown word does not make it another language.
    """
    if THEIRS.search(text.lower()) or not is_english(text, knowledge, spoken=spoken):
        return None
    rest = text.lower()
    topic = next((key for key, pattern in TOPICS.items() if key in knowledge.topics and pattern.search(rest)), None)
    if topic:
        return Finding("topic", key=topic)
    aspect = next((name for name, pattern in ASPECTS.items() if pattern.search(rest)), None)
    for pattern in ASPECTS.values():
        rest = pattern.sub(" ", rest)
    asked = [word for word in words(rest) if word not in COMMON]
    if not asked and aspect and thread.code:
        return Finding("aspect", (Candidate(thread.code, 1.0),), aspect=aspect)
    ranked = [(name, score) for name, score in _ranked(asked, titles(knowledge.shared)) if score >= OFFER]
    if not ranked:
        # Two names of things may be what Vietnamese people call them ("work permit"): the finder may know.
        whole = spoken or any(w in COMMON and _only_english(w) for w in words(text))
        return Finding("refuse", aspect=aspect) if whole else None
    (best, sure), (next_best, near) = ranked[0], (*ranked, ("", 0.0))[1]
    if sure >= ANSWER and sure - near < ABOVE and next_best.startswith("e:"):
        best = next_best  # "my father died" is more than its registration
    kind, _, key = best.partition(":")
    candidates = tuple(Candidate(name, round(score, 3)) for name, score in ranked[:MOST_CANDIDATES] if ":" not in name)
    if key and (sure >= ANSWER or not candidates):
        codes = knowledge.events[key].codes if kind == "e" else ()
        return Finding(BEHAVIOURS[kind], tuple(Candidate(c, sure) for c in codes), key=key)
    if not key and sure >= ANSWER and sure - near >= _lead(best, next_best, knowledge):
        return Finding("answer", candidates, aspect=aspect)
    options = tuple(Option(_title(c.code, knowledge), (c.code,)) for c in candidates[:MOST_OPTIONS])
    return Finding("clarify", candidates, aspect=aspect, options=options)


def _lead(code: str, other: str, knowledge: Knowledge) -> float:
    """By how much a procedure must stand above the next to be answered alone."""
    told = knowledge.procedures[code].words
    family = knowledge.families.get((told.family if told else None) or "")
    beside = knowledge.procedures.get(other)
    if family is None or beside is None or beside.words is None or beside.words.family != family.key:
        return ABOVE
    return USUAL if family.default == code else KIN


def _title(code: str, knowledge: Knowledge) -> str:
    told = knowledge.procedures[code].words
    return short_name((told.title_en if told else None) or knowledge.procedures[code].title, LABEL_LENGTH)


def _ranked(asked: list[str], known: Titles) -> list[tuple[str, float]]:
    weights, rarest = known.weights, max(known.weights.values(), default=0.0)
    said = [_meant(word, known) for word in dict.fromkeys(asked)]
    total = sum(max((weights[s] for s in one if s in weights), default=UNKNOWN * rarest) for one in said)
    spoken: frozenset[str] = frozenset().union(*said)
    scores: dict[str, float] = {}
    for name, (title, purpose) in known.entries.items():
        met = sum(
            max((weights[s] * (1.0 if s in title else PURPOSE) for s in one & (title | purpose)), default=0.0)
            for one in said
        )
        if met:
            whole, unsaid = sum(weights[s] for s in title), sum(weights[s] for s in title - spoken)
            scores[name] = met / total - UNSAID * unsaid / (whole or 1.0)
    return sorted(scores.items(), key=lambda one: -one[1])


def _meant(word: str, known: Titles) -> frozenset[str]:
    """The stems a word may stand for: its own, those of what people mean by it, or of the one it was probably misspelt from."""
    if word not in MEANT and stem(word) not in known.weights and len(word) >= LONG:
        near = process.extractOne(word, known.words, scorer=DamerauLevenshtein.distance, score_cutoff=1)
        word = near[0] if near else word
    return frozenset({stem(word), *map(stem, MEANT.get(word, "").split())})
