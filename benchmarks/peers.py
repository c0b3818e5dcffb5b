"""Other ways to find a procedure, over the same texts, each behind one function: question -> codes, best first.

A peer that is not installed gives None. Every peer sees text without marks, as ours does, since most people type so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from knowledge.text.normalising import folded

Rank = Callable[[str], list[str]]
TOP = 10


def best_codes(hits: Sequence[tuple[float, int]], codes: Sequence[str]) -> list[str]:
    """Codes of scored texts (score, text number), each once, the best first."""
    return list(dict.fromkeys(codes[n] for _, n in sorted(hits, key=lambda hit: (-hit[0], hit[1]))))[:TOP]


def rapidfuzz_peer(scorer_name: str) -> Callable[[Sequence[str], Sequence[str]], Rank]:
    """rapidfuzz over every text."""

    def make(texts: Sequence[str], codes: Sequence[str]) -> Rank:
        from rapidfuzz import fuzz, process

        plain = [folded(text) for text in texts]
        scorer = getattr(fuzz, scorer_name)

        def rank(question: str) -> list[str]:
            found = process.extract(folded(question), plain, scorer=scorer, limit=60)
            return best_codes([(score, n) for _, score, n in found], codes)

        return rank

    return make


def fts5_peer(texts: Sequence[str], codes: Sequence[str]) -> Rank | None:
    """SQLite's full-text index with its own bm25, words joined by OR."""
    database = sqlite3.connect(":memory:")
    try:
        database.execute("CREATE VIRTUAL TABLE said USING fts5(text)")
    except sqlite3.OperationalError:
        return None
    database.executemany("INSERT INTO said (rowid, text) VALUES (?, ?)", enumerate(map(folded, texts)))

    def rank(question: str) -> list[str]:
        words = [word for word in folded(question).split() if word.isalnum()]
        if not words:
            return []
        query = " OR ".join(f'"{word}"' for word in words)
        found = database.execute(
            "SELECT rowid, -bm25(said) FROM said WHERE said MATCH ? ORDER BY 2 DESC LIMIT 60", (query,)
        )
        return best_codes([(score, n) for n, score in found], codes)

    return rank


def bm25s_peer(texts: Sequence[str], codes: Sequence[str]) -> Rank | None:
    """bm25s, words as tokens."""
    try:
        import bm25s
    except ImportError:
        return None
    retriever = bm25s.BM25()
    retriever.index([folded(text).split() for text in texts], show_progress=False)

    def rank(question: str) -> list[str]:
        words = [word for word in folded(question).split() if word in retriever.vocab_dict]
        if not words:
            return []
        numbers, scores = retriever.retrieve([words], k=60, show_progress=False)
        return best_codes(list(zip(map(float, scores[0]), map(int, numbers[0]), strict=True)), codes)

    return rank


def tantivy_peer(texts: Sequence[str], codes: Sequence[str]) -> Rank | None:
    """tantivy in memory, words joined by OR."""
    try:
        import tantivy
    except ImportError:
        return None
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False)
    builder.add_unsigned_field("number", stored=True)
    index = tantivy.Index(builder.build())
    writer = index.writer()
    for number, text in enumerate(texts):
        writer.add_document(tantivy.Document(text=folded(text), number=number))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(question: str) -> list[str]:
        words = [word for word in folded(question).split() if word.isalnum()]
        if not words:
            return []
        query = index.parse_query(" ".join(words), ["text"])
        hits = searcher.search(query, 60).hits
        return best_codes([(score, searcher.doc(at)["number"][0]) for score, at in hits], codes)

    return rank


def tfidf_peer(texts: Sequence[str], codes: Sequence[str]) -> Rank | None:
    """Character TF-IDF (2 to 5 letters) with cosine similarity."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError:
        return None
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    matrix: Any = vectorizer.fit_transform([folded(text) for text in texts])

    def rank(question: str) -> list[str]:
        scores = (matrix @ vectorizer.transform([folded(question)]).T).toarray().ravel()
        best = scores.argsort()[::-1][:60]
        return best_codes([(float(scores[n]), int(n)) for n in best], codes)

    return rank


PEERS: tuple[tuple[str, Callable[[Sequence[str], Sequence[str]], Rank | None]], ...] = (
    ("rapidfuzz WRatio", rapidfuzz_peer("WRatio")),
    ("rapidfuzz token_set_ratio", rapidfuzz_peer("token_set_ratio")),
    ("SQLite FTS5", fts5_peer),
    ("bm25s", bm25s_peer),
    ("tantivy", tantivy_peer),
    ("character TF-IDF", tfidf_peer),
)
