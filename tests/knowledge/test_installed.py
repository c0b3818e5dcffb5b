"""An installed pack wins over the shipped one; nothing that goes wrong takes away what works; the one before is one step back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.build import build
from knowledge.installed import POINTER, Installed
from knowledge.pack import PackRefused, make_keys, read_trusted, write_pack
from knowledge.snapshot import PackError
from knowledge.source import read

Make = Callable[[str], Path]


@pytest.fixture
def trusted(tmp_path: Path) -> dict[str, bytes]:
    line = make_keys(tmp_path / "publisher.key")
    (tmp_path / "trusted.keys").write_text(line, encoding="utf-8")
    return read_trusted(tmp_path / "trusted.keys")


@pytest.fixture
def make(folder: Path, words: str, put: Callable[..., Path], tmp_path: Path, trusted: dict[str, bytes]) -> Make:
    """Makes a pack in which birth registration's purpose is the given text; the built database stands beside it."""

    def one(purpose: str) -> Path:
        put(folder, words.replace("Làm giấy khai sinh cho bé.", purpose))
        database = tmp_path / f"{purpose}.db"
        build(read(folder), database)
        write_pack(database, tmp_path / f"{purpose}.pack", tmp_path / "publisher.key")
        return tmp_path / f"{purpose}.pack"

    return one


@pytest.fixture
def packs(make: Make, tmp_path: Path) -> Installed:
    """An empty folder of packs above a shipped one."""
    make("shipped")
    return Installed(tmp_path / "packs", tmp_path / "shipped.db")


def purpose(packs: Installed) -> str | None:
    """What the knowledge in use says."""
    words = packs.load().procedures["1.001193"].words
    return words.purpose if words else None


def test_an_installed_pack_wins_and_each_change_shows_in_the_stamp(
    packs: Installed, make: Make, trusted: dict[str, bytes]
) -> None:
    stamps = [packs.stamp()]
    assert purpose(packs) == "shipped"
    for name in ("first", "second"):
        packs.install(make(name), trusted)
        assert purpose(packs) == name
        stamps.append(packs.stamp())
    packs.rollback()
    assert purpose(packs) == "first"
    stamps.append(packs.stamp())
    packs.rollback()
    assert purpose(packs) == "second"
    assert len(set(stamps)) == len(stamps)


def test_the_first_pack_rolls_back_to_the_shipped_one(packs: Installed, make: Make, trusted: dict[str, bytes]) -> None:
    packs.install(make("first"), trusted)
    assert packs.rollback() == ""
    assert purpose(packs) == "shipped"
    packs.rollback()
    assert purpose(packs) == "first"


def test_only_what_is_in_force_and_the_one_before_are_kept(
    packs: Installed, make: Make, trusted: dict[str, bytes], tmp_path: Path
) -> None:
    for name in ("first", "second", "third"):
        packs.install(make(name), trusted)
    assert len(list((tmp_path / "packs").glob("*.db"))) == 2
    packs.rollback()
    assert purpose(packs) == "second"


def test_nothing_to_go_back_to_says_so(packs: Installed) -> None:
    with pytest.raises(PackRefused, match="không có gì để quay lại"):
        packs.rollback()


def test_the_same_pack_twice_says_so(packs: Installed, make: Make, trusted: dict[str, bytes]) -> None:
    first = make("first")
    packs.install(first, trusted)
    with pytest.raises(PackRefused, match="đang được dùng rồi"):
        packs.install(first, trusted)


@pytest.mark.parametrize("damage", ["cut", "unopenable", "lying"])
def test_a_pack_that_cannot_be_used_changes_nothing(
    packs: Installed, make: Make, trusted: dict[str, bytes], tmp_path: Path, damage: str
) -> None:
    packs.install(make("first"), trusted)
    before = {p.name: p.read_bytes() for p in (tmp_path / "packs").iterdir()}
    bad = make("bad")
    if damage == "cut":
        bad.write_bytes(bad.read_bytes()[:-100])
    else:  # signed by the publisher, and still no good
        with sqlite3.connect(tmp_path / "bad.db") as connection:
            connection.execute("DELETE FROM search" if damage == "unopenable" else "UPDATE procedures SET facts = '{}'")
        connection.close()
        write_pack(tmp_path / "bad.db", bad, tmp_path / "publisher.key")
    with pytest.raises(PackError):
        packs.install(bad, trusted)
    assert {p.name: p.read_bytes() for p in (tmp_path / "packs").iterdir()} == before
    assert purpose(packs) == "first"


def test_a_power_cut_before_the_pointer_leaves_the_old_one(
    packs: Installed, make: Make, trusted: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    packs.install(make("first"), trusted)
    second = make("second")

    def cut(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Installed, "_point", cut)
    with pytest.raises(KeyboardInterrupt):
        packs.install(second, trusted)
    monkeypatch.undo()
    assert purpose(packs) == "first"
    packs.install(second, trusted)
    assert purpose(packs) == "second"


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_an_installed_pack_damaged_later_gives_way_at_a_start_only(
    packs: Installed, make: Make, trusted: dict[str, bytes], tmp_path: Path, damage: str
) -> None:
    packs.install(make("first"), trusted)
    (file,) = (tmp_path / "packs").glob("*.db")
    if damage == "gone":
        file.unlink()
    else:
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    with pytest.raises(PackError):
        packs.load()  # a running process keeps what it has
    words = packs.load_any().procedures["1.001193"].words
    assert words
    assert words.purpose == "shipped"


def test_a_pack_of_another_format_gives_way_to_the_shipped_one(
    packs: Installed, make: Make, trusted: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packs.install(make("first"), trusted)
    # The program was upgraded: it ships tables of a new form.
    with sqlite3.connect(tmp_path / "shipped.db") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    connection.close()
    monkeypatch.setattr("knowledge.snapshot.FORMAT", 99)
    assert purpose(packs) == "shipped"


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"current": {"file": "x"}}), json.dumps({"current": 5})])
def test_a_pointer_nobody_can_read_counts_as_none(packs: Installed, tmp_path: Path, text: str) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / POINTER).write_text(text, encoding="utf-8")
    assert purpose(packs) == "shipped"


def test_building_the_shipped_pack_anew_shows_in_the_stamp(packs: Installed, make: Make, tmp_path: Path) -> None:
    before = packs.stamp()
    make("shipped again")
    (tmp_path / "shipped again.db").replace(tmp_path / "shipped.db")
    assert packs.stamp() != before
    assert purpose(packs) == "shipped again"
