"""Personal numbers in what a citizen types: found, and hidden before anything is stored.

Rules (docs/security.md, "Masking"): an identity number has 12 digits beginning with 0, the old one 9 digits, a mobile phone 10 digits beginning with 03, 05,
07, 08 or 09 (or +84); a one-time code is 4 to 8 digits near "OTP" or "mã xác thực". Spaces, dots and dashes inside a number do not save it.
Dossier codes and procedure codes are no personal numbers and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["identity", "old_identity", "phone", "one_time_code"]
DOT = "•"

_GAP = r"[ .\-–]?"
_START, _END = r"(?<![\w.\-–])", r"(?![\d]|[.\-–]\d)"
_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("identity", re.compile(rf"{_START}0(?:{_GAP}\d){{11}}{_END}")),
    ("phone", re.compile(rf"{_START}(?:\+?84{_GAP}|0)[35789](?:{_GAP}\d){{8}}{_END}")),
    ("old_identity", re.compile(rf"{_START}\d(?:[ .]?\d){{8}}{_END}")),
    # any longer run of digits is somebody's number too: a card, an account
    ("identity", re.compile(rf"{_START}\d{{12,}}{_END}")),
)
_NEAR = re.compile(
    r"(?:\botp\b|mã\s+(?:otp|xác\s+(?:thực|nhận|minh))|ma\s+(?:otp|xac\s+(?:thuc|nhan|minh)))\D{0,20}?(\d{4,8})\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"\s*(?:đ|đồng|dong|vnd|vnđ|k|nghìn|ngàn|triệu|tr)\b", re.IGNORECASE)


def _parts(text: str, rule: re.Pattern[str], *, prices: bool) -> Iterator[str | re.Match[str]]:
    """The text cut at what `rule` finds; with `prices`, a number followed by money words is left in the text."""
    done = 0
    for match in rule.finditer(text):
        if prices and _MONEY.match(text, match.end()):
            continue
        yield text[done : match.start()]
        yield match
        done = match.end()
    yield text[done:]


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with its personal numbers hidden, and what kinds were found (in order of finding, each once)."""

    text: str
    kinds: tuple[Kind, ...] = ()


def mask(text: str) -> Masked:
    """Hide every personal number of `text`; the first digit stays so that its owner knows which one. Never raises; doing it twice changes nothing."""
    kinds: list[Kind] = []

    def hide(kind: Kind, found: str) -> str:
        if kind not in kinds:
            kinds.append(kind)
        digits = sum(c.isdigit() for c in found)
        return next(c for c in found if c.isdigit()) + DOT * (digits - 1)

    for kind, rule in _RULES:
        # 500.000.000 đ is a price, not somebody's number
        text = "".join(
            hide(kind, part.group()) if isinstance(part, re.Match) else part
            for part in _parts(text, rule, prices=kind == "old_identity")
        )
    text = _NEAR.sub(lambda m: m.group()[: m.start(1) - m.start()] + hide("one_time_code", m.group(1)), text)
    return Masked(text, tuple(kinds))
