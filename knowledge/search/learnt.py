"""Weights learnt from our own questions: which words speak for or against a class more than counting tells.

The file `learnt.tsv` is written by `benchmarks/learn.py` and read when the index is built. A line is one class: its name, its bias, then features with
their weights in hundredths. A class or a feature that the knowledge no longer has is left out; a new one simply has no learnt weights yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

FILE = "learnt.tsv"
KINDS = "wbkp"  # the kinds of features that are learnt; letters and marks are compared by counting alone


@dataclass(frozen=True)
class Learnt:
    """Class -> bias, and class -> feature -> weight."""

    bias: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]


NOTHING = Learnt({}, {})


@lru_cache(maxsize=1)
def learnt() -> Learnt:
    """The weights shipped with the code; nothing when they were never learnt."""
    file = files("knowledge.search") / FILE
    return parse(file.read_text(encoding="utf-8")) if file.is_file() else NOTHING


def parse(text: str) -> Learnt:
    """The weights that `written` wrote."""
    bias: dict[str, float] = {}
    weights: dict[str, dict[str, float]] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        about, base, *cells = line.split("\t")
        bias[about] = int(base) / 100
        pairs = (cell.rsplit("=", 1) for cell in cells)
        weights[about] = {feature: int(weight) / 100 for feature, weight in pairs}
    return Learnt(bias, weights)


def written(found: Learnt) -> str:
    """The file's text: classes and features in order, so that two versions can be compared line by line."""
    lines = [
        "# class, bias, features with weights, in hundredths. Written by benchmarks/learn.py; do not edit by hand."
    ]
    for about in sorted(found.weights):
        row = found.weights[about]
        cells = [f"{feature}={round(row[feature] * 100)}" for feature in sorted(row)]
        lines.append("\t".join([about, str(round(found.bias.get(about, 0.0) * 100)), *cells]))
    return "\n".join(lines) + "\n"
