"""Dossiers from the one-stop system's own interface, where the unit was granted access. Unproven against a real server.

Pages come newest change first and are read until what is known already; a little is read twice, since clocks differ and a change may become
visible late. A read that is cut leaves a gap between what it had reached and what was known before; the next one first reads what is new,
then goes on in the gap. Shape and behaviour were assembled from public code (docs/dossiers.md, "Interface"); only the fake server of the
tests has answered so far.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import aiohttp

from bot.sources import json_values as values
from bot.sources.interface_client import ODD, Client, Pace, Tokens, Trouble
from bot.sources.json_records import UPDATED, ReadRow
from bot.sources.json_shapes import Gathering
from bot.sources.reading import Reading, SourceError
from handlers.dossier.codes import of_unit
from handlers.dossier.model import Sealer
from knowledge.unit import ZONE, DossierInterface, Unit

log = logging.getLogger(__name__)
SIZE = 50  # rows of one page
OVERLAP = timedelta(minutes=15)
AHEAD = timedelta(minutes=5)  # what a server's clock may be fast
FIRST_LOOK = timedelta(days=120)  # how far back the first read goes: longer than a finished dossier is kept
MOST_PAGES = 100  # of one read; the rest comes with the next, so that memory and the writer's time stay small


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far reading has come. Everything changed up to `since` is known.

    With `page` above 0 there is a gap: what changed between `since` and `top` is known only down to that page, counted in pages of `size`
    when it was left; new changes push the rest to later pages, never to earlier ones.
    """

    since: datetime | None = None
    top: datetime | None = None
    page: int = 0
    size: int = SIZE

    @property
    def unfinished(self) -> bool:
        """Whether there is a gap still to be read."""
        return self.page > 0

    def to_json(self) -> dict[str, Any]:
        """As data for a `jobs` row."""
        return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Any) -> Cursor:
        """The cursor of such data; the beginning for anything that is none. Never raises."""
        if not isinstance(data, Mapping):
            return cls()
        page, size = (data.get(key) if isinstance(data.get(key), int) else 0 for key in ("page", "size"))
        since, top = (values.moment(data.get(key)) for key in ("since", "top"))
        if size != SIZE or top is None:  # pages of another size cannot be counted on
            return cls(since)
        return cls(since, top, max(page or 0, 0))


class Fetched(NamedTuple):
    """What one read gave. `trouble` is what the officer should know ("" when all went well), `again_in` how long the system wants to be
    left alone."""

    reading: Reading
    cursor: Cursor
    trouble: str = ""
    again_in: timedelta | None = None


async def fetch(
    unit: Unit,
    settings: DossierInterface,
    secrets: Mapping[str, str],
    session: aiohttp.ClientSession,
    cursor: Cursor,
    now: datetime,
    *,
    sealer: Sealer,
    tokens: Tokens,
    pace: Pace | None = None,
) -> Fetched:
    """Read what changed since `cursor`, within `pace.whole` seconds and 100 pages. `secrets` maps the names in the unit's file to values.

    What was read whole is given even where the rest failed; the new cursor says where to go on. Rows of other units are dropped. Raises
    SourceError where nothing was read and waiting does not help: settings, access, a question the system does not take.
    """
    if not unit.dossier_prefixes:
        raise SourceError("Tệp của đơn vị chưa có dossier_prefixes nên không biết hồ sơ nào là của mình.")
    pace = pace or Pace()
    read = _Read(unit, Client(settings, secrets, session, tokens, pace), sealer, cursor, now)
    trouble, again_in = "", None
    try:
        async with asyncio.timeout(pace.whole):
            await read.run()
    except Trouble as error:
        trouble, again_in = str(error), error.again_in
    except TimeoutError:
        trouble = "Hệ thống một cửa trả lời chậm, chưa đọc hết. Máy tự đọc tiếp sau."
    except SourceError as error:
        if not read.pages:
            raise
        trouble = str(error)
    log.info(
        "dossiers were read over the interface",
        extra={"unit": unit.id, "pages": read.pages, "rows": read.gathering.rows, "foreign": read.gathering.foreign},
    )
    return Fetched(read.reading(), read.cursor, trouble, again_in)


