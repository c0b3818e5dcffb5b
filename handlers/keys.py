"""Button keys: short ASCII, stateless and versioned, so that one pressed months later still works or says why not.

    p1.<code>[.<part>[.<case>[.<page>]]]    a procedure: card, all (papers), prep, steps, fee, time, place, online, form, conditions, legal, result
    c1.<digits>+<digits>                    which of these procedures (the codes without their dot)
    e1.<key>  t1.<key>  r1.<key>            a life event, a topic, a referral
    m1.<what>                               menu, ask, person, help, events (on pages: events2, events3)
    l1.<language>                           speak this language
    d1.<what>                               my data: show, erase, keep

Keys are untrusted input: `parse` gives None for anything that is not exactly one of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PARTS = (
    "card",
    "all",
    "prep",
    "steps",
    "fee",
    "time",
    "place",
    "online",
    "form",
    "conditions",
    "legal",
    "result",
    "documents",
    "cases",
)
WHATS = {
    "m": ("menu", "ask", "person", "help", "events", "events2", "events3"),
    "d": ("show", "erase", "keep"),
    "l": ("vi", "en"),
}
MOST_CODES = 7  # what fits into 64 bytes
KEY = re.compile(r"([a-z])1\.([a-z0-9.+-]{1,61})")
PROCEDURE = re.compile(r"(\d\.\d{6})(?:\.([a-z]+)(?:\.([a-z0-9-]{1,24})(?:\.(\d{1,2}))?)?)?")


@dataclass(frozen=True, slots=True)
class Key:
    """A parsed key. `kind` is its letter; `code`, `part`, `case`, `page` for procedures; `codes` for a choice of several; `what` for the rest."""

    kind: str
    what: str = ""
    code: str = ""
    part: str = ""
    case: str = ""
    page: int = 1
    codes: tuple[str, ...] = ()


def procedure_key(code: str, part: str = "card", case: str = "", page: int = 1) -> str:
    """The key of one part of a procedure; `case` "" is no case yet."""
    return ".".join(
        ["p1", code, part, *([case or "-"] if case or page > 1 else []), *([str(page)] if page > 1 else [])]
    )


def choice_key(codes: tuple[str, ...]) -> str:
    """The key of one option of a splitting question: a single procedure, or the best seven that are still open."""
    return (
        f"p1.{codes[0]}" if len(codes) == 1 else "c1." + "+".join(code.replace(".", "") for code in codes[:MOST_CODES])
    )


def parse(text: str) -> Key | None:
    """The key, or None when `text` is no key of ours."""
    match = KEY.fullmatch(text)
    if not match:
        return None
    kind, rest = match.groups()
    if kind == "p":
        found = PROCEDURE.fullmatch(rest)
        if not found:
            return None
        code, part, case, page = found.groups()
        if part and part not in PARTS:
            return None
        return Key("p", code=code, part=part or "", case="" if case in (None, "-") else case, page=int(page or 1))
    if kind == "c":
        digits = rest.split("+")
        if not all(re.fullmatch(r"\d{7}", d) for d in digits):
            return None
        return Key("c", codes=tuple(f"{d[0]}.{d[1:]}" for d in digits))
    if kind in "etr":
        return Key(kind, what=rest) if re.fullmatch(r"[a-z0-9-]{1,40}", rest) else None
    return Key(kind, what=rest) if rest in WHATS.get(kind, ()) else None


def from_start(payload: str) -> str:
    """The button key meant by a deep link's payload ("tt-1_001193": dots are written "_"), or "" for one nobody knows."""
    match = re.fullmatch(r"tt-(\d)[._](\d{6})", payload)
    return f"p1.{match.group(1)}.{match.group(2)}" if match else ""
