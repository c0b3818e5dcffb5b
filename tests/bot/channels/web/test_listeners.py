"""Who is looking at which chat."""

from __future__ import annotations

import asyncio

from bot.channels.web.listeners import Listeners, stirred


async def test_only_who_looks_at_the_chat_is_woken() -> None:
    listeners = Listeners()
    with listeners.listening(("mau", "a")) as mine, listeners.listening(("mau", "b")) as other:
        listeners.wake(("mau", "a"))
        assert mine.is_set()
        assert not other.is_set()


async def test_who_has_gone_is_forgotten() -> None:
    listeners = Listeners()
    with listeners.listening(("mau", "a")), listeners.listening(("mau", "a")):
        assert listeners.count(("mau", "a")) == listeners.count() == 2
    assert listeners.count() == 0
    listeners.wake(("mau", "a"))


async def test_a_stop_wakes_everybody() -> None:
    listeners = Listeners()
    with listeners.listening(("mau", "a")) as one, listeners.listening(("ben", "b")) as two:
        listeners.stop()
        assert listeners.stopped
        assert one.is_set()
        assert two.is_set()


async def test_waiting_ends_with_the_event_or_with_the_time() -> None:
    event = asyncio.Event()
    assert not await stirred(event, 0.01)
    event.set()
    assert await stirred(event, 10)
