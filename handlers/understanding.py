"""What a text asks for: the finder's finding, put right where the conversation knows better.

The finder (knowledge/search) sees words and the thread; that a text is only a part of what was talked about ("mất bao lâu"), is English, vents
anger beside its question, or names a procedure's code, is settled here.
"""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import english_words
from handlers.english import find as find_english
from handlers.ports import Context
from handlers.small_talk import angry, calm
from knowledge.search.finding import Candidate, Finding, Thread
from knowledge.text.aspects import asked, is_filler, main_aspect, without
from knowledge.text.folding import fold
from knowledge.text.normalising import normalise
from knowledge.text.reading import PAUSES
from knowledge.text.shorthand import expand, without_dialect

CODE = re.compile(r"(?<![\d.])\d\.\d{6}(?!\d)")
# Parts that a bare question may mean, and words beside it that name no procedure.
PARTS = frozenset(("fee", "time", "place", "online", "form", "steps"))
LEFT_OVER = frozenset(("nop", "mat", "gui", "het", "ton", "nhan", "lay", "xin", "phi"))
FEW = 3  # words of English that show a wish for English: "good" does not


def understand(text: str, thread: Thread, context: Context) -> tuple[Finding, bool]:
    """How `text` is understood after `thread`, and whether it was asked in English."""
    english = find_english(text, thread, context.knowledge, spoken=context.language == "en")
    finding = english or _found(text, thread, context)
    if finding.behaviour == "refuse" and angry(text) and (rest := calm(text)):
        finding = _found(rest, thread, context)
    if (
        finding.behaviour != "aspect"
        and thread.code in context.knowledge.procedures
        and (part := bare_part(text, context.language))
    ):
        # Only a part is asked about, and a procedure is at hand: that one is meant.
        finding = Finding("aspect", (Candidate(thread.code, 1.0),), aspect=part)
    elif finding.behaviour == "clarify" and thread == Thread() and bare_part(text, context.language):
        finding = Finding("refuse", aspect=finding.aspect)  # of what? Any procedure offered would be a guess
    if (typed := CODE.search(text)) and typed.group() in context.knowledge.procedures:
        # Somebody reads the code off a paper: that procedure and no other.
        finding = replace(finding, behaviour="answer", candidates=(Candidate(typed.group(), 1.0),), second=None)
    few = finding.behaviour == "refuse" and len(text.split()) < FEW
    return finding, english is not None and not few


def _found(text: str, thread: Thread, context: Context) -> Finding:
    procedures = context.knowledge.procedures
    return context.knowledge.finder.find(
        text,
        thread,
        lambda code: code in procedures and procedures[code].taken_in(context.unit),
    )


def bare_part(text: str, language: str = "vi") -> str | None:
    """The part of a procedure a text asks about and nothing else: "mất bao lâu", "còn phí", "can I do it online" where English is spoken."""
    if language == "en":
        for name, pattern in english_words.ASPECTS.items():
            if pattern.search(text.lower()) and all(
                word in english_words.COMMON for word in english_words.words(pattern.sub(" ", text.lower()))
            ):
                return name
    words = without_dialect(expand(normalise(text).split())[0])[0]
    found = asked(words)
    aspect = main_aspect(found)
    left = {fold(w) for w in without(words, found) if not is_filler(w) and w not in PAUSES}
    if aspect is None and left and left <= {"phi", "tien"}:
        return "fee"
    return aspect if aspect in PARTS and left <= LEFT_OVER else None
