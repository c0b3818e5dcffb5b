"""The web as delivery sees it."""

from __future__ import annotations

from bot.channels.web import Listeners, WebChannel
from bot.delivery.port import Account, Channel
from handlers.messages import Reply


async def test_sending_wakes_the_pages_that_look_at_the_chat() -> None:
    listeners = Listeners()
    channel: Channel = WebChannel(listeners)
    account = Account("web", "mau", "mau")
    (message,) = channel.render(Reply("Hồ sơ đã xong."), "chat-a")
    with listeners.listening(("mau", "chat-a")) as looking:
        await channel.send(account, message)
        assert looking.is_set()


async def test_sending_while_nobody_looks_is_no_failure() -> None:
    channel = WebChannel(Listeners())
    await channel.send(Account("web", "mau", "mau"), dict(channel.render(Reply("x"), "chat-a")[0]))
