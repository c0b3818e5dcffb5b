"""The command line: `motcua …`. Each group of commands is one module, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "serve": "bot.cli.serve:serve",
    "chat": "bot.cli.chat:chat",
    "ask": "bot.cli.ask:ask",
    "kb": "bot.cli.kb:kb",
    "db": "bot.cli.db:db",
    "dossiers": "bot.cli.dossiers:dossiers",
    "calls": "bot.cli.calls:calls",
    "telegram": "bot.cli.telegram:telegram",
}


class Lazy(click.Group):
    """A group that imports a command's module only when the command runs, so that `motcua ask` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Lazy, help="motcua: the chat counter of a commune's public administrative service centre.")
@click.version_option(package_name="motcua")
def main() -> None:
    """The entry point of the `motcua` console script."""
