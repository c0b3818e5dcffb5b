"""The fake Bot API server refuses what Telegram refuses: else a green test would say nothing."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.telegram_api import TOKEN, TelegramApi, Trouble
from tests.fakes.telegram_html import Unparsable, read


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    async with TelegramApi() as server:
        server.known[7] = "private"
        yield server


async def call(api: TelegramApi, method: str, token: str = TOKEN, **given: Any) -> tuple[int, dict[str, Any]]:
    form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{api.url}/bot{token}/{method}", data=form) as answer,
    ):
        return answer.status, await answer.json()


def keyboard(*buttons: dict[str, str]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        ({"chat_id": "7", "text": "x"}, 200, ""),
        ({"chat_id": "7", "text": "x", "token": "1:other"}, 401, "Unauthorized"),
        ({"chat_id": "7", "text": "x", "token": "none"}, 404, "Not Found"),
        ({"text": "x"}, 400, "chat_id is empty"),
        ({"chat_id": "8", "text": "x"}, 400, "chat not found"),
        ({"chat_id": "7"}, 400, "text is empty"),
        ({"chat_id": "7", "text": " \n"}, 400, "text is empty"),
        ({"chat_id": "7", "text": "<b></b>", "parse_mode": "HTML"}, 400, "text is empty"),
        ({"chat_id": "7", "text": "a" * 4096}, 200, ""),
        ({"chat_id": "7", "text": "a" * 4097}, 400, "too long"),
        ({"chat_id": "7", "text": "🏢" * 2048}, 200, ""),
        ({"chat_id": "7", "text": "🏢" * 2049}, 400, "too long"),
        ({"chat_id": "7", "text": "<b>" + "&lt;" * 4096 + "</b>", "parse_mode": "HTML"}, 200, ""),
        ({"chat_id": "7", "text": "<b>x", "parse_mode": "HTML"}, 400, "can't parse entities"),
        ({"chat_id": "7", "text": "x", "reply_markup": keyboard({"text": "a", "callback_data": "ê" * 32})}, 200, ""),
        (
            {"chat_id": "7", "text": "x", "reply_markup": keyboard({"text": "a", "callback_data": "ê" * 33})},
            400,
            "BUTTON_DATA_INVALID",
        ),
        ({"chat_id": "7", "text": "x", "reply_markup": keyboard({"text": "a"})}, 400, "one action"),
        (
            {"chat_id": "7", "text": "x", "reply_markup": keyboard({"text": " ", "url": "https://a.vn"})},
            400,
            "unallowed",
        ),
        ({"chat_id": "7", "text": "x", "reply_markup": keyboard({"text": "a", "url": "tel:113"})}, 400, "invalid"),
        (
            {"chat_id": "7", "text": "x", "reply_markup": keyboard(*[{"text": "a", "url": "https://a.vn"}] * 9)},
            400,
            "long",
        ),
        ({"chat_id": "7", "text": "x", "reply_markup": "nothing"}, 400, "reply markup"),
        ({"chat_id": "7", "text": "x", "message_thread_id": "5"}, 400, "thread not found"),
    ],
)
async def test_a_message_is_taken_or_refused_as_by_telegram(
    api: TelegramApi, given: dict[str, Any], status: int, says: str
) -> None:
    found, answer = await call(api, "sendMessage", **given)
    assert (found, answer["ok"]) == (status, status == 200)
    assert says in answer.get("description", "")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<b>đậm</b> &amp; <i>nghiêng</i>", "đậm & nghiêng"),
        ('<a href="https://a.vn">a</a> &#65; &unknown;', "a A &unknown;"),
        ("1 > 0", "1 > 0"),
    ],
)
def test_html_is_read(source: str, text: str) -> None:
    assert read(source)[0] == text


@pytest.mark.parametrize(
    "source", ["<b>", "</b>", "<b><i></b></i>", "<p>x</p>", "a < b", "<b class=x>", "<b", "<script>x</script>"]
)
def test_html_that_telegram_cannot_read_is_refused(source: str) -> None:
    with pytest.raises(Unparsable):
        read(source)


async def test_the_31st_message_in_a_second_is_too_many_and_coming_back_early_is_complained_of(
    api: TelegramApi,
) -> None:
    answers = [await call(api, "sendMessage", chat_id="7", text="x") for _ in range(31)]
    assert [status for status, _ in answers] == [200] * 30 + [429]
    assert answers[-1][1]["parameters"]["retry_after"] >= 1
    await asyncio.sleep(0.5)
    assert (await call(api, "sendMessage", chat_id="7", text="x"))[0] == 429
    with pytest.raises(AssertionError, match="before retry_after was over"):
        api.check()


async def test_the_21st_message_in_a_minute_is_too_many_for_a_group() -> None:
    async with TelegramApi(per_second=math.inf) as api:
        api.known |= {-5: "supergroup", 7: "private"}
        statuses = [(await call(api, "sendMessage", chat_id="-5", text="x"))[0] for _ in range(21)]
        assert statuses == [200] * 20 + [429]
        assert (await call(api, "sendMessage", chat_id="7", text="x"))[0] == 200


async def test_updates_are_confirmed_by_the_next_offset_and_not_before(api: TelegramApi) -> None:
    first, second = api.say(7, "một"), api.say(7, "hai")
    for _ in range(2):
        _, answer = await call(api, "getUpdates")
        assert [u["update_id"] for u in answer["result"]] == [first, second]
    _, answer = await call(api, "getUpdates", offset=str(second))
    assert [u["update_id"] for u in answer["result"]] == [second]
    assert api.confirmed == {first}


async def test_two_pollers_and_a_poller_beside_a_webhook_are_a_conflict(api: TelegramApi) -> None:
    waiting = asyncio.create_task(call(api, "getUpdates", timeout="5"))
    await asyncio.sleep(0.1)
    await call(api, "getUpdates")
    assert (await waiting)[0] == 409
    await call(api, "setWebhook", url="https://xa-mau.example/telegram/x")
    assert (await call(api, "getUpdates"))[0] == 409


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"url": "https://a.example/x", "secret_token": "a-b_C1"}, 200),
        ({"url": "https://a.example:8443/x"}, 200),
        ({"url": "http://a.example/x"}, 400),
        ({"url": "https://a.example:8080/x"}, 400),
        ({"url": "https://a.example/x", "secret_token": "có dấu"}, 400),
        ({"url": "https://a.example/x", "max_connections": "101"}, 400),
    ],
)
async def test_a_webhook_has_an_https_address_a_usual_port_and_a_plain_secret(
    api: TelegramApi, given: dict[str, str], status: int
) -> None:
    assert (await call(api, "setWebhook", **given))[0] == status


async def test_a_press_is_answered_once(api: TelegramApi) -> None:
    api.press_key(7, "a")
    with pytest.raises(AssertionError, match="never answered"):
        api.check()
    assert (await call(api, "answerCallbackQuery", callback_query_id="q1"))[0] == 200
    api.check()
    assert (await call(api, "answerCallbackQuery", callback_query_id="unknown"))[0] == 400
    api.check()
    assert (await call(api, "answerCallbackQuery", callback_query_id="q1"))[0] == 400
    with pytest.raises(AssertionError, match="answered twice"):
        api.check()


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_a_connection_breaks_before_or_after_the_message_was_taken(api: TelegramApi, drop: str) -> None:
    api.trouble(Trouble(drop=drop))
    with pytest.raises(aiohttp.ClientError):
        await call(api, "sendMessage", chat_id="7", text="x")
    assert len(api.sent) == (drop == "after")


async def test_what_nobody_documented_is_complained_of(api: TelegramApi) -> None:
    await call(api, "sendMessage", chat_id="7", text="x", unheard_of="1")
    await call(api, "sendCarrierPigeon")
    assert len(api.complaints) == 2
