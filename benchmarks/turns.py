"""Durable turns a second, webhook in to message out, against bare echo bots on the same fake server in the same run.

Ours commits every turn to disk before it says 200 and sends out of the outbox; the others keep all in memory and lose it in a crash. The
fake server, which drives, runs in this process; each bot in its own. Rounds take turns, so that a slow minute of the machine hits all alike.

Run: python -m benchmarks.turns
"""

from __future__ import annotations

import asyncio
import math
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.telegram_api import TelegramApi

ROUNDS = 5
MESSAGES = 2000
CHATS = 500
WARM_UP = 300
SECRET = "of-the-benchmark"
AIOGRAM = Path("var/aiogram")  # an environment of its own
BARS = {"python-telegram-bot": 0.5, "aiogram": 0.25}


@dataclass
class Rival:
    """A bot in a process of its own."""

    name: str
    command: list[str]
    rates: list[float] = field(default_factory=list)


async def rate(rival: Rival, messages: int = MESSAGES) -> float:
    """Turns a second of one bot: from the first delivery until the last answer has come."""
    async with TelegramApi(per_second=math.inf, redeliver=0.2) as api:
        with tempfile.TemporaryDirectory() as folder:
            given = [api.url, api.token, SECRET, f"sqlite:///{folder}/echo.db"]
            process = await asyncio.create_subprocess_exec(*rival.command, *given, stdout=subprocess.PIPE)
            assert process.stdout
            try:
                port = int(await asyncio.wait_for(process.stdout.readline(), 60))
                api.hosts["https://bench.example"] = f"http://127.0.0.1:{port}"
                api.secret = SECRET
                api.webhook = f"https://bench.example/telegram/{api.username}"
                await burst(api, WARM_UP)
                return await burst(api, messages)
            finally:
                process.kill()
                await process.wait()


async def burst(api: TelegramApi, messages: int) -> float:
    """Deliver `messages` and wait for as many answers; gives answers a second. Raises AssertionError when one is lost or doubled."""
    before = len(api.sent)
    for number in range(messages):
        api.say(1 + number % CHATS, f"câu hỏi số {number}")
    begun = time.monotonic()
    await api.until(before + messages, seconds=120)
    await api.all_taken(30)
    said = {message.text for message in api.sent[before:]}
    assert len(said) == len(api.sent) - before == messages
    assert not api.complaints, api.complaints[:3]
    return messages / (api.sent[-1].at - begun)


def rivals() -> list[Rival]:
    """Ours first; aiogram only where it can be installed."""
    found = [
        Rival("motcua", [sys.executable, "-m", "benchmarks.echo.ours"]),
        Rival("python-telegram-bot", [sys.executable, "benchmarks/echo/ptb.py"]),
    ]
    python = AIOGRAM / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).parent / "uv")
        made = subprocess.run([uv, "venv", "-q", str(AIOGRAM), "--python", sys.executable], check=False).returncode == 0
        if made:
            subprocess.run([uv, "pip", "install", "-q", "--python", str(python), "aiogram>=3.20,<4"], check=False)
    if subprocess.run([str(python), "-c", "import aiogram"], check=False, capture_output=True).returncode == 0:
        found.append(Rival("aiogram", [str(python), "benchmarks/echo/aiogram_bot.py"]))
    return found


def table(rounds: int = ROUNDS) -> list[str]:
    """The rows of the results, as Markdown."""
    competing = rivals()
    for _ in range(rounds):
        for rival in competing:
            rival.rates.append(asyncio.run(rate(rival)))
    ours = competing[0]
    lines = [
        "| echo bot, webhook in to message out | turns/s, median | slowest and fastest round | ours is | bar |",
        "|---|---|---|---|---|",
    ]
    for rival in competing:
        median = statistics.median(rival.rates)
        ratio = statistics.median(a / b for a, b in zip(ours.rates, rival.rates, strict=True))
        bar = f"{ratio:.2f} of it | ≥ {BARS[rival.name]}" if rival.name in BARS else " | "
        kept = "every turn on disk before the 200" if rival is ours else "nothing kept"
        lines.append(
            f"| {rival.name} ({kept}) | {median:.0f} | {min(rival.rates):.0f} to {max(rival.rates):.0f} | {bar} |"
        )
    return lines


if __name__ == "__main__":
    print("\n".join(table()))
