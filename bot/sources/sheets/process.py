"""A file read in a process of its own: what the file does to its reader it does not do to us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from bot.sources.sheets.model import Failure, Numbered, Sheet, Unreadable

MOST_BYTES = 100 * 1024 * 1024
MEMORY = 1024 * 1024 * 1024  # address space of the child, bytes; 50,000 rows of twenty columns take about 300 MB
SECONDS = 60  # of the processor; the same rows take about three
_WALL = 300  # seconds on the clock, for a child that hangs


def sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of a file, each with its rows, streamed: the rows of one are walked before the next is asked for.

    Raises Unreadable, at once or while the rows are walked: then what was read so far is not the whole file. Raises OSError where the file
    itself cannot be opened.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable("too_big")
    # The child gets an open file and no name (it may be a person's), and of our surroundings only where the modules lie: no secret.
    surroundings = {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-P", "-m", "bot.sources.sheets.child", str(MEMORY), str(SECONDS)]
    with path.open("rb") as file:
        # What a dying reader says may quote a cell; nobody hears it.
        child = subprocess.Popen(
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=surroundings
        )
    clock = threading.Timer(_WALL, child.kill)
    clock.daemon = True
    clock.start()
    try:
        assert child.stdout is not None
        yield from _Lines(iter(child.stdout)).sheets()
    finally:
        clock.cancel()
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


class _Lines:
    """The child's lines, told apart into sheets."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._next: dict[str, object] = {}

    def sheets(self) -> Iterator[Sheet]:
        """Each sheet; its rows are walked to their end before the next."""
        for _row in self._rows():
            pass
        while "sheet" in self._next:
            said = self._next
            rows = self._rows()
            yield Sheet(str(said["sheet"]), rows, said.get("hidden") is True, said.get("delimited") is True)
            for _left in rows:
                pass

    def _rows(self) -> Iterator[Numbered]:
        for line in self._lines:
            try:
                said = json.loads(line)
            except ValueError:  # cut in the middle of a line
                break
            if isinstance(said, dict):
                self._next = said
                why = said.get("why")
                if why is not None:
                    raise Unreadable(next((known for known in get_args(Failure) if known == why), "gave_up"))
                return
            yield said[0], said[1]
        # No last word: the memory or the time was not enough, or the reader fell over the file.
        raise Unreadable("gave_up")
