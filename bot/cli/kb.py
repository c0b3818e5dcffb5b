"""`motcua kb`: import the published facts, check and build the knowledge, look at it, compare versions."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from knowledge.facts import Facts, FactsError, read_facts, write_facts
from knowledge.source import FOLDER, KnowledgeError, Source, read

FACTS = FOLDER / "facts"


@click.group()
def kb() -> None:
    """Knowledge: import-facts, diff, check, accept, build, show, export."""


def _fail(lines: Iterable[object], most: int = 200) -> None:
    shown = [str(line) for line in lines]
    for line in shown[:most]:
        click.echo(line, err=True)
    if len(shown) > most:
        click.echo(f"… and {len(shown) - most} more", err=True)
    click.echo(f"{len(shown)} to mend", err=True)
    sys.exit(1)


def _read() -> Source:
    try:
        return read()
    except KnowledgeError as error:
        _fail(error.problems)
        raise


@kb.command()
@click.option("--only", default="", help="Show only the problems of files whose path holds this text.")
def check(only: str) -> None:
    """Read everything strictly; print file, line and cure of each problem."""
    from knowledge.check import problems, stale

    try:
        source = read()
        found = problems(source)
    except KnowledgeError as error:
        source, found = None, list(error.problems)
    found = [p for p in found if only in p.file]
    if found:
        _fail(found)
    if source is None:
        return
    old = [c for c in stale(source) if source.words[c].facts_hash]
    for code in old:
        click.echo(
            f"{code}: the published facts changed since this was written. Look at it again, then: motcua kb accept {code}"
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
    """Say that the words of CODES were held against the facts as they stand now."""
    import tomlkit

    from knowledge.check import stale

    source = _read()
    wanted = stale(source) if everything else list(codes)
    for code in wanted:
        if code not in source.words:
            _fail([f"{code} has no file"])
        path = source.files[code]
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        fresh = "facts_hash" not in document
        document["facts_hash"] = source.facts[code].hash
        text = tomlkit.dumps(document)
        if fresh:
            # tomlkit appends a new key behind the last table; it belongs right below the code.
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            at = next(n for n, line in enumerate(lines) if line.startswith("code")) + 1
            text = "".join([*lines[:at], f'facts_hash = "{source.facts[code].hash}"\n', *lines[at:]])
        path.write_text(text, encoding="utf-8")
    click.echo(f"{len(wanted)} accepted")


@kb.command()
def build() -> None:
    """Compile facts and words into knowledge.db."""
    from knowledge.build import build as build_pack
    from knowledge.snapshot import PACK

    try:
        content_hash = build_pack(_read())
    except KnowledgeError as error:
        _fail(error.problems)
        return
    click.echo(f"{PACK.name}: {PACK.stat().st_size // 1000} kB, content {content_hash}")


@kb.command("import-facts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--scope",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with code and role; default: today's codes.",
)
def import_facts(file: Path, scope: Path | None) -> None:
    """Replace the tables of facts by those of a publication FILE (JSON lines, .gz or not)."""
    from knowledge.facts_diff import differences
    from knowledge.facts_import import import_facts as from_records
    from knowledge.facts_import import read_publication, read_scope

    try:
        old = read_facts(FACTS) if (FACTS / "procedures.csv").exists() else {}
        roles = read_scope(scope) if scope else {code: f.role for code, f in old.items()}
        if not roles:
            _fail(["there are no facts yet: say which codes with --scope SCOPE.csv"])
        new = from_records(read_publication(file), roles)
    except FactsError as error:
        _fail([error])
        return
    write_facts(new, FACTS)
    changes = list(differences(old, {f.code: f for f in new})) if old else []
    for line in changes:
        click.echo(line)
    click.echo(f"{len(new)} codes imported, {len(changes)} changes. Look at the written files again: motcua kb check")


@kb.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path), default=FACTS)
def diff(old: Path, new: Path) -> None:
    """Say in words what changed from OLD to NEW, each a folder of tables or a publication file."""
    from knowledge.facts_diff import differences
    from knowledge.facts_import import import_facts as from_records
    from knowledge.facts_import import read_publication

    def facts(path: Path) -> dict[str, Facts]:
        if path.is_dir():
            return read_facts(path)
        roles = {code: f.role for code, f in read_facts(FACTS).items()}
        records = list(read_publication(path))
        have = {r["code"] for r in records}
        return {f.code: f for f in from_records(records, {c: r for c, r in roles.items() if c in have})}

    try:
        changes = list(differences(facts(old), facts(new)))
    except FactsError as error:
        _fail([error])
        return
    for line in changes:
        click.echo(line)
    click.echo(f"{len(changes)} khác biệt")


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
        _fail([f"{code} is no code we know"])
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
