"""Plain text as HTML: everything escaped, lines kept, "- " lines a list, and links only to what we may link to."""

from __future__ import annotations

import re
from itertools import groupby

from markupsafe import Markup, escape

from bot.pages.rendering import dial

# Addresses, sites of the state named without "https://", phone numbers, and the emergency numbers after "Gọi" or "Call".
LINKS = re.compile(
    r"""(?P<url>https?://[^\s<>"']*[^\s<>"'.,;:!?)\]])"""
    r"""|(?P<site>(?<![\w@./-])(?:[a-z0-9-]+\.)+gov\.vn(?:/[^\s<>"']*[^\s<>"'.,;:!?)\]])?)(?![\w@])"""
    r"""|(?P<phone>(?<![\w.+-])0\d{2,3}[ .]?\d{3}[ .]?\d{3,4}(?![\w-]))"""
    r"""|(?P<urgent>(?:(?<=[Gg]ọi )|(?<=[Cc]all ))11[345]\b)"""
)

TICK = Markup('<li><label class="tick"><input type="checkbox" autocomplete="off"><span>{}</span></label></li>')


def linked(text: str) -> Markup:
    """One line, escaped, with its links. The text must be ours: what a citizen wrote is never linked."""
    parts: list[Markup] = []
    at = 0
    for match in LINKS.finditer(text):
        found = match.group()
        if match.lastgroup in ("phone", "urgent"):
            made = Markup('<a class="whole" href="{}">{}</a>').format(dial(found), found)
        else:
            address = found if match.lastgroup == "url" else f"https://{found}"
            made = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(address, found)
        parts += [escape(text[at : match.start()]), made]
        at = match.end()
    return Markup().join([*parts, escape(text[at:])])


def _kind(line: str) -> str:
    return line[:2] if line.startswith(("- ", "☐ ")) else ""


def prose(text: str) -> Markup:
    """Several lines as paragraphs, lists ("- ") and papers to tick ("☐ "); an empty line only separates."""
    blocks: list[Markup] = []
    for kind, lines in groupby(filter(None, map(str.strip, text.split("\n"))), key=_kind):
        if kind == "- ":
            items = Markup().join(Markup("<li>{}</li>").format(linked(line[2:])) for line in lines)
            blocks.append(Markup("<ul>{}</ul>").format(items))
        elif kind:
            items = Markup().join(TICK.format(linked(line[2:])) for line in lines)
            blocks.append(Markup('<ul class="ticks">{}</ul>').format(items))
        else:
            blocks += [Markup("<p>{}</p>").format(linked(line)) for line in lines]
    return Markup().join(blocks)
