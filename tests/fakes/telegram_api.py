"""A strict Bot API server over real HTTP: it refuses what Telegram refuses, and complains of what a good bot does not do.

`TelegramApi` runs in the test's loop. People write with `say` and `press`; what the bot sent stands in `sent`; `trouble` makes the next calls
fail; `check()` fails the test when there are complaints or presses that nobody answered. Rules: docs/channels.md, "Telegram".
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from tests.fakes.telegram_html import Unparsable, read, utf16

TOKEN = "123456789:AAFakeTokenOfTheTests_0123456789abc"
BOT = "motcua_mau_bot"
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
KNOWN = {
    "getMe": set(),
    "sendMessage": {
        "chat_id",
        "text",
        "parse_mode",
        "reply_markup",
        "link_preview_options",
        "message_thread_id",
        "disable_notification",
    },
    "getFile": {"file_id"},
    "answerCallbackQuery": {"callback_query_id", "text", "show_alert"},
    "getUpdates": {"offset", "limit", "timeout", "allowed_updates"},
    "setWebhook": {
        "url",
        "secret_token",
        "allowed_updates",
        "max_connections",
        "drop_pending_updates",
    },
    "deleteWebhook": {"drop_pending_updates"},
    "getWebhookInfo": set(),
    "setMyCommands": {"commands", "language_code", "scope"},
}
LATE = 0.3  # seconds in which what was on its way when a 429 left may still arrive


class Refused(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass(frozen=True)
class Trouble:
    """What happens to one call: an error answer, or a delay, or a connection that breaks before or after the call is carried out."""

    code: int = 0
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    drop: str = ""  # "before" or "after"


@dataclass(frozen=True)
class Sent:
    """One message of the bot, as people see it."""

    chat: int
    text: str
    message_id: int
    at: float
    entities: list[dict[str, Any]]
    rows: list[list[dict[str, str]]]
    thread: int | None = None
    html: bool = False

    @property
    def titles(self) -> list[str]:
        """What stands on the buttons."""
        return [button["text"] for row in self.rows for button in row]


class TelegramApi:
    """The server. Limits can be lifted for measuring: `per_second=math.inf`."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = BOT,
        per_second: float = 30,
        per_group_minute: float = 20,
        redeliver: float = 0.05,
        seed: int = 1,
    ) -> None:
        self.token, self.username = token, username
        self.per_second, self.per_group_minute, self.redeliver = per_second, per_group_minute, redeliver
        self.random = random.Random(seed)
        self.url = ""
        self.sent: list[Sent] = []
        self.calls: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.queries: dict[str, bool] = {}
        self.blocked: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.topics: dict[int, set[int]] = {}
        self.revoked = False
        self.duplicate = False
        self.shuffle = False
        self.impatient = False  # getUpdates answers at once, whatever time it was given
        self.known: dict[int, str] = {}
        self.hosts: dict[str, str] = {}  # https://host -> where it really listens
        self.webhook = ""
        self.secret = ""
        self.connections = 40
        self.allowed: list[str] = []
        self.last_error = ""
        self.delivered: Counter[int] = Counter()
        self.confirmed: set[int] = set()
        self.pending: dict[int, dict[str, Any]] = {}
        self.news = asyncio.Event()
        self.files: dict[str, bytes] = {}  # file id -> what lies there
        self.gone: set[str] = set()  # files that getFile still knows and nobody can fetch any more
        self.fetched: list[str] = []
        self.slow = 0.0  # seconds between two pieces of a file
        self.no_length = False  # a file comes without saying how long it is
        self.paths: dict[str, str] = {}  # file id -> another path than the usual
        self._troubles: dict[str, deque[Trouble]] = {}
        self._update, self._message, self._query, self._file = 1000, 0, 0, 0
        self._moments: deque[float] = deque()
        self._group_moments: dict[int, deque[float]] = {}
        self._shut: dict[int | None, tuple[float, float]] = {}
        self._poll: asyncio.Event | None = None
        self._flying: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    # Life

    async def __aenter__(self) -> TelegramApi:
        app = web.Application(client_max_size=10 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_get("/file/bot{token}/{path:.*}", self._give)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self._session and self._runner
        await self._session.close()
        await self._runner.cleanup()

    # People

    def update(self, **content: Any) -> int:
        """Something happens; gives the update's id."""
        self._update += 1
        self.pending[self._update] = {"update_id": self._update, **content}
        for each in content.values():
            chat = each.get("message", each).get("chat") if isinstance(each, dict) else None
            if chat:
                self.known.setdefault(chat["id"], chat["type"])
        self._stir()
        return self._update

    def message(self, chat: int, text: str | None = None, **more: Any) -> dict[str, Any]:
        """A message as it stands in an update; a negative chat is a group."""
        self._message += 1
        content: dict[str, Any] = {
            "message_id": self._message,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "supergroup" if chat < 0 else "private", "first_name": "Dân"},
            "from": {"id": abs(chat), "is_bot": False, "first_name": "Dân", "language_code": "vi"},
        }
        if text is not None:
            content["text"] = text
            if text.startswith("/"):
                length = len(text.split()[0])
                content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return {**content, **more}

    def say(self, chat: int, text: str | None = None, **more: Any) -> int:
        """Somebody writes."""
        return self.update(message=self.message(chat, text, **more))

    def show(self, chat: int, picture: bytes, caption: str = "", *, as_file: bool = False, **more: Any) -> str:
        """Somebody sends a photo (or a picture as a file); gives its file id, of the biggest size."""
        self._file += 1
        name = f"AgACAgUAAxkBAAI{self._file:04d}"
        self.files[name] = picture
        size = {"file_id": name, "file_unique_id": f"u{self._file}", "file_size": len(picture)}
        small = {"file_id": f"{name}s", "file_unique_id": f"s{self._file}", "file_size": 900, "width": 90, "height": 67}
        content: dict[str, Any] = (
            {"document": {**size, "mime_type": "image/jpeg", "file_name": "anh.jpg"}}
            if as_file
            else {"photo": [small, {**size, "width": 1280, "height": 960}]}
        )
        if caption:
            content["caption"] = caption
        self.say(chat, **content, **more)
        return name

    def press(self, message: Sent, title: str) -> int:
        """Somebody presses the button with that title below one of the bot's messages."""
        data = next(b["callback_data"] for row in message.rows for b in row if b["text"] == title)
        return self.press_key(message.chat, data, message.message_id)

    def press_key(self, chat: int, data: str, message_id: int = 1) -> int:
        """A press of any key, one that no button has included."""
        self._query += 1
        query = f"q{self._query}"
        self.queries[query] = False
        below = {"message_id": message_id, "date": int(time.time()), "chat": self.message(chat)["chat"]}
        sender = {"id": abs(chat), "is_bot": False, "first_name": "Dân", "language_code": "vi"}
        return self.update(
            callback_query={"id": query, "from": sender, "message": below, "chat_instance": "1", "data": data}
        )

    def trouble(self, *troubles: Trouble, method: str = "sendMessage") -> None:
        """The next calls of `method` end like this, in order."""
        self._troubles.setdefault(method, deque()).extend(troubles)

    # What a test asks

    def texts(self, chat: int) -> list[str]:
        """What the bot said in one chat."""
        return [message.text for message in self.sent if message.chat == chat]

    async def until(self, number: int, chat: int | None = None, seconds: float = 10.0) -> list[Sent]:
        """Wait until `number` messages have come (to `chat`); gives them."""
        try:
            async with asyncio.timeout(seconds):
                while len(found := [m for m in self.sent if chat in (None, m.chat)]) < number:
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise AssertionError(f"only {len(found)} of {number} messages came: {[m.text for m in found]}") from None
        return found

    async def all_taken(self, seconds: float = 10.0) -> None:
        """Wait until no update is pending."""
        async with asyncio.timeout(seconds):
            while self.pending:
                await asyncio.sleep(0.01)

    def check(self) -> None:
        """The bot behaved."""
        unanswered = [query for query, answered in self.queries.items() if not answered]
        assert not self.complaints, self.complaints
        assert not unanswered, f"presses never answered: {unanswered}"

    # The server

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.calls[method] += 1
        told = request.match_info["token"]
        try:
            if not re.fullmatch(r"\d+:[\w-]+", told):
                raise Refused(404, "Not Found")
            if told != self.token or self.revoked:
                raise Refused(401, "Unauthorized")
            if method not in KNOWN:
                self.complaints.append(f"unknown method {method}")
                raise Refused(404, "Not Found")
            given = await _parameters(request)
            if unknown := set(given) - KNOWN[method]:
                self.complaints.append(f"{method}: unexpected parameters {sorted(unknown)}")
            trouble = self._troubles[method].popleft() if self._troubles.get(method) else Trouble()
            if trouble.drop == "before":
                return _hang_up(request)
            if trouble.code:
                if trouble.code == 429:
                    self._shut_for(None, trouble.parameters.get("retry_after", 1))
                raise Refused(trouble.code, trouble.description, **trouble.parameters)
            result = await getattr(self, f"_{method}")(given)
            if trouble.drop == "after":
                return _hang_up(request)
            if trouble.seconds:
                await asyncio.sleep(trouble.seconds)
            return web.json_response({"ok": True, "result": result})
        except Refused as error:
            answer: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
            if error.parameters:
                answer["parameters"] = error.parameters
            return web.json_response(answer, status=error.code)

    async def _getMe(self, _given: dict[str, str]) -> dict[str, Any]:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Một cửa xã Mẫu", "username": self.username}

    async def _getFile(self, given: dict[str, str]) -> dict[str, Any]:
        name = given.get("file_id", "")
        if name not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(self.files[name]) > 20 * 1024 * 1024:
            raise Refused(400, "Bad Request: file is too big")
        path = self.paths.get(name, f"photos/{name}.jpg")
        return {"file_id": name, "file_unique_id": "u", "file_size": len(self.files[name]), "file_path": path}

    async def _give(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token or self.revoked:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        name = request.match_info["path"].removeprefix("photos/").removesuffix(".jpg")
        trouble = self._troubles["file"].popleft() if self._troubles.get("file") else Trouble()
        if trouble.drop:
            return _hang_up(request)
        if trouble.code:
            return web.json_response({"ok": False, "error_code": trouble.code}, status=trouble.code)
        if name not in self.files or name in self.gone:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        self.fetched.append(name)
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        if not self.no_length:
            response.content_length = len(self.files[name])
        await response.prepare(request)
        for at in range(0, len(self.files[name]), 65536):
            await response.write(self.files[name][at : at + 65536])
            if self.slow:
                await asyncio.sleep(self.slow)
        return response

    async def _sendMessage(self, given: dict[str, str]) -> dict[str, Any]:
        chat = _integer(given.get("chat_id", ""), "chat_id is empty")
        self._pace(chat)
        if chat in self.migrated:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated[chat],
            )
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat not in self.known:
            raise Refused(400, "Bad Request: chat not found")
        thread = _integer(given["message_thread_id"], "thread") if "message_thread_id" in given else None
        if thread is not None and thread not in self.topics.get(chat, set()):
            raise Refused(400, "Bad Request: message thread not found")
        text, entities = self._text(given)
        rows = self._keyboard(given["reply_markup"]) if "reply_markup" in given else []
        self._message += 1
        moment = time.monotonic()
        html = given.get("parse_mode") == "HTML"
        self.sent.append(Sent(chat, text, self._message, moment, entities, rows, thread, html))
        self.news.set()
        return {
            "message_id": self._message,
            "date": int(time.time()),
            "chat": {"id": chat, "type": self.known[chat]},
            "from": await self._getMe({}),
            "text": text,
            "entities": entities,
        }

    def _text(self, given: dict[str, str]) -> tuple[str, list[dict[str, Any]]]:
        source, mode = given.get("text", ""), given.get("parse_mode", "")
        entities: list[dict[str, Any]] = []
        if mode == "HTML":
            if re.search(r"&(?!lt;|gt;|amp;|quot;|#\d+;)", source):
                self.complaints.append(f"an & that is not escaped: {source[:80]!r}")
            try:
                source, entities = read(source)
            except Unparsable as error:
                raise Refused(400, f"Bad Request: {error}") from None
        elif mode:
            raise Refused(400, "Bad Request: unsupported parse_mode")
        text = source.strip()
        if not text:
            raise Refused(400, "Bad Request: message text is empty")
        if utf16(text) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        if len(entities) > 100:
            self.complaints.append("more than 100 entities: those behind are lost")
        return text, entities

    def _keyboard(self, source: str) -> list[list[dict[str, str]]]:
        try:
            rows = json.loads(source)["inline_keyboard"]
            buttons = [button for row in rows for button in row]
        except (ValueError, KeyError, TypeError):
            raise Refused(400, "Bad Request: object expected as reply markup") from None
        if len(buttons) > 100 or any(not 1 <= len(row) <= 8 for row in rows):
            raise Refused(400, "Bad Request: reply markup is too long")
        for button in buttons:
            if set(button) - {"text", "callback_data", "url"} or len(button) != 2:
                raise Refused(400, "Bad Request: a button has a text and one action")
            if not isinstance(button["text"], str) or not button["text"].strip():
                raise Refused(400, "Bad Request: text buttons are unallowed in the inline keyboard")
            if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
            if "url" in button:
                parts = urlsplit(button["url"])
                if parts.scheme not in ("http", "https", "tg") or "." not in (parts.hostname or ""):
                    raise Refused(400, f"Bad Request: inline keyboard button URL '{button['url']}' is invalid")
        return rows

    # Pace

    def _pace(self, chat: int) -> None:
        now = time.monotonic()
        for scope in (None, chat):
            since, until = self._shut.get(scope, (0.0, 0.0))
            if now < until:
                if now > since + LATE:
                    self.complaints.append(f"sent {until - now:.2f} s before retry_after was over")
                raise Refused(429, "Too Many Requests: retry later", retry_after=max(1, round(until - now)))
        self._window(self._moments, now, 1.0, self.per_second, None)
        if chat < 0:
            moments = self._group_moments.setdefault(chat, deque())
            self._window(moments, now, 60.0, self.per_group_minute, chat)
            moments.append(now)
        self._moments.append(now)

    def _window(self, moments: deque[float], now: float, length: float, most: float, scope: int | None) -> None:
        while moments and moments[0] <= now - length:
            moments.popleft()
        if len(moments) >= most:
            wait = max(1, round(length - (now - moments[0])))
            self._shut_for(scope, wait)
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def _shut_for(self, scope: int | None, seconds: float) -> None:
        now = time.monotonic()
        self._shut[scope] = (now, now + seconds)

    # Updates

    async def _getUpdates(self, given: dict[str, str]) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        if "allowed_updates" in given:
            self.allowed = json.loads(given["allowed_updates"])
        limit = _integer(given.get("limit", "100"), "limit")
        first = _integer(given.get("offset", "0"), "offset")
        if first:
            for number in [n for n in self.pending if n < first]:
                self.confirmed.add(number)
                del self.pending[number]
        if self._poll:
            self._poll.set()
        mine = self._poll = asyncio.Event()
        until = time.monotonic() + (0 if self.impatient else _integer(given.get("timeout", "0"), "timeout"))
        while True:
            if self._poll is not mine:
                raise Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            found = [u for u in self._allowed(self.pending.values()) if u["update_id"] >= first][:limit]
            left = until - time.monotonic()
            if found or left <= 0:
                break
            mine.clear()
            try:
                await asyncio.wait_for(mine.wait(), left)
            except TimeoutError:
                continue
        self._poll = None
        for update in found:
            self.delivered[update["update_id"]] += 1
        if self.duplicate:
            found = [each for update in found for each in (update, update)]
        if self.shuffle:
            self.random.shuffle(found)
        return found

    def _allowed(self, updates: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [u for u in updates if not self.allowed or any(kind in u for kind in self.allowed)]

    async def _setWebhook(self, given: dict[str, str]) -> bool:
        url = given.get("url", "")
        parts = urlsplit(url)
        if parts.scheme != "https":
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if (parts.port or 443) not in (443, 80, 88, 8443):
            raise Refused(400, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        secret = given.get("secret_token", "")
        if secret and not SECRET.fullmatch(secret):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.connections = _integer(given.get("max_connections", "40"), "max_connections")
        if not 1 <= self.connections <= 100:
            raise Refused(400, "Bad Request: max_connections must be from 1 to 100")
        self.allowed = json.loads(given.get("allowed_updates", "[]"))
        if given.get("drop_pending_updates") in ("true", "True"):
            self.pending.clear()
        self.webhook, self.secret = url, secret
        self._stir()
        return True

    async def _deleteWebhook(self, given: dict[str, str]) -> bool:
        if given.get("drop_pending_updates") in ("true", "True"):
            self.pending.clear()
        self.webhook = self.secret = ""
        return True

    async def _getWebhookInfo(self, _given: dict[str, str]) -> dict[str, Any]:
        info: dict[str, Any] = {
            "url": self.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
            "max_connections": self.connections,
        }
        if self.last_error:
            info |= {"last_error_date": int(time.time()), "last_error_message": self.last_error}
        return info

    async def _setMyCommands(self, given: dict[str, str]) -> bool:
        commands = json.loads(given["commands"])
        for each in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", each["command"]) or not 1 <= len(each["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[given.get("language_code", "")] = commands
        return True

    async def _answerCallbackQuery(self, given: dict[str, str]) -> bool:
        query = given.get("callback_query_id", "")
        if self.queries.get(query) is not False:
            if query in self.queries:
                self.complaints.append(f"press {query} answered twice")
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if utf16(given.get("text", "")) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.queries[query] = True
        return True

    # Delivery to a webhook

    def _stir(self) -> None:
        if self._poll:
            self._poll.set()
        if self.webhook:
            waiting = [number for number in self.pending if number not in self._flying]
            if self.shuffle:
                self.random.shuffle(waiting)
            for number in waiting[: self.connections - len(self._flying)]:
                update = self.pending[number]
                if not self._allowed([update]):
                    continue
                self._flying.add(number)
                task = asyncio.get_running_loop().create_task(self._deliver(number, update))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _deliver(self, number: int, update: dict[str, Any]) -> None:
        url, parts = self.webhook, urlsplit(self.webhook)
        really = self.hosts.get(f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{parts.netloc}")
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        assert self._session
        taken = False
        try:
            for _ in range(2 if self.duplicate else 1):
                self.delivered[number] += 1
                async with self._session.post(
                    really + parts.path, json=update, headers=headers, timeout=aiohttp.ClientTimeout(total=60)
                ) as response:
                    body = await response.read()
                    taken = 200 <= response.status < 300
                    if b'"method"' in body:
                        self.complaints.append("a webhook's answer holds a call that this fake does not carry out")
                    if not taken:
                        self.last_error = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            self.last_error = f"Connection failed: {type(error).__name__}"
        if taken:
            self.confirmed.add(number)
            self.pending.pop(number, None)
        else:
            await asyncio.sleep(self.redeliver)
        self._flying.discard(number)
        if self.webhook == url or self.webhook:
            self._stir()


async def _parameters(request: web.Request) -> dict[str, str]:
    """Query, form, multipart or JSON alike; nested objects as JSON text, everything else as text."""
    given: dict[str, str] = dict(request.query)
    if request.content_type == "application/json":
        data = await request.json()
        given |= {k: v if isinstance(v, str) else json.dumps(v) for k, v in data.items() if v is not None}
    elif request.can_read_body:
        given |= {k: str(v) for k, v in (await request.post()).items()}
    return given


def _integer(text: str, otherwise: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Refused(400, f"Bad Request: {otherwise}") from None


def _hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response(status=500)
