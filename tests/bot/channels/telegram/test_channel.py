"""One send against the strict fake server: what arrives, and what each refusal means for delivery."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from bot.channels.telegram import client as client_module
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.rendering import render
from bot.delivery.port import (
    Account,
    AccountStopped,
    ChatGone,
    ChatMoved,
    PerhapsSent,
    RetryLater,
    SendFailed,
    SendRefused,
)
from handlers.messages import Button, Reply
from tests.fakes.telegram_api import TOKEN, TelegramApi, Trouble

HELLO = {"chat_id": "7", "text": "<b>Chào</b> anh/chị &amp; cả nhà"}


@pytest.fixture
async def channel(api: TelegramApi) -> AsyncIterator[TelegramChannel]:
    api.known[7] = "private"
    opened = TelegramChannel(api.url)
    yield opened
    await opened.close()


async def refused(channel: TelegramChannel, account: Account, message: dict[str, Any] = HELLO) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await channel.send(account, message)
    return caught.value


async def test_a_message_arrives_as_it_was_rendered(
    api: TelegramApi, channel: TelegramChannel, account: Account
) -> None:
    buttons = (Button("Các bước", "p1.1.001193.steps"), Button("Trang chính thức", url="https://dichvucong.gov.vn/x"))
    (message,) = render(Reply("Một & hai <ba>", buttons=buttons), "7")
    number = await channel.send(account, message)
    (sent,) = api.sent
    assert (sent.text, sent.titles, str(sent.message_id)) == (
        "Một & hai <ba>",
        ["Các bước", "Trang chính thức"],
        number,
    )


@pytest.mark.parametrize(
    ("trouble", "kind", "more"),
    [
        (Trouble(403, "Forbidden: bot was blocked by the user"), ChatGone, {}),
        (Trouble(403, "Forbidden: user is deactivated"), ChatGone, {}),
        (Trouble(403, "Forbidden: bot was kicked from the supergroup chat"), ChatGone, {}),
        (Trouble(400, "Bad Request: chat not found"), ChatGone, {}),
        (
            Trouble(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -10077}),
            ChatMoved,
            {"new_chat": "-10077"},
        ),
        (Trouble(429, "Too Many Requests", {"retry_after": 35}), RetryLater, {"retry_in": 35.0, "whole_account": True}),
        (Trouble(400, "Bad Request: message is too long"), SendRefused, {}),
        (Trouble(400, "Bad Request: message is not modified"), SendRefused, {}),
        (Trouble(413, "Request Entity Too Large"), RetryLater, {"retry_in": None}),
        (Trouble(500, "Internal Server Error"), RetryLater, {"retry_in": None}),
        (Trouble(502, "Bad Gateway"), RetryLater, {"retry_in": None}),
        (Trouble(401, "Unauthorized"), AccountStopped, {}),
        (Trouble(404, "Not Found"), AccountStopped, {}),
        (Trouble(drop="before"), PerhapsSent, {}),
        (Trouble(drop="after"), PerhapsSent, {}),
    ],
)
async def test_each_refusal_says_what_becomes_of_the_message(
    api: TelegramApi,
    channel: TelegramChannel,
    account: Account,
    trouble: Trouble,
    kind: type[SendFailed],
    more: dict[str, Any],
) -> None:
    api.trouble(trouble)
    error = await refused(channel, account)
    assert type(error) is kind or (kind is AccountStopped and isinstance(error, kind))
    assert {name: getattr(error, name) for name in more} == more
    assert TOKEN not in f"{error!r} {error.__cause__!r} {error.__context__!r}"


async def test_a_busy_group_holds_up_nobody_else(api: TelegramApi, channel: TelegramChannel, account: Account) -> None:
    api.trouble(Trouble(429, "Too Many Requests", {"retry_after": 3}))
    error = await refused(channel, account, {**HELLO, "chat_id": "-100"})
    assert isinstance(error, RetryLater)
    assert (error.retry_in, error.whole_account) == (3.0, False)


async def test_a_refused_token_says_to_the_officer_what_to_do(
    api: TelegramApi, channel: TelegramChannel, account: Account
) -> None:
    stranger = replace(account, secrets={"token": "999:not-the-token"})
    error = await refused(channel, stranger)
    assert isinstance(error, AccountStopped)
    assert error.cure
    assert "@BotFather" in error.cure


async def test_words_arrive_even_when_the_formatting_cannot_be_read(
    api: TelegramApi, channel: TelegramChannel, account: Account
) -> None:
    await channel.send(account, {"chat_id": "7", "text": "Một <b>hai & ba"})
    assert api.texts(7) == ["Một hai & ba"]
    assert not api.sent[0].html
    api.complaints.clear()  # it rightly complained of the first try


async def test_a_server_out_of_reach_is_tried_later(account: Account) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    channel = TelegramChannel(f"http://127.0.0.1:{port}")
    error = await refused(channel, account)
    await channel.close()
    assert isinstance(error, RetryLater)
    assert error.retry_in is None


async def test_an_answer_that_never_comes_means_perhaps_sent(api: TelegramApi, account: Account) -> None:
    api.known[7] = "private"
    api.trouble(Trouble(seconds=5))
    client = client_module.Client(TOKEN, api.url)
    with pytest.raises(client_module.NoAnswer):
        await client.send_message(7, "x", read_timeout=0.2)
    await client.close_connections()
    assert api.texts(7) == ["x"]


async def test_a_proxys_page_instead_of_an_answer_is_tried_later_and_not_quoted(
    caplog: pytest.LogCaptureFixture, account: Account
) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(status=503, text="<html>lỗi của máy chủ trung gian</html>")

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    channel = TelegramChannel(f"http://127.0.0.1:{runner.addresses[0][1]}")
    with caplog.at_level(logging.DEBUG):
        error = await refused(channel, account)
    await channel.close()
    await runner.cleanup()
    assert isinstance(error, RetryLater)
    assert "trung gian" not in caplog.text + str(error)
    assert "503" in str(error)
    assert TOKEN not in caplog.text
