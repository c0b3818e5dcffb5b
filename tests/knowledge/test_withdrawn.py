"""What the state no longer publishes: a file that the import fills and people complete."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.build import build
from knowledge.check import problems
from knowledge.snapshot import load
from knowledge.source import KnowledgeError, read
from knowledge.withdrawn import FILE, rewrite

DAY = date(2026, 11, 21)


def test_what_people_wrote_stays_when_the_import_adds_and_takes_away(tmp_path: Path) -> None:
    path = tmp_path / FILE
    rewrite(path, {"1.000001": ("Thủ tục một", DAY), "1.000002": ("Thủ tục hai", DAY)}, ())
    path.write_text(
        path.read_text(encoding="utf-8").replace("replaced_by = []", 'replaced_by = ["1.000009"] # theo 5/QĐ', 1),
        encoding="utf-8",
    )
    rewrite(path, {"1.000003": ("Thủ tục ba", DAY), "1.000001": ("Tên khác", DAY)}, ["1.000002"])
    text = path.read_text(encoding="utf-8")
    assert '["1.000009"] # theo 5/QĐ' in text
    assert "Tên khác" not in text
    assert text.count("[[withdrawn]]") == 2
    assert "1.000002" not in text
    rewrite(path, {}, ["1.000001", "1.000003"])
    assert "[[withdrawn]]" not in path.read_text(encoding="utf-8")


def test_nothing_gone_writes_no_file(tmp_path: Path) -> None:
    rewrite(tmp_path / FILE, {}, ["1.000001"])
    assert not (tmp_path / FILE).exists()


def test_the_pack_knows_what_is_withdrawn_and_what_replaced_it(folder: Path, tmp_path: Path) -> None:
    rewrite(folder / FILE, {"1.001193": ("Thủ tục đăng ký khai sinh", DAY)}, ())
    path = folder / FILE
    path.write_text(
        path.read_text(encoding="utf-8").replace("replaced_by = []", 'replaced_by = ["1.000656"]'), encoding="utf-8"
    )
    build(read(folder), tmp_path / "pack.db")
    procedure = load(tmp_path / "pack.db").procedures["1.001193"]
    assert procedure.withdrawn
    assert (procedure.withdrawn.since, procedure.withdrawn.replaced_by) == (DAY, ("1.000656",))


@pytest.mark.parametrize("instead", ["1.999999", "1.001193"])
def test_a_successor_nobody_publishes_is_refused(folder: Path, instead: str) -> None:
    path = folder / FILE
    rewrite(path, {"1.001193": ("Thủ tục đăng ký khai sinh", DAY)}, ())
    path.write_text(
        path.read_text(encoding="utf-8").replace("replaced_by = []", f'replaced_by = ["{instead}"]'), encoding="utf-8"
    )
    assert "which is not published" in str(problems(read(folder))[0])


def test_a_strange_key_is_refused_with_its_line(folder: Path) -> None:
    (folder / FILE).write_text(
        '[[withdrawn]]\ncode = "1.001193"\nname = "x"\nsince = 2026-11-21\ninstead = "1.000656"\n', encoding="utf-8"
    )
    with pytest.raises(KnowledgeError, match=r"withdrawn\.toml:5: instead"):
        read(folder)
