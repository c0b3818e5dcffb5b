"""Keeping people out: a name where a word for a state should stand, and what of a row's own names and numbers has crept into its remarks."""

from __future__ import annotations

import re

from knowledge.text.folding import fold

BLOT = "(…)"
_LIST = """nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dinh doan trinh truong luong dao mai to ha cao chau thai ta phung
lam quach chu lu a y ro h r"""
_SURNAMES = frozenset(_LIST.split())
# Words that begin like a surname in capitals and are none: "HỒ SƠ MỚI", "LÝ LỊCH TƯ PHÁP", "MAI TÁNG PHÍ", "Y TẾ".
_NOT_NAMES = re.compile(
    r"(?:ho so|ly (?:lich|do|hon)|mai tang|y te|do (?:thi|dac)|dao tao|vo hieu|cao tuoi|ha tang|to (?:chuc|khai)|lam nghiep|duong bo|vu viec)\b"
)
# A phone as people write it, a number of identity. Sums of money have dots between groups of three and do not begin with 0.
_NUMBERS = re.compile(r"(?<!\d)(?:(?:\+?84|0)\d{2,3}[ .\-]?\d{3}[ .\-]?\d{3,4}|\d{9,12})(?!\d)")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def is_person(text: str) -> bool:
    """Whether a text looks like a Vietnamese person's name: two to six words, each with a capital, the first a surname."""
    words = text.split()
    if not 2 <= len(words) <= 6 or not all(_LETTERS.fullmatch(word) and word[0].isupper() for word in words):
        return False
    bare = fold(text).lower()
    return bare.split()[0] in _SURNAMES and not _NOT_NAMES.match(bare)


def blotted(text: str, own: tuple[str, ...]) -> str:
    """`text` with the row's own names and addresses (`own`) and every phone and number of identity blotted out.

    A name that stands in no column of its own cannot be known; remarks are therefore shown after the second factor only.
    """
    if not text:
        return ""
    lower = text.lower()
    for one in own:
        if len(one) >= 5 and " " in one and one.lower() in lower:
            text = re.sub(re.escape(one), BLOT, text, flags=re.IGNORECASE)
    return _NUMBERS.sub(BLOT, text)
