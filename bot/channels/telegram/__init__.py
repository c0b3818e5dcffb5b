"""Telegram: docs/channels.md, "Telegram". Each bot receives by webhook where there is an https address and a secret, else by polling."""

from __future__ import annotations

from bot.channels.telegram import passport  # noqa: F401 - before anything that imports the library

# isort: split
from bot.channels.opened import OpenedChannel, PhotoGone, Surroundings
from bot.channels.telegram import webhook
from bot.channels.telegram.accounts import AccountUnusable, bots
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.limits import LIMITS, NAME
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.receiving import Receiver

__all__ = ["LIMITS", "NAME", "TelegramChannel", "open_channel"]


def open_channel(surroundings: Surroundings) -> OpenedChannel:
    """The bots of all units. One that cannot run says why in `notes` and holds up nobody else."""
    channel = TelegramChannel(surroundings.settings.telegram_api)
    found = bots(surroundings.units.values(), surroundings.environment, surroundings.settings.base_url)
    running = [bot for bot in found if not isinstance(bot, AccountUnusable)]
    receivers = {
        bot.account.id: Receiver(
            bot.account,
            channel.client(bot.account),
            surroundings.conversation,
            surroundings.store,
            surroundings.clock,
        )
        for bot in running
    }
    called = {bot.account.id: receivers[bot.account.id] for bot in running if bot.receiving == "webhook"}
    polling = [Poller(receivers[bot.account.id]) for bot in running if bot.receiving == "polling"]

    accounts = {bot.account.id: bot.account for bot in running}

    async def fetch_photo(account: str, reference: str) -> bytes:
        if account not in accounts:
            raise PhotoGone("no such bot any more")
        return await channel.fetch_photo(accounts[account], reference)

    async def close() -> None:
        for receiver in receivers.values():
            await receiver.close()
        await channel.close()

    return OpenedChannel(
        channel=channel,
        accounts=[bot.account for bot in running],
        routes=[webhook.route(called)] if called else [],
        receivers=[poller.run for poller in polling],
        fetch_photo=fetch_photo,
        close=close,
        notes=[str(problem) for problem in found if isinstance(problem, AccountUnusable)],
    )
