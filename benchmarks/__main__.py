"""Run every benchmark once and keep the results in docs/benchmarks.md: `make bench`, or one part: python -m benchmarks start."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import accuracy, import_load, look_up, notices, start, turns
from knowledge.snapshot import load

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PARTS: dict[str, tuple[str, str, Callable[[], list[str]]]] = {
    "finding": ("Finding the procedure", "python -m benchmarks.accuracy", accuracy.table),
    "turns": ("Durable turns a second", "python -m benchmarks.turns", turns.table),
    "look_up": ("Looking a dossier up", "python -m benchmarks.look_up", look_up.table),
    "import": ("Importing while citizens write", "python -m benchmarks.import_load", import_load.table),
    "notices": ("Notices planned", "python -m benchmarks.notices", notices.table),
    "start": ("Start, memory, page", "python -m benchmarks.start", start.table),
}


def machine() -> str:
    """What this ran on, in one line."""
    facts = dict(line.split(":", 1) for line in Path("/proc/cpuinfo").read_text().splitlines() if ":" in line)
    model = next((v.strip() for k, v in facts.items() if k.strip() == "model name"), platform.machine())
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    return f"{cores} cores, {model}, {platform.system()}, Python {platform.python_version()}"


def sections() -> dict[str, str]:
    """What the page says today, by heading."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    return dict(part.split("\n", 1) for part in text.split("\n## ")[1:] if "\n" in part)


def main(wanted: list[str]) -> None:
    """Run the parts named, or all, and put their results on the page; parts that were not run keep what they said."""
    kept = sections()
    day = f"{datetime.now(UTC):%Y-%m-%d}: {machine()}. Knowledge {load().version}."
    for name, (title, command, table) in PARTS.items():
        if wanted and name not in wanted:
            continue
        print(f"== {title}", flush=True)
        rows = table()
        print("\n".join(rows), flush=True)
        kept[title] = "\n".join(["", f"`{command}`, {day}", "", *rows])
    intro = (
        "Every figure comes from the scripts named (`make bench` runs all); the peers run on the same machine, in the same run, on the same input. "
        "These machines are shared and noisy: read ratios, not single numbers."
    )
    parts = [f"## {title}\n{kept[title].rstrip()}\n" for title, _command, _table in PARTS.values() if title in kept]
    PAGE.write_text("\n".join([f"# What was measured\n\n{intro}\n", *parts]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
