"""How the program is doing, for machines: /healthz (it lives), /readyz (it can serve), /metrics (numbers). No person's data in any of them."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Info, ProcessCollector, generate_latest

from bot.delivery.sender import Sender, SenderHealth
from bot.settings import Settings
from bot.store import AccountKey, Store, StoreDown, outbox
from handlers.effects import Understood
from handlers.messages import Incoming
from knowledge.snapshot import Knowledge

ANSWER_WITHIN = 3.0  # seconds the database has to answer a probe
CONDITIONS = ("starting", "sending", "standby", "stopped", "store_down", "ended")


class Metrics:
    """The numbers of one program. `understood` is what `bot.conversation` calls after each turn; it counts, and keeps no word of it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.turns = Counter(
            "motcua_turns",
            "Messages taken, by what was done about them",
            ("unit", "channel", "behaviour", "handler"),
            registry=self.registry,
        )
        self.outbox = Gauge(
            "motcua_outbox_rows", "Rows of the outbox by status", ("account", "status"), registry=self.registry
        )
        self.sender = Gauge(
            "motcua_sender", "1 for the condition a sender is in", ("account", "condition"), registry=self.registry
        )
        self.settled = Gauge(
            "motcua_sender_settled",
            "Rows a sender has settled since the start, by how they ended",
            ("account", "outcome"),
            registry=self.registry,
        )
        self.knowledge = Info("motcua_knowledge", "The pack in use", registry=self.registry)

    def understood(self, incoming: Incoming, effect: Understood) -> None:
        """Count one understood message."""
        self.turns.labels(incoming.unit, incoming.channel, effect.behaviour, effect.handler or "unknown").inc()

    def text(self, senders: Iterable[SenderHealth], depths: dict[AccountKey, dict[str, int]], version: str) -> bytes:
        """Everything in Prometheus' text format."""
        self.outbox.clear()
        for account, depth in depths.items():
            for status, number in depth.items():
                self.outbox.labels(str(account), status).set(number)
        for health in senders:
            for condition in CONDITIONS:
                self.sender.labels(str(health.account), condition).set(condition == health.condition)
            for outcome, number in health.counts.items():
                self.settled.labels(str(health.account), outcome).set(number)
        self.knowledge.info({"version": version})
        return generate_latest(self.registry)


def routes(
    store: Store,
    senders: Sequence[Sender],
    metrics: Metrics,
    knowledge: Callable[[], Knowledge],
    settings: Settings,
) -> list[web.RouteDef]:
    """The three addresses. `/metrics`, and the details of `/readyz`, are for this machine alone unless the settings open them."""

    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def ready(request: web.Request) -> web.Response:
        database = await _answers(store)
        states = [sender.health() for sender in senders]
        # A stopped account is an officer's work, not a reason to take the program out of service: the others go on.
        fit = database and all(state.condition != "store_down" for state in states)
        said: dict[str, Any] = {"ready": fit}
        if _may_look(request, settings):
            said |= {"database": "ok" if database else "out of reach", "knowledge": knowledge().version}
            said["senders"] = [
                {
                    "account": str(state.account),
                    "condition": state.condition,
                    "since": state.since.isoformat(),
                    "in_flight": state.in_flight,
                    "cure": state.cure,
                }
                for state in states
            ]
        text = json.dumps(said, ensure_ascii=False)
        return web.Response(
            text=text,
            status=200 if fit else 503,
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    async def numbers(request: web.Request) -> web.Response:
        if not _may_look(request, settings) or settings.metrics == "off":
            raise web.HTTPNotFound(text="")
        states = [sender.health() for sender in senders]
        try:
            depths = await asyncio.wait_for(_depths(store, [state.account for state in states]), ANSWER_WITHIN)
        except (StoreDown, TimeoutError):
            depths = {}
        body = metrics.text(states, depths, knowledge().version)
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return [web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", numbers)]


async def _answers(store: Store) -> bool:
    try:
        return await asyncio.wait_for(asyncio.to_thread(store.alive), ANSWER_WITHIN)
    except TimeoutError:
        return False


async def _depths(store: Store, accounts: Sequence[AccountKey]) -> dict[AccountKey, dict[str, int]]:
    return await store.read(lambda connection: {account: outbox.depth(connection, account) for account in accounts})


def _may_look(request: web.Request, settings: Settings) -> bool:
    if settings.metrics == "everywhere":
        return True
    # A proxy on this machine comes from the loopback, too, but says for whom: that one is a stranger.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
