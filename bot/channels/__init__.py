"""The channels: each is one module (or package) and one line here. Nothing else names them.

The web comes last: its routes end with one that answers whatever nobody else does.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.channels import telegram, web
from bot.channels.opened import OpenedChannel, Surroundings

OPEN: tuple[Callable[[Surroundings], OpenedChannel], ...] = (telegram.open_channel, web.open_channel)
