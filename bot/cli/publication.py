"""`motcua kb import-facts`, `diff`: a new publication of the state, and what it changes, in words for the officer who must look again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import click

from bot.cli.opening import fail
from knowledge.accepting import written_for
from knowledge.facts import Facts, FactsError, read_facts, write_facts
from knowledge.facts_diff import changes, differences
from knowledge.facts_import import Publication, publication, read_publication, read_scope
from knowledge.facts_import import import_facts as from_records
from knowledge.source import FOLDER, KnowledgeError, Source, read
from knowledge.unit import ZONE
from knowledge.withdrawn import FILE, rewrite

FACTS = FOLDER / "facts"
FILE_PATH = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-facts")
@click.argument("file", type=FILE_PATH)
@click.option(
    "--scope", type=FILE_PATH, help="CSV with code and role; default: today's codes and new ones of communes."
)
@click.option(
    "--gone", type=int, help="So many codes are really withdrawn (needed when more than one in twenty are missing)."
)
@click.option("--try", "only_try", is_flag=True, help="Say what would change, and change nothing.")
def import_facts(file: Path, scope: Path | None, gone: int | None, only_try: bool) -> None:
    """Replace the tables of facts by those of a publication FILE (JSON lines, .gz or not) and say what changed."""
    try:
        source = read(FOLDER)
    except KnowledgeError as error:
        # Tables that are not there yet are what this command makes; everything else must be mended first.
        if (FOLDER / "facts" / "procedures.csv").exists():
            fail(error.problems)
        source = Source({}, {}, {}, {}, {}, {}, (), ())
    old = source.facts
    try:
        if not old and not scope:
            fail(["there are no facts yet: say which codes with --scope SCOPE.csv"])
        told = publication(read_publication(file), old, source.withdrawn, read_scope(scope) if scope else None, gone)
    except FactsError as error:
        fail([error])
        return
    kept = {code: f for code, f in old.items() if code not in told.facts and code in {*told.gone, *source.withdrawn}}
    new = {**told.facts, **kept}
    day = told.day or datetime.now(ZONE).date()
    if not only_try:
        for code in _changed(source, told):
            # Never accepted: it was written for the facts as they stood until now, so it is in doubt as every other.
            if code in source.words and not source.words[code].draft and not source.words[code].facts_hash:
                written_for(source.files[code], old[code].hash)
        write_facts(new.values(), FOLDER / "facts")
        rewrite(FOLDER / FILE, {code: (source.facts[code].name, day) for code in told.gone}, told.back)
    for line in _report(source, told, new) if old else [f"{len(new)} thủ tục."]:
        click.echo(line)
    if only_try:
        click.echo("Chưa ghi gì. Muốn ghi: chạy lại, bỏ --try")


def _report(source: Source, told: Publication, new: Mapping[str, Facts]) -> Iterator[str]:
    """What came, changed and went, then what is to be done about it; plain lines for an officer."""
    old = source.facts
    changed = _changed(source, told)
    total = len(told.new) + len(changed) + len(told.gone) + len(told.back)
    yield f"Bản công bố{f' ngày {told.day:%d/%m/%Y}' if told.day else ''}: {len(told.facts)} thủ tục, {total} thay đổi."
    for head, codes in (("Mới", told.new), ("Công bố trở lại", told.back)):
        if codes:
            yield f"\n{head} ({len(codes)}):"
            yield from (f"  {code} {new[code].name}" for code in codes)
    if changed:
        yield f"\nThay đổi ({len(changed)}):"
        for code, lines in changed.items():
            yield f"  {code} {_title(code, source, new)}"
            yield from (f"    {line}" for line in lines)
    if told.gone:
        yield f"\nKhông còn công bố ({len(told.gone)}), người dân hỏi thì trả lời là không phải làm nữa:"
        for code in told.gone:
            yield f"  {code} {_title(code, source, new)}"
            if twins := [n for n in told.new if _same(new[n].name, old[code].name)]:
                yield f"    cùng tên với thủ tục mới {', '.join(twins)}: nếu đúng là thay thế, ghi replaced_by trong knowledge/{FILE}"
        yield f"  Thay bằng thủ tục nào: ghi vào knowledge/{FILE}"
    review = [
        c
        for c in changed
        if c in source.words and not source.words[c].draft and new[c].hash != source.words[c].facts_hash
    ]
    if review:
        yield f'\nThẻ đã soạn phải xem lại ({len(review)}), người dân thấy dòng "thông tin này đang được đơn vị kiểm tra lại":'
        yield from (f"  {code} {source.words[code].title} ({source.files[code].name})" for code in review)
        yield "  Sửa xong hoặc thấy vẫn đúng: motcua kb accept MÃ"
    grouped = {domain for group in source.groups for domain in group.domains}
    for domain in sorted({f.domain for f in told.facts.values()} - grouped):
        yield f'\nLĩnh vực "{domain}" chưa thuộc nhóm nào: ghi vào knowledge/domains.toml rồi mới dựng được.'
    if total:
        yield "\nĐưa vào dùng: motcua kb check, rồi motcua kb build"


def _changed(source: Source, told: Publication) -> dict[str, list[str]]:
    """The codes of which something changed, and what, a line a part."""
    old = source.facts
    return {code: lines for code, f in told.facts.items() if code in old and (lines := list(changes(old[code], f)))}


def _title(code: str, source: Source, facts: Mapping[str, Facts]) -> str:
    return source.words[code].title if code in source.words else facts[code].name


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


@click.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path), default=FACTS)
def diff(old: Path, new: Path) -> None:
    """Say in words what changed from OLD to NEW, each a folder of tables or a publication file."""

    def facts(path: Path) -> dict[str, Facts]:
        if path.is_dir():
            return read_facts(path)
        roles = {code: f.role for code, f in read_facts(FACTS).items()}
        records = list(read_publication(path))
        have = {r["code"] for r in records}
        return {f.code: f for f in from_records(records, {c: r for c, r in roles.items() if c in have})}

    try:
        lines = list(differences(facts(old), facts(new)))
    except FactsError as error:
        fail([error])
        return
    for line in lines:
        click.echo(line)
    click.echo(f"{len(lines)} khác biệt")
