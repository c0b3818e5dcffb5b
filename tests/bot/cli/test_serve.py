"""`motcua serve`: opens with nothing but defaults, says where, ends cleanly, and its log tells nothing about people."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
SERVE = [sys.executable, "-c", "from bot.cli import main; main(['serve'])"]


def fetch(address: str) -> str:
    """The text of a page."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


class Server:
    """A real server process on a free port."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.log = (folder / "serve.log").open("w+")
        self.process = subprocess.Popen(
            SERVE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            cwd=ROOT,
            env={
                **os.environ,
                "MOTCUA_PORT": "0",
                "MOTCUA_DATABASE": f"sqlite:///{folder}/x.db",
                "MOTCUA_LOG_LEVEL": "DEBUG",
                **settings,
            },
        )
        self.said = ""
        until = time.monotonic() + 30
        while "Stop" not in self.said and time.monotonic() < until:
            line = self.process.stdout.readline() if self.process.stdout else ""
            if not line:
                break
            self.said += line
        found = re.search(r"http://\S+", self.said)
        self.address = found.group().rstrip("/") if found else ""

    def stop(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """End it; exit code and the whole log."""
        self.process.send_signal(how)
        code = self.process.wait(20)
        self.log.flush()
        self.log.seek(0)
        log = self.log.read()
        self.log.close()
        if self.process.stdout:
            self.process.stdout.close()
        return code, log


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_it_opens_says_where_and_ends_cleanly(tmp_path: Path, how: int) -> None:
    server = Server(tmp_path)
    try:
        assert server.address, server.said
        assert "motcua chat" in server.said
        assert "is invented" in server.said
        page = fetch(f"{server.address}/mau/")
        assert "xã Mẫu" in page
    finally:
        code, _log = server.stop(how)
    assert code == 0


def test_a_whole_run_logs_no_personal_data(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with opener.open(f"{server.address}/mau/chat", timeout=10) as answer:
            page = answer.read().decode()
        update = re.search(r'name="update" value="(\w+)"', page)
        assert update
        said = "tôi là Trần Thị Bí Mật, căn cước 051203001234, điện thoại 0905123456, làm khai sinh cho con"
        form = urllib.parse.urlencode({"text": said, "update": update.group(1)}).encode()
        request = urllib.request.Request(f"{server.address}/mau/chat", form, {"Origin": server.address})
        with opener.open(request, timeout=10) as answer:
            assert "đã che số" in answer.read().decode()
    finally:
        _code, log = server.stop()
    for private in ("051203001234", "0905123456", "Bí Mật", "khai sinh cho con"):
        assert private not in log
        assert not [
            p
            for p in tmp_path.iterdir()
            if "serve.log" not in p.name and private.isdigit() and private.encode() in p.read_bytes()
        ]


def test_a_port_in_use_is_a_sentence_and_no_trace(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        port = server.address.rsplit(":", 1)[1]
        second = subprocess.run(
            SERVE,
            capture_output=True,
            text=True,
            timeout=30,
            cwd=ROOT,
            env={**os.environ, "MOTCUA_PORT": port, "MOTCUA_DATABASE": f"sqlite:///{tmp_path}/y.db"},
        )
    finally:
        server.stop()
    assert second.returncode == 1
    assert "MOTCUA_PORT" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [("MOTCUA_PORT", "matkhau"), ("MOTCUA_UNITS", "khong/co"), ("MOTCUA_DATABASE", "oracle://matkhau@x/y")],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(tmp_path: Path, setting: str, value: str) -> None:
    done = subprocess.run(
        SERVE,
        capture_output=True,
        text=True,
        timeout=30,
        cwd=ROOT,
        env={**os.environ, "MOTCUA_DATABASE": f"sqlite:///{tmp_path}/z.db", setting: value},
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "matkhau" not in done.stderr
