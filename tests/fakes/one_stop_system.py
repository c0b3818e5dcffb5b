"""A strict one-stop system over real HTTP: token by OpenID Connect client credentials, `GET /pa/dossier/search`; docs/dossiers.md, "Interface".

It refuses what a real one would refuse and complains of what a good client does not do. `trouble` makes the next calls go wrong, `expire`
ends every token; `dossiers` is what it holds, newest change first when it is asked for them. What `check()` finds fails the test.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from aiohttp import web

CLIENT_ID, CLIENT_SECRET = "motcua-xa-mau", "bi-mat-cua-cac-phep-thu"
AGENCY = "64f2a1b2c3d4e5f601234567"
TOKEN_PATH = "/auth/realms/digo/protocol/openid-connect/token"
SEARCH_PATH = "/pa/dossier/search"
KNOWN = {
    *("page", "size", "spec", "sort", "code", "identity-number", "applicant-name", "dossier-status", "task-status-id"),
    *(
        "ancestor-agency-id",
        "accepted-from",
        "accepted-to",
        "appointment-from",
        "appointment-to",
        "result-returned-from",
    ),
    *("result-returned-to", "procedure-id", "apply-method-id", "paystatus"),
}
LARGEST_PAGE = 100


@dataclass(frozen=True)
class Trouble:
    """What happens to one call. `cut` breaks the body off in the middle (with its length announced, or `honest`: without); `body` is
    answered instead of what was asked for; `drop` hangs up before answering."""

    status: int = 0
    retry_after: str = ""
    seconds: float = 0.0
    cut: bool = False
    honest: bool = False
    body: bytes | None = None
    drop: bool = False


class OneStopSystem:
    """The server. Use as `async with OneStopSystem() as system`."""

    def __init__(self, *, lifetime: float = 300.0, largest_page: int = LARGEST_PAGE) -> None:
        self.lifetime, self.largest_page = lifetime, largest_page
        self.dossiers: list[dict[str, Any]] = []
        self.calls: Counter[str] = Counter()
        self.pages: list[int] = []
        self.complaints: list[str] = []
        self.sorts = True  # whether it obeys `sort`
        self.says_last = True  # whether a page says that it is the last
        self.after_page: Any = None  # called with the page's number once it is answered
        self.url = ""
        self._tokens: dict[str, float] = {}
        self._troubles: dict[str, deque[Trouble]] = {}
        self._shut_until = 0.0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> OneStopSystem:
        app = web.Application()
        app.router.add_post(TOKEN_PATH, self._token)
        app.router.add_get(SEARCH_PATH, self._search)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    def trouble(self, *troubles: Trouble, path: str = SEARCH_PATH) -> None:
        """The next calls of `path` end like this, in order."""
        self._troubles.setdefault(path, deque()).extend(troubles)

    def calm(self) -> None:
        """No more trouble."""
        self._troubles.clear()
        self._shut_until = 0.0

    def expire(self) -> None:
        """Every token given out so far is worth nothing from now on."""
        self._tokens = dict.fromkeys(self._tokens, 0.0)

    def check(self) -> None:
        """The client behaved."""
        assert not self.complaints, self.complaints

    # The server

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self.calls["token"] += 1
        if (answer := await self._spoiled(request, TOKEN_PATH)) is not None:
            return answer
        if request.content_type != "application/x-www-form-urlencoded":
            return self._wrong(400, "invalid_request", "the token is asked for with a form")
        if request.query_string:
            self.complaints.append("secrets in an address")
        form = await request.post()
        if form.get("grant_type") != "client_credentials":
            return self._wrong(400, "unsupported_grant_type", f"grant_type {form.get('grant_type')!r}")
        if set(form) - {"grant_type", "client_id", "client_secret", "scope"}:
            return self._wrong(400, "invalid_request", f"unknown fields {sorted(form)}")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return web.json_response({"error": "invalid_client", "error_description": "Invalid client"}, status=401)
        if any(ends > time.monotonic() + self.lifetime / 2 for ends in self._tokens.values()):
            self.complaints.append("a new token was asked for while the old one is good for long")
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic() + self.lifetime
        return web.json_response(
            {"access_token": token, "expires_in": int(self.lifetime), "token_type": "Bearer", "scope": "profile"}
        )

    async def _search(self, request: web.Request) -> web.StreamResponse:
        self.calls["search"] += 1
        if time.monotonic() < self._shut_until:
            self.complaints.append("asked again before Retry-After was over")
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or self._tokens.get(token, 0.0) <= time.monotonic():
            self.calls["refused"] += 1
            return web.json_response(
                {"error": "invalid_token"}, status=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}
            )
        asked = request.query
        if unknown := set(asked) - KNOWN:
            return self._wrong(400, "bad_request", f"unknown parameters {sorted(unknown)}")
        size, page = asked.get("size", "20"), asked.get("page", "0")
        if not (size.isdigit() and 1 <= int(size) <= LARGEST_PAGE and page.isdigit()):
            return self._wrong(400, "bad_request", f"page {page}, size {size}")
        if asked.get("spec", "page") not in ("page", "slice"):
            return self._wrong(400, "bad_request", f"spec {asked['spec']}")
        if not re.fullmatch(r"[A-Za-z.]+,(asc|desc)", asked.get("sort", "updatedDate,desc")):
            return self._wrong(400, "bad_request", f"sort {asked['sort']}")
        if (answer := await self._spoiled(request, SEARCH_PATH)) is not None:
            return answer
        self.pages.append(int(page))
        body = json.dumps(self._page(int(page), min(int(size), self.largest_page), asked.get("ancestor-agency-id")))
        if self.after_page:
            self.after_page(int(page))
        return web.Response(body=body.encode(), content_type="application/json")

    def _page(self, page: int, size: int, agency: str | None) -> dict[str, Any]:
        rows = [row for row in self.dossiers if agency in (None, row.get("agency", {}).get("id"))]
        if self.sorts:
            rows.sort(key=lambda row: str(row.get("updatedDate") or ""), reverse=True)
        shown = rows[page * size : (page + 1) * size]
        answer: dict[str, Any] = {"content": shown, "number": page, "size": size, "numberOfElements": len(shown)}
        if self.says_last:
            answer |= {"last": (page + 1) * size >= len(rows), "first": page == 0}
        return answer

    async def _spoiled(self, request: web.Request, path: str) -> web.StreamResponse | None:
        waiting = self._troubles.get(path)
        trouble = waiting.popleft() if waiting else Trouble()
        if trouble.seconds:
            await asyncio.sleep(trouble.seconds)
        if trouble.drop:
            assert request.transport
            request.transport.abort()
            return web.Response(status=500)
        if trouble.status:
            if trouble.retry_after.isdigit():
                self._shut_until = time.monotonic() + int(trouble.retry_after) * 0.99
            headers = {"Retry-After": trouble.retry_after} if trouble.retry_after else {}
            return web.Response(status=trouble.status, text="<html>lỗi</html>", headers=headers)
        if trouble.body is not None:
            return web.Response(body=trouble.body, content_type="application/json")
        if trouble.cut:
            return await self._half(request, honest=trouble.honest)
        return None

    async def _half(self, request: web.Request, *, honest: bool) -> web.StreamResponse:
        whole = json.dumps(self._page(0, 50, None)).encode()
        half = whole[: len(whole) // 2]
        if honest:
            return web.Response(body=half, content_type="application/json")
        answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(whole))})
        await answer.prepare(request)
        await answer.write(half)
        assert request.transport
        request.transport.close()
        return answer

    def _wrong(self, status: int, error: str, complaint: str) -> web.Response:
        self.complaints.append(complaint)
        return web.json_response({"error": error}, status=status)
