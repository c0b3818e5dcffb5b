"""Calls to a one-stop system's interface: a token by OpenID Connect client credentials, pages of dossiers, patience where it is asked for.

Neither an address, a secret, a token nor an answer's text reaches a log or an error. Unproven against a real server (docs/dossiers.md).
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.sources.json_records import is_dossier
from bot.sources.reading import SourceError
from knowledge.unit import DossierInterface

LARGEST_ANSWER = 16 * 1024 * 1024  # bytes, after unpacking
LARGEST_TOKEN = 64 * 1024
PLAIN_HOSTS = frozenset(("127.0.0.1", "::1", "localhost"))  # a server of one's own for trying; elsewhere https only


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a read is, in seconds. `tries` for one page; `whole` for everything; the first back-off, the longest, for one answer."""

    tries: int = 4
    whole: float = 120.0
    answer: float = 30.0
    connect: float = 10.0
    first: float = 1.0
    longest: float = 30.0
    jitter: Callable[[], float] = random.random


class Trouble(Exception):
    """The system did not answer as it should; what was read before is good. The text is Vietnamese, for the officer; `again_in` is how long
    the system asked us to wait."""

    def __init__(self, says: str, again_in: timedelta | None = None) -> None:
        super().__init__(says)
        self.again_in = again_in


class _Retry(Exception):
    """One call failed in a way that the next may not."""

    def __init__(self, says: str, wait: float = 0.0) -> None:
        super().__init__(says)
        self.wait = wait


SLOW = "Hệ thống một cửa chưa trả lời"
BUSY = "Hệ thống một cửa đang hạn chế số lần đọc"
BROKEN = "Hệ thống một cửa đang lỗi"
ODD = "Hệ thống một cửa trả về dữ liệu dạng lạ hoặc bị cắt"
REFUSED = "Hệ thống một cửa không nhận quyền truy cập của máy. Xem lại hai biến {names}, hoặc hỏi nơi cấp quyền. Trong lúc chờ, nhập bằng tệp."


@dataclass(slots=True)
class Tokens:
    """The token of one client, kept between reads until shortly before it runs out. Never shown: its representation holds nothing."""

    _token: str = field(default="", repr=False)
    _ends: float = field(default=0.0, repr=False)

    def good(self, at: float) -> str:
        """The token if it is good at `at` (seconds of the loop's clock), else ""."""
        return self._token if at < self._ends else ""

    def keep(self, token: str, at: float, lifetime: float) -> None:
        """Keep a token got at `at`; it is given up a little before its `lifetime` (seconds) is over."""
        self._token, self._ends = token, at + lifetime - min(30.0, lifetime / 4)

    def drop(self) -> None:
        """Forget it: the server did not take it."""
        self._token, self._ends = "", 0.0


