"""How often the right procedure is found, and how fast, beside other ways of searching, in one run on one core.

    python -m benchmarks.accuracy                      our own test questions
    python -m benchmarks.accuracy FILE_OR_FOLDER       lists of the same form (code, aspect, question, parted by tabs)
    python -m benchmarks.accuracy --peers-learn        peers search our learning questions, too
    python -m benchmarks.accuracy --scale 5000         only: what a question costs at 515 and at that many procedures

Peers search official names, people's titles and aliases. The test questions are never part of what is searched or learnt.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.learn import finder_of
from benchmarks.peers import PEERS
from knowledge.search.corpus import questions, texts
from knowledge.search.learnt import NOTHING
from knowledge.source import FOLDER, Question, Source, read, read_questions

TEST = FOLDER / "questions" / "test"
SEARCHED = ("name", "title", "alias")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: shares of 1 and milliseconds."""

    name: str
    first: float
    third: float
    p50: float
    p99: float


def asked_of(path: Path) -> list[Question]:
    """The questions of a list, or of a folder's lists, that ask for one procedure."""
    if path.is_dir():
        return [question for question in read_questions(path) if question.code]
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        code, aspect, text = line.split("\t") if line.count("\t") == 2 and not line.startswith("#") else ("", "", "")
        if text:
            found.append(Question(code, aspect.strip("-"), text))
    return found


def measure(name: str, rank: Callable[[str], Sequence[str]], asked: Sequence[Question]) -> Row:
    """Ask everything once, after ten questions to warm up."""
    for question in asked[:10]:
        rank(question.text)
    first = third = 0
    times: list[float] = []
    for question in asked:
        start = time.perf_counter()
        codes = rank(question.text)
        times.append((time.perf_counter() - start) * 1000)
        first += question.code in codes[:1]
        third += question.code in codes[:3]
    cuts = statistics.quantiles(times, n=100)
    return Row(name, first / len(asked), third / len(asked), statistics.median(times), cuts[98])


def printed(rows: Sequence[Row]) -> list[str]:
    """The rows as a Markdown table, in the order measured."""
    return [
        "| | top 1 | top 3 | p50 ms | p99 ms |",
        "|---|---|---|---|---|",
        *(f"| {row.name} | {row.first:.3f} | {row.third:.3f} | {row.p50:.2f} | {row.p99:.2f} |" for row in rows),
    ]


def compare(source: Source, asked: Sequence[Question], *, peers_learn: bool = False) -> list[str]:
    """Ours and every peer that is installed on the same questions."""
    finder = finder_of(source)
    rows = [measure("motcua", lambda text: [c.code for c in finder.find(text).candidates], asked)]
    left_out: list[str] = []
    said = [text for text in texts(source) if text.kind in SEARCHED and ":" not in text.about]
    if peers_learn:
        said += [text for text in questions(source) if ":" not in text.about]
    for name, make in PEERS:
        rank = make([text.text for text in said], [text.about for text in said])
        if rank is None:
            left_out.append(name)
            continue
        rows.append(measure(name, rank, asked))
    lines = [
        f"{len(asked)} questions, {len(source.facts)} procedures, {len(said)} texts searched by the peers.",
        "",
        *printed(rows),
    ]
    return [*lines, "", f"Not installed, left out: {', '.join(left_out)}."] if left_out else lines


def grown(source: Source, size: int) -> Source:
    """A catalogue of `size` procedures: the real ones, and copies in which every third word is another one, as in other domains.

    Copies keep the legal name, the title, the aliases and the questions, so that index and features grow as a real catalogue would.
    """
    chance = random.Random(7)
    vocabulary = sorted({word for facts in source.facts.values() for word in facts.name.split() if word.isalpha()})
    onsets = "b c ch d đ g h kh l m n ng nh ph qu r s t th tr v x"
    invented = [
        f"{o}{r}"
        for o in onsets.split()
        for r in ("oăn", "iêu", "ươm", "uây", "oen", "ênh", "ưng", "oai", "uyt", "âng")
    ]

    def altered(text: str, swap: dict[str, str]) -> str:
        return " ".join(swap.get(word.lower(), word) for word in text.split())

    facts, words, asked = dict(source.facts), dict(source.words), list(source.questions)
    by_code: dict[str, list[Question]] = {}
    for question in source.questions:
        by_code.setdefault(question.code, []).append(question)
    codes = list(source.facts)
    for number in range(size - len(codes)):
        old = codes[number % len(codes)]
        code = f"9.{number:06d}"
        swap = {w.lower(): chance.choice(invented + vocabulary[:400]) for w in vocabulary if chance.random() < 1 / 3}
        facts[code] = replace(source.facts[old], code=code, name=altered(source.facts[old].name, swap))
        if old in source.words:
            entry = source.words[old]
            words[code] = entry.model_copy(
                update={
                    "code": code,
                    "title": altered(entry.title, swap)[:100],
                    "aliases": tuple(altered(alias, swap)[:80] for alias in entry.aliases),
                }
            )
        asked += [Question(code, q.aspect, altered(q.text, swap)) for q in by_code.get(old, [])]
    return replace(source, facts=facts, words=words, questions=tuple(asked))


def scale(source: Source, size: int, asked: Sequence[Question]) -> list[str]:
    """What a question costs in the real catalogue and in one of `size`; learnt weights are left out of both."""
    rows = []
    for catalogue in (source, grown(source, size)):
        finder = finder_of(catalogue, NOTHING)
        name = f"{len(catalogue.facts)} procedures"
        rows.append(measure(name, lambda text, f=finder: [c.code for c in f.find(text).candidates], asked))  # type: ignore[misc]
    growth = f"{size / len(source.facts):.1f} times the procedures, {rows[1].p50 / rows[0].p50:.1f} times the cost of a question."
    return [*printed(rows), "", growth]


def table() -> list[str]:
    """Both parts for docs/benchmarks.md: beside the peers, and with the catalogue ten times as large."""
    source, asked = read(), asked_of(TEST)
    beside = compare(source, asked)
    more = compare(source, asked, peers_learn=True)
    return [
        *beside,
        "",
        "The peers may search our learning questions, too:",
        "",
        *more,
        "",
        "A larger catalogue, without learnt weights:",
        "",
        *scale(source, 5000, asked),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="?", default=TEST)
    parser.add_argument("--peers-learn", action="store_true")
    parser.add_argument("--scale", type=int, default=0)
    arguments = parser.parse_args()
    if not arguments.questions.exists():
        raise SystemExit(f"{arguments.questions} is missing: give a list of questions or a folder of lists")
    source = read()
    asked = asked_of(arguments.questions)
    if not asked:
        raise SystemExit(f"{arguments.questions} holds no question that asks for one procedure")
    lines = (
        scale(source, arguments.scale, asked)
        if arguments.scale
        else compare(source, asked, peers_learn=arguments.peers_learn)
    )
    print("\n".join(lines))


if __name__ == "__main__":
    main()
