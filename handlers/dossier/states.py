"""The ten states of a dossier: their names in exports, whose turn it is, and which of them end it.

The list is the national portal's (states 1-10, docs/dossiers.md). Names are compared after NFC, lower case and collapsed spaces, then again
without diacritics; they stand in `states.toml`, a data file to extend.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import get_args

from handlers.dossier.model import State
from handlers.hearing import plain

FILE = Path(__file__).with_name("states.toml")
STATES: tuple[State, ...] = tuple(s for s in get_args(State) if s)
CITIZENS_TURN: frozenset[State] = frozenset(("rejected", "needs_papers", "needs_payment", "done"))
ENDED: frozenset[State] = frozenset(("rejected", "withdrawn", "stopped", "returned"))
# The centre's clock runs: only here can a dossier be late.
IN_WORK: frozenset[State] = frozenset(("accepted", "processing"))


@cache
def _names() -> dict[str, State]:
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    known: dict[str, State] = {}
    for state in STATES:
        entry = table[state]
        for name in (state, str(entry["number"]), entry["name"], *entry["names"]):
            known[plain(name)] = state
    return known


def official(state: State) -> str:
    """The national portal's name of a state; "" for an unknown one."""
    return _official().get(state, "")


@cache
def _official() -> dict[State, str]:
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {state: str(table[state]["name"]) for state in STATES}


def named(text: str) -> State:
    """The state that an export's word means ("Chờ bổ sung hồ sơ", "5", "processing"); "" for a word that stands in no list."""
    return _names().get(plain(text), "")
