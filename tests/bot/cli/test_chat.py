"""`motcua chat`: the terminal, a channel without buttons, over the real store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent


def talk(folder: Path, *lines: str) -> str:
    """What a terminal shows when these lines are typed."""
    done = subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main(['chat'])"],
        input="\n".join(lines) + "\n\n",
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "MOTCUA_DATABASE": f"sqlite:///{folder}/chat.db", "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_conversation_in_the_terminal(tmp_path: Path) -> None:
    shown = talk(tmp_path, "khai sinh cho con cần giấy gì", "1", "còn lệ phí?")
    assert (
        shown.index("máy trả lời tự động")
        < shown.index("1. Đã đăng ký")
        < shown.index("Mã 1.001193")
        < shown.index("Tiền phải nộp")
    )


def test_a_new_window_is_a_new_conversation(tmp_path: Path) -> None:
    talk(tmp_path, "đăng ký kết hôn cần gì")
    assert "Tiền phải nộp" not in talk(tmp_path, "còn lệ phí?")


def test_an_identity_number_is_not_in_the_database(tmp_path: Path) -> None:
    talk(tmp_path, "căn cước 051203001234 làm khai sinh")
    assert not [p for p in tmp_path.iterdir() if b"051203001234" in p.read_bytes()]
