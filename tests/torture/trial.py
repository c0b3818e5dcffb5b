"""One trial: load, kills, and the account of what arrived.

The strict Bot API fake repeats an update until it is acknowledged and delivers every update twice besides. Afterwards:

* every update had exactly one effect: each chat's replies count 1, 2, 3 … with no number missing or told twice differently;
* every message arrived, in its chat's order;
* only what was in flight at a kill came twice: a repeated message is the one that its chat got last before the kill, and the first after it.
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
from typing import Literal

from tests.fakes.telegram_api import BOT, TelegramApi
from tests.torture.server import HOST, WEBHOOK_SECRET, words

CHATS = 12
READY_SECONDS = 60.0
Receiving = Literal["webhook", "polling"]


@dataclass
class Report:
    """What a trial found; `faults` is empty when every promise held."""

    kills: int
    updates: int
    deliveries: int
    messages: int
    repeated: int
    seconds: float
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        head = (
            f"{self.kills} kills in {self.seconds:.0f} s; {self.updates} updates, delivered {self.deliveries} times; "
            f"{self.messages} messages, {self.repeated} of them twice"
        )
        return "\n".join([head, *(f"FAULT: {fault}" for fault in self.faults)])


@dataclass
class Trial:
    """`kills` kills at random moments (by `seed`), then quiet until everything has arrived."""

    database: str
    kills: int
    seed: int
    receiving: Receiving = "webhook"
    asked: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    boundaries: list[int] = field(default_factory=list)  # how many messages had come at each kill
    over: bool = False

    async def run(self) -> Report:
        """Run the trial; the process it kills is its own child."""
        began = time.monotonic()
        chance = random.Random(self.seed)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        async with TelegramApi(per_second=float("inf"), redeliver=0.1, seed=self.seed) as api:
            api.duplicate = True
            if self.receiving == "webhook":
                api.hosts[HOST] = f"http://127.0.0.1:{port}"
                api.webhook, api.secret = f"{HOST}/telegram/{BOT}", WEBHOOK_SECRET
            citizens = [asyncio.create_task(self._citizen(api, 100 + n)) for n in range(CHATS)]
            try:
                await self._kill_and_kill(api, port, chance)
                child = self._start(api, port)
                try:
                    await self._ready(child)
                    self.over = True
                    await asyncio.gather(*citizens)
                    await self._quiet(api)
                finally:
                    await self._kill(child)
            finally:
                for citizen in citizens:
                    citizen.cancel()
            return self._account(api, time.monotonic() - began)

    async def _kill_and_kill(self, api: TelegramApi, port: int, chance: random.Random) -> None:
        for _ in range(self.kills):
            child = self._start(api, port)
            try:
                if chance.random() < 0.15:  # while it opens the database, takes the lease, takes up what lay there
                    await asyncio.sleep(chance.uniform(0.2, 1.5))
                else:
                    await self._ready(child)
                    await asyncio.sleep(chance.uniform(0.01, 0.8))
            finally:
                await self._kill(child)
            await asyncio.sleep(0.03)  # what the dead one had sent is read before the count goes on
            self.boundaries.append(len(api.sent))

    def _start(self, api: TelegramApi, port: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.torture.server", self.database, api.url, str(port), self.receiving],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    async def _ready(self, child: subprocess.Popen[str]) -> None:
        assert child.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(child.stdout.readline), READY_SECONDS)
        if line.strip() != "ready":
            raise RuntimeError("the server did not start; its errors stand above")

    async def _kill(self, child: subprocess.Popen[str]) -> None:
        child.kill()
        await asyncio.to_thread(child.communicate)

    async def _citizen(self, api: TelegramApi, chat: int) -> None:
        """Writes one message after another; the platform delivers each until it is acknowledged."""
        while not self.over:
            self.asked[chat] += 1
            update = api.say(chat, f"u{self.asked[chat]}")
            while update in api.pending:
                await asyncio.sleep(0.005)

    def _expected(self, chat: int) -> list[str]:
        """What the chat must have got: update n is its n-th turn."""
        return [word for n in range(1, self.asked[chat] + 1) for word in words(n, n)]

    async def _quiet(self, api: TelegramApi) -> None:
        wanted = sum(len(self._expected(chat)) for chat in self.asked)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if len({(each.chat, _first_line(each.text)) for each in api.sent}) >= wanted:
                await asyncio.sleep(0.5)  # a repetition, if one is still coming
                return
            await asyncio.sleep(0.05)

    def _account(self, api: TelegramApi, seconds: float) -> Report:
        arrived: dict[int, list[tuple[int, str]]] = defaultdict(list)
        epoch = 0
        for place, each in enumerate(api.sent):
            while epoch < len(self.boundaries) and place >= self.boundaries[epoch]:
                epoch += 1
            arrived[each.chat].append((epoch, _first_line(each.text)))
        copies = Counter((chat, text) for chat, lines in arrived.items() for _, text in lines)
        report = Report(
            kills=len(self.boundaries),
            updates=sum(self.asked.values()),
            deliveries=api.delivered.total(),
            messages=len(copies),
            repeated=copies.total() - len(copies),
            seconds=seconds,
            faults=[f"the platform complains: {complaint}" for complaint in api.complaints[:5]],
        )
        for chat in sorted(self.asked):
            report.faults += _faults(chat, self._expected(chat), arrived[chat])
        return report


def _faults(chat: int, wanted: list[str], lines: list[tuple[int, str]]) -> list[str]:
    """What is wrong with one chat's messages, each with the number of kills before it."""
    faults = []
    first = list(dict.fromkeys(text for _, text in lines))
    if first != wanted:
        missing = [text for text in wanted if text not in first]
        extra = [text for text in first if text not in wanted]
        faults.append(f"chat {chat}: missing {missing[:5]}, not asked for {extra[:5]}, or out of order")
    seen: set[str] = set()
    before = (-1, "")
    for epoch, text in lines:
        if text in seen and not (before[1] == text and before[0] < epoch):
            faults.append(f"chat {chat}: {text!r} came again without having been in flight at a kill")
        seen.add(text)
        before = (epoch, text)
    return faults


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
