"""How fast an account may send: a sliding window over the account, a pause within each chat. Data from the channel's `Limits`."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from bot.delivery.port import Limits

# What leaves evenly arrives bunched: the network delays one message more than the next. A platform counts arrivals.
MARGIN = 1.05


class Pacer:
    """Counts what leaves. `now` gives monotonic seconds."""

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._most: float = max(1, math.floor(limits.per_second)) if math.isfinite(limits.per_second) else math.inf
        self._window = self._most / limits.per_second * MARGIN if math.isfinite(limits.per_second) else 0.0
        self._pause = limits.pause or (lambda _chat: limits.per_chat)
        self._left: deque[float] = deque()
        self._chats: dict[str, float] = {}
        self._shut_until = 0.0

    def shut(self, seconds: float) -> None:
        """Nothing leaves the account for so long (the platform said so, or it is out of reach)."""
        self._shut_until = max(self._shut_until, self._now() + seconds)

    def open(self) -> None:
        """Something left: whatever shut the account is over."""
        self._shut_until = 0.0

    def room(self) -> float:
        """How many messages may leave at this moment, over all chats; `math.inf` without a limit."""
        now = self._now()
        if now < self._shut_until:
            return 0
        if math.isinf(self._most):
            return math.inf
        while self._left and self._left[0] <= now - self._window:
            self._left.popleft()
        return max(0, self._most - len(self._left))

    def until_room(self) -> float:
        """Seconds until something may leave the account; 0 when it may now."""
        if self.room() > 0:
            return 0.0
        now = self._now()
        full = self._left[0] + self._window if len(self._left) >= self._most else now
        return max(self._shut_until, full) - now

    def resting(self) -> dict[str, float]:
        """The chats that must wait, with the seconds left."""
        if not self._chats:
            return {}
        now = self._now()
        self._chats = {chat: until for chat, until in self._chats.items() if until > now}
        return {chat: until - now for chat, until in self._chats.items()}

    def until(self, chat: str) -> float:
        """Seconds until a message may leave to `chat`; 0 when it may now."""
        return max(self.until_room(), self.resting().get(chat, 0.0))

    def leaves(self, chat: str) -> None:
        """A message leaves now."""
        now = self._now()
        if math.isfinite(self._most):
            self._left.append(now)
        if pause := self._pause(chat):
            self._chats[chat] = now + pause * MARGIN
