"""`motcua chat`: the conversation in a terminal, through the same store and outbox as any channel."""

from __future__ import annotations

import asyncio
import os
import sys
from secrets import token_hex

import click

from bot.app import open_parts
from bot.channels.console import NAME, ConsoleChannel
from bot.clock import utc_now
from bot.conversation import Conversation
from bot.delivery.port import Account
from bot.delivery.sender import Sender
from bot.in_force import InForce
from bot.logs import log_to
from bot.sealing import open_seal
from bot.settings import SettingsError, load_settings
from bot.store import AccountKey, Store, StoreDown, StoreError
from bot.store.outbox import depth
from handlers.messages import Incoming
from knowledge.snapshot import PackError
from knowledge.unit import Unit, UnitFileError

LONGEST_WAIT = 5.0  # seconds; then the prompt comes back and the answer follows when it can


@click.command()
@click.option("--unit", "unit_id", default="", help="The unit to talk to; default: the first.")
def chat(unit_id: str) -> None:
    """Talk to the counter here. Empty line or Ctrl-D ends."""
    try:
        settings = load_settings()
        log_to(level="ERROR")
        seal = open_seal(settings)
        store, knowledge, units = open_parts(settings)
    except (SettingsError, StoreError, StoreDown, PackError, UnitFileError) as error:
        raise click.ClickException(str(error)) from error
    if unit_id and unit_id not in units:
        raise click.ClickException(f"no unit {unit_id!r}: one of {', '.join(units)}")
    unit = units[unit_id] if unit_id else next(iter(units.values()))
    asyncio.run(_talk(store, Conversation(store, knowledge, units, seal=seal), unit, knowledge))


async def _talk(store: Store, conversation: Conversation, unit: Unit, knowledge: InForce) -> None:
    account = Account(NAME, f"{NAME}-{os.getpid()}-{token_hex(4)}", unit.id)
    sender = Sender(store, ConsoleChannel(lambda text: click.echo(f"\n{text}\n")), account)
    sending = asyncio.create_task(sender.run())
    watching = asyncio.create_task(knowledge.run())
    try:
        await _one(conversation, account, "start", "")
        await _told(store, account)
        while True:
            click.echo("> ", nl=False)
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line.strip():
                break
            await _one(conversation, account, "text", line.strip())
            await _told(store, account)
    except StoreDown as error:
        click.echo(str(error), err=True)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await sender.stop()
        await sending
        store.close()


async def _one(conversation: Conversation, account: Account, kind: str, text: str) -> None:
    await conversation.take_async(
        Incoming(
            channel=NAME,
            account=account.id,
            chat="1",
            update=token_hex(8),
            unit=account.unit,
            kind="start" if kind == "start" else "text",
            received_at=utc_now(),
            text=text,
        )
    )


async def _told(store: Store, account: Account) -> None:
    """Wait until everything for this account has been shown."""
    key = AccountKey(account.unit, account.channel, account.id)
    until = asyncio.get_running_loop().time() + LONGEST_WAIT
    while asyncio.get_running_loop().time() < until:
        waiting = await store.read(lambda connection: depth(connection, key))
        if not any(waiting.get(status) for status in ("waiting", "sending")):
            return
        await asyncio.sleep(0.02)
