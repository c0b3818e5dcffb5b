"""`motcua ask`: one question answered, explained, or a whole file of conversations."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from bot.cli import main


@pytest.fixture(autouse=True, scope="module")
def _pack() -> None:
    CliRunner().invoke(main, ["kb", "build"])


def ask(*words: str, lines: str | None = None) -> Result:
    """Run `motcua ask`."""
    return CliRunner().invoke(main, ["ask", *words], input=lines)


def test_a_question_is_answered_as_a_citizen_reads_it() -> None:
    done = ask("đăng ký kết hôn cần gì")
    assert "Mã 1.000894" in done.output or "1. " in done.output


def test_explain_says_why_stage_by_stage() -> None:
    done = ask("--explain", "dang ky ket hon can gi")
    assert "1.000894" in done.output
    assert "documents" in done.output
    assert "-> answer" in done.output


def test_a_file_of_conversations_gives_one_line_each_in_order() -> None:
    lines = [
        {"id": "a", "turns": ["đăng ký kết hôn cần gì"], "query": "ignored", "codes": ["9.999999"]},
        {"id": "b", "turns": ["đăng ký kết hôn cần gì", "còn lệ phí?"]},
        {"id": 3, "turns": ["mai có mưa không"]},
    ]
    done = ask("--jsonl", lines="\n".join(map(json.dumps, lines)) + "\n\n")
    found = [json.loads(line) for line in done.output.splitlines()]
    assert [f["id"] for f in found] == ["a", "b", 3]
    assert found[0]["behaviour"] == "answer"
    assert found[0]["codes"][0] == "1.000894"
    assert (found[1]["codes"][0], found[1]["aspect"]) == ("1.000894", "fee")
    assert "Tiền phải nộp" in found[1]["answer"]
    assert found[2] == {**found[2], "behaviour": "apologize", "codes": [], "aspect": None}
    assert set(found[0]) == {"id", "codes", "behaviour", "aspect", "answer"}
    assert all(len(f["codes"]) <= 10 for f in found)


def test_a_conversation_does_not_leak_into_the_next_line() -> None:
    lines = [{"id": 1, "turns": ["đăng ký kết hôn cần gì"]}, {"id": 2, "turns": ["còn lệ phí?"]}]
    found = [json.loads(x) for x in ask("--jsonl", lines="\n".join(map(json.dumps, lines))).output.splitlines()]
    assert found[1]["codes"] == []


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"turns": []}', '{"turns": "x"}', '{"turns": [1]}'])
def test_a_bad_line_is_named_with_what_it_should_be(line: str) -> None:
    done = ask("--jsonl", lines=f'{{"turns": ["xin chào"]}}\n{line}\n')
    assert done.exit_code == 1
    assert "line 2" in done.output


def test_no_question_says_what_to_do() -> None:
    done = ask()
    assert done.exit_code == 2
    assert "say what to ask" in done.output


def test_an_unknown_unit_is_named() -> None:
    assert "mau" in ask("--unit", "khong-co", "x").output
