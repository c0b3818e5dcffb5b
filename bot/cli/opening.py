"""What every command opens first, with a plain sentence and the cure when it cannot."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import NoReturn

import click

from bot.locale import speak
from bot.settings import SettingsError, load_settings
from knowledge.installed import Installed
from knowledge.snapshot import Knowledge, PackError
from knowledge.unit import Unit, UnitFileError, load_units


def fail(lines: Iterable[object], most: int = 200) -> NoReturn:
    """Print what is to mend and end the program."""
    shown = [str(line) for line in lines]
    for line in shown[:most]:
        click.echo(line, err=True)
    if len(shown) > most:
        click.echo(f"… and {len(shown) - most} more", err=True)
    click.echo(f"{len(shown)} to mend", err=True)
    sys.exit(1)


def open_knowledge() -> Knowledge:
    """The knowledge pack, with the languages installed. Ends the program with the cure when there is none."""
    try:
        speak()
        return Installed(load_settings().pack_folder).load_any()
    except (PackError, SettingsError) as error:
        raise click.ClickException(str(error)) from error


def open_units() -> dict[str, Unit]:
    """All units. Ends the program with the cure when a file is wrong."""
    try:
        return load_units(load_settings().units)
    except (UnitFileError, SettingsError) as error:
        raise click.ClickException(str(error)) from error


def open_unit(unit_id: str = "") -> Unit:
    """One unit by id, or the first. Ends the program when there is no such unit."""
    units = open_units()
    if unit_id and unit_id not in units:
        raise click.ClickException(f"no unit {unit_id!r}: one of {', '.join(units)}")
    return units[unit_id] if unit_id else next(iter(units.values()))
