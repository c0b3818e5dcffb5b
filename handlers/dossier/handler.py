"""All that a citizen can do about a dossier, in the order in which it is asked; nothing of it in a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from handlers.dossier.factor import factor
from handlers.dossier.glance import alone
from handlers.dossier.look_up import look_up
from handlers.dossier.mine import mine
from handlers.dossier.paying import paying
from handlers.dossier.stopping import stopping
from handlers.dossier.watching import watching
from handlers.effects import Effect
from handlers.messages import Incoming, Reply
from handlers.ports import Context

PARTS: tuple[Callable[[Incoming, Context], Iterator[Reply | Effect]], ...] = (
    stopping,
    factor,
    look_up,
    watching,
    paying,
    mine,
)


def dossier(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Let the first part that has an answer give it."""
    for part in PARTS:
        answered = list(part(incoming, context))
        if answered:
            # What others read too must not even say whether a dossier is known; nothing is carried out either.
            yield from answered if incoming.private else alone()
            return
