"""From a person's phone to the store and back: the strict fake server, the real conversation, a real database, the real sender."""

from __future__ import annotations

import asyncio
import logging
import re
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.store import Store
from bot.store.schema import chats, messages, seen
from bot.store.schema import outbox as outbox_table
from handlers.language import languages
from tests.bot.channels.telegram.conftest import PUBLIC, WEBHOOK_SECRET, Counter, webhook_set
from tests.fakes.telegram_api import BOT, TOKEN, TelegramApi, Trouble

WAYS = ["polling", "webhook"]


def count(store: Store, table: Any) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


async def receiving(counter: Counter, way: str) -> None:
    if way == "webhook":
        counter.base_url = PUBLIC
        await webhook_set(counter)


async def post(counter: Counter, body: bytes | BytesIO, secret: str | None = WEBHOOK_SECRET, account: str = BOT) -> int:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{counter.address}/telegram/{account}", data=body, headers=headers) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("way", WAYS)
async def test_a_mother_asks_chooses_and_reads_her_papers(knowing: Counter, api: TelegramApi, way: str) -> None:
    await receiving(knowing, way)
    async with knowing.open():
        api.say(7, "/start")
        (greeting,) = await api.until(1, 7)
        assert "máy trả lời tự động" in greeting.text
        api.say(7, "em mới sinh bé, làm giấy khai sinh cần gì")
        question = (await api.until(2, 7))[-1]
        said = question
        while not said.entities:  # a card has a name in bold
            assert len(said.rows) == len(said.titles) > 1
            api.press(said, said.titles[0])
            said = (await api.until(len(api.sent) + 1, 7))[-1]
            assert len(api.sent) < 6
        await api.all_taken()
    assert re.match(r"Mã \d\.\d{6}, ", said.text.splitlines()[-1])
    assert {e["type"] for e in said.entities} == {"bold", "italic"}


@pytest.mark.parametrize("way", WAYS)
async def test_a_deep_link_opens_its_procedure(knowing: Counter, api: TelegramApi, way: str) -> None:
    await receiving(knowing, way)
    async with knowing.open():
        api.say(7, "/start tt-1_001193")
        found = await api.until(2, 7)
    assert "Đăng ký khai sinh" in found[-1].text


@pytest.mark.parametrize("way", WAYS)
async def test_updates_that_come_twice_and_out_of_order_have_one_effect_each(
    counter: Counter, api: TelegramApi, way: str
) -> None:
    api.duplicate = api.shuffle = True
    await receiving(counter, way)
    async with counter.open():
        for chat in range(1, 21):
            api.say(chat, f"câu {chat}")
        await api.until(20)
        await api.all_taken()
        assert count(counter.store, seen) == 20
    assert sorted(m.text for m in api.sent) == sorted(f"câu {chat}" for chat in range(1, 21))


async def test_an_update_is_confirmed_only_when_its_turn_is_committed(counter: Counter, api: TelegramApi) -> None:
    async with counter.open():
        api.say(7, "đang làm thì mất điện")
        await api.until(1)
        committed = count(counter.store, seen)
        await api.all_taken()
        assert committed == 1
        assert api.confirmed


async def test_while_the_store_is_down_nothing_is_confirmed_and_nothing_lost(
    counter: Counter, api: TelegramApi
) -> None:
    await receiving(counter, "webhook")
    async with counter.open():
        counter.store.close()  # what the writer thread then says is StoreDown
        number = api.say(7, "có ai không")
        async with asyncio.timeout(5):
            while api.delivered[number] < 2:
                await asyncio.sleep(0.01)
        assert "503" in api.last_error
        assert not api.confirmed
    async with counter.open():
        assert [m.text for m in await api.until(1, 7)] == ["có ai không"]
        await api.all_taken()


