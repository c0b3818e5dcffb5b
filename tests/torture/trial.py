"""One trial: load, kills, and the account of what arrived.

The platform repeats an update until it is acknowledged, repeats some that were (answers get lost), and notes every wire message with
the number of kills before it. Afterwards:

* every update had exactly one effect: each chat's replies count 1, 2, 3 … with no number missing or told twice differently;
* every wire message arrived, in its chat's order;
* only what was in flight at a kill came twice: a repeated message is the first that its chat gets after a kill, and it is the one that came
  last before.
"""

from __future__ import annotations

import asyncio
import random
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout, web

CHATS = 12
READY_SECONDS = 60.0


@dataclass
class Report:
    """What a trial found; `faults` is empty when every promise held."""

    kills: int
    updates: int
    wire_messages: int
    repeated: int
    seconds: float
    deliveries: int
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        head = (
            f"{self.kills} kills, {self.updates} updates delivered {self.deliveries} times, {self.wire_messages} wire messages, "
            f"{self.repeated} of them twice, {self.seconds:.0f} s"
        )
        return "\n".join([head, *(f"FAULT: {fault}" for fault in self.faults)])


@dataclass
class Trial:
    """`kills` kills at random moments (by `seed`), then quiet until everything has arrived."""

    database: str
    kills: int
    seed: int
    arrived: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    killed: int = 0
    deliveries: int = 0
    over: bool = False

    async def run(self) -> Report:
        """Run the trial; the process it kills is its own child."""
        began = time.monotonic()
        chance = random.Random(self.seed)
        runner = web.AppRunner(self._platform(chance), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        platform = f"http://127.0.0.1:{runner.addresses[0][1]}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        child = None
        try:
            async with ClientSession(timeout=ClientTimeout(total=10)) as http:
                citizens = [
                    asyncio.create_task(self._citizen(http, port, f"c{n}", random.Random(f"{self.seed}/{n}")))
                    for n in range(CHATS)
                ]
                while self.killed < self.kills:
                    child = self._start(platform, port)
                    if chance.random() < 0.15:  # while it opens the database, takes the lease, takes up what lay there
                        await asyncio.sleep(chance.uniform(0.2, 1.5))
                    else:
                        await self._ready(child)
                        await asyncio.sleep(chance.uniform(0.01, 0.8))
                    child.kill()
                    await asyncio.to_thread(child.communicate)
                    await asyncio.sleep(0.03)  # what the dead one had sent is read before the count goes on
                    self.killed += 1
                child = self._start(platform, port)
                await self._ready(child)
                self.over = True
                await asyncio.gather(*citizens)
                await self._quiet()
        finally:
            if child:
                child.kill()
                await asyncio.to_thread(child.communicate)
            await runner.cleanup()
        return self._account(time.monotonic() - began)

    def _start(self, platform: str, port: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.torture.server", self.database, platform, str(port)],
            stdout=subprocess.PIPE,
            text=True,
        )

    async def _ready(self, child: subprocess.Popen[str]) -> None:
        assert child.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(child.stdout.readline), READY_SECONDS)
        if line.strip() != "ready":
            raise RuntimeError("the server did not start again; its errors stand above")

    def _platform(self, chance: random.Random) -> web.Application:
        async def send(request: web.Request) -> web.Response:
            epoch, message = self.killed, await request.json()
            if chance.random() < 0.5:
                await asyncio.sleep(chance.uniform(0, 0.02))
            self.arrived[message["chat"]].append((epoch, message["text"]))
            if chance.random() < 0.5:
                await asyncio.sleep(chance.uniform(0, 0.02))
            return web.Response(text="1")

        app = web.Application()
        app.add_routes([web.post("/send", send)])
        return app

    async def _citizen(self, http: ClientSession, port: int, chat: str, chance: random.Random) -> None:
        """Writes one message after another; the platform delivers each until it is acknowledged, and some again."""
        while not self.over:
            self.asked[chat] += 1
            update = {"chat": chat, "id": f"{chat}-{self.asked[chat]}", "text": f"u{self.asked[chat]}"}
            while not await self._deliver(http, port, update):
                await asyncio.sleep(0.02)
            if chance.random() < 0.2:
                await self._deliver(http, port, update)
            if chance.random() < 0.3:
                await asyncio.sleep(chance.uniform(0, 0.05))

    async def _deliver(self, http: ClientSession, port: int, update: dict[str, str]) -> bool:
        try:
            async with http.post(f"http://127.0.0.1:{port}/hook", json=update) as answer:
                self.deliveries += 1
                return answer.status == 200
        except (ClientError, TimeoutError, OSError):
            return False

    def _expected(self, chat: str) -> list[str]:
        """What the chat must have got: update n is its n-th turn; every fifth answer has two parts."""
        return [f"u{n} is {n}{part}" for n in range(1, self.asked[chat] + 1) for part in ("ab" if n % 5 == 0 else "a")]

    async def _quiet(self) -> None:
        wanted = {chat: len(self._expected(chat)) for chat in self.asked}
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if all(len({text for _, text in self.arrived[chat]}) >= n for chat, n in wanted.items()):
                await asyncio.sleep(0.5)  # a repetition, if one is still coming
                return
            await asyncio.sleep(0.05)

    def _account(self, seconds: float) -> Report:
        expected = {chat: self._expected(chat) for chat in self.asked}
        total = sum(map(len, expected.values()))
        copies = Counter((chat, text) for chat, lines in self.arrived.items() for _, text in lines)
        repeated = sum(copies.values()) - len(copies)
        report = Report(self.killed, sum(self.asked.values()), total, repeated, seconds, self.deliveries)
        for chat, wanted in sorted(expected.items()):
            lines = self.arrived[chat]
            first = list(dict.fromkeys(text for _, text in lines))
            if first != wanted:
                missing = [text for text in wanted if text not in first]
                extra = [text for text in first if text not in wanted]
                report.faults.append(f"{chat}: missing {missing[:5]}, not asked for {extra[:5]}, or out of order")
            seen: set[str] = set()
            for place, (epoch, text) in enumerate(lines):
                before = lines[place - 1] if place else (-1, "")
                if text in seen and not (before[1] == text and before[0] < epoch):
                    report.faults.append(f"{chat}: {text!r} came again without having been in flight at a kill")
                seen.add(text)
        return report
