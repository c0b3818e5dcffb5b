"""Reading a file of dossiers at the prompt: its kind by its content, and the map of its columns confirmed once."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.at_the_desk import Desk, refuse
from bot.sources.columns import ColumnMap, title
from bot.sources.json_shapes import read_json
from bot.sources.reading import Reading
from bot.sources.spreadsheet import SheetReading, read_sheet
from bot.store import desk as at_desk
from handlers.language import gettext

_ = gettext
_BEGINS = b" \t\r\n\xef\xbb\xbf"


def read_file(desk: Desk, file: Path) -> tuple[str, Reading]:
    """What kind of source the file (or folder) is, and what it says. Raises SourceError."""
    if not file.exists():
        refuse(_("Không thấy tệp. Xem lại tên và thư mục."))
    if is_json(file):
        return "json", read_json(file, desk.unit, desk.seal, desk.today)
    return "sheet", read_sheet(file, desk.unit, desk.seal, desk.today)


def is_json(file: Path) -> bool:
    """Whether it is a folder, or begins as JSON does."""
    if file.is_dir():
        return True
    with file.open("rb") as opened:
        return opened.read(200).lstrip(_BEGINS)[:1] in (b"{", b"[")


def confirmed_sheet(desk: Desk, file: Path, reading: Reading, *, by: str, ask: bool, keep: bool) -> Reading:
    """The reading by a map of columns that an officer has confirmed: shown and asked about the first time, then remembered.

    Without `ask` what was found is taken; without `keep` nothing is remembered.
    """
    if not isinstance(reading, SheetReading):
        return reading
    for found in reading.maps or (reading.column_map,):
        kept = _remembered(desk, found.fingerprint)
        if kept is not None:
            if kept.columns != found.columns:
                reading = read_sheet(file, desk.unit, desk.seal, desk.today, kept)
            continue
        for line in shown_map(found):
            click.echo(line)
        if ask and not click.confirm(_("Các cột đúng như trên?"), default=False):
            refuse(_("Chưa nhập gì. Sửa tên cột trong tệp cho khớp rồi nhập lại."))
        if keep:
            desk.store.transact(
                lambda c, found=found: at_desk.confirm_columns(  # type: ignore[misc]
                    c, desk.store.dialect, desk.unit.id, found.fingerprint, found.to_json(), by=by, now=desk.now
                )
            )
    return reading


def _remembered(desk: Desk, fingerprint: str) -> ColumnMap | None:
    text = desk.store.transact(lambda c: at_desk.column_map(c, desk.unit.id, fingerprint), reading=True)
    try:
        return ColumnMap.from_json(text) if text else None
    except ValueError:
        return None  # of an older version: asked again


def shown_map(found: ColumnMap) -> list[str]:
    """Which column is taken for what, for the officer: titles only."""
    lines = [_("Cột trong tệp được hiểu là:")]
    lines += [f"  {column.header} → {title(column.field)}" for column in found.columns]
    if found.dropped:
        names = ", ".join(column.header for column in found.dropped)
        lines.append(_("Không giữ (thông tin cá nhân): {names}.").format(names=names))
    if found.unread:
        lines.append(_("Không đọc: {names}.").format(names=", ".join(found.unread)))
    return [*lines, *found.doubts]
