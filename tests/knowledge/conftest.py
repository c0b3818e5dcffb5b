"""A small knowledge folder of its own, so that every mistake can be planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.facts import read_facts, write_facts
from knowledge.source import FOLDER

WORDS = """\
code = "1.001193"
title = "Đăng ký khai sinh"
purpose = "Làm giấy khai sinh cho bé."
question = "Cha mẹ bé đã đăng ký kết hôn chưa?"
aliases = ["a một", "a hai", "a ba", "a bốn", "a năm", "a sáu", "a bảy", "a tám", "a chín", "a mười", "a mười một", "a mười hai"]
steps = ["Nộp giấy ở quầy.", "Nhận Giấy khai sinh."]
result = "Giấy khai sinh"

[[cases]]
key = "da"
label = "Đã đăng ký"
name = "cha mẹ đã đăng ký kết hôn"
note = "Đăng ký trong 60 ngày từ ngày sinh."

[[cases]]
key = "chua"
label = "Chưa đăng ký"
name = "cha mẹ chưa đăng ký kết hôn"

[[documents]]
name = "Tờ khai đăng ký khai sinh"
bring = "form"

[[documents]]
name = "Giấy chứng sinh"
bring = "original"
count = 2
note = "không có: giấy người làm chứng"

[[documents]]
name = "Giấy nhận con"
bring = "copy"
cases = ["chua"]

[[documents]]
name = "Giấy ủy quyền"
bring = "certified"
when = "nếu nhờ người đi thay"

[[times]]
value = 1
unit = "working_day"
text = "1 ngày làm việc"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder with one written procedure and nothing to mend."""
    facts = read_facts(FOLDER / "facts")
    write_facts([facts["1.001193"], facts["1.000656"]], tmp_path / "facts")
    (tmp_path / "domains.toml").write_text(
        '[[group]]\nkey = "ca-nhan"\nname = "Giấy tờ"\nname_en = "Papers"\ndomains = ["Hộ tịch"]\n', encoding="utf-8"
    )
    for name in ("referrals", "topics", "life_events"):
        (tmp_path / f"{name}.toml").write_text("", encoding="utf-8")
    (tmp_path / "procedures" / "ca-nhan").mkdir(parents=True)
    (tmp_path / "families").mkdir()
    (tmp_path / "questions" / "learn").mkdir(parents=True)
    (tmp_path / "questions" / "learn" / "ca-nhan.tsv").write_text(
        "# chú thích\n1.001193\tdocuments\tsinh bé cần giấy gì\n1.000656\t-\tông mất làm giấy báo tử\n",
        encoding="utf-8",
    )
    write(tmp_path, WORDS)
    return tmp_path


def write(folder: Path, text: str, name: str = "1.001193-khai-sinh.toml") -> Path:
    """Write one procedure file into the folder."""
    path = folder / "procedures" / "ca-nhan" / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def words() -> str:
    """The text of the one procedure file."""
    return WORDS


@pytest.fixture
def put():
    """Writes a procedure file: put(folder, text, name)."""
    return write
