"""`motcua serve`: open the counter and serve until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import signal

import click

from bot.app import App, open_app
from bot.logs import log_to
from bot.settings import Settings, SettingsError, load_settings
from bot.store import StoreDown, StoreError
from knowledge.snapshot import PackError
from knowledge.unit import UnitFileError


@click.command()
def serve() -> None:
    """Open the counter: web page, channels with an account, and what they need."""
    try:
        settings = load_settings()
        log_to(level=settings.log_level)
        asyncio.run(_serve(settings))
    except (SettingsError, StoreError, StoreDown, PackError, UnitFileError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"The address cannot be had ({error.strerror}). Is motcua running already? Another port: MOTCUA_PORT=8081 make run"
        ) from error


async def _serve(settings: Settings) -> None:
    app = open_app(settings)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, app.stop.set)
    await app.run(_say)
    click.echo("Closed. Nothing is lost: what could not leave is sent at the next start.")


def _say(app: App) -> None:
    """Where to look, what is sample, how to stop."""
    host = "localhost" if app.settings.host in ("127.0.0.1", "0.0.0.0", "::") else app.settings.host  # noqa: S104 - only compared
    samples = [unit for unit in app.units.values() if unit.sample]
    knowledge = app.knowledge()
    lines = [
        "The counter is open.",
        f"  Web page     http://{host}:{app.port}/",
        "  Console      motcua chat    (in a clone: .venv/bin/motcua chat)",
        f"  Knowledge    {len(knowledge.procedures)} procedures, version {knowledge.version}",
    ]
    if samples:
        lines.append(
            f"  Sample       unit {', '.join(u.name for u in samples)} is invented: name, phone, hours and dates of checking. "
            "Put your own file into units/."
        )
    lines += [f"  Note         {note}" for note in app.notes()]
    lines.append("  Stop         Ctrl-C")
    click.echo("\n".join(lines))
