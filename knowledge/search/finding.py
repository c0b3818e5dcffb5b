"""What the finder gives back, and what it is told of the conversation so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Behaviour = Literal["answer", "clarify", "refuse", "referral", "topic", "event", "aspect"]
MOST_CANDIDATES = 10
MOST_OPTIONS = 4
LABEL_LENGTH = 40
MOST_HEARD = 300  # characters of a conversation that are kept as its question


@dataclass(frozen=True)
class Thread:
    """What was talked about: last answered code and aspect, codes last offered (in order), words of the last question."""

    code: str = ""
    aspect: str = ""
    offered: tuple[str, ...] = ()
    question: str = ""


@dataclass(frozen=True)
class Candidate:
    """One procedure that may be meant; `score` is its share of belief (0 to 1), `why` the words that spoke for it."""

    code: str
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """One choice of a splitting question (label at most 40 characters). Several codes only where another slot must follow."""

    label: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """How a question was understood.

    behaviour   answer, clarify (with `question` and at most four `options`), refuse, referral / topic / event (with `key`), or aspect: a bare
                follow-up about the procedure in the thread
    candidates  best first, at most ten; for an event its codes in order; for a clarifying question in the order of its options
    aspect      the part asked about, None where none is; case: the key of the first candidate's case that the words choose
    second      the other of two needs in one sentence
    heard       the question together with what was said before, where the two were read as one; empty where it stands alone
    trace       why, stage by stage, for people
    """

    behaviour: Behaviour
    candidates: tuple[Candidate, ...] = ()
    aspect: str | None = None
    case: str | None = None
    question: str = ""
    options: tuple[Option, ...] = ()
    key: str = ""
    second: Finding | None = None
    heard: str = ""
    trace: tuple[str, ...] = ()


def heard(before: str, text: str) -> str:
    """What was said before and now as one question; what was said first goes where it grows too long."""
    return f"{before} , {text}"[-MOST_HEARD:] if before else text


class Trace(list[str]):
    """What was done, line by line; `reasons` says whether the words behind each score are wanted, too."""

    def __init__(self, lines: Iterable[str] = (), *, reasons: bool = False) -> None:
        super().__init__(lines)
        self.reasons = reasons
