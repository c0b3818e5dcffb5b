"""A reply as Telegram messages: the card's name in bold, its last line in italics, buttons below the last part.

A question's choices stand one a row; offers after an answer two a row where both are short. A title too long for a button stands in the
text with its number, and the button carries the number and its beginning; numbers can be typed as well (docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.channels.telegram.formatting import Run, cut, html
from bot.channels.telegram.limits import LIMITS
from bot.channels.telegram.updates import place
from bot.delivery.port import Limits
from handlers.language import gettext, speaking
from handlers.messages import Button, Reply

PAIRED = 18  # letters of a title that a phone shows when two buttons share a row
Row = list[dict[str, str]]


def render(reply: Reply, chat: str, limits: Limits = LIMITS) -> list[dict[str, Any]]:
    """The arguments of one or more `sendMessage`, in order; none for a reply without words. `text` is HTML."""
    number, topic = place(chat)
    parts = cut(_runs(reply, limits), limits.text, limits.count)
    messages: list[dict[str, Any]] = [{"chat_id": number, "text": html(part)} for part in parts]
    if topic is not None:
        for message in messages:
            message["message_thread_id"] = topic
    rows = _keyboard(reply, limits)
    if messages and rows:
        messages[-1]["reply_markup"] = {"inline_keyboard": rows}
    return messages


def _runs(reply: Reply, limits: Limits) -> list[Run]:
    """The words of a reply, line by line."""
    lines: list[list[Run]] = []
    with speaking(reply.language):
        if reply.text.strip():
            lines.append([Run(reply.text)])
        if reply.card:
            # The card's own text begins with its name and ends with its stub (`Card.text`).
            name, *middle, stub = reply.card.text(gettext).split("\n")
            if lines:
                lines.append([])
            lines += [[Run(name, "b")], *([Run(line)] for line in middle), [Run(stub, "i")]]
        if reply.stub:
            lines.append([Run(reply.stub.text(gettext), "i")])
    if _listed(reply, limits):
        lines += [[Run(f"{n}. {button.title}")] for n, button in enumerate(_keyed(reply), 1)]
    lines += [[Run(f"{b.title}: {b.url}")] for b in reply.buttons if b.url and not _is_link(b.url)]
    runs: list[Run] = []
    for line in lines:
        runs += [*([Run("\n")] if runs else []), *line]
    return runs


def _keyboard(reply: Reply, limits: Limits) -> list[Row]:
    buttons: list[dict[str, str]] = []
    listed = _listed(reply, limits)
    number = 0
    for button in reply.buttons:
        if button.key:
            number += 1
            title = f"{number}. {button.title}" if listed else button.title
            buttons.append({"text": _short(title, limits), "callback_data": button.key})
        elif _is_link(button.url):
            buttons.append({"text": _short(button.title, limits), "url": button.url})
    buttons = buttons[: limits.buttons]
    return [[button] for button in buttons] if reply.ask else _pairs(buttons)


def _pairs(buttons: Sequence[dict[str, str]]) -> list[Row]:
    rows: list[Row] = []
    for button in buttons:
        last = rows[-1] if rows else []
        if len(last) == 1 and all(len(b["text"]) <= PAIRED for b in (*last, button)):
            last.append(button)
        else:
            rows.append([button])
    return rows


def _keyed(reply: Reply) -> list[Button]:
    return [button for button in reply.buttons if button.key]


def _listed(reply: Reply, limits: Limits) -> bool:
    """Whether the choices must be read in the text, as not all fit on buttons."""
    keyed = _keyed(reply)
    return len(keyed) > limits.buttons or any(limits.count(b.title) > limits.button_title for b in keyed)


def _short(title: str, limits: Limits) -> str:
    title = " ".join(title.split()) or "·"
    if limits.count(title) <= limits.button_title:
        return title
    while limits.count(title) > limits.button_title - 1:
        title = title[:-1]
    return title.rstrip(" ,.;:") + "…"


def _is_link(url: str) -> bool:
    """Whether Telegram takes an address for a button: http(s) with a full host name; it refuses phones, mail and localhost."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not any(map(str.isspace, url))
    except ValueError:
        return False
