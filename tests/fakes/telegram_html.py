"""Telegram's HTML as its server reads it, errors worded as there: used by the fake Bot API alone, so that it never shares a bug with us."""

from __future__ import annotations

import re

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)\s*>")
ENTITY = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,5}));")


class Unparsable(Exception):
    """The text cannot be read; the words are Telegram's."""


def utf16(text: str) -> int:
    """UTF-16 code units."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def read(source: str) -> tuple[str, list[dict[str, object]]]:
    """The plain text and its entities (offset and length in UTF-16). Raises Unparsable."""
    text, entities = "", []
    open_tags: list[tuple[str, int]] = []
    at = 0
    while at < len(source):
        character = source[at]
        if character == "<":
            match = TAG.match(source, at)
            where = len(source[:at].encode())
            if not match:
                raise Unparsable(f"can't parse entities: Unsupported start tag at byte offset {where}")
            closing, name, attributes = match.group(1), match.group(2).lower(), match.group(3)
            if name not in TAGS:
                raise Unparsable(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {where}')
            if closing:
                if not open_tags:
                    raise Unparsable(f"can't parse entities: Unexpected end tag at byte offset {where}")
                expected, start = open_tags.pop()
                if expected != name:
                    raise Unparsable(
                        f"can't parse entities: Unmatched end tag at byte offset {where}, "
                        f'expected "</{expected}>", found "</{name}>"'
                    )
                if utf16(text) > start:
                    entities.append({"type": TAGS[name], "offset": start, "length": utf16(text) - start})
            else:
                if attributes.strip() and name != "a":
                    raise Unparsable(f"can't parse entities: Unexpected attribute at byte offset {where}")
                open_tags.append((name, utf16(text)))
            at = match.end()
            continue
        if character == "&":
            match = ENTITY.match(source, at)
            if match and (replaced := _character(match)) is not None:
                text += replaced
                at = match.end()
                continue
        text += character
        at += 1
    if open_tags:
        raise Unparsable(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1][0]}\"")
    return text, entities


def _character(match: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = match.groups()
    if name:
        return NAMED.get(name)
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 else None
