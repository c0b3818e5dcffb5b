"""The same conversation on `telegram-test-api` (npm, MIT): a Bot API server that we did not write. It knows polling; its webhooks send no secret."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.bot.channels.telegram.conftest import Counter
from tests.conftest import ROOT
from tests.fakes.telegram_api import TOKEN

PACKAGE = "telegram-test-api@4.2.1"
HOME = ROOT / "var" / "npm"
SCRIPT = """
const Server = require('telegram-test-api');
const server = new Server({port: Number(process.argv[1]), host: '127.0.0.1'});
server.start().then(() => console.log('open'));
process.stdin.on('end', () => process.exit()).resume();
"""


def installed() -> Path:
    """The folder to run node in; skips where node or the package cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node:
        pytest.skip("node is not installed")
    if not (HOME / "node_modules" / "telegram-test-api").exists():
        if not npm:
            pytest.skip("npm is not installed")
        HOME.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(HOME), PACKAGE]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        except (subprocess.SubprocessError, OSError):
            pytest.skip(f"npm could not install {PACKAGE}")
    return HOME


class Emulator:
    """The server in a process of its own, and a person who talks through it."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url, self._session = url, session
        self.person = {
            "botToken": TOKEN,
            "from": {"id": 7, "first_name": "Dân", "is_bot": False},
            "chat": {"id": 7, "first_name": "Dân", "type": "private"},
        }

    async def _do(self, what: str, **data: Any) -> Any:
        async with self._session.post(f"{self.url}/{what}", json=data) as answer:
            return await answer.json()

    async def say(self, text: str) -> None:
        """The person writes."""
        await self._do("sendMessage", **self.person, date=int(time.time()), text=text)

    async def press(self, data: str) -> None:
        """The person presses a button."""
        await self._do("sendCallback", **self.person, message={**self.person, "message_id": 1}, data=data)

    async def read(self, until: Callable[[str], bool]) -> dict[str, Any]:
        """Wait for a message of the bot whose text is the one."""
        async with asyncio.timeout(15):
            while True:
                for update in (await self._do("getUpdates", token=TOKEN, chatId=7))["result"]:
                    message: dict[str, Any] = update["message"]
                    if until(message["text"]):
                        return message
                await asyncio.sleep(0.05)


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    home = installed()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        "node", "-e", SCRIPT, str(port), cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"open\n"
        async with aiohttp.ClientSession() as session:
            yield Emulator(f"http://127.0.0.1:{port}", session)
    finally:
        process.kill()
        await process.communicate()


async def test_a_conversation_works_on_a_server_that_we_did_not_write(knowing: Counter, emulator: Emulator) -> None:
    knowing.api.url = emulator.url
    async with knowing.open():
        await emulator.say("/start")
        greeting = await emulator.read(lambda text: "máy trả lời tự động" in text)
        assert greeting["reply_markup"]["inline_keyboard"][0][0]["text"] == "Hỏi thủ tục"
        await emulator.say("/start tt-1_001193")
        await emulator.read(lambda text: "Đăng ký khai sinh" in text)
        await emulator.press("p1.1.001193.fee")
        fee = await emulator.read(lambda text: "Mã 1.001193" in text)
        assert "<i>Mã 1.001193" in fee["text"]
