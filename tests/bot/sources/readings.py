"""Readings made by hand: what a source would have given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sources.reading import Reading
from handlers.dossier.model import Record

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)  # a Friday, 10:00 in Vietnam
DAY = timedelta(days=1)


def code(number: int) -> str:
    """The code of the sample unit's dossier of that number."""
    return f"H48.99.01-261120-{number:04}"


def reading(rows: int | Iterable[int], *, until: datetime | None = NOW, fingerprint: str = "f", **said: Any) -> Reading:
    """Dossiers number 1 to `rows` (or those given), all saying the same."""
    numbers = range(1, rows + 1) if isinstance(rows, int) else rows
    values = {"state": "processing", **said}
    return Reading([Record(code(n), **values) for n in numbers], until=until, fingerprint=fingerprint)
