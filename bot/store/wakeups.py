"""Who wants to know at once that something waits to be sent: in this process by call, in others by the database's notice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from bot.store.keys import AccountKey


class Wakeups:
    """Rings the senders of an account. May be rung from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stirs: dict[str, list[Callable[[], None]]] = {}

    def subscribe(self, account: AccountKey, stir: Callable[[], None]) -> Callable[[], None]:
        """Call `stir` (quick, from any thread) when something waits for `account`. Gives the function that ends it."""
        with self._lock:
            self._stirs.setdefault(str(account), []).append(stir)

        def unsubscribe() -> None:
            with self._lock:
                self._stirs[str(account)].remove(stir)

        return unsubscribe

    def ring(self, accounts: Iterable[AccountKey]) -> None:
        """Something waits for these accounts."""
        for account in accounts:
            self.ring_text(str(account))

    def ring_text(self, account: str) -> None:
        """As `ring`, for the text another process sent; the empty text rings all."""
        with self._lock:
            stirs = [s for key, found in self._stirs.items() if account in ("", key) for s in found]
        for stir in stirs:
            stir()
