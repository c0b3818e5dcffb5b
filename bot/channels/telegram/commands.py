"""The commands that the Telegram app shows beside the text field: only what works, in Vietnamese and for English phones."""

from __future__ import annotations

from bot.channels.telegram.client import Client
from handlers.language import SOURCE, gettext, languages, speaking

_ = gettext


def commands() -> list[tuple[str, str]]:
    """Name and description of each, in the language spoken now."""
    return [
        ("menu", _("Bắt đầu lại, chọn việc")),
        ("help", _("Máy làm được gì")),
        ("dulieu", _("Xem tin đang giữ")),
        ("xoa", _("Xóa tin đang giữ")),
    ]


async def offer_commands(client: Client) -> None:
    """Tell the platform. Raises telegram.error.TelegramError."""
    for language in languages():
        with speaking(language):
            await client.offer(commands(), "" if language == SOURCE else language)
