"""Learn the finder's weights from our own questions, and measure how sure is sure enough.

    python -m benchmarks.learn --write          learn from everything, write knowledge/search/learnt.tsv
    python -m benchmarks.learn --decide         ask held-out questions, write the weights of the signals into knowledge/search/decision.toml
    python -m benchmarks.learn --folds 4        learn from a part, ask the rest, and count

One linear classifier per class (one against the rest, hinge loss) over the features that counting uses too. scikit-learn is needed here
and nowhere else (extra `bench`). The test part of the questions is never read.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

import tomlkit

from knowledge.procedure import Procedure
from knowledge.search.belief import Signals, measures
from knowledge.search.corpus import FIELDS, OUTSIDE, Text, questions, texts
from knowledge.search.features import features
from knowledge.search.finder import Finder
from knowledge.search.index import build, lexicon_of, rarity_of, weighed
from knowledge.search.learnt import FILE, KINDS, Learnt, written
from knowledge.search.second_look import Signs
from knowledge.source import Source, read
from knowledge.text.reading import read as read_text

STRENGTH = 1.0  # the classifier's C: chosen among 0.3, 0.5 and 1 by asking held-out questions
SHARES = {
    "code": 0.78,
    "vague": 0.06,
    "elsewhere": 0.08,
    OUTSIDE: 0.08,
}  # how people ask, roughly: most name one thing, some too little, some what nobody serves
LEAST = 0.2  # smaller weights are left out of the file: 14 of 15 go, held-out accuracy stays within half a point


def learn(source: Source) -> Learnt:
    """The weights for a knowledge folder. Deterministic for one version of scikit-learn."""
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    lexicon = lexicon_of(source)
    said: Sequence[Text] = [*texts(source), *questions(source)]
    counts = [features(read_text(text.text, lexicon)) for text in said]
    rarity = rarity_of(counts)
    vectors = [{f: w for f, w in weighed(count, rarity).items() if f[0] in KINDS} for count in counts]
    columns = {feature: n for n, feature in enumerate(sorted({f for vector in vectors for f in vector}))}
    names = sorted({text.about for text in said})
    number = {name: n for n, name in enumerate(names)}
    rows = [n for n, vector in enumerate(vectors) for _ in vector]
    places = [columns[f] for vector in vectors for f in vector]
    data = [w for vector in vectors for w in vector.values()]
    matrix = csr_matrix((data, (rows, places)), shape=(len(said), len(columns)))
    model = LinearSVC(C=STRENGTH, dual=True, random_state=0, max_iter=2000)
    model.fit(matrix, [number[text.about] for text in said], sample_weight=[FIELDS[text.kind] for text in said])
    order = list(columns)
    weights = {
        names[int(label)]: {order[n]: float(row[n]) for n in (abs(row) >= LEAST).nonzero()[0]}
        for label, row in zip(model.classes_, model.coef_, strict=True)
    }
    bias = {names[int(label)]: float(base) for label, base in zip(model.classes_, model.intercept_, strict=True)}
    return Learnt(bias, weights)


def finder_of(source: Source, taught: Learnt | None = None) -> Finder:
    """A finder straight from a knowledge folder, without a pack."""
    procedures = {code: Procedure(facts, source.words.get(code), "") for code, facts in source.facts.items()}
    return Finder.from_blobs(build(source, taught), procedures, source.families)


def held_out(source: Source, folds: int, fold: int) -> tuple[Source, list[Text]]:
    """(the folder without every `folds`-th question, those questions)."""
    kept = tuple(q for n, q in enumerate(source.questions) if n % folds != fold)
    asked = replace(source, questions=tuple(q for n, q in enumerate(source.questions) if n % folds == fold))
    return replace(source, questions=kept), list(questions(asked))


def taught_apart(source: Source, folds: int) -> list[tuple[Finder, list[tuple[str, str]]]]:
    """For each fold a finder that has not seen it, and its (question, what it asks for); "vague" where it asks for no one thing."""
    found = []
    for fold in range(folds):
        kept, asked = held_out(source, folds, fold)
        vague = [q.text for n, q in enumerate(source.questions) if n % folds == fold and q.kind == "vague"]
        found.append(
            (finder_of(kept, learn(kept)), [*((t.text, t.about) for t in asked), *((v, "vague") for v in vague)])
        )
        print(f"fold {fold}: {len(found[-1][1])} questions")
    return found


def look(apart: Sequence[tuple[Finder, list[tuple[str, str]]]]) -> dict[str, float]:
    """The weights of the second look's signs: what they must add to the score so that the procedure meant stands before the others."""
    from sklearn.linear_model import LogisticRegression

    apart_by: list[list[float]] = []
    for finder, asked in apart:
        for text, about in asked:
            rows = {code: [score, *asdict(signs).values()] for code, score, signs in finder.looked(text)}
            meant = rows.pop(about, None)
            if meant is not None:
                apart_by += [[a - b for a, b in zip(meant, row, strict=True)] for row in list(rows.values())[:6]]
    both = [*apart_by, *([-x for x in row] for row in apart_by)]
    truth = [True] * len(apart_by) + [False] * len(apart_by)
    weights = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000).fit(both, truth).coef_[0]
    names = [field.name for field in fields(Signs)]
    found = {name: round(float(w / weights[0]), 3) for name, w in zip(names, weights[1:], strict=True)}
    print("look", found)
    del found[
        "usual"
    ]  # our lists ask for every procedure as often; people do not, so that weight is no matter of learning
    return found


