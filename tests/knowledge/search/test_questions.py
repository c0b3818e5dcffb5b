"""The finder on our own test questions, which it never learnt from: what was measured, less a margin, so that it cannot quietly get worse."""

from collections import Counter

import pytest

from knowledge.search.finder import Finder
from knowledge.snapshot import Knowledge
from knowledge.source import FOLDER, read_questions

TEST = FOLDER / "questions" / "test"
pytestmark = pytest.mark.skipif(not TEST.exists(), reason="the test questions are not part of an installed package")


@pytest.fixture(scope="module")
def finder(knowledge: Knowledge) -> Finder:
    return knowledge.finder


def test_the_right_procedure_is_found_and_a_wrong_answer_is_rare(finder: Finder) -> None:
    asked = [question for question in read_questions(TEST) if question.code][::2]
    assert len(asked) > 500
    seen: Counter[str] = Counter()
    for question in asked:
        found = finder.find(question.text)
        codes = [c.code for c in found.candidates]
        seen["first"] += codes[:1] == [question.code]
        seen["third"] += question.code in codes[:3]
        seen["answered"] += found.behaviour == "answer"
        seen["wrong"] += found.behaviour == "answer" and codes[0] != question.code
        seen["refused"] += found.behaviour == "refuse"
    share = {what: count / len(asked) for what, count in seen.items()}
    # measured 2026-11-28 (a fifth of them the hardest between near twins): first 0.91, third 0.97, answered 0.96, wrong 0.07, refused 0.00
    assert share["first"] >= 0.85 and share["third"] >= 0.94, share
    assert share["answered"] >= 0.80 and share["wrong"] <= 0.08 and share.get("refused", 0.0) <= 0.03, share


def test_what_nobody_serves_is_refused(finder: Finder) -> None:
    asked = [question for question in read_questions(TEST) if question.kind == "outside"]
    answered = [question.text for question in asked if finder.find(question.text).behaviour == "answer"]
    assert len(answered) <= 0.10 * len(asked), (
        answered
    )  # measured: 13 of 194, half of which only sound like a commune's papers


def test_vague_text_is_seldom_answered(finder: Finder) -> None:
    asked = [question for question in read_questions(TEST) if question.kind == "vague"]
    answered = [question.text for question in asked if finder.find(question.text).behaviour == "answer"]
    assert len(answered) <= 0.40 * len(asked), answered


def test_of_two_needs_one_is_always_among_the_first(finder: Finder) -> None:
    asked = [question for question in read_questions(TEST) if question.kind == "two_needs"]
    both = one = 0
    for question in asked:
        wanted = set(question.expects.split("+"))
        found = finder.find(question.text)
        codes = [c.code for c in found.candidates[:2]]
        if found.second and found.second.candidates:
            codes.insert(1, found.second.candidates[0].code)
        both += wanted <= set(codes[:3])
        one += bool(wanted & set(codes[:1]))
    assert one >= 0.80 * len(asked) and both >= 0.65 * len(asked)  # measured 0.91 and 0.81
