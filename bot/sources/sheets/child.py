"""The process that reads a stranger's file: the file is its standard input, rows leave as lines of JSON. It knows nothing else.

It gives itself a limit of memory and of time before it looks at a single byte, and leaves no core dump: one would hold people's data.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TextIO

from bot.sources.sheets import delimited, html_tables, xml_workbook
from bot.sources.sheets.kinds import Kind, kind_of
from bot.sources.sheets.model import Sheet, Unreadable


def main(memory: int, seconds: int) -> None:
    """Read the file on standard input within `memory` bytes and `seconds` of the processor."""
    with suppress(ValueError, OSError):  # macOS knows no limit of memory; servers run Linux
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    write(sys.stdin.buffer.read(), sys.stdout)


def write(data: bytes, out: TextIO) -> None:
    """The sheets and rows of `data` as JSON lines: {"sheet": …}, then [number, [cells]] each, at the end {"end": true} or {"why": …}."""
    try:
        for sheet in _reader(kind_of(data))(data):
            about = {"sheet": sheet.name, "hidden": sheet.hidden, "delimited": sheet.delimited}
            out.write(json.dumps(about) + "\n")
            for row in sheet.rows:
                out.write(json.dumps(row) + "\n")
        out.write('{"end": true}\n')
    except Unreadable as error:
        out.write(json.dumps({"why": error.why}) + "\n")
    except MemoryError:
        out.write('{"why": "gave_up"}\n')
    except Exception:
        # A reader fell over the file in a way it does not promise. Its words may quote a cell, so they are not passed on.
        out.write('{"why": "damaged"}\n')
    out.flush()


def _reader(kind: Kind) -> Callable[[bytes], Iterator[Sheet]]:
    if kind == "workbook":
        # Loaded only here: the other kinds need nothing but the standard library.
        from bot.sources.sheets import workbook

        return workbook.read
    return {"html": html_tables.read, "xml": xml_workbook.read, "delimited": delimited.read}[kind]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
