"""Where one sentence may hold two needs: "làm khai sinh với lại nhập khẩu cho bé"."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.search.turning import own_words, part
from knowledge.text.reading import Reading

# What may stand between two needs, the stronger sign first. A comma alone is a weak sign, so it comes last.
BETWEEN: tuple[tuple[str, ...], ...] = (
    ("voi", "lai"), ("dong", "thoi"), ("tien", "the"), ("nhan", "tien"), ("sau", "do"), ("roi", "con"), ("a", "con"), ("va", "con"), ("xong", "roi"),
    ("ngoai", "ra"), ("va", "ca"), ("luon", "ca"), ("cung", "voi"), ("cong", "them"), ("va",), (".",), ("con",), ("voi",), ("roi",), ("xong",), ("kem",), (",",),
)  # fmt: skip
WEAK = frozenset(
    (
        (".",),
        ("con",),
        ("voi",),
        ("roi",),
        ("xong",),
        ("kem",),
        (",",),
        ("roi", "con"),
        ("xong", "roi"),
        ("sau", "do"),
        ("a", "con"),
    )
)
MOST = 3  # places that are tried
LEAST_WORDS = 2  # words of its own a half must hold


def halves(reading: Reading) -> Iterator[tuple[Reading, Reading, bool]]:
    """Possible (first need, second need, whether the sign between them is a strong one), the clearest place first, at most MOST.

    Each half has at least two words of its own.
    """
    tried = 0
    bare = reading.bare
    for sign in BETWEEN:
        for at in range(1, len(bare) - len(sign)):
            if bare[at : at + len(sign)] != sign:
                continue
            left, right = part(reading, 0, at), part(reading, at + len(sign), len(bare))
            if len(own_words(left)) < LEAST_WORDS or len(own_words(right)) < LEAST_WORDS:
                continue
            yield left, right, sign not in WEAK
            tried += 1
            if tried == MOST:
                return
