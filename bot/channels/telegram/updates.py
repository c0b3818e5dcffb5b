"""What Telegram delivers, as an `Incoming`: docs/channels.md, "Telegram". Pure, and never an error: what we cannot use is None.

In a group the bot speaks only when spoken to: by its name, by a command with its name, or by a reply to what it said. The account's id is the
bot's user name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.telegram.limits import FILE, NAME, PAYLOAD, PHOTO
from bot.delivery.port import Account
from handlers.messages import Incoming, Kind

# What stands in a message, the first that is there; "animation" comes with a "document", "venue" with a "location".
CONTENTS: tuple[tuple[str, Kind], ...] = (
    ("text", "text"),
    ("photo", "photo"),
    ("voice", "voice"),
    ("audio", "voice"),
    ("animation", "sticker"),
    ("sticker", "sticker"),
    ("dice", "sticker"),
    ("video", "video"),
    ("video_note", "video"),
    ("document", "file"),
    ("contact", "contact"),
    ("location", "location"),
    ("paid_media", "photo"),
    ("story", "photo"),
    ("poll", "file"),
    ("checklist", "file"),
)
COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]{1,64}))?(?:\s+(?P<rest>.*))?", re.DOTALL)
GONE = ("kicked", "left")
PICTURES = ("image/jpeg", "image/png", "image/webp")  # what is opened (bot/decoding.py)
CHAT_ID = re.compile(r"-?\d{1,19}")


@dataclass(frozen=True, slots=True)
class Membership:
    """The bot was blocked or removed (`gone`), or let in again."""

    update: str
    chat: str
    gone: bool


def update_id(update: Mapping[str, Any]) -> str:
    """The platform's id of an update; "" when it has none and is no update."""
    number = update.get("update_id")
    return str(number) if isinstance(number, int) and not isinstance(number, bool) and abs(number) < 2**63 else ""


def parse(update: Mapping[str, Any], account: Account, now: datetime) -> Incoming | None:
    """The message or pressed button in an update, received by `account` at `now` (aware); None for what nobody is to answer.

    Edited messages, channel posts, service messages, other bots and group talk that is not meant for the bot are not answered.
    """
    if not update_id(update):
        return None
    query = update.get("callback_query")
    if isinstance(query, dict):
        return _pressed(update, query, account, now)
    message = update.get("message")
    return _said(update, message, account, now) if isinstance(message, dict) else None


def query_id(update: Mapping[str, Any]) -> str:
    """The id under which a pressed button waits for an answer; "" when none was pressed."""
    query = update.get("callback_query")
    found = query.get("id") if isinstance(query, dict) else None
    return found if isinstance(found, str) else ""


def membership(update: Mapping[str, Any]) -> Membership | None:
    """Whether the bot may still write to a chat, where the update says so."""
    change = update.get("my_chat_member")
    if not isinstance(change, dict) or not update_id(update):
        return None
    chat, member = _dict(change, "chat"), _dict(change, "new_chat_member")
    if chat.get("type") == "channel" or not _chat_id(chat):
        return None
    gone = member.get("status") in GONE or member.get("is_member") is False
    return Membership(update_id(update), _chat_id(chat), gone)


def place(chat: str) -> tuple[str, int | None]:
    """A chat of ours as Telegram's chat id and the topic in it: "-100123/45" is topic 45 of a forum."""
    number, _, topic = chat.partition("/")
    return number, int(topic) if topic.isdecimal() else None


def _pressed(update: Mapping[str, Any], query: dict[str, Any], account: Account, now: datetime) -> Incoming | None:
    message, data = _dict(query, "message"), query.get("data")
    chat = _dict(message, "chat")
    where = _where(chat, message)
    if not where or not isinstance(data, str) or not data:
        return None
    return Incoming(
        channel=NAME,
        account=account.id,
        chat=where,
        update=update_id(update),
        unit=account.unit,
        kind="button",
        received_at=now,  # a press has no date of its own; the message's is older
        button=unicodedata.normalize("NFC", data),
        language=_language(_dict(query, "from")),
        private=chat.get("type") == "private",
    )


