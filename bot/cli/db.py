"""`motcua db`: bring the schema up to date, or say how it stands."""

from __future__ import annotations

import click

from bot.settings import SettingsError, load_settings
from bot.store import Store, StoreDown, StoreError


@click.group()
def db() -> None:
    """The database: upgrade."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date (a backup of a SQLite file is made first). `motcua serve` does the same at every start."""
    try:
        Store.open(load_settings().database.get_secret_value()).close()
    except (StoreError, StoreDown, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    click.echo("The schema is up to date.")
