"""A process that plans notices and is killed by the system in the middle: python -m tests.bot.delivery.killed_noticing URL CHUNKS

CHUNKS: how many chunks are committed; in the next one the process is killed after its statements, before the commit.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from bot.delivery.notices import Noticing
from bot.store import Store
from knowledge.snapshot import load
from knowledge.unit import load_units
from tests.bot.delivery.moved import NOW


def main(url: str, chunks: int, pack: str) -> None:
    """Plan until the kill."""
    units, store, knowledge = load_units(Path("units")), Store.open(url), load(Path(pack))
    planner: Any = Noticing(store, lambda: knowledge, units, {"web": None}, lambda: NOW)
    real, left = planner._moved, [chunks]

    def deadly(*given: Any, **named: Any) -> Any:
        done = real(*given, **named)
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    planner._moved = deadly
    asyncio.run(planner.all_of(units["mau"]))
    print("not killed")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
