"""Single values of a JSON source: text, a name in several languages, a moment, an amount, a phone. Each gives nothing rather than a guess.

One-stop systems write the same fact in many ways (docs/dossiers.md, "JSON"). None of these functions raises, whatever JSON value it is given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from knowledge.unit import ZONE

VIETNAMESE = 228  # the language number of VNPT iGate's lists of names; 46 is English
MORNING, EVENING = (
    time(0, 0),
    time(17, 0),
)  # what a day without a clock time means: received from then on, due until then
NOTHING = frozenset(("", "-", "--", "null", "none", "n/a", "undefined"))
MOST_MONEY = 10**12

_ISO = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"(?:[T ](?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d{1,9})?)?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_CLOCK = r"(?P<H>\d{1,2})(?::|h)(?P<M>\d{2})(?::(?P<S>\d{2}))?"
_DAY = r"(?P<d>\d{1,2})[/.\-](?P<m>\d{1,2})[/.\-](?P<y>\d{4})"
_FORMS = (
    re.compile(rf"{_DAY}(?:,?\s+{_CLOCK})?(?P<zone>)", re.IGNORECASE),
    re.compile(rf"{_CLOCK},?\s+{_DAY}(?P<zone>)", re.IGNORECASE),
    # yyyyMMdd, yyyyMMddHHmm, yyyyMMddHHmmss: the data-sharing platform's, local time
    re.compile(r"(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?)?(?P<zone>)"),
)
_EMPTY_YEARS = ("0001-01-01", "1900-01-01", "1970-01-01")  # what programs write for "no date"
_GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_PLAIN = re.compile(r"(\d{1,13})(?:[.,]0{1,2})?")
_CURRENCY = re.compile(r"\s*(?:vnđ|vnd|đồng|dong|đ)\s*$", re.IGNORECASE)


def text(value: Any, most: int = 300) -> str:
    """A string or a number as one clean line of at most `most` characters; "" for everything else.

    Characters that a database or a screen refuses (control characters, half surrogates) go; NFC.
    """
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return ""
        value = int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, int) and abs(value) >= 10**20:
        return ""  # no code, state or number is that long; printing it may even be refused
    clean = " ".join(str(value)[: most * 4].split())
    if not clean.isascii():
        clean = unicodedata.normalize("NFC", clean)
    if not clean.isprintable():
        clean = "".join(c for c in clean if unicodedata.category(c) not in ("Cc", "Cs", "Cf", "Co")).strip()
    return "" if clean.lower() in NOTHING else clean[:most].rstrip()


def name(value: Any, most: int = 300) -> str:
    """A name given as text, as {"name": …}, as a list of {"languageId", "name"}, or as a map of such ("0": …); Vietnamese first."""
    return _name(value, most, 0)


def _name(value: Any, most: int, depth: int) -> str:
    if depth > 4:
        return ""
    if isinstance(value, Mapping):
        if "name" in value:
            return _name(value["name"], most, depth + 1)
        value = list(value.values())
        if not all(isinstance(each, Mapping) for each in value):
            return ""
    if isinstance(value, list):
        ours = [v for v in value if isinstance(v, Mapping) and v.get("languageId") in (VIETNAMESE, str(VIETNAMESE))]
        found = (_name(each, most, depth + 1) for each in (*ours, *value))
        return next(filter(None, found), "")
    return text(value, most)


def empty(value: Any) -> bool:
    """Whether a field says that there is nothing: null, "", "NULL", an empty list, a program's date for "never"."""
    if value is None or value in ([], {}, 0, False):
        return True
    return isinstance(value, str) and (not text(value) or value.strip().startswith(_EMPTY_YEARS))


def moment(value: Any, clock: time = MORNING) -> datetime | None:
    """The moment a value means, in UTC; None where it means none or cannot be read.

    Read are: ISO with or without a zone (also "+0700"), day-first dates with or without a time, yyyyMMdd[HHmm[ss]] as text or number, seconds
    or milliseconds since 1970, {"$date": …}, [year, month, day, hour, minute, second]. What names no zone is local time (Asia/Ho_Chi_Minh); a
    day without a time gets `clock`. Day and month are never turned round: the day comes first.
    """
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("$date", "$numberLong") if key in value), None)
        return None if isinstance(value, list) else moment(value, clock) if value is not None else None
    if isinstance(value, list):
        numbers = [v for v in value[:6] if isinstance(v, int) and not isinstance(v, bool)]
        return _made([str(n) for n in numbers], "", clock) if 3 <= len(numbers) == len(value[:6]) else None
    said = text(value, 40)
    if isinstance(value, float | int) and not isinstance(value, bool) and (since := _since_1970(said)):
        return since
    for form in (_ISO, *_FORMS):
        if match := form.fullmatch(said):
            parts = [match[part] for part in "ymdHMS" if match[part]]
            return _made(parts, match["zone"] or "", clock)
    return _since_1970(said)


def _since_1970(digits: str) -> datetime | None:
    if not digits.isascii() or not digits.isdigit() or len(digits) not in (10, 13):
        return None
    found = datetime.fromtimestamp(int(digits[:10]), UTC)
    return found if 2000 <= found.year < 2100 else None


def _made(parts: list[str], zone: str, clock: time) -> datetime | None:
    try:
        year, month, day, *rest = (int(part) for part in parts)
        hour, minute, second = [*rest, 0, 0, 0][:3]
        at = time(hour, minute, second) if rest else clock
        local = datetime.combine(date(year, month, day), at)
        if not 2000 <= year < 2100:
            return None
        if not zone:
            return local.replace(tzinfo=ZONE).astimezone(UTC)
        ahead = timedelta(0)
        if zone != "Z":
            digits = zone[1:].replace(":", "")
            ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
        return local.replace(tzinfo=timezone(ahead)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def amount(value: Any) -> int | None:
    """Whole đồng: 75000, 75000.0, "75.000", "75,000 đ"; "miễn" and "không" are 0. None for anything else, so also for below zero."""
    said = _CURRENCY.sub("", text(value, 40)).strip().lower()
    if said in ("miễn", "miễn phí", "không", "không thu"):
        return 0
    if _GROUPED.fullmatch(said):
        found = int(re.sub(r"\D", "", said))
    elif match := _PLAIN.fullmatch(said):
        found = int(match[1])
    else:
        return None
    return found if found <= MOST_MONEY else None


def phone(value: Any) -> str:
    """A Vietnamese phone number as ten or eleven digits beginning with 0 ("+84 905 261 120", "905261120"); "" where it is none."""
    digits = re.sub(r"[\s.\-()]", "", text(value, 30))
    if match := re.fullmatch(r"(?:\+?84|0084)0?(\d{9,10})", digits):
        digits = "0" + match[1]
    elif re.fullmatch(r"[235789]\d{8,9}", digits):
        digits = "0" + digits  # a spreadsheet on the way has eaten the zero
    return digits if re.fullmatch(r"0[35789]\d{8}|02\d{9}", digits) else ""


def identity(value: Any) -> str:
    """An identity number of 12 digits, or the old one of 9; "" where it is none."""
    digits = re.sub(r"[\s.\-]", "", text(value, 30))
    if re.fullmatch(r"\d{11}", digits) and isinstance(value, int | float):
        digits = "0" + digits
    return digits if re.fullmatch(r"\d{12}|\d{9}", digits) else ""
