"""From scores to belief: a share of 1 for every class, and the numbers that say how sure is sure enough."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

CONSIDERED = 60  # classes that share the belief; those further down would add nothing that can be seen


@dataclass(frozen=True, slots=True)
class Measures:
    """The thresholds of `decision.toml`, each explained there."""

    temperature: float
    answer: float
    answer_known: float
    clear_words: int
    short_answer: float
    elsewhere: float
    outside: float
    family: float
    option: float
    need: float
    together: float
    alone: float
    context: float
    thread_family: float
    thread_offered: float


@lru_cache(maxsize=1)
def measures() -> Measures:
    """The thresholds shipped with the code."""
    return Measures(**tomllib.loads((files("knowledge.search") / "decision.toml").read_text(encoding="utf-8")))


def shares(scores: Sequence[float], temperature: float) -> dict[int, float]:
    """Class number -> belief, the best first; the CONSIDERED best classes share 1. Ties keep the order of the classes."""
    best = sorted(range(len(scores)), key=lambda n: (-scores[n], n))[:CONSIDERED]
    top = scores[best[0]] if best else 0.0
    raw = {n: math.exp((scores[n] - top) * temperature) for n in best}
    total = sum(raw.values())
    return {n: weight / total for n, weight in raw.items()}
