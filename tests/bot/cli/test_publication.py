"""A newer publication of the state: told in words, taken over whole or not at all, and what it touches is marked until somebody has looked."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from handlers.dialogue import Dialogue
from knowledge.build import build
from knowledge.check import against_facts, problems, stale
from knowledge.facts import read_facts
from knowledge.procedure import outdated
from knowledge.snapshot import load
from knowledge.source import FOLDER, Source, read
from knowledge.unit import Unit
from tests.conftest import FRIDAY

Records = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def records(shared: Path) -> Records:
    """The publication as it came, by code."""
    with gzip.open(shared / "data" / "tthc" / "procedures.jsonl.gz", "rt", encoding="utf-8") as file:
        return {record["code"]: record for record in map(json.loads, file)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The knowledge folder, copied, in the place of the real one."""
    copy = tmp_path / "knowledge"
    ignore = shutil.ignore_patterns("*.py", "*.db", "__pycache__", "test", "search", "text", "calendar")
    shutil.copytree(FOLDER, copy, ignore=ignore)
    monkeypatch.setattr("bot.cli.publication.FOLDER", copy)
    return copy


def publish(path: Path, records: Records) -> Path:
    """Write the records as a publication."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records.values())
    return path


def run(*words: str | Path) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, ["kb", *map(str, words)])


@pytest.fixture
def new(records: Records, source: Source) -> Records:
    """The publication of four months later, see `later`."""
    return later(records, source)


def two_kinds(source: Source) -> tuple[list[str], list[str]]:
    """Fifty codes with complete words, and other codes: drafts where there are enough."""
    written = sorted(code for code, words in source.words.items() if not words.draft)
    drafts = sorted(code for code, words in source.words.items() if words.draft)
    return written[:50], drafts if len(drafts) >= 40 else written[50:]


def later(records: Records, source: Source) -> Records:
    """The publication of four months later: thirty records are different, by what is done to each."""
    new = {code: {**record, "source_date": "2026-11-21"} for code, record in records.items()}
    written, others = two_kinds(source)

    def other_time(record: dict[str, Any]) -> None:
        limits = record.get("case_time_limits") or [{}]
        record["case_time_limits"] = [{**limits[0], "time_value": 37, "time_unit": "WORKING_DAY"}]

    def other_fee(record: dict[str, Any]) -> None:
        fee = {"type": "Lệ phí", "amount": 41000, "currency": "VND"}
        record["channels"] = [{"method": "trực tiếp", "fees": [fee]}, *(record["channels"] or [])[1:]]

    def more_papers(record: dict[str, Any]) -> None:
        record["documents"] = [*(record["documents"] or []), {"name": "Giấy mới thêm", "original_count": 1}]

    def renamed(record: dict[str, Any]) -> None:
        record["name"] = record["name"] + " (sửa đổi)"

    plan: list[Callable[[dict[str, Any]], None]] = [other_time, other_fee, more_papers, renamed]
    for number, change in enumerate(plan):
        for code in [*written[number * 3 : number * 3 + 3], *others[number * 3 : number * 3 + 3]]:
            change(new[code])
    for code in (written[20], written[21], others[20], others[21]):
        del new[code]
    twin = {**records[written[20]], "code": "1.999901", "source_date": "2026-11-21"}
    stranger = {**records[others[30]], "code": "1.999902", "name": "Thủ tục chưa từng có", "source_date": "2026-11-21"}
    return {**new, "1.999901": twin, "1.999902": stranger}


def test_thirty_changed_records_are_told_marked_and_answered(
    records: Records, new: Records, source: Source, folder: Path, tmp_path: Path, unit: Unit
) -> None:
    before = source
    written, others = two_kinds(source)
    touched = [*written[:12], *(code for code in others[:12] if not source.words[code].draft)]
    done = run("import-facts", publish(tmp_path / "new.jsonl.gz", new))
    assert done.exit_code == 0, done.output
    said = done.output

    # every kind of change in words an officer reads
    assert "Bản công bố ngày 21/11/2026: 513 thủ tục, 30 thay đổi." in said
    assert "Mới (2):" in said
    assert "1.999902 Thủ tục chưa từng có" in said
    assert "Thay đổi (24):" in said
    assert "37 ngày làm việc" in said
    assert "Lệ phí 41.000 đ (trực tiếp)" in said
    assert "dòng): đọc lại bản công bố" in said
    assert "(sửa đổi)" in said
    assert "Không còn công bố (4)" in said
    assert f"  {written[20]} {before.words[written[20]].title}" in said
    assert "cùng tên với thủ tục mới 1.999901" in said
    assert f"Thẻ đã soạn phải xem lại ({len(touched)})" in said

    # the pack can be built before anybody has looked, and says so card by card
    after = read(folder)
    assert problems(after) == []
    pack = tmp_path / "pack.db"
    build(after, pack)
    knowledge = load(pack)
    marked = {code for code, p in knowledge.procedures.items() if p.in_doubt}
    assert marked == set(touched)
    for code in touched:
        assert "Thông tin này đang được đơn vị kiểm tra lại." in _answer(knowledge.procedures[code], unit)
    for code in written[12:20]:
        assert "kiểm tra lại" not in _answer(knowledge.procedures[code], unit)

    # what is gone is still found, and said to be gone
    gone = knowledge.procedures[written[20]]
    answer = Dialogue(knowledge, unit, FRIDAY).text(gone.title)
    assert "không phải làm nữa (bản công bố ngày 21/11/2026 đã bỏ)" in answer
    assert "Cần mang" not in answer

    # looked at, it is told without the mark; what still does not fit is refused
    settled = next(c for c in written[:12] if not against_facts(after.words[c], after))
    file = after.files[settled]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(after.words[settled].facts_hash, after.facts[settled].hash), encoding="utf-8")
    assert settled not in stale(read(folder))

    # the old publication again: everything is as it was, what was gone is back
    back = run("import-facts", publish(tmp_path / "old.jsonl.gz", records), "--gone", "2")
    assert "Công bố trở lại (4)" in back.output
    assert set(read(folder).withdrawn) == {"1.999901", "1.999902"}
    assert {c: f for c, f in read_facts(folder / "facts").items() if c in before.facts} == dict(before.facts)


def _answer(procedure: Any, unit: Unit) -> str:
    case = procedure.cases[0].key if procedure.cases else None
    text: str = procedure.card(case, unit).text()
    return text


def test_a_card_never_accepted_is_marked_as_every_other(
    new: Records, source: Source, folder: Path, tmp_path: Path
) -> None:
    code = min(code for code, words in source.words.items() if not words.draft)
    path = next((folder / "procedures").glob(f"*/{code}-*.toml"))
    if accepted := source.words[code].facts_hash:
        path.write_text(path.read_text(encoding="utf-8").replace(accepted, ""), encoding="utf-8")
    publication = publish(tmp_path / "new.jsonl.gz", new)
    assert "Thẻ đã soạn phải xem lại" in run("import-facts", publication).output
    after = read(folder)
    assert after.words[code].facts_hash == source.facts[code].hash
    assert outdated(after.words[code], after.facts[code])
    assert problems(after) == []


def test_only_trying_changes_nothing(new: Records, folder: Path, tmp_path: Path) -> None:
    before = _content(folder)
    done = run("import-facts", publish(tmp_path / "new.jsonl.gz", new), "--try")
    assert "30 thay đổi" in done.output
    assert _content(folder) == before


@pytest.mark.parametrize("damage", ["half", "cut", "nameless", "twice", "no domain"])
def test_a_broken_or_half_publication_changes_nothing(new: Records, folder: Path, tmp_path: Path, damage: str) -> None:
    before = _content(folder)
    path = publish(tmp_path / "new.jsonl.gz", new)
    if damage == "half":
        publish(path, dict(list(new.items())[: len(new) // 2]))
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-5000])
    elif damage == "nameless":
        publish(path, {**new, "1.001193": {**new["1.001193"], "name": " "}})
    elif damage == "twice":
        publish(path, {**new, "again": {**new["1.001193"], "decision_no": "9/QĐ"}})
    else:
        publish(path, {**new, "1.001193": {k: v for k, v in new["1.001193"].items() if k != "domain"}})
    done = run("import-facts", path)
    assert done.exit_code == 1
    assert "Nothing was changed" in done.output or "cannot be read" in done.output
    assert _content(folder) == before


def _content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
