"""One JSON line a procedure, for whoever wants to hold the words against the publication."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from knowledge.procedure import BRING, WAY_OUT, Procedure
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit


def lines(knowledge: Knowledge, unit: Unit) -> Iterator[str]:
    """The lines of all codes with a complete file, in the order of the codes."""
    for procedure in knowledge.procedures.values():
        if procedure.written:
            yield json.dumps(entry(procedure, unit), ensure_ascii=False)


def entry(procedure: Procedure, unit: Unit) -> dict[str, Any]:
    """One procedure as plain data: name, summary, cards as read, papers, steps, fees, times, legal basis, dates."""
    words, facts = procedure.words, procedure.facts
    if words is None:
        raise ValueError(f"{procedure.code} has no words")
    verified = unit.verified.get(procedure.code)
    return {
        "code": facts.code,
        "name": facts.name,
        "domain": facts.domain,
        "role": facts.role,
        "summary": words.purpose or "",
        "cards": [
            {"case": case, "text": procedure.card(case, unit).text()}
            for case in [c.key for c in procedure.cases] + ([WAY_OUT] if procedure.cases else [None])
        ],
        "aliases": list(words.aliases),
        "documents": [
            {
                "name": " ".join(filter(None, [d.name, d.form, d.note])),
                "when": d.when or ", ".join(c.name for c in procedure.cases if c.key in d.cases) or None,
                "copies": f"{d.count} {BRING[d.bring] or 'tờ'}",
            }
            for d in words.documents
        ],
        "steps": [
            *words.steps,
            *words.returned_because,
            *filter(None, [words.note, words.not_needed, words.online_how]),
        ],
        "fees": [{"amount": f.amount, "text": f.text} for f in words.fees],
        "times": [{"value": t.value, "unit": t.unit, "text": t.text} for t in words.times],
        "online_level": facts.online_level,
        "legal_basis": list(facts.legal),
        "result": words.result or "",
        "conditions": list(words.conditions),
        "checked_on": verified.isoformat() if verified else "",
        "decision": facts.decision,
    }
