"""A pack that can be sent: signed, whole, made for this program, or not installed at all."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import zipfile
from pathlib import Path

import pytest

from knowledge import pack
from knowledge.build import build
from knowledge.pack import PackRefused, make_keys, read_pack, read_trusted, write_pack
from knowledge.source import read


@pytest.fixture
def database(folder: Path, tmp_path: Path) -> Path:
    """A small built knowledge."""
    path = tmp_path / "knowledge.db"
    build(read(folder), path)
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The publisher's key; its public half stands in trusted.keys."""
    private = tmp_path / "publisher.key"
    line = make_keys(private)
    (tmp_path / "trusted.keys").write_text(f"# Sở\n\n{line}\n", encoding="utf-8")
    return private


@pytest.fixture
def sent(database: Path, key: Path, tmp_path: Path) -> Path:
    """A pack as it was sent."""
    write_pack(database, tmp_path / "sent.pack", key)
    return tmp_path / "sent.pack"


@pytest.fixture
def trusted(key: Path, tmp_path: Path) -> dict[str, bytes]:
    return read_trusted(tmp_path / "trusted.keys")


def test_what_was_sent_arrives(sent: Path, trusted: dict[str, bytes], database: Path) -> None:
    manifest, content = read_pack(sent, trusted)
    assert content == database.read_bytes()
    assert manifest.key in trusted
    assert manifest.version.endswith(manifest.content_hash[:8])


def test_the_same_knowledge_gives_the_same_file(database: Path, key: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_pack(database, tmp_path / name, key)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_the_signing_key_is_for_its_owner_alone_and_never_written_over(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    with pytest.raises(FileExistsError):
        make_keys(key)
    key.with_name("publisher.key.pub").unlink()
    with pytest.raises(FileExistsError):
        make_keys(key)
    assert key.read_bytes() == before


def rewritten(path: Path, **parts: bytes) -> Path:
    """The pack with some of its parts changed."""
    with zipfile.ZipFile(path) as file:
        held = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w") as file:
        for name, data in (held | {k.replace("_", "."): v for k, v in parts.items()}).items():
            file.writestr(name, data)
    return path


@pytest.mark.parametrize("at", [0.0, 0.2, 0.5, 0.9, 0.999])
def test_a_flipped_byte_is_noticed(sent: Path, trusted: dict[str, bytes], at: float) -> None:
    data = bytearray(sent.read_bytes())
    data[int(at * len(data))] ^= 0xFF
    sent.write_bytes(data)
    try:
        read_pack(sent, trusted)
    except PackRefused:
        return
    # The zip's own bookkeeping (a time, a comment) may be changed without harm; what is inside may not.
    pytest.fail("a changed pack was taken")


@pytest.mark.parametrize("part", [0.0, 0.3, 0.99])
def test_a_cut_pack_is_damaged(sent: Path, trusted: dict[str, bytes], part: float) -> None:
    data = sent.read_bytes()
    sent.write_bytes(data[: int(part * len(data))])
    with pytest.raises(PackRefused, match="bị hỏng"):
        read_pack(sent, trusted)


def test_other_content_under_a_true_manifest_is_damaged(sent: Path, trusted: dict[str, bytes], database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[-1] ^= 1
    with pytest.raises(PackRefused, match="bị hỏng"):
        read_pack(rewritten(sent, knowledge_db=bytes(content)), trusted)


def test_a_manifest_nobody_trusted_signed_is_forged(sent: Path, trusted: dict[str, bytes]) -> None:
    with zipfile.ZipFile(sent) as file:
        manifest = json.loads(file.read("manifest.json"))
    changed = json.dumps({**manifest, "version": "9999"}).encode()
    with pytest.raises(PackRefused, match="không do nơi tin cậy ký"):
        read_pack(rewritten(sent, manifest_json=changed), trusted)


def test_another_publishers_pack_is_forged(database: Path, trusted: dict[str, bytes], tmp_path: Path) -> None:
    make_keys(tmp_path / "stranger.key")
    write_pack(database, tmp_path / "x.pack", tmp_path / "stranger.key")
    with pytest.raises(PackRefused, match="không do nơi tin cậy ký"):
        read_pack(tmp_path / "x.pack", trusted)


def test_a_signature_over_something_else_does_not_fit(
    sent: Path, trusted: dict[str, bytes], key: Path, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack, "SIGNED_AS", b"another use of this key\n")
    write_pack(database, tmp_path / "x.pack", key)
    monkeypatch.undo()
    with pytest.raises(PackRefused, match="không do nơi tin cậy ký"):
        read_pack(tmp_path / "x.pack", trusted)


@pytest.mark.parametrize("name", ["extra", "knowledge.db"])
def test_strange_contents_are_damaged(sent: Path, trusted: dict[str, bytes], name: str) -> None:
    with zipfile.ZipFile(sent, "a") as file:
        if name == "extra":
            file.writestr("../outside.db", b"x")
    if name == "knowledge.db":
        with zipfile.ZipFile(sent) as file:
            held = {n: file.read(n) for n in file.namelist() if n != name}
        with zipfile.ZipFile(sent, "w") as file:
            for key, data in held.items():
                file.writestr(key, data)
    with pytest.raises(PackRefused, match="bị hỏng"):
        read_pack(sent, trusted)


def test_a_pack_for_another_program_is_refused(
    database: Path, key: Path, trusted: dict[str, bytes], tmp_path: Path
) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    connection.close()
    write_pack(database, tmp_path / "x.pack", key)
    with pytest.raises(PackRefused, match="dạng 99"):
        read_pack(tmp_path / "x.pack", trusted)


@pytest.mark.parametrize(
    "line", ["ssh-ed25519 AAAA x", "motcua-ed25519", "motcua-ed25519 AAAA", "motcua-ed25519 !!! x"]
)
def test_a_line_that_is_no_key_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "trusted.keys").write_text(f"# ok\n{line}\n", encoding="utf-8")
    with pytest.raises(PackRefused, match="dòng 2"):
        read_trusted(tmp_path / "trusted.keys")


def test_without_trusted_keys_the_way_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PackRefused, match="Chưa có khóa tin cậy"):
        read_trusted(tmp_path / "trusted.keys")


def test_a_file_that_is_no_key_signs_nothing(database: Path, tmp_path: Path) -> None:
    (tmp_path / "no.key").write_text("hello", encoding="utf-8")
    with pytest.raises(PackRefused, match="không phải khóa ký"):
        write_pack(database, tmp_path / "x.pack", tmp_path / "no.key")
    assert not (tmp_path / "x.pack").exists()
