"""A process that imports and is killed by the system in the middle: python -m tests.bot.sources.killed_import URL ROWS CALL STATE WHERE

CALL: how many calls of WHERE (a function of bot.store.importing, .chunks or .undoing) end well; the next one is killed after its statements,
before the commit.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from bot.sources import applying
from bot.store import Store, chunks, importing, undoing
from knowledge.unit import load_units
from tests.bot.sources.readings import NOW, reading


def main(url: str, rows: int, calls: int, state: Any, where: str) -> None:
    """Import (or undo, for WHERE "step") until the kill."""
    module: Any = {"step": undoing, "apply": chunks}.get(where, importing)
    real, left = getattr(module, where), [calls]

    def deadly(*given: Any, **named: Any) -> Any:
        done = real(*given, **named)
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(module, where, deadly)
    applying.MOST = applying.FEWEST  # small steps, however fast the machine is just now
    unit, store = load_units(Path("units"))["mau"], Store.open(url)
    if where == "step":
        applying.undo(store, unit, by="Lan")
    else:
        applying.apply(store, unit, reading(rows, state=state), source="sheet", by="Lan", now=NOW, knowledge=None)
    print("not killed")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5])
