"""Dossier codes: read as people type them, and what is missing when one is only half there.

Shapes (docs/dossiers.md, "Codes"): a province's H48.99.01-261120-0007, a ministry's G22.99-260921-896048 (also with an eight-digit date), and
before 2020 000.00.12.H62-201105-0004. The part before the first dash names the unit; the six digits are the day (yymmdd); the counter runs
within unit and day. A procedure's code (1.001193) has neither letter nor dash, so the two are never taken for each other.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_DAY = date(2018, 1, 1)  # codes of this shape begin with Thông tư 01/2018/TT-VPCP
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_UNIT = r"(?:\d{3}(?:\.\d{2,3}){1,4}\.)?[HG]\d{2}(?:\.\d{1,3}){0,4}"
WRITTEN = rf"{_UNIT}-(?:20)?\d{{6}}-\d{{3,12}}"  # a code as `read` gives it back, inside a button's key
_CODE = re.compile(rf"(?<![A-Z0-9.])({_UNIT})[\s\-]+((?:20)?\d{{6}})[\s\-]+(\d{{3,12}})(?![0-9])")
_STRICT = re.compile(
    r"H\d{2}(?:\.\d{1,3}){0,4}-\d{6}-\d{4,7}|G\d{2}(?:\.\d{1,3}){0,4}-(?:20)?\d{6}-\d{4,7}"
    r"|\d{3}(?:\.\d{2,3}){1,4}\.[HG]\d{2}-\d{6}-\d{4,7}"
)
# The counter alone, or day and counter: what people shorten a code to. The unit and the day without the counter.
_TAIL = re.compile(r"(?<![\w.\-/])(?:\d{2}|\d{6})-\d{3,7}(?![\w\-/])")
_HEAD = re.compile(rf"(?<![A-Z0-9.]){_UNIT}(?:-(?:20)?\d{{0,6}}-?\d{{0,2}})?(?![\w.\-])")
_LINK = re.compile(rf"hs-({WRITTEN})(?:-([A-Za-z0-9]{{8}}))?")


@dataclass(frozen=True, slots=True)
class Read:
    """What a text says of codes: whole ones in the order of the text, each once; else `partial`, a piece that is only part of one."""

    codes: tuple[str, ...] = ()
    partial: str = ""


def read(text: str, today: date) -> Read:
    """The dossier codes of `text`. `today` is the day in Vietnam; a code dated later than tomorrow is none. Never raises."""
    plain = _spelt(text)
    found = tuple(
        dict.fromkeys(
            f"{unit}-{day}-{number}"
            for unit, day, number in (match.groups() for match in _CODE.finditer(plain))
            if _day(day, today)
        )
    )
    if found:
        return Read(found)
    piece = _HEAD.search(plain) if "-" in plain or re.search(r"[HG]\d{2}\.", plain) else None
    piece = piece or _TAIL.search(plain)
    return Read(partial=piece.group().strip("-.") if piece else "")


def beside(text: str) -> str:
    """The words of `text` beside its codes, in upper case: what is wanted with them."""
    return " ".join(_CODE.sub(" ", _spelt(text)).split())


def valid(code: str, today: date) -> bool:
    """Whether `code` is a whole code as it is written down: upper case, no spaces, a real day up to tomorrow."""
    return bool(_STRICT.fullmatch(code)) and filed(code, today) is not None


def filed(code: str, today: date) -> date | None:
    """The day in the code; None where it holds no day between 2018 and tomorrow."""
    parts = code.split("-")
    return _day(parts[1], today) if len(parts) == 3 else None


def of_unit(code: str, prefixes: tuple[str, ...]) -> bool:
    """Whether the code begins with one of the unit's own prefixes ("H48.99.01")."""
    return code.partition("-")[0] in prefixes


def from_link(payload: str, today: date) -> str:
    """The code meant by a link's payload ("hs-H48_99_01-261120-0007": dots may be written "_"), or ""."""
    code, _follow = link_parts(payload)
    return code if code and filed(code, today) else ""


def link_parts(payload: str) -> tuple[str, str]:
    """The code of a link's payload and the follow code that may stand behind it ("hs-H48_99_01-261120-0007-K7M2P4XA"); ("", "") for no link
    of ours. Whether the code's day is real is asked later: a link has no today."""
    match = _LINK.fullmatch(payload.replace("_", "."))
    return (match.group(1), match.group(2) or "") if match else ("", "")


def as_link(code: str) -> str:
    """The payload that `from_link` reads: ASCII letters, digits, "_" and "-", at most 64 (docs/channels.md)."""
    return "hs-" + code.replace(".", "_")


def _spelt(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper().translate(_DASHES)
    plain = re.sub(r"\s*([.\-/])\s*", r"\1", plain)
    plain = re.sub(r"(?<=[HG\dO.\-])O(?=[\dO.\-])", "0", plain)
    return re.sub(r"(?<=[\d\-]0)O(?!\w)|(?<=\d)O(?!\w)", "0", plain)


def _day(digits: str, today: date) -> date | None:
    try:
        day = date(2000 + int(digits[-6:-4]), int(digits[-4:-2]), int(digits[-2:]))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= today + timedelta(days=1) else None
