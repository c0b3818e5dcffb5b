"""Links that open a chat with the unit's bot: docs/channels.md, "Telegram", deep links. Pure, and without the library."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.channels.telegram.limits import NAME, PAYLOAD
from knowledge.unit import Unit

OPENS = "https://t.me"


def links(unit: Unit, payload: str, _base_url: str = "") -> Sequence[tuple[str, str]]:
    """(bot's name, address) of each bot of the unit; none where Telegram cannot carry the payload (64 of A-Z, a-z, 0-9, _ and -)."""
    if not re.fullmatch(PAYLOAD, payload):
        return []
    return [(a.id, f"{OPENS}/{a.id}?start={payload}") for a in unit.accounts if a.channel == NAME]
