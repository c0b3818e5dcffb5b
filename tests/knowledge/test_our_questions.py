"""Our own questions are people's, not a template's: few share a skeleton, no two learning questions are nearly one, and no testing question was learnt.

A skeleton is a question with its procedure's own words masked; it counts where at least three other words are left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.source import FOLDER, Question, Source, read_questions
from knowledge.text.normalising import folded

TEST = FOLDER / "questions" / "test"
pytestmark = pytest.mark.skipif(not TEST.exists(), reason="the test questions are not part of an installed package")
ALIKE = 0.9  # shared words among all words of two questions
MOST = 3  # questions of one skeleton
COMMON = frozenset(
    """can gi nhung giay to lam sao o dau bao nhieu tien may ngay co khong xin cho hoi thi nop mat nay roi duoc la va de
    em toi tui minh con ba me ong anh chi""".split()  # noqa: SIM905
)


def own(source: Source) -> dict[str, set[str]]:
    """Code -> the words of its names."""
    return {
        code: {w for name in (facts.name, words.title, *words.aliases) for w in folded(name).split()}
        for code, facts in source.facts.items()
        if (words := source.words.get(code))
    }


def skeleton(question: Question, names: set[str]) -> str:
    left: list[str] = []
    for word in folded(question.text).split():
        said = "_" if word in names and word not in COMMON else word
        if said != "_" or left[-1:] != ["_"]:
            left.append(said)
    return " ".join(left) if sum(word != "_" for word in left) >= 3 else ""


def alike(texts: Sequence[frozenset[str]], others: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    """Pairs (of `texts`, of `others`) that share nearly all their words; one of the rarest words of a pair is always shared."""
    seen = Counter(word for text in others for word in text)
    holds: defaultdict[str, list[int]] = defaultdict(list)
    for n, text in enumerate(others):
        for word in text:
            holds[word].append(n)
    found = []
    for n, text in enumerate(texts):
        rare = sorted(text, key=lambda word: (seen[word], word))[: int(len(text) * (1 - ALIKE)) + 1]
        for m in {m for word in rare for m in holds[word]}:
            if len(text & others[m]) >= ALIKE * len(text | others[m]):
                found.append((n, m))
    return found


def bag(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


def test_every_procedure_has_enough_of_both_parts(source: Source) -> None:
    learning = Counter(q.code for q in source.questions if q.code)
    testing = Counter(q.code for q in read_questions(TEST) if q.code)
    for code, facts in source.facts.items():
        least, most = (20, 4) if facts.role == "core" else (8, 2)
        assert learning[code] >= least and testing[code] >= most, (code, learning[code], testing[code])


def test_few_questions_share_a_skeleton(source: Source) -> None:
    names = own(source)
    count = Counter(skeleton(q, names[q.code]) for q in source.questions if q.code)
    del count[""]
    assert len(count) > 8000
    assert {said: n for said, n in count.items() if n > MOST} == {}


def test_no_two_learning_questions_are_nearly_one(source: Source) -> None:
    asked = [q for q in source.questions if q.code]
    bags = [bag(q.text) for q in asked]
    twice = [(asked[n].text, asked[m].text) for n, m in alike(bags, bags) if n < m]
    assert twice == []


def test_no_testing_question_was_learnt(source: Source) -> None:
    known = [q.text for q in source.questions if q.code] + [a for w in source.words.values() for a in w.aliases]
    asked = [q for q in read_questions(TEST) if q.code]
    learnt = [(asked[n].text, known[m]) for n, m in alike([bag(q.text) for q in asked], [bag(t) for t in known])]
    assert learnt == []


def conversations(folder: Path) -> list[tuple[str, str]]:
    """List and words of each line of the special lists: what is vague, outside, for others, a topic, an event, of two needs, or goes on."""
    found = []
    for path in sorted(folder.glob("_*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                found.append((path.name, line.split("\t")[-1].replace(">>", " ")))
    return found


def test_no_testing_line_of_a_special_list_was_learnt() -> None:
    learnt, asked = conversations(FOLDER / "questions" / "learn"), conversations(TEST)
    pairs = alike([bag(text) for _, text in asked], [bag(text) for _, text in learnt])
    assert [(asked[n], learnt[m]) for n, m in pairs] == []
