"""What Telegram carries and how fast: docs/channels.md, "Telegram", read 2026-11-21 in core.telegram.org/bots/api and /bots/faq.

Pace: about one message a second in a chat, 20 a minute in a group, 30 a second over all chats. The exact limits are not published; what
goes beyond is answered 429 with `retry_after`.
"""

from __future__ import annotations

from bot.delivery.port import Limits

NAME = "telegram"
API = "https://api.telegram.org"

KEY_BYTES = 64  # callback_data
PAYLOAD = r"[A-Za-z0-9_-]{1,64}"  # of a deep link t.me/<bot>?start=<payload>
SECRET_FORM = r"[A-Za-z0-9_-]{1,256}"  # noqa: S105 - how a webhook's secret looks
PORTS = (443, 80, 88, 8443)  # where Telegram delivers to
CHAT_PAUSE = 1.0  # seconds
GROUP_PAUSE = 3.0  # seconds: 20 messages a minute
CONNECTIONS = 40  # at once to our webhook
PHOTO = 5 * 1024 * 1024  # bytes of a photo that are enough to read a code in it
FILE = 20 * 1024 * 1024  # bytes of a file that a bot is given
BODY = 1024 * 1024  # bytes; an update has a few thousand


def units(text: str) -> int:
    """The length of `text` as Telegram counts: UTF-16 code units, so "🏢" is 2."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def pause(chat: str) -> float:
    """Seconds between two messages to one chat."""
    return GROUP_PAUSE if is_group(chat) else CHAT_PAUSE


def is_group(chat: str) -> bool:
    """Whether a chat id is a group's: those are negative."""
    return chat.startswith("-")


LIMITS = Limits(
    text=4096,
    buttons=100,
    button_title=40,  # longer ones are cut off on a phone
    per_second=30.0,
    per_chat=CHAT_PAUSE,
    pause=pause,
    free_window=None,
    count=units,
)
