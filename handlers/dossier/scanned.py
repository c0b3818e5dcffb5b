"""What a QR or bar code means to us: a dossier, a procedure, or nothing that is ours.

People photograph what they hold: a receipt, but also an identity card, a bank's code, the shop's wireless network. What is not ours is dropped here
and neither kept nor said again: an identity card's code holds name, birthday and address in plain text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from handlers.dossier.codes import from_link, read, valid
from handlers.keys import from_start

OTHER, LATE = "other", "late"
_PROCEDURE = re.compile(r"(\d)\.(\d{6})(?:\.[0-9A-Za-z.]{0,20})?")
# Where a procedure's code stands in an address: our own pages, the national portal's search and its pages.
_ASKED = ("tt", "keyword", "ma_thu_tuc", "mathutuc", "procedurecode")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a photo means, as the parts of an `Incoming`.

    `text` is a dossier code (or several, with spaces between); `payload` a deep link's ("hs-…", "tt-…"), OTHER for a code that is not ours, LATE
    where the photo could not be fetched in time. Both "" where nothing can be read.
    """

    text: str = ""
    payload: str = ""


def meant(found: Sequence[str], today: date) -> Meant:
    """What the codes of one photo mean together. `today` is the day in Vietnam. Never raises.

    A link of the centre's desk goes before a bare code (it may carry the proof of who holds it), a dossier before a procedure.
    """
    each = [_one(text.strip(), today) for text in found]
    for one in each:
        if one.payload.startswith("hs-"):
            return one
    if codes := dict.fromkeys(one.text for one in each if one.text):
        return Meant(" ".join(codes))
    return next((one for one in each if one.payload != OTHER), Meant(payload=OTHER)) if each else Meant()


def _one(text: str, today: date) -> Meant:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        return _linked(text, today)
    if code := from_link(text, today):
        return Meant(code, text)
    if text.startswith("tt-") and from_start(text):
        return Meant(payload=text)
    # A code alone, or with a few words ("Mã hồ sơ: …"); not one somewhere in a long text.
    codes = read(text, today).codes
    if len(codes) == 1 and len(text) <= len(codes[0]) + 40:
        return Meant(codes[0])
    found = _PROCEDURE.fullmatch(text)
    return Meant(payload=f"tt-{found[1]}_{found[2]}") if found else Meant(payload=OTHER)


def _linked(address: str, today: date) -> Meant:
    """Whose address it is does not matter: nothing of it is opened, and what it names is only asked for."""
    try:
        parts = urlsplit(address)
        asked = parse_qsl(parts.query) + parse_qsl(urlsplit(parts.fragment).query)
    except ValueError:
        return Meant(payload=OTHER)
    for name, value in asked:
        payload = f"hs-{value}" if name == "hs" else value
        if code := from_link(payload, today):
            return Meant(code, payload)
        if payload.startswith("tt-") and from_start(payload):
            return Meant(payload=payload)
        if valid(value.upper(), today):
            return Meant(value.upper())
        if name.lower() in _ASKED and (found := _PROCEDURE.fullmatch(value)):
            return Meant(payload=f"tt-{found[1]}_{found[2]}")
    last = parts.path.rstrip("/").rpartition("/")[2]
    if valid(last.upper(), today):
        return Meant(last.upper())
    found = _PROCEDURE.fullmatch(last)
    return Meant(payload=f"tt-{found[1]}_{found[2]}") if found else Meant(payload=OTHER)
