"""`motcua kb keygen`, `pack`, `install`, `rollback`: from one machine to another, in sentences."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main


def run(*words: str | Path) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, ["kb", *map(str, words)])


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE", f"sqlite:///{tmp_path / 'var' / 'motcua.db'}")
    monkeypatch.delenv("MOTCUA_PACKS", raising=False)
    monkeypatch.delenv("MOTCUA_TRUSTED_KEYS", raising=False)


@pytest.mark.usefixtures("_here")
def test_a_pack_goes_from_the_publisher_to_a_counter_and_back(tmp_path: Path) -> None:
    key, pack = tmp_path / "publisher.key", tmp_path / "new.pack"
    made = run("keygen", key)
    assert made.exit_code == 0, made.output
    assert made.output.splitlines()[-1].startswith("motcua-ed25519 ")
    assert "không ghi đè khóa" in run("keygen", key).output
    packed = run("pack", "--key", key, "-o", pack)
    assert packed.exit_code == 0, packed.output

    assert "Chưa có khóa tin cậy" in run("install", pack).output
    folder = tmp_path / "var" / "knowledge"
    folder.mkdir(parents=True)
    shutil.copy(tmp_path / "publisher.key.pub", folder / "trusted.keys")
    assert "không có gì để quay lại" in run("rollback").output
    done = run("install", pack)
    assert done.exit_code == 0, done.output
    assert "Đã cài bản" in done.output
    assert "đang được dùng rồi" in run("install", pack).output
    assert "bản đi kèm phần mềm" in run("rollback").output
    assert "Đã quay lại bản 20" in run("rollback").output

    pack.write_bytes(pack.read_bytes()[:-2000])
    broken = run("install", pack)
    assert broken.exit_code == 1
    assert broken.output.count("\n") == 1
    assert "bị hỏng" in broken.output


def test_a_key_is_not_made_inside_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    done = run("keygen", tmp_path / "keys" / "publisher.key")
    assert done.exit_code == 1
    assert "nằm trong kho mã nguồn" in done.output


def test_packing_without_a_key_says_which_option(tmp_path: Path) -> None:
    assert "--key" in run("pack", "-o", tmp_path / "x.pack").output
