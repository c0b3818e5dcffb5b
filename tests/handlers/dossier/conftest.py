"""A conversation of a chat whose unit has one fictitious dossier, on Friday 20/11/2026 at 10:00; the data is from 17:00 the day before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.dialogue import Dialogue
from handlers.dossier.here import Here
from handlers.dossier.model import Charge, Dossier
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

C = "H48.99.01-261118-0012"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def day(number: int, hour: int = 10) -> datetime:
    """A day of November 2026; 10 UTC is 17:00 in Vietnam."""
    return datetime(2026, 11, number, hour, tzinfo=UTC)


def made(**what: Any) -> Dossier:
    """The dossier: a household business, accepted on the 18th, due on Monday the 23rd."""
    plain: dict[str, Any] = {
        "code": C,
        "procedure_code": "1.001612",
        "state": "processing",
        "received": day(18, 2),
        "due": day(23),
        "until": day(19),
        "factors": frozenset({"phone", "follow"}),
    }
    return Dossier(**{**plain, **what})


FEE = Charge(name="Lệ phí đăng ký", amount=75_000, due=day(27))
NOTE_AND_FEE: dict[str, Any] = {"note": "Thiếu giấy của ông Nguyễn Văn An", "charges": (FEE,), "state": "needs_payment"}
Talk = Callable[..., Dialogue]


@pytest.fixture
def talk(knowledge: Knowledge, unit: Unit) -> Talk:
    """Begins a conversation; the arguments change the dossier. The phone ends with 5678, the follow code is K7M2P4XA."""

    def begin(**what: Any) -> Dialogue:
        dialogue = Dialogue(knowledge, unit, NOW)
        dialogue.state = replace(dialogue.state, greeted=True)
        dialogue.until = day(19)
        dossier = made(**what)
        dialogue.dossiers = {dossier.code: dossier}
        dialogue.factors = {
            dossier.code: {"5678": "phone", "0905345678": "phone", "K7M2P4XA": "follow", "9012": "identity"}
        }
        return dialogue

    return begin


@pytest.fixture
def here(knowledge: Knowledge, unit: Unit) -> Here:
    """The sample unit on that Friday."""
    return Here(unit, knowledge, NOW)
