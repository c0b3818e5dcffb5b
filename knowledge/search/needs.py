"""Two needs in one sentence: "làm khai sinh với lại nhập khẩu cho bé"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from knowledge.search.belief import measures
from knowledge.search.deciding import Decider, Handles
from knowledge.search.finding import Finding, Trace
from knowledge.search.naming import Naming
from knowledge.search.ranking import Ranked, Ranker
from knowledge.search.turning import part, tells
from knowledge.text.aspects import main_aspect
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
MOST = 2  # places that are tried: of what a third parted in our questions, nothing was two needs
LEAST_WORDS = 2  # words of its own a half must hold


def halves(reading: Reading) -> Iterator[tuple[Reading, Reading, bool]]:
    """Possible (first need, second need, whether the sign between them is a strong one), the clearest place first, at most MOST.

    Each half has at least two words of its own.
    """
    tried = 0
    bare = reading.bare
    said = set(bare)
    for sign in BETWEEN:
        if sign[0] not in said:
            continue
        for at in range(1, len(bare) - len(sign)):
            if bare[at : at + len(sign)] != sign:
                continue
            left, right = part(reading, 0, at), part(reading, at + len(sign), len(bare))
            if len(left.own) < LEAST_WORDS or len(right.own) < LEAST_WORDS:
                continue
            yield left, right, sign not in WEAK
            tried += 1
            if tried == MOST:
                return


def _wants(half: Reading) -> bool:
    """Whether a half may be a need: it names an act, or asks for a part. Without either it is the story that goes with the other half."""
    return bool(half.asking) or not tells(half)


class TwoNeeds:
    """Finds two needs over one knowledge snapshot. Immutable and safe to share between threads."""

    def __init__(self, ranker: Ranker, naming: Naming, decider: Decider) -> None:
        self._ranker, self._naming, self._decider = ranker, naming, decider

    def find(self, reading: Reading, whole: Ranked, trace: Trace, handles: Handles) -> Finding | None:
        """Two findings where both halves of a sentence stand alone and mean different things, and the whole is no single need."""
        if not whole.belief:
            return None
        m = measures()
        torn = whole.belief[whole.best] < m.together
        for left, right, strong in halves(reading):
            # Two names side by side are two needs however well one of them explains the whole.
            named = self._naming.is_name(left.own) and self._naming.is_name(right.own)
            if not named and not (torn and (strong or (_wants(left) and _wants(right)))):
                continue
            # A comma or "rồi" mostly joins the parts of one story: then both must be plain.
            enough = 0.0 if named else m.need if strong else m.need_joined
            second = self._ranker.rank(right)
            if second.sure < enough:
                continue  # the first half need not be ranked any more
            first = self._ranker.rank(left)
            if first.sure < enough or first.best in self._naming.near(second.best):
                continue
            if whole.best not in (first.best, second.best) and whole.sure >= m.answer:
                return None  # one procedure that serves both at once
            trace.append(f"hai việc: {' '.join(left.words)} | {' '.join(right.words)}")
            other = self._decider.decide(right, second, main_aspect(right.asked), Trace(), handles)
            one = self._decider.decide(left, first, main_aspect(left.asked), trace, handles)
            return replace(one, second=other)
        return None
