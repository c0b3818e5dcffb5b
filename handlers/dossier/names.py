"""How a dossier is called in a few characters, on a button or in a list."""

from __future__ import annotations

BUTTON = 20  # characters of a button's title (docs/voice.md)


def tail(code: str) -> str:
    """What tells the codes of one unit apart: day and counter, "261118-0012"."""
    return code.partition("-")[2]


def short(code: str, label: str = "") -> str:
    """For a button: the chat's own name with the counter where both fit, else the tail of the code."""
    counter = code.rpartition("-")[2]
    if label and len(both := f"{label} ({counter})") <= BUTTON:
        return both
    return tail(code)[-BUTTON:]
