"""How much one visitor may send: a sliding window per chat and per address. A whole village may share one address."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

# Keys; beyond it the idle ones are dropped, so that a flood of new visitors cannot fill the memory.
FORGET_ABOVE = 10_000


class Window:
    """At most `most` acts of one key within `seconds`. Times are seconds on any clock that only goes forward."""

    def __init__(self, most: int, seconds: float = 60.0) -> None:
        self.most, self.seconds = most, seconds
        self._acts: dict[Hashable, deque[float]] = {}

    def allows(self, key: Hashable, now: float) -> bool:
        """Count one act of `key`; False when it is one too many (which is then not counted)."""
        if key not in self._acts and len(self._acts) >= FORGET_ABOVE:
            self._forget_idle(now)
        acts = self._acts.setdefault(key, deque())
        while acts and acts[0] <= now - self.seconds:
            acts.popleft()
        if len(acts) >= self.most:
            return False
        acts.append(now)
        return True

    def _forget_idle(self, now: float) -> None:
        idle = [key for key, acts in self._acts.items() if not acts or acts[-1] <= now - self.seconds]
        for key in idle:
            del self._acts[key]
