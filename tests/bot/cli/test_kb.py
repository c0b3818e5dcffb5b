"""`motcua kb`: every command says what it did, or what to mend, in plain sentences."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from knowledge.source import FOLDER


def run(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, list(words))


def test_check_counts_what_there_is() -> None:
    done = run("kb", "check")
    assert done.exit_code == 0, done.output
    assert "515 codes" in done.output
    assert "Nothing to mend" in done.output


def test_build_then_show_prints_every_case_as_read(knowledge: object) -> None:
    assert "content" in run("kb", "build").output
    done = run("kb", "show", "1.001193")
    assert "--- da-ket-hon (" in done.output
    assert "Giấy chứng sinh" in done.output


def test_show_of_an_unknown_code_says_so() -> None:
    done = run("kb", "show", "9.999999")
    assert done.exit_code == 1
    assert "no code we know" in done.output


def test_export_writes_one_json_line_a_written_procedure() -> None:
    lines = run("kb", "export", "--jsonl").output.splitlines()
    assert len(lines) >= 60
    assert all(json.loads(line)["code"] for line in lines)


def test_export_without_its_form_explains_itself() -> None:
    done = run("kb", "export")
    assert done.exit_code == 2
    assert "--jsonl" in done.output


def test_diff_says_in_words_what_changed(tmp_path: Path) -> None:
    old = tmp_path / "facts"
    shutil.copytree(FOLDER / "facts", old)
    table = old / "procedures.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("163/QĐ-BTP", "1/QĐ-BTP"), encoding="utf-8")
    done = run("kb", "diff", str(old))
    assert "1.001193: quyết định công bố: 1/QĐ-BTP -> 163/QĐ-BTP" in done.output
    assert "0 khác biệt" in run("kb", "diff", str(FOLDER / "facts")).output


def test_import_of_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    before = {p.name: p.read_bytes() for p in (FOLDER / "facts").glob("*.csv")}
    broken = tmp_path / "x.jsonl"
    broken.write_text('{"code": "1.001193", "name"', encoding="utf-8")
    done = run("kb", "import-facts", str(broken))
    assert done.exit_code == 1
    assert "cannot be read" in done.output
    assert {p.name: p.read_bytes() for p in (FOLDER / "facts").glob("*.csv")} == before


def test_the_same_publication_again_changes_nothing(shared: Path) -> None:
    before = {p.name: p.read_bytes() for p in (FOLDER / "facts").glob("*.csv")}
    done = run("kb", "import-facts", str(shared / "data" / "tthc" / "procedures.jsonl.gz"))
    assert "515 thủ tục, 0 thay đổi" in done.output
    assert {p.name: p.read_bytes() for p in (FOLDER / "facts").glob("*.csv")} == before


@pytest.mark.parametrize("words", [("--help",), ("kb", "--help"), ("ask", "--help"), ("serve", "--help")])
def test_help_is_there(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 0
