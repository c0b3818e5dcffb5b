"""Which encoding a text export is in: UTF-8, UTF-16, Windows-1258, or TCVN3 (the ".VnTime" fonts).

The old two cannot be told apart by their bytes alone; the column titles that every export holds tell them: the reading in which more of
their words stand is taken.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator

from knowledge.text.folding import fold

# TCVN 5712:1993, VN3: the byte of each letter. Capitals with a tone have no byte of their own (a capital font drew the small ones).
_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãá",
    0xB9: "ạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệì",
    0xD8: "ỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
TCVN3 = {first + place: letter for first, letters in _TCVN3.items() for place, letter in enumerate(letters)}
# The same letters where a program has taken the bytes for Western ones: what a workbook in an old font holds.
_WESTERN = TCVN3 | {ord(bytes((byte,)).decode("cp1252")): letter for byte, letter in TCVN3.items()}
_SIGNS = (
    "ma ho so",
    "trang thai",
    "tinh trang",
    "ngay",
    "tiep nhan",
    "tra",
    "thu tuc",
    "ho so",
    "dien thoai",
    "dia chi",
    "xu ly",
    "linh vuc",
)
_SAMPLE = 200_000


def from_tcvn3(text: str) -> str:
    """Text whose characters are TCVN3 bytes ("M· hå s¬") as it was meant ("Mã hồ sơ")."""
    return text.translate(_WESTERN)


def encoding_of(data: bytes) -> str:
    """The name of the encoding of a text file: a codec of Python's, or "tcvn3"."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    head = data[:2000]
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    sample = data if len(data) <= _SAMPLE else data[: data.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE]
    marked = sum(byte > 0x7F for byte in sample)
    # One byte lost in a large file does not make it an old one.
    if sample.decode("utf-8", "replace").count("\ufffd") * 50 <= marked:
        return "utf-8"
    return max(("cp1258", "tcvn3"), key=lambda name: _plausible(decoded(sample, name)))


def decoded(data: bytes, encoding: str) -> str:
    """The text of `data`, in composed form (NFC). Bytes that mean nothing become U+FFFD; never raises for an `encoding_of`."""
    if encoding == "tcvn3":
        return data.decode("latin-1").translate(TCVN3)
    return unicodedata.normalize("NFC", data.decode(encoding, "replace"))


def lines(data: bytes, encoding: str) -> Iterator[str]:
    """The lines of `data` with "\\n" at their ends, decoded a piece at a time."""
    name = "latin-1" if encoding == "tcvn3" else encoding
    for line in io.TextIOWrapper(io.BytesIO(data), name, errors="replace"):
        yield _composed(line, encoding)


def _composed(text: str, encoding: str) -> str:
    return text.translate(TCVN3) if encoding == "tcvn3" else unicodedata.normalize("NFC", text)


def _plausible(text: str) -> tuple[int, int]:
    lower = text.lower()
    words = re.sub(r"\s+", " ", fold(lower))
    return sum(sign in words for sign in _SIGNS), sum(
        letter in "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợ" for letter in lower
    )
