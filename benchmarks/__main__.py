"""Run every benchmark once and keep the results in docs/benchmarks.md: `make bench`, or one part: python -m benchmarks start."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import accuracy, start, turns
from knowledge.snapshot import load

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PARTS: dict[str, tuple[str, str, Callable[[], list[str]]]] = {
    "finding": ("Finding the procedure", "python -m benchmarks.accuracy", accuracy.table),
    "turns": ("Durable turns a second", "python -m benchmarks.turns", turns.table),
    "start": ("Start, memory, page", "python -m benchmarks.start", start.table),
}


def machine() -> str:
    """What this ran on, in one line."""
    facts = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text().splitlines() if ":" in line)
    model = next((v.strip() for k, v in facts.items() if k.strip() == "model name"), platform.machine())
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    return f"{cores} cores, {model}, {platform.system()}, Python {platform.python_version()}"


def main(wanted: list[str]) -> None:
    """Run the parts (all when none is named); the page is written only after a whole run."""
    intro = (
        f"`make bench` on {datetime.now(UTC):%Y-%m-%d}: {machine()}. Knowledge {load().version}. Every figure comes from the scripts named; "
        "the peers run on the same machine, in the same run, on the same input. These machines are shared and noisy: read ratios, not single numbers."
    )
    written = ["# What was measured", "", intro]
    for name, (title, command, table) in PARTS.items():
        if wanted and name not in wanted:
            continue
        print(f"== {title}", flush=True)
        rows = table()
        print("\n".join(rows), flush=True)
        written += ["", f"## {title}", "", f"`{command}`", "", *rows]
    if not wanted:
        PAGE.write_text("\n".join(written) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
