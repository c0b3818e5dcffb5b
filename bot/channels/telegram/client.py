"""The Bot API by python-telegram-bot, over aiohttp. A token stands in every address: none may reach a log or an error's text.

aiohttp because one HTTP client serves the whole program, and because it costs a fifth of the library's own (docs/benchmarks.md).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import aiohttp
from telegram import Bot, BotCommand, WebhookInfo
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.telegram.limits import API, CONNECTIONS, FILE

CONNECT = 10.0  # seconds to reach the platform
ANSWER = 20.0  # seconds for it to answer
WHOLE_FILE = 25.0  # seconds for a photo; somebody waits for what stands in it
WHOLE = 10.0  # seconds more for an answer that trickles
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UPDATES = ("message", "callback_query", "my_chat_member")

# On "debug" the library writes the address with the token and every parameter; on "critical" whole updates that it could not read.
logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)


class NotConnected(NetworkError):
    """The request never left: safe to repeat."""


class NoAnswer(TimedOut):
    """The request left, the answer did not come: it may have been carried out."""


class FileRefused(TelegramError):
    """A file that this bot will never be given."""


class AiohttpRequest(BaseRequest):
    """The library's transport over one aiohttp session, which is made in the loop that first uses it."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer unless a call says otherwise."""
        return ANSWER

    async def initialize(self) -> None:
        """Nothing: the session is opened when it is needed."""

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - the library's signature
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """One request. Raises NotConnected or NoAnswer; what aiohttp says is left out, since it quotes the address."""
        session = self._connected()
        reading = read_timeout if isinstance(read_timeout, (int, float)) else ANSWER
        timeout = aiohttp.ClientTimeout(total=CONNECT + reading + WHOLE, connect=CONNECT, sock_read=reading)
        # Encoded here: aiohttp would build a multipart writer first, for nothing.
        form = urlencode(request_data.json_parameters).encode() if request_data else None
        failure: TelegramError
        try:
            async with session.request(
                method, url, data=form, headers=FORM, timeout=timeout, allow_redirects=False
            ) as response:
                status, answer = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as error:
            failure = NotConnected(f"not connected ({type(error).__name__})")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = NoAnswer(f"no answer ({type(error).__name__})")
        else:
            # The library quotes a refusal that is no JSON, a proxy's page for instance; the status alone says enough.
            return (status, answer) if status < 300 or _is_object(answer) else (status, b"{}")
        raise failure  # outside the handler: the cause would quote the address

    async def download(self, url: str, most: int) -> tuple[int, bytes]:
        """Status and bytes of a file. Raises FileRefused for more than `most` bytes, NotConnected and NoAnswer as `do_request`."""
        timeout = aiohttp.ClientTimeout(total=WHOLE_FILE, connect=CONNECT, sock_read=ANSWER)
        failure: TelegramError
        try:
            async with self._connected().get(url, timeout=timeout, allow_redirects=False) as response:
                if response.status != 200:
                    return response.status, b""
                data = bytearray()
                # Counted as it comes: what the server says of the length may be missing or wrong.
                async for piece in response.content.iter_chunked(64 * 1024):
                    data += piece
                    if len(data) > most:
                        raise FileRefused("the file is too big")
                return 200, bytes(data)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as error:
            failure = NotConnected(f"not connected ({type(error).__name__})")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = NoAnswer(f"no answer ({type(error).__name__})")
        raise failure  # outside the handler: the cause would quote the address

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A commune behind its province's proxy reaches the platform only through it: HTTPS_PROXY is obeyed.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), trust_env=True)
        return self._session

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as data. Raises TelegramError; an answer that is no JSON (a proxy's page) is not quoted."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("the answer is no JSON")
        return answer


class Client(Bot):
    """One bot's calls. They raise telegram.error.TelegramError; `bot/channels/telegram/failures.py` says what each means."""

    def __init__(self, token: str, api: str = API) -> None:
        request = AiohttpRequest()
        super().__init__(token, base_url=f"{api}/bot", request=request, get_updates_request=request)
        self._transport = request
        self._files = f"{api}/file/bot{token}"

    async def say(self, message: dict[str, Any], *, formatted: bool = True) -> str:
        """Send what `rendering.render` made; gives the platform's message id. Not `formatted`: the text as it is."""
        asked = {**message, "link_preview_options": NO_PREVIEW}
        if formatted:
            asked["parse_mode"] = "HTML"
        # As data, like `updates`: a message that has left must not count as failed because its echo cannot be read.
        sent: Any = await self._post("sendMessage", asked)
        return str(sent.get("message_id", "")) if isinstance(sent, dict) else ""

    async def updates(self, offset: int | None, seconds: int) -> list[dict[str, Any]]:
        """What waits, as it came; asking with `offset` confirms all before it. Waits up to `seconds` for something to come."""
        # As data: one update that the library cannot read would otherwise cost the whole batch.
        asked: dict[str, Any] = {"timeout": seconds, "allowed_updates": list(UPDATES), "limit": 100}
        if offset is not None:
            asked["offset"] = offset
        found: Any = await self._post("getUpdates", asked, read_timeout=seconds + ANSWER)
        return [update for update in found if isinstance(update, dict)] if isinstance(found, list) else []

    async def answer(self, query: str) -> None:
        """Tell the app of whoever pressed a button that the press has arrived."""
        await self.answer_callback_query(query)

    async def deliver_to(self, url: str, secret: str) -> None:
        """Have updates delivered to `url`, each with `secret` in its header. What waits is kept."""
        await self.set_webhook(
            url, secret_token=secret, allowed_updates=UPDATES, max_connections=CONNECTIONS, drop_pending_updates=False
        )

    async def webhook(self) -> WebhookInfo:
        """Where updates are delivered to, how many wait, what went wrong last."""
        return await self.get_webhook_info()

    async def offer(self, commands: Sequence[tuple[str, str]], language: str = "") -> None:
        """The commands that the app shows, each (name, description); `language` "" is for everybody else."""
        await self.set_my_commands([BotCommand(*each) for each in commands], language_code=language or None)

    async def file(self, file_id: str) -> bytes:
        """The bytes of a file somebody sent. Raises FileRefused for one that is never given out, telegram.error.TelegramError else."""
        found: Any = await self._post("getFile", {"file_id": file_id})
        path = found.get("file_path") if isinstance(found, dict) else None
        size = found.get("file_size") if isinstance(found, dict) else None
        # The path goes into an address beside the token: nothing but a plain relative path may.
        if not isinstance(path, str) or not re.fullmatch(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_.-]+)+", path) or ".." in path:
            raise FileRefused("the platform names no place for the file")
        if isinstance(size, int) and size > FILE:
            raise FileRefused("the file is too big")
        status, data = await self._transport.download(f"{self._files}/{path}", FILE)
        if status == 200:
            return data
        if status in (401, 403, 404):
            raise FileRefused(f"the file is not there ({status})")
        raise NetworkError(f"the file was not given out ({status})")

    async def close_connections(self) -> None:
        """Close what is open."""
        await self._transport.shutdown()


NO_PREVIEW = {"is_disabled": True}  # a picture of a portal would push the answer off the screen


def _is_object(payload: bytes) -> bool:
    try:
        return isinstance(json.loads(payload), dict)
    except ValueError:
        return False