def decide(apart: Sequence[tuple[Finder, list[tuple[str, str]]]]) -> dict[str, dict[str, float]]:
    """The weights of the signals: how sure an answer is ("sure"), how likely nothing we serve is meant ("outside").

    Every question is judged by a finder that has not seen it. The mix is weighed as people ask (SHARES), whatever the lists' lengths.
    """
    from sklearn.linear_model import LogisticRegression

    rows: list[tuple[str, str, bool, list[float]]] = []
    for finder, asked in apart:
        for text, about in asked:
            best, signals = finder.signals(text)
            kind = about if about in SHARES else "elsewhere" if ":" in about else "code"
            if signals:
                rows.append((kind, best, best == about, list(asdict(signals).values())))
    count = Counter(kind for kind, *_ in rows)
    share = {kind: SHARES[kind] / count[kind] * len(rows) for kind in count}
    found: dict[str, dict[str, float]] = {}
    # Sureness is asked only where a procedure is the best guess; the chance of being outside, always.
    for name, judged, truth in (
        ("sure", [row for row in rows if ":" not in row[1]], lambda row: row[0] == "code" and row[2]),
        ("outside", rows, lambda row: row[0] == OUTSIDE),
    ):
        values, truths = [row[3] for row in judged], [truth(row) for row in judged]
        weight = [share[row[0]] for row in judged]
        model = LogisticRegression(C=1.0, max_iter=5000).fit(values, truths, sample_weight=weight)
        names = [field.name for field in fields(Signals)]
        found[name] = {"base": round(float(model.intercept_[0]), 2)}
        found[name] |= {n: round(float(c), 2) for n, c in zip(names, model.coef_[0], strict=True)}
        print(name, found[name])
        for least in (0.3, 0.4, 0.5, 0.6, 0.7):
            said = model.predict_proba(values)[:, 1] >= least
            told = sum(w for w, yes in zip(weight, said, strict=True) if yes) / sum(weight)
            wrong = sum(w for w, yes, t in zip(weight, said, truths, strict=True) if yes and not t) / sum(weight)
            print(f"  from {least}: said of {told:.3f} of the questions, wrongly of {wrong:.3f}")
    return found


def write_decision(found: dict[str, dict[str, float]]) -> None:
    """Put the learnt weights into decision.toml, whose comments stay."""
    path = Path(__file__).parent.parent / "knowledge" / "search" / "decision.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    for section, weights in found.items():
        for name, value in weights.items():
            document[section][name] = value  # type: ignore[index]
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--decide", action="store_true")
    parser.add_argument("--folds", type=int, default=0)
    arguments = parser.parse_args()
    source = read()
    if arguments.write:
        found = learn(source)
        path = Path(__file__).parent.parent / "knowledge" / "search" / FILE
        path.write_text(written(found), encoding="utf-8")
        print(f"{path.name}: {sum(map(len, found.weights.values()))} weights of {len(found.weights)} classes")
    if arguments.decide:
        apart = taught_apart(source, arguments.folds or 4)
        write_decision({"look": look(apart)})
        measures.cache_clear()  # the signals are those after the second look
        write_decision(decide(apart))
        return
    for fold in range(arguments.folds):
        kept, asked = held_out(source, arguments.folds, fold)
        finder = finder_of(kept, learn(kept))
        right: Counter[str] = Counter()
        for text in asked:
            finding = finder.find(text.text)
            first = finding.candidates[0].code if finding.candidates else ""
            right["asked"] += 1
            right["first right"] += first == text.about
            right[finding.behaviour] += 1
            right["answered wrong"] += finding.behaviour == "answer" and first != text.about
        print(f"fold {fold}: " + ", ".join(f"{what} {count}" for what, count in right.items()))


if __name__ == "__main__":
    main()
