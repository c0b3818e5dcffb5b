"""What an answer of the Bot API means for the message that was to be sent: docs/channels.md, "Telegram: errors"."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.client import NoAnswer
from bot.channels.telegram.limits import is_group
from bot.delivery.port import (
    AccountStopped,
    ChatGone,
    ChatMoved,
    PerhapsSent,
    RetryLater,
    SendFailed,
    SendRefused,
)

UNREADABLE = "can't parse entities"  # the formatting, not the words
NO_CHAT = ("chat not found", "user not found", "peer_id_invalid", "user_deactivated")


class TokenRefused(AccountStopped):
    """401, 404: the token was revoked, or never was one."""

    cure = (
        "Telegram không nhận mã của bot (token). Mở @BotFather, gửi /token để lấy mã, ghi vào biến môi trường của tài khoản này, "
        "rồi khởi động lại. Kiểm tra: motcua telegram check"
    )


def failure(error: TelegramError, chat: str) -> SendFailed:
    """The port's error for a library's one; `chat` is where the message was going."""
    match error:
        case RetryAfter():
            # A group has a limit of its own; in a private chat nobody can tell it from the bot's, so the whole account waits.
            return RetryLater("429", seconds(error), whole_account=not is_group(chat))
        case ChatMigrated():
            return ChatMoved("the group became a supergroup", str(error.new_chat_id))
        case Forbidden():
            return ChatGone(error.message)
        case InvalidToken():
            return TokenRefused("the token is refused")
        case BadRequest():
            gone = any(words in error.message.lower() for words in NO_CHAT)
            return ChatGone(error.message) if gone else SendRefused(error.message)
        case NoAnswer():
            return PerhapsSent(error.message)
        case Conflict():
            return RetryLater("409")
        case _:
            return RetryLater(error.message)


def unreadable(error: TelegramError) -> bool:
    """Whether the platform could not read the formatting."""
    return isinstance(error, BadRequest) and UNREADABLE in error.message.lower()


def seconds(error: RetryAfter) -> float:
    """How long the platform asks to wait."""
    told = error.retry_after
    return told.total_seconds() if isinstance(told, timedelta) else float(told)
