"""Words with a little emphasis, cut where a reader would pause, and only then written as HTML: no cut can fall inside a tag or an entity."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from html import escape, unescape
from typing import Literal, NamedTuple

Emphasis = Literal["", "b", "i"]
# Where to cut, the best first: between paragraphs, lines, sentences, phrases, words.
PAUSES = tuple(map(re.compile, (r"\n\s*\n", r"\n", r"(?<=[.!?;:])\s", r"(?<=,)\s", r"\s")))
JOINERS = "\u200d\ufe0e\ufe0f"
TAG = re.compile(r"</?(?:b|i)>")


class Run(NamedTuple):
    """Words in one style."""

    text: str
    emphasis: Emphasis = ""


def cut(runs: Sequence[Run], limit: int, count: Callable[[str], int]) -> list[list[Run]]:
    """`runs` in parts of at most `limit` (at least 2), counted by `count`; spaces around a cut are dropped, nothing else is lost.

    A part is cut at the last paragraph in its second half, else at the last line there, else the last sentence, and so on.
    """
    parts: list[list[Run]] = []
    text = "".join(run.text for run in runs)
    at = 0
    while at < len(text):
        end = _end(text, at, limit, count)
        part = _slice(runs, at, end)
        if part:
            parts.append(part)
        at = end
    return parts


def html(runs: Sequence[Run]) -> str:
    """The runs as Telegram's HTML."""
    return "".join(
        f"<{run.emphasis}>{escape(run.text, quote=False)}</{run.emphasis}>"
        if run.emphasis
        else escape(run.text, quote=False)
        for run in runs
        if run.text
    )


def plain(written: str) -> str:
    """What `html` wrote, without emphasis."""
    return unescape(TAG.sub("", written))


def _end(text: str, at: int, limit: int, count: Callable[[str], int]) -> int:
    if count(text[at:].strip()) <= limit:
        return len(text)
    while text[at].isspace():
        at += 1
    end = at + limit  # one character counts at least one
    while count(text[at:end]) > limit:
        end -= max(1, (count(text[at:end]) - limit) // 2)
    half = at + (end - at) // 2
    for pause in PAUSES:
        found = [m.end() for m in pause.finditer(text, at, min(end + 1, len(text))) if m.start() <= end]
        if found and found[-1] > half:
            return found[-1]
    while end > half and (unicodedata.combining(text[end]) or text[end] in JOINERS or text[end - 1] in JOINERS):
        end -= 1
    return end


def _slice(runs: Sequence[Run], start: int, end: int) -> list[Run]:
    """The characters from `start` to `end`, without spaces at both ends."""
    taken: list[Run] = []
    at = 0
    for text, emphasis in runs:
        piece = text[max(0, start - at) : max(0, end - at)]
        at += len(text)
        if piece:
            taken.append(Run(piece, emphasis))
    while taken and not taken[0].text.strip():
        taken.pop(0)
    while taken and not taken[-1].text.strip():
        taken.pop()
    if taken:
        taken[0] = Run(taken[0].text.lstrip(), taken[0].emphasis)
        taken[-1] = Run(taken[-1].text.rstrip(), taken[-1].emphasis)
    return taken