class _Read:
    """One read in progress; `cursor` is true after every page."""

    def __init__(self, unit: Unit, client: Client, sealer: Sealer, cursor: Cursor, now: datetime) -> None:
        self._prefixes, self._client, self._before, self._now = unit.dossier_prefixes, client, cursor, now
        self.gathering = Gathering(unit, sealer, now.astimezone(ZONE).date(), self._ours)
        self.cursor = cursor
        self.pages = 0
        self._newest = cursor.top if cursor.unfinished else cursor.since
        self._hash = hashlib.sha256()
        self._whole = False
        self._last_body = b""

    def reading(self) -> Reading:
        """What was read. Its data is from now where no gap is left, else from the time up to which all is known."""
        reading = self.gathering.done()
        changes = (record.updated for record in reading.records if record.updated)
        reading.until = self._now if self._whole else self.cursor.since or max(changes, default=None)
        # With the moment: the same pages an hour later are news too, that nothing has changed.
        self._hash.update(self._now.isoformat().encode())
        reading.fingerprint = self._hash.hexdigest()
        return reading

    async def run(self) -> None:
        """Read what is new, then the gap. Raises Trouble, SourceError."""
        before = self._before
        floor = before.since - OVERLAP if before.since else self._now - FIRST_LOOK
        number = 0
        if before.unfinished and before.top:
            # The gap stays where it was until everything above it is known.
            number = await self._down(0, before.top - OVERLAP, remember=False)
            if not self._whole and self.pages < MOST_PAGES:
                # One page back: rows may have been deleted above it.
                number = max(number, before.page - 1)
            self._leave(number)
        if not self._whole:
            await self._down(number, floor)
        if self._whole:
            self.cursor = Cursor(self._newest)

    async def _down(self, number: int, floor: datetime, *, remember: bool = True) -> int:
        """Read pages from `number` on until one reaches below `floor`, or is the last, or it is enough for once; gives the next page."""
        while self.pages < MOST_PAGES:
            page, body = await self._client.page(number, SIZE)
            oldest = self._take(page["content"], number + 1)
            self._hash.update(body)
            self.pages += 1
            number += 1
            # A server that passes over the page's number would give the same one for ever.
            if page.get("last") is True or not page["content"] or body == self._last_body:
                self._whole = True
                break
            self._last_body = body
            if oldest is not None and oldest <= floor:
                self._whole = remember
                break
            if remember:
                self._leave(number)
        return number

    def _leave(self, page: int) -> None:
        self.cursor = Cursor(self._before.since, self._newest, page)

    def _take(self, rows: list[Any], number: int) -> datetime | None:
        """Keep what is ours of one page. Gives its oldest change; None where that tells nothing, because the page is not in order."""
        kept = self.gathering.kept
        broken = len(self.gathering.reading.doubts)
        for row in rows:
            self.gathering.take(row, number)
        if rows and self.gathering.kept == kept and len(self.gathering.reading.doubts) - broken >= len(rows):
            raise Trouble(f"{ODD}. Máy tự đọc lại sau; cần gấp thì nhập bằng tệp.")
        changes = [at for row in rows if isinstance(row, Mapping) and (at := _changed(row))]
        # A change dated in the future would hide every other one for as long.
        self._newest = max((at for at in (*changes, self._newest) if at and at <= self._now + AHEAD), default=None)
        return changes[-1] if changes and changes == sorted(changes, reverse=True) else None

    def _ours(self, row: ReadRow) -> bool:
        return row.record is not None and (of_unit(row.record.code, self._prefixes) or row.agency in self._prefixes)


def _changed(row: Mapping[str, Any]) -> datetime | None:
    return next((at for key in UPDATED if (at := values.moment(row.get(key)))), None)
