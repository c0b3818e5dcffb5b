"""Links that open a conversation with something asked already: what a QR code on a receipt or at a desk leads to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.channels.telegram import links as telegram
from bot.channels.web import links as web
from knowledge.unit import Unit


@dataclass(frozen=True, slots=True)
class Link:
    """An address that anybody may open. `account` is the channel's account that answers there."""

    channel: str
    account: str
    url: str


# One line a channel: unit, payload and the public address of the program ("" as the unit's file says) to (account, address) pairs.
BUILDERS: tuple[tuple[str, Callable[[Unit, str, str], Sequence[tuple[str, str]]]], ...] = (
    ("telegram", telegram.links),
    ("web", web.links),
)


def links_for(unit: Unit, payload: str, base_url: str = "") -> tuple[Link, ...]:
    """The links of a unit for a deep link's payload ("hs-H48_99_01-261120-0007", "tt-1_001193"), best first.

    A channel that the unit does not have, that has no public address, or that cannot carry the payload gives none. `base_url` is
    MOTCUA_BASE_URL. Nothing is looked up: a link to a dossier that is not there is answered like its code.
    """
    return tuple(
        Link(channel, account, url) for channel, build in BUILDERS for account, url in build(unit, payload, base_url)
    )
