"""The plain form in which fixed phrases are compared."""

from __future__ import annotations

import re

from knowledge.text.folding import fold

_SIGNS = re.compile(r"[^\w/]+")


def plain(text: str) -> str:
    """`text` lower-cased, without diacritics and signs, single spaces: "Chào anh/chị!" → "chao anh/chi"."""
    return " ".join(_SIGNS.sub(" ", fold(text.casefold())).split())