def _said(update: Mapping[str, Any], message: dict[str, Any], account: Account, now: datetime) -> Incoming | None:
    chat, sender = _dict(message, "chat"), _dict(message, "from")
    where = _where(chat, message)
    kind = next((kind for key, kind in CONTENTS if key in message), None)
    # An administrator who writes anonymously comes as a bot with the group as sender.
    if not where or kind is None or message.get("is_automatic_forward"):
        return None
    if sender.get("is_bot") and "sender_chat" not in message:
        return None
    text = message.get("text", message.get("caption", ""))
    text = text if isinstance(text, str) else ""
    private = chat.get("type") == "private"
    heard = text if private else _addressed(text, message, account)
    if heard is None:
        return None
    heard, payload, is_start = _command(heard, account)
    picture = _picture(message)
    if kind == "contact":
        heard = _phone(_dict(message, "contact"))
    return Incoming(
        channel=NAME,
        account=account.id,
        chat=where,
        update=update_id(update),
        unit=account.unit,
        kind="start" if is_start else "photo" if picture and kind == "file" else kind,
        received_at=_moment(message.get("date"), now),
        text=unicodedata.normalize("NFC", heard),
        button=payload,
        language=_language(sender),
        private=private,
        photo=picture,
        own=kind == "contact" and _own(_dict(message, "contact"), sender),
    )


def _picture(message: dict[str, Any]) -> str:
    """The file id of a picture to be read: of the sizes of a photo the biggest that is not too big; of a picture sent as a file, itself."""
    sizes = message.get("photo")
    if isinstance(sizes, list):
        fit = [s for s in sizes if isinstance(s, dict) and _file_id(s) and _number(s, "file_size") <= PHOTO]
        biggest = max(fit, key=lambda s: _number(s, "width") * _number(s, "height"), default=None)
        return _file_id(biggest) if biggest else ""
    # A moving picture comes with a "document", too.
    document = {} if "animation" in message else _dict(message, "document")
    if document.get("mime_type") in PICTURES and _number(document, "file_size") <= FILE:
        return _file_id(document)
    return ""


def _phone(contact: dict[str, Any]) -> str:
    phone = contact.get("phone_number")
    return phone if isinstance(phone, str) and re.fullmatch(r"\+?[\d ().-]{6,24}", phone) else ""


def _own(contact: dict[str, Any], sender: dict[str, Any]) -> bool:
    """Whether the platform vouches for a shared number as the sender's own. Anybody can type or forward somebody else's."""
    whose = contact.get("user_id")
    return isinstance(whose, int) and not isinstance(whose, bool) and whose == sender.get("id")


def _file_id(data: Mapping[str, Any]) -> str:
    found = data.get("file_id")
    return found if isinstance(found, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,256}", found) else ""


def _number(data: Mapping[str, Any], key: str) -> int:
    found = data.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _addressed(text: str, message: dict[str, Any], account: Account) -> str | None:
    """What was said to the bot in a group, without its name; None when it was not said to the bot."""
    name = re.compile(rf"(?<![\w@.])@{re.escape(account.id)}(?!\w)[,:]?", re.IGNORECASE)
    command = COMMAND.fullmatch(text.strip())
    if command and command["bot"]:
        return text if _same(command["bot"], account.id) else None
    if name.search(text):
        return re.sub(r"[ \t]{2,}", " ", name.sub(" ", text)).strip()
    asked = _dict(_dict(message, "reply_to_message"), "from")
    own_id = account.secrets.get("token", "").partition(":")[0]
    by_name = _same(str(asked.get("username", "")), account.id)
    by_number = bool(own_id) and str(asked.get("id", "")) == own_id
    return text if by_name or by_number else None


def _command(text: str, account: Account) -> tuple[str, str, bool]:
    """The text without the bot's name behind a command, a deep link's payload, and whether the command is /start."""
    found = COMMAND.fullmatch(text.strip())
    if not found or (found["bot"] and not _same(found["bot"], account.id)):
        return text, "", False
    rest = (found["rest"] or "").strip()
    if found["name"].lower() != "start":
        return f"/{found['name']} {rest}".strip(), "", False
    if rest and not re.fullmatch(PAYLOAD, rest):
        return rest, "", False  # somebody went on writing behind the command
    return ("" if rest else "/start"), rest, True


def _where(chat: dict[str, Any], message: dict[str, Any]) -> str:
    if chat.get("type") not in ("private", "group", "supergroup"):
        return ""
    topic = message.get("message_thread_id")
    in_topic = message.get("is_topic_message") is True and isinstance(topic, int) and topic > 0
    number = _chat_id(chat)
    return f"{number}/{topic}" if number and in_topic and chat["type"] == "supergroup" else number


def _chat_id(chat: dict[str, Any]) -> str:
    number = str(chat.get("id", ""))
    return number if CHAT_ID.fullmatch(number) else ""


def _moment(seconds: Any, now: datetime) -> datetime:
    """When it was written; never in the future, since their clock is not ours."""
    try:
        return min(now, datetime.fromtimestamp(seconds, UTC))
    except (TypeError, ValueError, OverflowError, OSError):
        return now


def _language(sender: dict[str, Any]) -> str:
    code = sender.get("language_code")
    return code[:2].lower() if isinstance(code, str) else ""


def _same(name: str, other: str) -> bool:
    return name.casefold() == other.casefold()


def _dict(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}
