"""The same question, typed otherwise, keeps its first procedure: without marks, with a slip, wrapped in courtesy, in capitals, with words run together."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from knowledge.search.finder import Finder
from knowledge.snapshot import Knowledge
from knowledge.source import FOLDER, read_questions
from knowledge.text.folding import fold

TEST = FOLDER / "questions" / "test"
pytestmark = pytest.mark.skipif(not TEST.exists(), reason="the test questions are not part of an installed package")


def slip(text: str) -> str:
    """One wrong letter in one word of at least four letters: dropped, doubled, or changed places with its neighbour."""
    chance = random.Random(text)
    words = text.split()
    long = [n for n, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not long:
        return text
    n = chance.choice(long)
    word = words[n]
    at = chance.randrange(1, len(word) - 1)
    words[n] = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
    return " ".join(words)


def glued(text: str) -> str:
    """Two neighbouring words run together."""
    chance = random.Random(text)
    words = text.split()
    pairs = [n for n in range(len(words) - 1) if words[n].isalpha() and words[n + 1].isalpha()]
    if not pairs:
        return text
    n = chance.choice(pairs)
    return " ".join([*words[:n], words[n] + words[n + 1], *words[n + 2 :]])


@pytest.mark.parametrize(
    ("how", "least"),
    [
        pytest.param(fold, 0.97, id="without marks"),
        pytest.param(slip, 0.97, id="a slip"),
        pytest.param(lambda q: f"dạ cho em hỏi {q} với ạ", 0.97, id="courtesy"),
        pytest.param(str.upper, 0.97, id="capitals"),
        pytest.param(glued, 0.97, id="run together"),
    ],
)
def test_the_first_procedure_stays(knowledge: Knowledge, how: Callable[[str], str], least: float) -> None:
    asked = [question.text for question in read_questions(TEST) if question.code][::6]
    assert len(asked) > 300
    kept = sum(first(knowledge.finder, how(text)) == first(knowledge.finder, text) for text in asked)
    assert kept >= least * len(asked), f"{kept} of {len(asked)}"


def first(finder: Finder, text: str) -> str:
    """The first procedure offered; empty where none is."""
    return next((c.code for c in finder.find(text).candidates), "")
