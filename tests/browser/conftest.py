"""A real browser before a real server: Chromium, the web channel, its sender, the real knowledge. Skips where there is no Chromium."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bot.channels.opened import Surroundings
from bot.channels.web import open_channel
from bot.clock import utc_now
from bot.conversation import Conversation
from bot.delivery.sender import Sender
from bot.settings import Settings
from bot.store import Store
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "var" / "screenshots"
MORNING = datetime(2026, 11, 20, 1, 12, tzinfo=UTC)  # Friday, 08:12 in Vietnam
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Served:
    """The web of the sample unit on a free port, in a thread of its own."""

    def __init__(self, folder: Path, knowledge: Knowledge, unit: Unit) -> None:
        self._folder, self._knowledge, self._unit = folder, knowledge, unit
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.address = ""

    def __enter__(self) -> Served:
        self._thread.start()
        assert self._ready.wait(20), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        began = utc_now()

        def clock() -> datetime:
            return MORNING + (utc_now() - began) % timedelta(hours=2)

        store = Store.open(f"sqlite:///{self._folder / 'browser.db'}")
        units = {self._unit.id: self._unit}
        conversation = Conversation(store, lambda: self._knowledge, units, clock)
        settings = Settings(_env_file=None, messages_per_chat=200, messages_per_address=10_000)  # type: ignore[call-arg]
        opened = open_channel(
            Surroundings(settings, units, lambda: self._knowledge, conversation, store, clock, environment={})
        )
        senders = [Sender(store, opened.channel, account, clock) for account in opened.accounts]
        app = web.Application()
        app.add_routes(opened.routes)
        opened.prepare(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"
        sending = [asyncio.create_task(sender.run()) for sender in senders]
        self._ready.set()
        await self._end.wait()
        await runner.cleanup()
        await asyncio.gather(*(sender.stop(2) for sender in senders))
        await asyncio.gather(*sending, return_exceptions=True)
        store.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge, unit: Unit) -> Iterator[str]:
    """The address of the running web."""
    with Served(tmp_path_factory.mktemp("browser"), knowledge, unit) as server:
        yield server.address


# Not for the session: while Playwright runs, its own loop counts as running here, and no test of ours with a loop could begin in this process.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Callable[..., Browser]]:
    """Starts a browser, with more arguments if need be; all are closed at the end."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        opened: dict[tuple[str, ...], Browser] = {}

        def launch(*more: str) -> Browser:
            if more not in opened:
                opened[more] = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more])
            return opened[more]

        yield launch
        for browser in opened.values():
            browser.close()


@pytest.fixture
def visit(chromium: Callable[..., Browser], served: str) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a window: width, height, dark or not, with or without scripts."""
    contexts: list[BrowserContext] = []

    def window(
        width: int = 1024,
        height: int = 768,
        *,
        dark: bool = False,
        scripts: bool = True,
        arguments: tuple[str, ...] = (),
    ) -> BrowserContext:
        context = chromium(*arguments).new_context(
            base_url=served,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="vi-VN",
        )
        context.set_default_timeout(8_000)
        contexts.append(context)
        return context

    yield window
    for context in contexts:
        context.close()
