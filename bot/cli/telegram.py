"""`motcua telegram`: connect a bot, see how it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from telegram import WebhookInfo
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.accounts import AccountUnusable, Bot, bots
from bot.channels.telegram.client import Client, NotConnected
from bot.channels.telegram.commands import offer_commands
from bot.channels.telegram.failures import seconds
from bot.cli.opening import open_units
from bot.locale import speak
from bot.settings import Settings, SettingsError, load_settings, secrets

Work = Callable[[Client, Bot], Awaitable[list[str]]]
chosen = click.option("--account", "account_id", default="", help="One bot by its id in the unit file; default: all.")


@click.group()
def telegram() -> None:
    """Telegram: connect a bot, see how it stands. Bots are declared in units/<id>.toml."""


@telegram.command(name="set-webhook")
@chosen
def set_webhook(account_id: str) -> None:
    """Have Telegram deliver to this server (needs an https address and a secret), and show the commands in the app."""
    _for_each(account_id, _set_webhook)


@telegram.command(name="delete-webhook")
@chosen
def delete_webhook(account_id: str) -> None:
    """Stop the delivery, so that the server can fetch messages itself. What waits is kept."""
    _for_each(account_id, _delete_webhook)


@telegram.command()
@chosen
def check(account_id: str) -> None:
    """Say of each bot what it is called, how it receives, how many messages wait, and what went wrong last."""
    _for_each(account_id, _check)


async def _set_webhook(client: Client, bot: Bot) -> list[str]:
    if bot.receiving != "webhook":
        raise AccountUnusable(f"{bot.account.id}: {bot.why_polling or 'its file says receiving = polling.'}")
    await client.deliver_to(bot.webhook_url, bot.account.secrets["webhook"])
    await offer_commands(client)
    return [f"{bot.account.id}: Telegram delivers to {bot.webhook_url}. The commands are set."]


async def _delete_webhook(client: Client, bot: Bot) -> list[str]:
    await client.delete_webhook(drop_pending_updates=False)
    await offer_commands(client)
    lines = [f"{bot.account.id}: no webhook any more. The commands are set. What waits is kept (24 hours at most)."]
    if bot.receiving == "webhook":
        lines.append(
            '  This server still waits for deliveries. To have it fetch: settings = { receiving = "polling" } in the unit file, then restart.'
        )
    return lines


async def _check(client: Client, bot: Bot) -> list[str]:
    me = await client.get_me()
    info = await client.webhook()
    lines = [f"{bot.account.id}: the bot is called {me.first_name!r}, t.me/{me.username}"]
    if (me.username or "").casefold() != bot.account.id.casefold():
        lines.append(
            f"  The account must be named like the bot, or it does not hear its name in groups: id = {me.username!r} in the unit file."
        )
    lines += _receives(info, bot)
    waiting = info.pending_update_count
    lines.append(f"  {waiting} message{'s wait' if waiting != 1 else ' waits'} at Telegram (kept 24 hours).")
    if info.last_error_message:
        when = f", {_local(info.last_error_date)}" if info.last_error_date else ""
        lines.append(f"  Last error of delivery{when}: {info.last_error_message}")
    return lines


def _receives(info: WebhookInfo, bot: Bot) -> list[str]:
    """How it receives, and the cure where platform and server do not agree."""
    if bot.receiving == "polling":
        why = f" ({bot.why_polling})" if bot.why_polling else ""
        lines = [f"  This server fetches messages itself{why}."]
        if info.url:
            lines.append("  But a webhook is set, so it gets none. Cure: motcua telegram delete-webhook")
        return lines
    if not info.url:
        return ["  This server waits for deliveries, but no webhook is set. Cure: motcua telegram set-webhook"]
    if info.url != bot.webhook_url:
        return [f"  Telegram delivers to {info.url}, not to {bot.webhook_url}. Cure: motcua telegram set-webhook"]
    return [f"  Telegram delivers to {info.url}."]


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('Asia/Ho_Chi_Minh')):%H:%M %d/%m/%Y}"


def _for_each(account_id: str, work: Work) -> None:
    """Do it for every bot asked for; ends with status 1 and the cure when one could not be served."""
    try:
        settings = load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    speak()
    found = bots(open_units().values(), secrets(), settings.base_url)
    if account_id:
        found = [b for b in found if (b.account_id if isinstance(b, AccountUnusable) else b.account.id) == account_id]
        if not found:
            raise click.ClickException(f"No unit file declares a telegram account {account_id!r}.")
    if not found:
        raise click.ClickException(
            "No unit file declares a telegram account. Send /newbot to @BotFather, then take the # away from the lines "
            "[[accounts]] in units/<id>.toml."
        )
    if asyncio.run(_all(found, settings, work)):
        raise SystemExit(1)


async def _all(found: list[Bot | AccountUnusable], settings: Settings, work: Work) -> int:
    """How many could not be served."""
    failed = 0
    for bot in found:
        if isinstance(bot, AccountUnusable):
            problem: str | None = str(bot)
        else:
            problem = await _one(bot, settings, work)
        if problem:
            failed += 1
            click.echo(problem, err=True)
    return failed


async def _one(bot: Bot, settings: Settings, work: Work) -> str | None:
    client = Client(bot.account.secrets["token"], settings.telegram_api)
    try:
        click.echo("\n".join(await work(client, bot)))
        return None
    except AccountUnusable as error:
        return str(error)
    except TelegramError as error:
        return f"{bot.account.id}: {_plain(error)}"
    finally:
        await client.close_connections()


def _plain(error: TelegramError) -> str:
    match error:
        case InvalidToken():
            return "Telegram refuses the token. Send /token to @BotFather, copy it into the environment variable, try again."
        case RetryAfter():
            return f"Telegram asks to wait {seconds(error):.0f} seconds. Try again then."
        case BadRequest() | Conflict():
            return f"Telegram refuses: {error.message}"
        case NotConnected():
            return "Telegram is out of reach from this machine. Is it blocked here? A proxy is taken from HTTPS_PROXY; then try again."
        case _:
            return f"Telegram gave no answer ({error.message}). Try again."
