"""The conversations of dialogues.txt, each held as it is written there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.dialogue import Dialogue
from handlers.messages import as_text
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

TABLE = Path(__file__).with_name("dialogues.txt")


@dataclass
class Script:
    """One conversation: title, moment, lines of (sign, text)."""

    title: str
    moment: datetime = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    lines: list[tuple[str, str]] = field(default_factory=list)


def scripts() -> list[Script]:
    """All conversations of the table."""
    found: list[Script] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            found.append(Script(line[3:]))
        elif line.startswith("@ "):
            found[-1].moment = datetime.fromisoformat(f"{line[2:]}+07:00").astimezone(UTC)
        elif line[:2] in ("> ", "= ", "! ", "~ "):
            found[-1].lines.append((line[0], line[2:]))
    return found


def hold(dialogue: Dialogue, said: str) -> str:
    """What the citizen reads after one line of the table."""
    if match := re.fullmatch(r"\[(.+)\]", said):
        replies = dialogue.say(button=match.group(1))
    elif match := re.fullmatch(r"\(start ?(.*)\)", said):
        replies = dialogue.say(kind="start", button=match.group(1))
    elif match := re.fullmatch(r"\((\w+)\)", said):
        replies = dialogue.say(kind=match.group(1))
    else:
        replies = dialogue.say(said)
    return "\n\n".join(as_text(reply, numbered=True) for reply in replies)


SCRIPTS = scripts()


@pytest.mark.parametrize("script", SCRIPTS, ids=[s.title.replace(" ", "-") for s in SCRIPTS])
def test_a_conversation_goes_as_written(script: Script, knowledge: Knowledge, unit: Unit) -> None:
    dialogue = Dialogue(knowledge, unit, script.moment)
    answer = ""
    for sign, text in script.lines:
        if sign == ">":
            answer = hold(dialogue, text)
            assert answer, f"no answer to {text!r}"
        elif sign == "=":
            assert text in answer
        elif sign == "!":
            assert text not in answer
        else:
            behaviour, _, code = text.partition(" ")
            assert dialogue.understood is not None
            assert dialogue.understood.behaviour == behaviour, answer
            if code:
                assert dialogue.understood.codes[0] == code, answer


def test_the_table_holds_at_least_sixty_conversations_each_with_a_question_and_a_claim() -> None:
    assert len(SCRIPTS) >= 60
    for script in SCRIPTS:
        signs = {sign for sign, _ in script.lines}
        assert ">" in signs, script.title
        assert signs & {"=", "!", "~"}, script.title
    assert len({s.title for s in SCRIPTS}) == len(SCRIPTS)
