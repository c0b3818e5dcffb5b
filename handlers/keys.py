"""Button keys: short ASCII, stateless and versioned, so that one pressed months later still works or says why not.

    p1.<code>[.<part>[.<case>[.<page>]]]    a procedure: card, all (papers), prep, steps, fee, time, place, online, form, conditions, legal, result
    c1.<digits>+<digits>                    which of these procedures (the codes without their dot)
    e1.<key>  t1.<key>  r1.<key>            a life event, a topic, a referral
    m1.<what>                               menu, ask, person, help, events (on pages: events2, events3), mine (my dossiers; mine2, …)
    h1.<dossier>[.<follow>]                 where the dossier stands; a link from the desk brings its follow code
    f1.<dossier>                            show more of it: the second factor is asked for
    w1.<dossier>  v1.<dossier>              tell me when it moves: asked about, agreed to
    u1.<dossier>  u1.all                    stop telling me
    n1.<dossier>                            give it a name ("của mẹ")
    y1.<dossier>[.<cause>|.<step>]          paying: the sum; why it is not paid yet; a step of how to pay
    l1.<language>                           speak this language
    d1.<what>                               my data: show, erase, keep

Keys are untrusted input: `parse` gives None for anything that is not exactly one of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from handlers.dossier.codes import WRITTEN, link_parts
from handlers.dossier.model import Cause

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
    "m": ("menu", "ask", "person", "help", "events", "events2", "events3", "mine", "mine2", "mine3", "mine4"),
    "d": ("show", "erase", "keep"),
    "l": ("vi", "en"),
}
MOST_CODES = 7  # what fits into 64 bytes
KEY = re.compile(r"([a-z])1\.([A-Za-z0-9.+_-]{1,61})")
PROCEDURE = re.compile(r"(\d\.\d{6})(?:\.([a-z]+)(?:\.([a-z0-9-]{1,24})(?:\.(\d{1,2}))?)?)?")
DOSSIER = re.compile(rf"({WRITTEN})(?:\.([A-Za-z0-9_]+))?")
# What may stand behind a dossier's code, by kind of key.
BEHIND = {
    "h": re.compile(r"[A-Za-z0-9]{8}"),
    "y": re.compile("|".join([*get_args(Cause), "[1-5]"])),
}
DOSSIER_KINDS = "hfwvuny"


@dataclass(frozen=True, slots=True)
class Key:
    """A parsed key. `kind` is its letter; `code`, `part`, `case`, `page` for procedures, `code` and `part` for dossiers; `codes` for a choice of
    several; `what` for the rest."""

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


def dossier_key(kind: str, code: str, part: str = "") -> str:
    """The key of something to do with a dossier: `kind` is one of `DOSSIER_KINDS`, `part` a cause or a step of "y"."""
    return ".".join(filter(None, [f"{kind}1", code, part]))


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
    if kind in DOSSIER_KINDS:
        return _dossier(kind, rest)
    return Key(kind, what=rest) if rest in WHATS.get(kind, ()) else None


def _dossier(kind: str, rest: str) -> Key | None:
    if kind == "u" and rest == "all":
        return Key(kind, what=rest)
    match = DOSSIER.fullmatch(rest)
    if match is None or not match.group().isascii():
        return None
    code, part = match.groups()
    if part and not (kind in BEHIND and BEHIND[kind].fullmatch(part)):
        return None
    return Key(kind, code=code, part=part or "")


def from_start(payload: str) -> str:
    """The button key meant by a deep link's payload, or "" for one nobody knows: a procedure ("tt-1_001193": dots are written "_"), a dossier
    ("hs-H48_99_01-261120-0007", with a follow code behind it or not), my dossiers ("theo-doi")."""
    if match := re.fullmatch(r"tt-(\d)[._](\d{6})", payload):
        return f"p1.{match.group(1)}.{match.group(2)}"
    if payload == "theo-doi":
        return "m1.mine"
    code, follow = link_parts(payload)
    return dossier_key("h", code, follow) if code else ""
