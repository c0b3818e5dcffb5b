"""The tables of facts: complete, unknown where doubtful, replaced whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.facts import FactsError, read_facts, write_facts
from knowledge.source import FOLDER

FACTS = read_facts(FOLDER / "facts")


def test_all_515_codes_are_there_393_of_them_the_commune_s() -> None:
    assert len(FACTS) == 515
    assert sum(f.role == "core" for f in FACTS.values()) == 393


def test_a_published_zero_is_unknown_never_free() -> None:
    assert not [f.code for f in FACTS.values() for fee in f.fees if fee.amount == 0]
    assert all(fee.amount is None for fee in FACTS["1.001193"].fees)


def test_a_time_without_a_unit_is_unknown() -> None:
    doubtful = [t for t in FACTS["1.001193"].times if t.unit == "unknown"]
    assert doubtful
    assert all(t.value is None for t in doubtful)


def test_no_table_holds_prose() -> None:
    for table in (FOLDER / "facts").glob("*.csv"):
        for cell in table.read_text(encoding="utf-8").split("\n")[1].split(","):
            assert len(cell) < 400


def test_writing_and_reading_gives_the_same_facts(tmp_path: Path) -> None:
    write_facts(FACTS.values(), tmp_path)
    assert read_facts(tmp_path) == FACTS
    assert not list(tmp_path.glob("*.tmp"))


def test_the_hash_changes_with_any_fact() -> None:
    from dataclasses import replace

    facts = FACTS["1.001193"]
    assert facts.hash != replace(facts, steps_hash="0").hash
    assert facts.hash == replace(facts).hash


def test_a_missing_table_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="import-facts"):
        read_facts(tmp_path)


def test_a_damaged_row_is_named(tmp_path: Path) -> None:
    write_facts(FACTS.values(), tmp_path)
    path = tmp_path / "procedures.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace(",2026-", ",32-13-2026,", 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(FactsError, match="row 4"):
        read_facts(tmp_path)


def test_a_row_of_a_code_nobody_knows_is_refused(tmp_path: Path) -> None:
    write_facts(FACTS.values(), tmp_path)
    with (tmp_path / "fees.csv").open("a", encoding="utf-8") as file:
        file.write("9.999999,trực tiếp,phí,5000\n")
    with pytest.raises(FactsError, match=r"9\.999999"):
        read_facts(tmp_path)
