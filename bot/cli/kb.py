"""`motcua kb`: import the published facts, check and build the knowledge, look at it, compare versions."""

from __future__ import annotations

import click

from bot.cli.opening import fail
from bot.cli.packing import install, keygen, pack, rollback
from bot.cli.publication import diff, import_facts
from knowledge.source import KnowledgeError, Source, read


class WithOverrides(click.Group):
    """The commands of the knowledge; those of the overrides need the database and are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted([*super().list_commands(ctx), "override"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name == "override":
            from bot.cli.overriding import override

            return override
        return super().get_command(ctx, cmd_name)


@click.group(cls=WithOverrides)
def kb() -> None:
    """Knowledge: import-facts, diff, check, accept, build, show, export, override, pack, install, rollback, keygen."""


for command in (import_facts, diff, pack, install, rollback, keygen):
    kb.add_command(command)


def _read() -> Source:
    try:
        return read()
    except KnowledgeError as error:
        fail(error.problems)


@kb.command()
@click.option("--only", default="", help="Show only the problems of files whose path holds this text.")
def check(only: str) -> None:
    """Read everything strictly; print file, line and cure of each problem."""
    from knowledge.check import against_facts, problems, stale

    try:
        source = read()
        found = problems(source)
    except KnowledgeError as error:
        source, found = None, list(error.problems)
    found = [p for p in found if only in p.file]
    if found:
        fail(found)
    if source is None:
        return
    old = [c for c in stale(source) if source.words[c].facts_hash]
    for code in old:
        click.echo(
            f"{code}: the published facts changed since this was written. Look at it again, then: motcua kb accept {code}"
        )
        for problem in against_facts(source.words[code], source):
            click.echo(f"  {problem}")
    if never := [c for c in stale(source) if not source.words[c].facts_hash]:
        click.echo(
            f"{len(never)} files were never accepted, first {never[0]}. Held against the facts? motcua kb accept"
        )
    complete = sum(not w.draft for w in source.words.values())
    click.echo(
        f"{len(source.facts)} codes, {complete} written, {len(source.words) - complete} drafts, {len(source.families)} families, "
        f"{len(source.referrals)} referrals, {len(source.topics)} topics, {len(source.events)} life events, "
        f"{len(source.questions)} questions. Nothing to mend."
    )


@kb.command()
@click.argument("codes", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All written files.")
def accept(codes: tuple[str, ...], everything: bool) -> None:
    """Say that the words of CODES were held against the facts as they stand now; refused while a published number is not told."""
    from knowledge.accepting import written_for
    from knowledge.check import against_facts, stale

    source = _read()
    wanted = stale(source) if everything else list(codes)
    for code in wanted:
        if code not in source.words:
            fail([f"{code} has no file"])
        if unsettled := against_facts(source.words[code], source):
            fail(unsettled)
        written_for(source.files[code], source.facts[code].hash)
    click.echo(f"{len(wanted)} accepted. Put them to use: motcua kb build")


@kb.command()
def build() -> None:
    """Compile facts and words into knowledge.db."""
    from knowledge.build import build as build_pack
    from knowledge.snapshot import PACK

    try:
        content_hash = build_pack(_read())
    except KnowledgeError as error:
        fail(error.problems)
        return
    click.echo(f"{PACK.name}: {PACK.stat().st_size // 1000} kB, content {content_hash}")


@kb.command()
@click.argument("code")
@click.option("--unit", "unit_id", default="", help="As this unit shows it; default: the first unit.")
def show(code: str, unit_id: str) -> None:
    """Print the cards of CODE as a citizen reads them."""
    from bot.cli.opening import open_knowledge, open_unit
    from knowledge.procedure import WAY_OUT

    knowledge, unit = open_knowledge(), open_unit(unit_id)
    procedure = knowledge.procedures.get(code)
    if procedure is None:
        fail([f"{code} is no code we know"])
        return
    for case in [*(c.key for c in procedure.cases), WAY_OUT] if procedure.cases else [None]:
        text = procedure.card(case, unit).text()
        click.echo(f"--- {case or 'card'} ({len(text)} characters)\n{text}")


@kb.command()
@click.option("--jsonl", is_flag=True, required=True, help="One JSON line a procedure (the only form there is).")
@click.option("--unit", "unit_id", default="", help="As this unit shows it; default: the first unit.")
def export(jsonl: bool, unit_id: str) -> None:
    """Write the procedures with a complete file as JSON lines."""
    from bot.cli.opening import open_knowledge, open_unit
    from knowledge.export import lines

    for line in lines(open_knowledge(), open_unit(unit_id)):
        click.echo(line)
