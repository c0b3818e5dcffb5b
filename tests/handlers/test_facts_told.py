"""Every aspect of every procedure of the catalogue states the published fact, or says that it is not known; no number is invented."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date

import pytest

from handlers.dialogue import Dialogue
from handlers.keys import procedure_key
from handlers.messages import as_text
from knowledge.procedure import UNITS, WAY_OUT, Procedure

ASPECTS = ("documents", "fee", "time", "place", "steps", "online", "form", "conditions", "legal", "result")
ONE_SCREEN, LONGEST = 250, 900  # characters: one aspect where the fact allows it; anything at all
UNKNOWN = re.compile(r"chưa rõ|chưa soạn|không ghi|hỏi quầy|hỏi ")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def core(dialogue: Dialogue) -> list[Procedure]:
    return [p for p in dialogue.knowledge.procedures.values() if p.facts.role == "core"]


def told(dialogue: Dialogue, procedure: Procedure, aspect: str) -> str:
    case = WAY_OUT if procedure.cases else ""
    said = dialogue.say(button=procedure_key(procedure.code, "card" if aspect == "documents" else aspect, case))
    return "\n".join(as_text(reply, numbered=False) for reply in said)


def test_the_whole_catalogue_is_walked(dialogue: Dialogue) -> None:
    assert len(core(dialogue)) == 393


def test_the_published_terms_are_told(dialogue: Dialogue) -> None:
    lost = []
    for procedure in core(dialogue):
        text = told(dialogue, procedure, "time")
        terms = {(t.value, t.unit) for t in procedure.facts.times if t.source == "case" and t.value and t.unit in UNITS}
        missing = [term for term in terms if not re.search(rf"(?<![\d/])0?{term[0]:g}(?![\d/])", text)]
        if missing or (not terms and not NUMBER.search(text) and not UNKNOWN.search(text)):
            lost.append((procedure.code, missing, text))
    assert not lost, lost[:5]


def test_a_published_amount_is_told_and_a_bare_zero_is_no_promise(dialogue: Dialogue) -> None:
    lost = []
    for procedure in core(dialogue):
        text = told(dialogue, procedure, "fee")
        amounts = {f.amount for f in procedure.facts.fees if f.amount and f.amount >= 1000}
        missing = [a for a in amounts if f"{a:,}".replace(",", ".") not in text]
        fees = procedure.words.fees if procedure.words else ()
        free = any(f.amount == 0 and not re.search(r"\d+/\d{4}/", f.text) for f in fees)
        if missing or free or not (amounts or UNKNOWN.search(text) or NUMBER.search(text)):
            lost.append((procedure.code, missing, text))
    assert not lost, lost[:5]


@pytest.mark.parametrize(
    ("level", "said"), [("wholly", "làm hết qua mạng"), ("partly", "qua mạng được"), ("none", "chưa nộp qua mạng")]
)
def test_the_online_level_is_told(dialogue: Dialogue, level: str, said: str) -> None:
    of_level = [p for p in core(dialogue) if p.facts.online_level == level]
    assert of_level
    assert [p.code for p in of_level if said not in told(dialogue, p, "online")] == []


def test_laws_and_results_come_from_the_publication(dialogue: Dialogue) -> None:
    for procedure in core(dialogue):
        text = told(dialogue, procedure, "legal")
        assert all(number in text for number in procedure.facts.legal[:6]), procedure.code
        assert told(dialogue, procedure, "result").strip(), procedure.code


def test_no_number_stands_in_an_answer_that_is_not_in_the_knowledge(dialogue: Dialogue) -> None:
    unit = json.dumps(dialogue.unit.model_dump(mode="json"), ensure_ascii=False)
    strange, long, short = [], [], 0
    for procedure in core(dialogue):
        words = procedure.words
        assert words is not None
        known = (
            words.model_dump_json() + json.dumps(asdict(procedure.facts), ensure_ascii=False, default=_as_read) + unit
        )
        numbers = set(NUMBER.findall(known)) | {part for n in NUMBER.findall(known) for part in re.split("[.,]", n)}
        numbers |= {str(int(n)) for n in numbers if n.isdigit()} | {
            f"{n:02d}" for n in range(60)
        }  # hours, list numbers
        for aspect in ASPECTS:
            text = told(dialogue, procedure, aspect)
            short += aspect in ("fee", "time", "place", "online", "form", "legal", "result") and len(text) <= ONE_SCREEN
            if len(text) > LONGEST:
                long.append((procedure.code, aspect, len(text)))
            body = re.sub(r"Mã [\d.]+, .*|Bước \d+:|\b(?:còn|và|Quầy|trang) \d+(?:/\d+)?", "", text)
            body = re.sub(r"\d{2}/\d{2}/\d{4}", "", body)
            strange += [
                (procedure.code, aspect, n) for n in NUMBER.findall(body) if n not in numbers and not _sum(n, known)
            ]
    assert not strange, strange[:10]
    assert not long, long[:5]
    assert short >= 0.70 * 7 * 393, short


def _as_read(value: object) -> str:
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)


def _sum(number: str, known: str) -> bool:
    """An amount is written with dots and kept without."""
    return number.replace(".", "") in known
