"""Links to the unit's own page that open the conversation with something asked already. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from knowledge.unit import Unit


def links(unit: Unit, payload: str, base_url: str = "") -> Sequence[tuple[str, str]]:
    """(account, address) of the page that asks for a payload; none where the public address is not known."""
    base = (base_url or unit.base_url).rstrip("/")
    kind, _, what = payload.partition("-")
    if not base or not what:
        return []
    address = {
        "hs": f"{base}/{unit.id}/?hs={quote(what)}",
        "tt": f"{base}/{unit.id}/chat?tt={quote(what.replace('_', '.'))}",
    }.get(kind)
    return [(unit.id, address)] if address else []