async def test_what_was_committed_before_the_end_is_sent_after_the_restart(counter: Counter, api: TelegramApi) -> None:
    await receiving(counter, "webhook")
    async with counter.open(sending=False):
        api.say(7, "hỏi trước khi mất điện")
        await api.all_taken()
    assert not api.sent
    async with counter.open():
        assert [m.text for m in await api.until(1)] == ["hỏi trước khi mất điện"]


async def test_after_a_restart_an_update_that_comes_again_is_not_answered_again(
    counter: Counter, api: TelegramApi
) -> None:
    async with counter.open():
        number = api.say(7, "một lần thôi")
        kept = dict(api.pending[number])
        await api.until(1)
        await api.all_taken()
    api.pending[number] = kept
    async with counter.open():
        await api.all_taken()
        api.say(8, "sau cùng")
        await api.until(1, 8)
    assert api.texts(7) == ["một lần thôi"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_press_is_answered_once_although_it_comes_twice(counter: Counter, api: TelegramApi, way: str) -> None:
    api.duplicate = True
    await receiving(counter, way)
    async with counter.open():
        api.say(7, "câu")
        (message,) = await api.until(1)
        api.press(message, "Nữa")
        await api.until(2)
        await api.all_taken()
    assert api.texts(7) == ["câu", "more"]
    assert api.calls["answerCallbackQuery"] == 1


async def test_an_unknown_or_old_button_is_answered_politely(knowing: Counter, api: TelegramApi) -> None:
    async with knowing.open():
        api.say(7, "/start")
        await api.until(1)
        api.press_key(7, "x9.khong-co; DROP TABLE")
        assert "Nút đã cũ" in (await api.until(2))[-1].text


@pytest.mark.parametrize(
    ("body", "secret", "account", "status"),
    [
        (b'{"update_id": 1}', WEBHOOK_SECRET, BOT, 200),
        (b'{"update_id": 1}', "sai", BOT, 403),
        (b'{"update_id": 1}', "", BOT, 403),
        (b'{"update_id": 1}', None, BOT, 403),
        (b'{"update_id": 1}', "bí mật".encode().decode("latin-1"), BOT, 403),
        (b"foo", "sai", BOT, 403),
        (b"foo", WEBHOOK_SECRET, BOT, 400),
        (b"[1]", WEBHOOK_SECRET, BOT, 400),
        (b"{}", WEBHOOK_SECRET, BOT, 400),
        (b'{"update_id": true}', WEBHOOK_SECRET, BOT, 400),
        (b"\xff\xfe", WEBHOOK_SECRET, BOT, 400),
        (b"[" * 100_000, WEBHOOK_SECRET, BOT, 400),
        (BytesIO(b" " * (1024 * 1024 + 1)), WEBHOOK_SECRET, BOT, 413),
        (b'{"update_id": 1}', WEBHOOK_SECRET, "bot_khac", 404),
    ],
)
async def test_the_webhook_lets_in_only_the_platform(
    counter: Counter, body: bytes | BytesIO, secret: str | None, account: str, status: int
) -> None:
    counter.base_url = PUBLIC
    async with counter.open():
        assert await post(counter, body, secret, account) == status


async def test_whoever_blocks_the_bot_gets_nothing_more_until_they_are_back(counter: Counter, api: TelegramApi) -> None:
    async with counter.open(sending=False):
        api.say(7, "một")
        await api.all_taken()
        person = api.message(7)
        change = {"chat": person["chat"], "from": person["from"], "date": person["date"]}
        api.update(my_chat_member={**change, "new_chat_member": {"status": "kicked"}})
        await api.all_taken()
        with counter.store.engine.connect() as connection:
            assert connection.execute(select(outbox_table.c.status)).scalars().all() == ["gone"]
            assert connection.execute(select(chats.c.gone_at)).scalar_one() is not None
        api.update(my_chat_member={**change, "new_chat_member": {"status": "member"}})
        await api.all_taken()
        with counter.store.engine.connect() as connection:
            assert connection.execute(select(chats.c.gone_at)).scalar_one() is None
    async with counter.open():
        api.say(7, "hai")
        assert [m.text for m in await api.until(1)] == ["hai"]


async def test_a_group_that_became_a_supergroup_is_answered_there(counter: Counter, api: TelegramApi) -> None:
    api.migrated[-5] = -1005
    api.known[-1005] = "supergroup"
    async with counter.open():
        api.say(-5, f"@{BOT} khai sinh")
        assert [m.text for m in await api.until(1, -1005)] == ["khai sinh"]


async def test_too_many_requests_is_obeyed_to_the_second(counter: Counter, api: TelegramApi) -> None:
    api.trouble(Trouble(429, "Too Many Requests: retry after 2", {"retry_after": 2}))
    async with counter.open():
        began = asyncio.get_running_loop().time()
        for chat in (7, 8, 9):
            api.say(chat, "chờ")
        await api.until(3)
        assert 2.0 <= asyncio.get_running_loop().time() - began < 5.0
    # `api.check` fails when anything was sent before the two seconds were over


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_a_connection_that_breaks_costs_at_most_one_repetition(
    counter: Counter, api: TelegramApi, drop: str
) -> None:
    api.trouble(Trouble(drop=drop))
    async with counter.open():
        api.say(7, "mạng yếu")
        await api.until(1 if drop == "before" else 2, 7)
    assert set(api.texts(7)) == {"mạng yếu"}
    assert len(api.sent) <= 2


async def test_a_second_poller_and_a_webhook_are_named_with_the_cure(
    counter: Counter, api: TelegramApi, caplog: pytest.LogCaptureFixture
) -> None:
    await webhook_set(counter)  # polling is what the counter does
    async with counter.open():
        async with asyncio.timeout(5):
            while "delete-webhook" not in caplog.text:
                await asyncio.sleep(0.02)
    assert caplog.text.count("somebody else receives") == 1


async def test_commands_are_offered_in_every_language_that_is_spoken(counter: Counter, api: TelegramApi) -> None:
    others = languages()[1:]
    async with counter.open():
        async with asyncio.timeout(5):
            while len(api.commands) < 1 + len(others):
                await asyncio.sleep(0.02)
    vietnamese = api.commands[""]
    assert [c["command"] for c in vietnamese] == ["menu", "help", "dulieu", "xoa"]
    for language in others:
        assert [c["description"] for c in api.commands[language]] != [c["description"] for c in vietnamese]


@pytest.mark.parametrize("way", WAYS)
async def test_neither_token_nor_secret_nor_words_reach_a_log_or_the_database(
    counter: Counter, api: TelegramApi, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        api.trouble(
            Trouble(drop="after"),
            Trouble(500, "Internal Server Error"),
            Trouble(403, "Forbidden: bot was blocked by the user"),
            Trouble(401, "Unauthorized"),
        )
        await receiving(counter, way)
        async with counter.open():
            for chat in (7, 8, 9):
                api.say(chat, "câu hỏi riêng tư của tôi")
            async with asyncio.timeout(8):
                while api.calls["sendMessage"] < 4:
                    await asyncio.sleep(0.02)
            await asyncio.sleep(0.1)
            with counter.store.engine.connect() as connection:
                kept = [*connection.execute(select(outbox_table)), *connection.execute(select(chats))]
    for hidden in (TOKEN, TOKEN.partition(":")[2], WEBHOOK_SECRET):
        assert hidden not in caplog.text
        assert hidden not in repr(kept)
    assert "riêng tư" not in caplog.text


async def test_the_words_of_a_conversation_stand_in_its_transcript(counter: Counter, api: TelegramApi) -> None:
    async with counter.open():
        api.say(7, "số của tôi 079123456789")
        await api.until(1)
        with counter.store.engine.connect() as connection:
            kept = connection.execute(select(messages.c.text)).scalars().all()
    assert not any("079123456789" in text for text in kept)
