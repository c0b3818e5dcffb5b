"""The whole program put together: store, knowledge, units, conversation, channels, senders, one web server. Nothing else knows all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from aiohttp import web

from bot import health
from bot.channels import OPEN
from bot.channels.opened import OpenedChannel, Surroundings
from bot.clock import Clock, utc_now
from bot.conversation import Conversation
from bot.delivery.hours import may_leave
from bot.delivery.notices import Noticing
from bot.delivery.sender import Sender
from bot.in_force import InForce
from bot.jobs import Jobs
from bot.locale import speak
from bot.photos import Photos
from bot.scanning import Scanner
from bot.sealing import open_seal
from bot.settings import Settings, secrets
from bot.sources import applying, running
from bot.store import Store, StoreDown, forgetting, retention
from bot.store.unasked import Rules
from knowledge.installed import Installed
from knowledge.unit import Unit, load_units

log = logging.getLogger(__name__)
SWEEP_EVERY = 3600.0  # seconds between two clean-ups
RESTART_AFTER = 5.0  # seconds before a task that broke begins again
GRACE = 10.0  # seconds that what is on its way has to end


@dataclass
class App:
    """A program ready to serve. `open_app` makes it; `run` serves until `stop` is set."""

    settings: Settings
    store: Store
    knowledge: InForce
    units: Mapping[str, Unit]
    conversation: Conversation
    channels: list[OpenedChannel]
    senders: list[Sender]
    noticing: Noticing
    reader: running.Reader
    jobs: Jobs
    web: web.Application
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    def notes(self) -> list[str]:
        """What the operator should know at the start: accounts that cannot run, and why."""
        return [note for channel in self.channels for note in channel.notes]

    async def run(self, ready: Callable[[App], None] | None = None) -> None:
        """Listen, receive and send until `stop` is set, then end cleanly: no new messages, what is on its way leaves, the store closes.

        `ready` is called once the port is open (`port` says which). Raises OSError when the address cannot be had.
        """
        runner = web.AppRunner(self.web, access_log=None, shutdown_timeout=GRACE)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self.settings.host, self.settings.port, reuse_address=True)
            await site.start()
            self.port = runner.addresses[0][1]
            tasks = [asyncio.create_task(_forever(sender.run)) for sender in self.senders]
            receiving = [asyncio.create_task(_forever(r)) for c in self.channels for r in c.receivers]
            keeping = [
                asyncio.create_task(_forever(work))
                for work in (
                    self.store.listen,
                    self.knowledge.run,
                    self._sweep,
                    self.noticing.run,
                    self._read_sources,
                    self.jobs.run,
                )
            ]
            if ready:
                ready(self)
            await self.stop.wait()
            await _end(receiving)
            await runner.cleanup()
            await self.jobs.stop(GRACE)
            await asyncio.gather(*(sender.stop(GRACE) for sender in self.senders))
            await _end([*tasks, *keeping])
        finally:
            await runner.cleanup()
            for channel in self.channels:
                await channel.close()
            self.store.close()

    async def _read_sources(self) -> None:
        await running.run(self.reader, self.units)

    async def _sweep(self) -> None:
        keep = retention.Keep(text=timedelta(days=self.settings.keep_messages_days))
        while True:
            for unit in self.units.values():
                dossiers = forgetting.KeepDossiers(ended=timedelta(days=unit.dossiers.keep_days))
                now = utc_now()
                for statement in chain(retention.steps(unit.id, now, keep), forgetting.steps(unit.id, now, dossiers)):
                    while await self.store.run(partial(self._swept, statement)):
                        await asyncio.sleep(0)  # citizens' turns come between two steps
            await asyncio.sleep(SWEEP_EVERY)

    def _swept(self, statement: Any) -> bool:
        """One step of the clean-up; says whether it may find more."""
        return self.store.transact(lambda connection: retention.sweep(connection, statement))


def open_parts(settings: Settings, clock: Clock = utc_now) -> tuple[Store, InForce, dict[str, Unit]]:
    """What every front needs: the store (its schema up to date), the knowledge in force, the units; the languages are spoken then.

    Raises StoreError, StoreDown, PackError, UnitFileError: each names the cure.
    """
    speak()
    units = load_units(settings.units)
    packs = Installed(settings.pack_folder)
    url = settings.database.get_secret_value()
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    store = Store.open(url)
    try:
        return store, InForce(store, packs, units, clock), units
    except BaseException:
        store.close()
        raise


def open_app(settings: Settings, *, clock: Clock = utc_now, environment: Mapping[str, str] | None = None) -> App:
    """Open everything, as `open_parts`, and put it together. Raises SettingsError where the secret cannot be had."""
    seal = open_seal(settings)
    store, knowledge, units = open_parts(settings, clock)
    metrics = health.Metrics()
    conversation = Conversation(store, knowledge, units, clock, seal=seal, observe=metrics.understood)
    scanner = Scanner()
    given = Surroundings(
        settings=settings,
        units=units,
        knowledge=knowledge,
        conversation=conversation,
        store=store,
        clock=clock,
        environment=secrets() if environment is None else environment,
        scanner=scanner,
    )
    channels = [open_channel(given) for open_channel in OPEN]
    windows = {c.channel.name: c.channel.limits.free_window for c in channels}
    rules = Rules(may_leave(lambda: knowledge().calendar), windows)
    senders = [Sender(store, c.channel, account, clock, rules=rules) for c in channels for account in c.accounts]
    reader = running.Reader(
        store,
        knowledge,
        seal,
        secrets() if environment is None else environment,
        lambda unit, reading, source, now: applying.apply(
            store, unit, reading, source=source, by="", now=now, knowledge=knowledge()
        ),
        clock,
    )
    noticing = Noticing(store, knowledge, units, windows, clock)
    fetch = {c.channel.name: c.fetch_photo for c in channels if c.fetch_photo}
    jobs = Jobs(store, units, Photos(fetch, conversation, scanner, clock).work(), clock)
    application = web.Application(client_max_size=1024 * 1024)
    application.add_routes(health.routes(store, senders, metrics, knowledge, settings))
    for channel in channels:
        application.add_routes(channel.routes)
        channel.prepare(application)
    return App(settings, store, knowledge, units, conversation, channels, senders, noticing, reader, jobs, application)


async def _forever(work: Callable[[], Awaitable[None]]) -> None:
    """Run until cancelled or done; begin again after a breakdown, so that one bad moment never silences an account."""
    while True:
        try:
            await work()
            return
        except asyncio.CancelledError:
            raise
        except StoreDown:
            log.warning("the database is out of reach; trying again", extra={"seconds": RESTART_AFTER})
        except Exception:
            log.exception("a task broke and begins again", extra={"seconds": RESTART_AFTER})
        await asyncio.sleep(RESTART_AFTER)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