class Client:
    """One client of one system, for one read. Raises SourceError where a human must act, Trouble where time may help."""

    def __init__(
        self,
        settings: DossierInterface,
        secrets: Mapping[str, str],
        session: aiohttp.ClientSession,
        tokens: Tokens,
        pace: Pace,
    ) -> None:
        self._settings, self._session, self._tokens, self._pace = settings, session, tokens, pace
        for what, url in (("url", settings.url), ("token_url", settings.token_url)):
            parts = urlsplit(url)
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in PLAIN_HOSTS):
                raise SourceError(f"Mục dossiers.interface.{what} phải bắt đầu bằng https://")
        names = (settings.client_id, settings.client_secret)
        if missing := [name for name in names if not secrets.get(name)]:
            raise SourceError(
                f"Chưa có biến {', '.join(missing)} để vào hệ thống một cửa. Thêm vào môi trường hoặc tệp .env."
            )
        self._id, self._secret = (secrets[name] for name in names)
        self._refused = REFUSED.format(names=", ".join(names))
        self._deadline = asyncio.get_running_loop().time() + pace.whole

    async def page(self, number: int, size: int) -> tuple[dict[str, Any], bytes]:
        """Page `number` (from 0) of the dossiers changed last, as data and as it came. Tries several times, waiting in between."""
        params = {"page": str(number), "size": str(size), "spec": "slice", "sort": "updatedDate,desc"}
        if self._settings.agency:
            params["ancestor-agency-id"] = self._settings.agency
        loop, wait = asyncio.get_running_loop(), self._pace.first
        for attempt in range(1, self._pace.tries + 1):
            try:
                return await self._page(params)
            except _Retry as error:
                # Half at random: of many units that fail together not all come back in the same second.
                pause = max(error.wait, wait * (0.5 + self._pace.jitter()))
                if attempt == self._pace.tries or loop.time() + pause >= self._deadline:
                    again = timedelta(seconds=error.wait) if error.wait else None
                    raise Trouble(f"{error}. Máy tự đọc lại sau; cần gấp thì nhập bằng tệp.", again) from None
                await asyncio.sleep(pause)
                wait = min(wait * 2, self._pace.longest)
        raise AssertionError("the last try returns or raises")

    async def _page(self, params: dict[str, str]) -> tuple[dict[str, Any], bytes]:
        url = self._settings.url.rstrip("/") + "/pa/dossier/search"
        status, wait, body = await self._call("GET", url, LARGEST_ANSWER, params=params, token=await self._token())
        if status == 401:
            # Ended early, by the server's clock or will: once with a new one, then it is no longer a matter of time.
            self._tokens.drop()
            status, wait, body = await self._call("GET", url, LARGEST_ANSWER, params=params, token=await self._token())
            if status == 401:
                self._tokens.drop()
        if status in (401, 403):
            raise SourceError(self._refused)
        _judge(status, wait)
        page = _object(body)
        rows = page.get("content") if page else None
        if page is None or not isinstance(rows, list) or (rows and not any(map(is_dossier, rows))):
            raise _Retry(ODD)
        return page, body

    async def _token(self) -> str:
        loop = asyncio.get_running_loop()
        if token := self._tokens.good(loop.time()):
            return token
        form = {"grant_type": "client_credentials", "client_id": self._id, "client_secret": self._secret}
        asked = loop.time()
        status, wait, body = await self._call("POST", self._settings.token_url, LARGEST_TOKEN, data=form)
        if status in (400, 401, 403):
            raise SourceError(self._refused)
        _judge(status, wait)
        answer = _object(body) or {}
        given, lifetime = answer.get("access_token"), answer.get("expires_in")
        # Printable ASCII without spaces: anything else could not stand in a header.
        if not isinstance(given, str) or not re.fullmatch(r"[!-~]+", given):
            raise _Retry(ODD)
        seconds = float(lifetime) if isinstance(lifetime, int | float) and 0 < lifetime < 10**7 else 60.0
        self._tokens.keep(given, asked, seconds)
        return given

    async def _call(
        self,
        method: str,
        url: str,
        largest: int,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        token: str = "",
    ) -> tuple[int, float, bytes]:
        """One request: status, seconds that the server asks us to wait, body. Raises _Retry; what aiohttp says quotes the address."""
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        timeout = aiohttp.ClientTimeout(total=self._pace.answer, connect=self._pace.connect)
        failed = ""
        try:
            # A redirect would carry the token elsewhere.
            async with self._session.request(
                method, url, params=params, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                body = bytearray()
                async for chunk in response.content.iter_chunked(64 * 1024):
                    body += chunk
                    if len(body) > largest:
                        raise SourceError("Hệ thống một cửa trả về quá nhiều trong một trang. Báo người cài đặt.")
                return response.status, _seconds(response.headers.get("Retry-After", "")), bytes(body)
        except TimeoutError:
            failed = SLOW
        except aiohttp.ClientPayloadError:
            failed = ODD
        except (aiohttp.ClientError, OSError, ValueError):
            failed = SLOW
        raise _Retry(failed)  # outside the handler: the cause would quote the address


def _judge(status: int, wait: float) -> None:
    """Raises _Retry or SourceError for everything but 200."""
    if status == 200:
        return
    if status == 429:
        raise _Retry(BUSY, wait)
    if status >= 500 or status == 408:
        raise _Retry(f"{BROKEN} (mã {status})", wait)
    raise SourceError(
        f"Hệ thống một cửa không nhận câu hỏi của máy (mã {status}). Báo người cài đặt; trong lúc chờ, nhập bằng tệp."
    )


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _seconds(retry_after: str) -> float:
    """Retry-After as seconds: a number or a date (RFC 9110, 10.2.3); at most a day; 0 for anything else."""
    said = retry_after.strip()
    if said.isascii() and said.isdigit():
        return float(min(int(said[:9]), 86_400))
    with suppress(ValueError, TypeError, OverflowError):
        day = parsedate_to_datetime(said)
        day = day if day.tzinfo else day.replace(tzinfo=UTC)
        return min(max((day - datetime.now(UTC)).total_seconds(), 0.0), 86_400.0)
    return 0.0
