"""A web of two communes over a real store, the real handlers and the real knowledge; only the clock stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.web import Listeners, Site, WebSettings, routes
from bot.conversation import Conversation
from bot.store import Store
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

NOW = datetime(2026, 11, 20, 1, 12, tzinfo=UTC)  # Friday, 08:12 in Vietnam


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    """A store of its own for each test."""
    opened = Store.open(f"sqlite:///{tmp_path / 'web.db'}")
    yield opened
    opened.close()


@pytest.fixture
def site(sqlite: Store, knowledge: Knowledge, unit: Unit) -> Site:
    """The web of the sample unit and of a neighbour that takes in a single procedure."""
    catalogue = unit.catalogue.model_copy(update={"codes": ["1.001193"]})
    other = unit.model_copy(update={"id": "ben", "name": "xã Bên", "catalogue": catalogue})
    units = {"mau": unit, "ben": other}
    conversation = Conversation(sqlite, lambda: knowledge, units, lambda: NOW)
    return Site(units, lambda: knowledge, conversation, sqlite, Listeners(), WebSettings(), lambda: NOW)


@pytest.fixture
async def client(site: Site) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A browser without scripts: keeps cookies, follows no redirect by itself."""
    app = web.Application()
    app.add_routes(routes(site))
    async with TestClient(TestServer(app)) as opened:
        yield opened


@dataclass
class Page:
    """A page as a test reads it: its text without tags, its forms' hidden ids, all attributes seen."""

    text: str
    html: str
    ids: list[str]
    attributes: list[tuple[str, str, str]]

    def links(self) -> list[str]:
        """Where the page leads."""
        return [value for tag, name, value in self.attributes if tag == "a" and name == "href"]

    def presses(self) -> list[str]:
        """What its buttons send."""
        return [value for tag, name, value in self.attributes if tag == "button" and name == "value"]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("span", "b", "a", "time"):
            self.words.append(" ")
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


async def read(response: ClientResponse) -> Page:
    """The page of an answer."""
    html = await response.text()
    reader = _Reader()
    reader.feed(html)
    ids = [value for _tag, name, value in reader.attributes if name == "id"]
    return Page(" ".join("".join(reader.words).split()), html, ids, reader.attributes)


async def say(client: TestClient[web.Request, web.Application], **fields: str) -> Page:
    """Send a form of the chat as a browser without scripts does, and read the page it leads to."""
    response = await client.post("/mau/chat", data=fields, allow_redirects=True)
    assert response.status == 200, await response.text()
    return await read(response)
