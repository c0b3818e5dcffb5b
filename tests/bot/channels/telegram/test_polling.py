"""Long polling when things go wrong: nothing unconfirmed is lost, nothing confirmed comes back, trouble is said once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.channels.telegram.client import Client
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.receiving import Receiver
from bot.clock import utc_now
from bot.conversation import Conversation
from bot.delivery.port import Account
from bot.store import Store
from tests.bot.channels.telegram.conftest import Counter, echo
from tests.fakes.telegram_api import TelegramApi, Trouble


@asynccontextmanager
async def polling(counter: Counter, account: Account, *, wait: int = 1) -> AsyncIterator[Store]:
    """Only the poller, with a back-off that tests can wait for."""
    store = Store.open(counter.database)
    conversation = Conversation(store, counter._known, {counter.unit.id: counter.unit}, respond=echo)
    client = Client(account.secrets["token"], counter.api.url)
    receiver = Receiver(account, client, conversation, store, utc_now)
    task = asyncio.create_task(Poller(receiver, wait=wait, jitter=lambda: 0.0, first=0.02).run())
    try:
        yield store
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await receiver.close()
        await client.close_connections()
        store.close()


async def until_logged(words: str, caplog: pytest.LogCaptureFixture) -> None:
    async with asyncio.timeout(8):
        while words not in caplog.text:
            await asyncio.sleep(0.01)


async def test_an_update_nobody_can_take_is_given_up_and_the_others_go_on(
    counter: Counter, api: TelegramApi, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    number = api.say(7, "của một xã không có trong máy")
    async with polling(counter, replace(account, unit="xa-khac")):
        await until_logged(f"update {number} is given up (UnknownUnit)", caplog)
        await api.all_taken()


async def test_while_the_store_is_down_nothing_is_confirmed_and_everything_comes_again(
    counter: Counter, api: TelegramApi, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    async with polling(counter, account) as store:
        store.close()
        number = api.say(7, "còn đây")
        await until_logged("the database is out of reach", caplog)
        async with asyncio.timeout(5):
            while api.delivered[number] < 3:
                await asyncio.sleep(0.01)
        assert not api.confirmed
    assert caplog.text.count("the database is out of reach") == 1
    async with polling(counter, account):
        await api.all_taken()


async def test_updates_are_taken_when_the_platform_begins_to_count_anew(
    counter: Counter, api: TelegramApi, account: Account
) -> None:
    async with polling(counter, account):
        api.say(7, "trước")
        await api.all_taken()
        before = api.calls["getUpdates"]
        async with asyncio.timeout(5):
            while api.calls["getUpdates"] < before + 2:
                await asyncio.sleep(0.01)
        api._update = 5
        number = api.say(7, "sau một tuần")
        await api.all_taken()
    assert number == 6
    assert api.delivered[number] == 1


async def test_a_server_that_does_not_wait_is_not_asked_without_pause(
    counter: Counter, api: TelegramApi, account: Account
) -> None:
    api.impatient = True
    async with polling(counter, account):
        await asyncio.sleep(1.2)
    assert 1 <= api.calls["getUpdates"] <= 4


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (Trouble(502, "Bad Gateway"), "the platform is out of reach"),
        (Trouble(drop="before"), "the platform is out of reach"),
        (Trouble(409, "Conflict: terminated by other getUpdates request"), "a second motcua runs"),
    ],
)
async def test_trouble_is_said_once_with_the_cure_and_receiving_goes_on(
    counter: Counter,
    api: TelegramApi,
    account: Account,
    caplog: pytest.LogCaptureFixture,
    trouble: Trouble,
    says: str,
) -> None:
    api.trouble(trouble, trouble, trouble, method="getUpdates")
    api.say(7, "vẫn được trả lời")
    async with polling(counter, account):
        await until_logged("receiving again", caplog)
        await api.all_taken()
    assert caplog.text.count(says) == 1


async def test_a_refused_token_is_not_tried_over_and_over(
    counter: Counter, api: TelegramApi, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    api.revoked = True
    async with polling(counter, account):
        await until_logged("the token is refused", caplog)
        await asyncio.sleep(0.3)
    assert api.calls["getUpdates"] == 1


async def test_being_asked_to_wait_is_obeyed(counter: Counter, api: TelegramApi, account: Account) -> None:
    api.trouble(Trouble(429, "Too Many Requests", {"retry_after": 1}), method="getUpdates")
    api.say(7, "chờ một giây")
    async with polling(counter, account):
        began = asyncio.get_running_loop().time()
        await api.all_taken()
        assert asyncio.get_running_loop().time() - began >= 1.0
