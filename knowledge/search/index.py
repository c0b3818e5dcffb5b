"""The index: for every feature the classes it speaks for and how much. Built once, packed into flat arrays; `scoring` reads them.

A class is described by the sum of its texts (tf-idf, each text of length 1, weighted by its kind); weights learnt from our own questions are added on top
(`knowledge/search/learnt.py`). Both are sums over features, so one list per feature holds them together.
"""

from __future__ import annotations

import json
import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate

from knowledge.search.corpus import FIELDS, Text, classes, questions, texts
from knowledge.search.features import features
from knowledge.search.learnt import Learnt, learnt
from knowledge.search.scoring import GREATEST, MOST, MOST_OF_PIECE, UNIT
from knowledge.search.second_look import build as build_look
from knowledge.source import Source
from knowledge.text.lexicon import Lexicon
from knowledge.text.normalising import normalise
from knowledge.text.reading import read

KINDS = {"w": 1.0, "b": 1.0, "m": 0.7, "c": 0.6, "k": 1.1, "p": 0.5}  # how much a kind of feature counts
COUNTED = 2.0  # how much counting says beside learning
LEAST = 0.01  # a weight below this decides nothing and is left out
UNTAUGHT = -1.0  # the bias of a class nobody has learnt yet, what the others have on average

Vector = dict[str, float]


def lexicon_of(source: Source) -> Lexicon:
    """The lexicon of a knowledge folder: its own texts as they stand, its questions where they repeat."""
    return Lexicon.of((normalise(t.text) for t in texts(source)), (normalise(t.text) for t in questions(source)))


def build(source: Source, taught: Learnt | None = None) -> Mapping[str, bytes]:
    """The index of a knowledge folder as named blobs, the same bytes for the same folder. `taught` are other weights than the shipped ones."""
    lexicon = lexicon_of(source)
    names = classes(source)
    said = [*texts(source), *questions(source)]
    counts = [features(read(text.text, lexicon)) for text in said]
    rarity = rarity_of(counts)
    centres = centres_of(said, [weighed(count, rarity) for count in counts])
    return {
        "lexicon": lexicon.dump(),
        "events": _events(source),
        "look": build_look(source, lexicon),
        "fields": _fields(source, lexicon),
        "elsewhere": _elsewhere(source, lexicon),
        **pack(names, rarity, centres, learnt() if taught is None else taught),
    }


def rarity_of(counts: Sequence[Vector]) -> dict[str, float]:
    """How rare a feature is among all texts: smoothed idf times the weight of its kind. What stands in one text only is kept."""
    seen: Counter[str] = Counter()
    for count in counts:
        seen.update(count.keys())
    size = len(counts)
    return {f: (math.log((1 + size) / (1 + n)) + 1) * KINDS[f[0]] for f, n in sorted(seen.items())}


def weighed(count: Vector, rarity: Mapping[str, float]) -> Vector:
    """A text as a vector of length 1 over the features the index knows; empty where it knows none."""
    vector = {f: n * rarity[f] for f, n in count.items() if f in rarity}
    length = math.sqrt(sum(w * w for w in vector.values()))
    return {f: w / length for f, w in vector.items()} if length else {}


def centres_of(said: Sequence[Text], vectors: Sequence[Vector]) -> dict[str, Vector]:
    """Class -> its description: the dampened sum of its texts, of length 1."""
    sums: dict[str, defaultdict[str, float]] = {}
    for text, vector in zip(said, vectors, strict=True):
        into = sums.setdefault(text.about, defaultdict(float))
        for feature, weight in vector.items():
            into[feature] += FIELDS[text.kind] * weight
    centres: dict[str, Vector] = {}
    for about, total in sums.items():
        damped = {f: math.log1p(w) for f, w in total.items()}
        length = math.sqrt(sum(w * w for w in damped.values()))
        centres[about] = {f: w / length for f, w in damped.items()}
    return centres


def pack(
    names: Sequence[str], rarity: Mapping[str, float], centres: Mapping[str, Vector], taught: Learnt
) -> dict[str, bytes]:
    """Names, rarities and the class weights per feature as blobs: text for names, little arrays for numbers."""
    number = {name: n for n, name in enumerate(names)}
    lists: dict[str, list[tuple[int, float]]] = {feature: [] for feature in rarity}
    for about, n in number.items():
        vector, lesson = centres.get(about, {}), taught.weights.get(about, {})
        for feature in dict.fromkeys([*vector, *lesson]):
            weight = COUNTED * vector.get(feature, 0.0) + lesson.get(feature, 0.0)
            if abs(weight) >= LEAST and feature in lists:
                lists[feature].append((n, weight))
    order = sorted(lists)
    about_all, weight_all = array("H"), array("h")
    sizes: list[int] = []
    for feature in order:
        most = MOST_OF_PIECE if feature[0] == "c" else MOST
        kept = sorted(lists[feature], key=lambda one: (-abs(one[1]), one[0]))[:most]
        sizes.append(len(kept))
        about_all.extend(one[0] for one in kept)
        weight_all.extend(max(-GREATEST, min(GREATEST, round(one[1] / UNIT))) for one in kept)
    return {
        "classes": "\n".join(names).encode(),
        "features": "\n".join(order).encode(),
        "bias": array("f", (taught.bias.get(name, UNTAUGHT) for name in names)).tobytes(),
        "rarity": array("f", (rarity[f] for f in order)).tobytes(),
        "ends": array("I", accumulate(sizes)).tobytes(),
        "about": about_all.tobytes(),
        "weight": weight_all.tobytes(),
    }


def _events(source: Source) -> bytes:
    return json.dumps({key: list(event.codes) for key, event in source.events.items()}, sort_keys=True).encode()


def _elsewhere(source: Source, lexicon: Lexicon) -> bytes:
    """What other bodies' needs, topics and events are called, a name a line, as a question's own words are read."""
    said = [
        *(alias for row in source.referrals.values() for alias in row.aliases),
        *(alias for row in source.topics.values() for alias in row.aliases),
        *(alias for row in source.events.values() for alias in row.aliases),
    ]
    names = {" ".join(read(alias, lexicon).own) for alias in said}
    return "\n".join(sorted(name for name in names if " " in name)).encode()


def _fields(source: Source, lexicon: Lexicon) -> bytes:
    """What names a whole field ("hộ tịch", "đất đai") -> its procedures, as JSON."""
    found: dict[str, list[str]] = {}
    for group in source.groups:
        of_group = [code for code, facts in source.facts.items() if facts.domain in group.domains]
        named = [(name, of_group) for name in (group.name, *group.aliases)]
        named += [(d, [code for code, facts in source.facts.items() if facts.domain == d]) for d in group.domains]
        for name, codes in named:
            own = " ".join(read(name, lexicon).own)
            if own and codes:
                found.setdefault(own, codes)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
