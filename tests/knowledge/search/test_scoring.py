"""Adding up what features say for every class (knowledge/search/scoring.py): many classes at once must give what one at a time gives."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.scoring import GREATEST, UNIT, WIDE, Index

CLASSES = 80
FEATURES = 8


def index_of(rows: Sequence[Mapping[int, int]], bias: float = -1.0) -> Index:
    """An index of features "w0", "w1", …, each with its units per class, as a pack holds it."""
    return Index(
        {
            "classes": "\n".join(f"9.{n:06d}" for n in range(CLASSES)).encode(),
            "features": "\n".join(f"w{n}" for n in range(len(rows))).encode(),
            "bias": array("f", [bias] * CLASSES).tobytes(),
            "rarity": array("f", [1.0] * len(rows)).tobytes(),
            "ends": array("I", accumulate(map(len, rows))).tobytes(),
            "about": array("H", [about for row in rows for about in row]).tobytes(),
            "weight": array("h", [units for row in rows for units in row.values()]).tobytes(),
        }
    )


def one_at_a_time(rows: Sequence[Mapping[int, int]], said: Mapping[int, float], bias: float = -1.0) -> list[float]:
    """The same sum, without any lanes."""
    return [bias + sum(much * rows[row].get(about, 0) * UNIT for row, much in said.items()) for about in range(CLASSES)]


some_weights = st.dictionaries(st.integers(0, CLASSES - 1), st.integers(-GREATEST, GREATEST), max_size=CLASSES)
some_rows = st.lists(some_weights, min_size=FEATURES, max_size=FEATURES)
some_words = st.dictionaries(st.integers(0, FEATURES - 1), st.floats(0.001, 1.0), max_size=FEATURES)


@given(some_rows, some_words)
def test_all_classes_at_once_give_what_one_at_a_time_gives(rows: list[dict[int, int]], said: dict[int, float]) -> None:
    # Each word's part is cut to the lanes' finest step, so the sums may differ by so much and no more.
    step = sum(said.values()) * GREATEST / 2**30 * 16
    assert index_of(rows).score(said) == pytest.approx(one_at_a_time(rows, said), abs=1e-4 + step * len(said))


@pytest.mark.parametrize("units", [GREATEST, -GREATEST])
def test_the_greatest_weights_stay_in_their_lanes(units: int) -> None:
    loud = [dict.fromkeys(range(0, CLASSES, 2), units)] * FEATURES
    assert len(loud[0]) >= WIDE
    said = dict.fromkeys(range(FEATURES), 1.0)
    scores = index_of(loud).score(said)
    assert scores[0] == pytest.approx(FEATURES * units * UNIT - 1.0, rel=1e-4)
    assert scores[1] == pytest.approx(-1.0, abs=1e-3)  # nothing was borrowed from, or carried over to, the next class


def test_nothing_said_leaves_what_each_class_starts_with() -> None:
    assert index_of([{0: 5}], bias=-0.5).score({}) == [-0.5] * CLASSES


def test_a_word_supports_only_classes_whose_texts_say_it() -> None:
    index = index_of([{3: 100}, {3: -100}])
    assert (index.support(["0"], 3), index.support(["0"], 4), index.support(["1"], 3)) == (1.0, 0.0, 0.0)
    assert index.support([], 3) == 0.0
