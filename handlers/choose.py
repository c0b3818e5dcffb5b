"""What "2", "cái đầu tiên" or the words of a choice mean now: the key of one of the buttons last shown."""

from __future__ import annotations

import re

from handlers.hearing import plain
from handlers.in_words import meant
from handlers.messages import Incoming
from handlers.ports import Context

NUMBERS = {
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "tu": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi": 10,
}
COURTESY = r"(?:\s+(?:a|nha|nhe|di|nhen|nghen|do|day|em|anh|chi|ban|ad|oi|thoi|chau|co|chu|bac))*"
DIGITS = re.compile(
    rf"(?:(?:da|vang|ok|em|toi|minh|tui|chon|lay|so|cau|muc|y|cai|la|vay|thu|truong hop|dap an)\s+)*(?:so|chon|cau)?\s*(\d{{1,2}}){COURTESY}"
)
ORDINAL = re.compile(
    r"(?:(?:cai|muc|y|cau|chon|lua chon|viec|dong|so)\s+)+(?:thu\s+)?(dau tien|dau|cuoi cung|cuoi|nhat|nhi|mot|hai|ba|bon|tu|nam|sau|bay)"
    r"(?:\s+(?:a|nha|nhe|di|do|day))?|dau tien|thu (nhat|hai|ba|tu|nam)"
)
ENGLISH = re.compile(
    r"(?:the )?(first|second|third|fourth|fifth|last)(?: (?:one|option|line))?(?: please)?|(?:option|number|no) (\d{1,2})"
)
PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
OTHER = re.compile(
    r"(?:khong phai|ko phai|khong|ko|k)?\s*,?\s*(?:la )?(?:cai|viec|muc)\s+(?:kia|khac|con lai)(?:\s+(?:a|nha|nhe|co|ma))?"
)


def chosen(incoming: Incoming, context: Context) -> str | None:
    """The key meant by the text, "" when a number was typed that means nothing now, None when the text is no choice.

    A number counts as long as its menu is of the same day; later the question it answered is over.
    """
    if incoming.kind != "text":
        return None
    text = plain(incoming.text)
    expect = context.state.expect if context.state.fresh(context.now) else ()
    index: int | None = None
    if match := DIGITS.fullmatch(text):
        index = int(match.group(1))
    elif expect and (match := ORDINAL.fullmatch(text)):
        word = match.group(1) or match.group(2) or "dau"
        index = (
            len(expect)
            if word.startswith("cuoi")
            else {"dau": 1, "dau tien": 1, "nhat": 1, "nhi": 2}.get(word) or NUMBERS[word]
        )
    elif expect and (match := ENGLISH.fullmatch(text)):
        index = int(match.group(2)) if match.group(2) else PLACES.get(match.group(1), len(expect))
    elif expect and text in NUMBERS:
        index = NUMBERS[text]
    if index is None:
        return meant(incoming.text, context) if expect else None
    return expect[index - 1] if 1 <= index <= len(expect) else ""


def wants_other(incoming: Incoming) -> bool:
    """Whether somebody turns down what was answered and means the other one: "không phải, cái kia"."""
    return incoming.kind == "text" and bool(OTHER.fullmatch(plain(incoming.text)))
