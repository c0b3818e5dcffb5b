"""A photo of a receipt, from the phone to the answer: strict fake server, real store, real decoder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.channels.opened import PhotoGone, PhotoNotNow
from bot.channels.telegram.channel import TelegramChannel
from bot.clock import utc_now
from bot.delivery.port import Account
from bot.store import Store
from bot.store.dossier_tables import jobs
from bot.store.schema import chats, messages
from tests.bot.channels.telegram.conftest import Counter
from tests.fakes.photos import blurred, qr, saved, sheet
from tests.fakes.telegram_api import TOKEN, TelegramApi, Trouble

CODE = f"H48.99.01-{datetime.now(UTC):%y%m%d}-0007"
RECEIPT = saved(sheet(qr(CODE), (1280, 960)))
READING = "Máy đang đọc mã trong ảnh, chờ một chút."
BLURRED = "Ảnh chưa rõ mã. Anh/chị chụp gần, đủ sáng, hoặc gõ mã trên giấy hẹn."


def rows(store: Store, table: Any) -> list[Any]:
    with store.engine.connect() as connection:
        return list(connection.execute(select(table)).all())


async def begun(api: TelegramApi, chat: int = 7) -> None:
    """The greeting is behind us: what comes now is the answer alone."""
    api.say(chat, "/start")
    await api.until(1, chat)


async def said(api: TelegramApi, number: int, chat: int = 7) -> list[str]:
    return [m.text for m in (await api.until(number + 1, chat))[1:]]


@pytest.mark.parametrize("as_file", [False, True])
async def test_a_receipt_is_read_and_its_code_answered(knowing: Counter, api: TelegramApi, as_file: bool) -> None:
    async with knowing.open():
        await begun(api)
        api.show(7, RECEIPT, as_file=as_file)
        first, answer = await said(api, 2)
        typed = await _typed(api)
    assert first == READING
    assert answer == typed
    assert len(api.fetched) == 1


async def _typed(api: TelegramApi) -> str:
    await begun(api, 8)
    api.say(8, CODE)
    return (await said(api, 1, 8))[0]


async def test_a_blurred_photo_gets_a_sentence_that_helps(knowing: Counter, api: TelegramApi) -> None:
    async with knowing.open():
        await begun(api)
        api.show(7, saved(blurred(sheet(qr(CODE), (1280, 960)), 25)))
        assert await said(api, 2) == [READING, BLURRED]


async def test_a_card_s_code_is_not_repeated_and_nothing_of_it_is_kept(
    knowing: Counter, api: TelegramApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with knowing.open():
        await begun(api)
        api.show(7, saved(sheet(qr("000000000000|000000000|Nguyễn Văn Mẫu|01011990|Nam|Thôn 1|01012021"), (1280, 960))))
        assert (await said(api, 2))[1].startswith("Mã này không phải mã hồ sơ.")
        kept = repr([rows(knowing.store, table) for table in (messages, chats, jobs)])
    for place in (kept, caplog.text, repr(api.sent)):
        assert "Nguyễn" not in place
        assert "000000000000" not in place


async def test_an_album_is_one_question(knowing: Counter, api: TelegramApi) -> None:
    nothing = saved(blurred(sheet(qr(CODE), (640, 480)), 30))
    async with knowing.open():
        await begun(api)
        for picture in (nothing, RECEIPT, nothing):
            api.show(7, picture)
        first, answer = await said(api, 2)
        await asyncio.sleep(1.5)
        assert (first, len(api.texts(7))) == (READING, 3)
        assert answer != BLURRED
        assert rows(knowing.store, jobs) == []


async def test_a_photo_that_is_gone_says_so_at_once(knowing: Counter, api: TelegramApi) -> None:
    async with knowing.open():
        await begun(api)
        api.gone.add("AgACAgUAAxkBAAI0001")
        api.show(7, RECEIPT)
        assert await said(api, 2) == [READING, BLURRED]


async def test_a_platform_in_trouble_is_asked_again(
    knowing: Counter, api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.photos.AGAIN", timedelta(seconds=0.1))
    api.trouble(Trouble(code=502, description="Bad Gateway"), Trouble(drop="before"), method="getFile")
    api.trouble(Trouble(code=503), Trouble(drop="before"), method="file")
    async with knowing.open():
        await begun(api)
        api.show(7, RECEIPT)
        answer = (await said(api, 2))[1]
    assert answer not in (BLURRED, READING)
    assert api.calls["getFile"] == 4


async def test_after_a_minute_the_official_page_is_named_and_it_is_said_once(
    knowing: Counter, api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.photos.AGAIN", timedelta(seconds=25))
    ahead = timedelta()
    knowing.clock = lambda: utc_now() + ahead
    api.trouble(*[Trouble(code=502, description="Bad Gateway")] * 9, method="getFile")
    async with knowing.open():
        await begun(api)
        api.show(7, RECEIPT)
        assert await said(api, 1) == [READING]
        ahead = timedelta(seconds=61)
        assert (await said(api, 2))[1].startswith("Máy chưa mở được ảnh.")
        button = api.sent[-1].rows[0][0]
        assert button["url"] == "https://dichvucong.gov.vn/tra-cuu-ho-so"
        await asyncio.sleep(0.7)
        assert len(api.texts(7)) == 3


async def test_who_erased_everything_meanwhile_hears_nothing_and_nothing_comes_back(
    knowing: Counter, api: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.photos.AGAIN", timedelta(seconds=5))
    api.trouble(Trouble(code=502, description="Bad Gateway"), method="getFile")
    async with knowing.open():
        await begun(api)
        api.show(7, RECEIPT)
        await said(api, 1)
        api.say(7, "/xoa")
        await said(api, 2)
        api.press(api.sent[-1], "Xóa")
        await said(api, 3)
        async with asyncio.timeout(20):
            while rows(knowing.store, jobs):
                await asyncio.sleep(0.05)
        assert len(api.texts(7)) == 4
        with knowing.store.engine.connect() as connection:
            incoming = select(func.count()).select_from(messages).where(messages.c.incoming)
            assert connection.execute(incoming).scalar_one() == 0


async def test_a_photo_asked_for_before_a_stop_is_read_after_it(knowing: Counter, api: TelegramApi) -> None:
    api.slow = 5.0
    async with knowing.open():
        await begun(api)
        api.show(7, RECEIPT + bytes(200_000))
        await said(api, 1)
    api.slow = 0.0
    async with knowing.open():
        answer = (await said(api, 2))[1]
    assert answer not in (BLURRED, READING)


# The client alone


@pytest.fixture
async def channel(api: TelegramApi) -> AsyncIterator[TelegramChannel]:
    opened = TelegramChannel(api.url)
    yield opened
    await opened.close()


def given(api: TelegramApi, data: bytes = b"picture") -> str:
    name = api.show(7, data)
    api.pending.clear()
    return name


async def test_a_file_is_fetched_whole(api: TelegramApi, channel: TelegramChannel, account: Account) -> None:
    assert await channel.fetch_photo(account, given(api, RECEIPT)) == RECEIPT


@pytest.mark.parametrize("no_length", [False, True])
async def test_a_file_that_is_bigger_than_it_was_said_to_be_is_not_read_on(
    api: TelegramApi, channel: TelegramChannel, account: Account, no_length: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.client.FILE", 100_000)
    api.no_length = no_length
    with pytest.raises(PhotoGone):
        await channel.fetch_photo(account, given(api, bytes(300_000)))


@pytest.mark.parametrize(
    "path", ["../../bot/secret", "/etc/passwd", "https://evil.example/x", "photos/../x", "a?b", ""]
)
async def test_a_place_that_is_none_is_not_asked(
    api: TelegramApi, channel: TelegramChannel, account: Account, path: str
) -> None:
    name = given(api)
    api.paths[name] = path
    with pytest.raises(PhotoGone):
        await channel.fetch_photo(account, name)
    assert api.fetched == []


@pytest.mark.parametrize(
    ("trouble", "method", "error"),
    [
        (Trouble(code=400, description="Bad Request: file is too big"), "getFile", PhotoGone),
        (Trouble(code=401, description="Unauthorized"), "getFile", PhotoGone),
        (Trouble(code=429, description="Too Many Requests", parameters={"retry_after": 3}), "getFile", PhotoNotNow),
        (Trouble(code=500, description="Internal"), "getFile", PhotoNotNow),
        (Trouble(drop="before"), "getFile", PhotoNotNow),
        (Trouble(code=404), "file", PhotoGone),
        (Trouble(code=500), "file", PhotoNotNow),
        (Trouble(code=302), "file", PhotoNotNow),
        (Trouble(drop="twice"), "file", PhotoNotNow),
    ],
)
async def test_what_goes_wrong_says_whether_another_try_helps_and_never_the_token(
    api: TelegramApi,
    channel: TelegramChannel,
    account: Account,
    trouble: Trouble,
    method: str,
    error: type[Exception],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    name = given(api)
    # A connection that breaks once is opened again by the client itself.
    api.trouble(*[trouble] * (2 if trouble.drop == "twice" else 1), method=method)
    with pytest.raises(error) as caught:
        await channel.fetch_photo(account, name)
    secret = TOKEN.partition(":")[2]
    chain: BaseException | None = caught.value
    while chain is not None:
        assert secret not in f"{chain!r}"
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
    assert secret not in caplog.text


async def test_a_file_that_trickles_is_not_waited_for_for_ever(
    api: TelegramApi, channel: TelegramChannel, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.client.WHOLE_FILE", 0.5)
    api.slow = 0.2
    with pytest.raises(PhotoNotNow):
        await channel.fetch_photo(account, given(api, bytes(1_000_000)))
