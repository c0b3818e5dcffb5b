"""What kind of file it is, by its content. The name says little: portals call HTML and XML ".xls"."""

from __future__ import annotations

import io
import zipfile
from typing import Literal

from bot.sources.sheets.model import Unreadable

Kind = Literal["workbook", "html", "xml", "delimited"]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_UNPACKED = 512 * 1024 * 1024  # bytes; 50,000 rows of twenty columns unpack to about 50 MB
_RAW_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_FILEPASS = 0x2F
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")
_HTML = ("<html", "<!doctype html", "<table", "<meta", "<head", "<style", "<body", "<div", "<tr", "<center")


def kind_of(data: bytes) -> Kind:
    """The kind of a whole file. Raises Unreadable for what holds no table, with the reason."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty")
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    if data.startswith(OLE):
        return _compound(data)
    if data.startswith(b"%PDF"):
        raise Unreadable("pdf")
    if data.startswith(_PICTURES):
        raise Unreadable("picture")
    if data.startswith(_RAW_BIFF):
        raise Unreadable("old_excel")
    if data.startswith((b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"PK")):
        raise Unreadable("archive")
    return _text(data[:8192])


def _packed(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        raise Unreadable("damaged") from None
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable("bomb")
    names = {part.filename for part in parts}
    if names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        return "workbook"
    raise Unreadable("word" if "word/document.xml" in names else "archive")


def _compound(data: bytes) -> Kind:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise Unreadable("password")
    if _has_file_password(data):
        raise Unreadable("password")
    if holds("WordDocument"):
        raise Unreadable("word")
    return "workbook"


def _has_file_password(data: bytes) -> bool:
    # The workbook's first records: a FILEPASS among them says that all others are encrypted ([MS-XLS] 2.4.117).
    at = data.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    for _record in range(4 if at >= 0 else 0):
        kind, length = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        if kind == _FILEPASS:
            return True
        at += 4 + length
    return False


def _text(start: bytes) -> Kind:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = start.decode("utf-16", "replace")
    elif (
        start[1:2] == b"\0" or start[:1] == b"\0"
    ):  # UTF-16 without its mark: every second byte of Latin letters is zero
        text = start.decode("utf-16-le" if start[1:2] == b"\0" else "utf-16-be", "replace")
    else:
        text = start.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    text = text.lstrip("\ufeff \t\r\n").lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in text and text.startswith(
        ("<?xml", "<workbook", "<ss:workbook", "<!--")
    ):
        return "xml"
    if text.startswith(_HTML) or (text.startswith(("<?xml", "<!--")) and ("<html" in text or "<table" in text)):
        return "html"
    if text.startswith(("{", "[")):
        raise Unreadable("json")
    odd = sum(character < " " and character not in "\t\r\n\f" for character in text)
    if not text or odd * 50 > len(text) or text.startswith("<?xml"):
        raise Unreadable("not_a_sheet")
    return "delimited"
