"""`motcua ask`: put a question and read the answer, see why, or answer a whole file of conversations."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import click

from bot.cli.opening import open_knowledge, open_unit
from handlers.dialogue import Dialogue
from knowledge.search.finding import Thread
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

# Friday 20 November 2026, 10:00 in Vietnam: a working day, so that answers about hours are the same on every run.
CLOCK = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@click.command()
@click.argument("question", required=False)
@click.option("--explain", is_flag=True, help="Say why, stage by stage.")
@click.option("--jsonl", is_flag=True, help='Read lines {"id", "turns": […]} from standard input, write one line each.')
@click.option("--unit", "unit_id", default="", help="The unit that answers; default: the first.")
def ask(question: str | None, explain: bool, jsonl: bool, unit_id: str) -> None:
    """Answer QUESTION as a citizen would be answered."""
    knowledge, unit = open_knowledge(), open_unit(unit_id)
    if jsonl:
        _lines(knowledge, unit)
    elif not question:
        raise click.UsageError('say what to ask: motcua ask "làm giấy khai sinh cần gì"')
    elif explain:
        finding = knowledge.finder.find(question, Thread(), explain=True)
        click.echo("\n".join(finding.trace))
        for candidate in finding.candidates:
            title = knowledge.procedures[candidate.code].title
            click.echo(f"{candidate.score:6.3f}  {candidate.code}  {title}  {' · '.join(candidate.why)}")
        click.echo(f"-> {finding.behaviour} {finding.key or ''} aspect={finding.aspect} case={finding.case}")
    else:
        click.echo(Dialogue(knowledge, unit, CLOCK).text(question))


def _lines(knowledge: Knowledge, unit: Unit) -> None:
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
            turns = case["turns"]
            if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns):
                raise ValueError("turns must be a list of texts, at least one")
        except (ValueError, KeyError, TypeError) as error:
            raise click.ClickException(f'line {number}: {error}. Each line is {{"id": …, "turns": ["…"]}}.') from error
        dialogue = Dialogue(knowledge, unit, CLOCK)
        answer = [dialogue.text(turn) for turn in turns][-1]
        understood = dialogue.understood
        result = {
            "id": case.get("id"),
            "codes": list(understood.codes[:10]) if understood and understood.behaviour != "apologize" else [],
            "behaviour": understood.behaviour if understood else "apologize",
            "aspect": understood.aspect if understood else None,
            "answer": answer,
        }
        click.echo(json.dumps(result, ensure_ascii=False))
