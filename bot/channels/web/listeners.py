"""Who is looking at which chat right now, to be woken when something new can be seen there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

Place = tuple[str, str]  # account, chat


class Listeners:
    """Open pages by chat. Everything happens on the event loop's thread."""

    def __init__(self) -> None:
        self._waiting: dict[Place, set[asyncio.Event]] = {}
        self.stopped = False

    def count(self, place: Place | None = None) -> int:
        """How many pages look at one chat, or at all of them."""
        if place is not None:
            return len(self._waiting.get(place, ()))
        return sum(map(len, self._waiting.values()))

    @contextmanager
    def listening(self, place: Place) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happens in the chat; the listener clears it before looking."""
        event = asyncio.Event()
        self._waiting.setdefault(place, set()).add(event)
        try:
            yield event
        finally:
            self._waiting[place].discard(event)
            if not self._waiting[place]:
                del self._waiting[place]

    def wake(self, place: Place) -> None:
        """Something new can be seen in this chat."""
        for event in self._waiting.get(place, ()):
            event.set()

    def wake_all(self) -> None:
        """The server is stopping: whoever waits looks up and goes."""
        for place in list(self._waiting):
            self.wake(place)

    def stop(self) -> None:
        """The server goes down: every open stream and poll shall end now."""
        self.stopped = True
        self.wake_all()


async def stirred(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, at most so long; whether it came."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
