"""The pack: built whole or not at all, the same input the same hash, loaded fast."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.build import build
from knowledge.snapshot import Knowledge, PackError, load
from knowledge.source import KnowledgeError, Source, read

Put = Callable[..., Path]


def test_the_same_input_gives_the_same_hash_and_another_another(
    folder: Path, words: str, put: Put, tmp_path: Path
) -> None:
    first = build(read(folder), tmp_path / "a.db")
    assert build(read(folder), tmp_path / "b.db") == first
    put(folder, words.replace("Nhận Giấy khai sinh.", "Nhận giấy."))
    assert build(read(folder), tmp_path / "c.db") != first


def test_what_is_loaded_is_what_was_written(source: Source, knowledge: Knowledge) -> None:
    assert {c: p.facts for c, p in knowledge.procedures.items()} == dict(source.facts)
    assert {c: p.words for c, p in knowledge.procedures.items() if p.words} == dict(source.words)
    assert knowledge.families == dict(source.families)
    assert list(knowledge.events) == list(source.events)
    assert knowledge.version.endswith(knowledge.content_hash[:8])


def test_a_mistake_keeps_the_old_pack(folder: Path, words: str, put: Put, tmp_path: Path) -> None:
    path = tmp_path / "pack.db"
    build(read(folder), path)
    before = path.read_bytes()
    put(folder, words.replace('result = "Giấy khai sinh"\n', ""))
    with pytest.raises(KnowledgeError, match="result is missing"):
        build(read(folder), path)
    assert path.read_bytes() == before


def test_a_missing_pack_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="kb build"):
        load(tmp_path / "none.db")


@pytest.mark.parametrize("damage", ["cut", "garbage", "format", "empty"])
def test_a_damaged_pack_is_refused_with_the_cure(folder: Path, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "pack.db"
    build(read(folder), path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    elif damage == "garbage":
        path.write_bytes(b"not a database at all" * 100)
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
        connection.close()
    with pytest.raises(PackError, match="kb build"):
        load(path)
