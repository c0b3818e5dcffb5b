"""The exported lines hold against the publication: nothing copied, nothing invented, nothing lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from knowledge.export import lines
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit


def test_a_line_has_all_parts(knowledge: Knowledge, unit: Unit) -> None:
    birth = next(e for e in map(json.loads, lines(knowledge, unit)) if e["code"] == "1.001193")
    assert birth["role"] == "core"
    assert [c["case"] for c in birth["cards"]] == ["da-ket-hon", "chua-ket-hon", "mang-thai-ho", "khac"]
    assert birth["checked_on"] == "2026-11-10"
    assert birth["decision"] == "163/QĐ-BTP"
    assert {"name", "when", "copies"} == set(birth["documents"][0])


def test_the_publication_finds_nothing_to_mend(knowledge: Knowledge, unit: Unit, shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(lines(knowledge, unit)), encoding="utf-8")
    tool = shared / "tools" / "check_knowledge.py"
    done = subprocess.run([sys.executable, str(tool), str(path), "--only-present"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    assert done.stdout.strip().endswith("0 to mend")
