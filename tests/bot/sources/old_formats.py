"""Writers of formats that no library of ours writes: a compound file with BIFF8 in it (.xls), and an OpenDocument sheet (.ods)."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (OLE 2) of up to three streams, each padded beyond the small ones' limit of 4096 bytes."""
    padded = {name: data.ljust(max(4096, -(-len(data) // _SECTOR) * _SECTOR), b"\0") for name, data in streams.items()}
    fat = [_FAT, _END]
    entries = [_entry("Root Entry", 5, _END, 0, child=1 if padded else _FREE)]
    body = b""
    for place, (name, data) in enumerate(padded.items(), 1):
        count = len(data) // _SECTOR
        entries.append(_entry(name, 2, len(fat), len(data), right=place + 1 if place < len(padded) else _FREE))
        fat += [*range(len(fat) + 1, len(fat) + count), _END]
        body += data
    assert len(fat) <= 128, "one sector of the allocation table is enough for a test"
    entries += [_entry("", 0, 0, 0)] * (4 - len(entries))
    table = struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0)
    header += struct.pack("<IIIII", 4096, _END, 0, _END, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    return header + table + b"".join(entries) + body


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE, right: int = _FREE) -> bytes:
    written = (name + "\0").encode("utf-16-le") if name else b""
    return struct.pack("<64sHBBIII16xIQQIQ", written, len(written), kind, 1, _FREE, right, child, 0, 0, 0, start, size)


def biff8(rows: Sequence[Sequence[str | float]], password: bool = False) -> bytes:
    """A workbook of Excel 97-2003 with one sheet: texts as LABEL, figures as NUMBER records."""
    name = "Sheet1"
    start = _record(0x809, struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 1996, 0, 6))
    if password:
        start += _record(0x2F, struct.pack("<HHH48x", 1, 1, 1))
    position = len(start) + 4 + 8 + len(name) + 4
    start += _record(0x85, struct.pack("<IBBBB", position, 0, 0, len(name), 0) + name.encode()) + _record(0x0A, b"")
    assert len(start) == position
    width = max(map(len, rows))
    sheet = _record(0x809, struct.pack("<HHHHII", 0x0600, 0x10, 0x0DBB, 1996, 0, 6))
    sheet += _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            at = struct.pack("<HHH", number, column, 0)
            if isinstance(value, str) and value:
                sheet += _record(0x204, at + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            elif not isinstance(value, str):
                sheet += _record(0x203, at + struct.pack("<d", value))
    return compound({"Workbook": start + sheet + _record(0x0A, b"")})


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def open_document(rows: Sequence[Sequence[str | float]], empty_rows_first: int = 0) -> bytes:
    """A sheet as LibreOffice writes it: repeated empty rows are one element, figures carry their value beside what is shown."""
    lines = (
        [f'<table:table-row table:number-rows-repeated="{empty_rows_first}"><table:table-cell/></table:table-row>']
        if empty_rows_first
        else []
    )
    for row in rows:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
            if isinstance(value, str)
            else f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
            for value in row
        )
        lines.append(f"<table:table-row>{cells}</table:table-row>")
    namespaces = " ".join(
        f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {namespaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Trang 1">{"".join(lines)}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def packed(parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()
