"""What a unit, a province or the country says of a procedure beside the published facts: a fee set locally, another place, a remark.

An `Override` is one such statement with its author, approver, legal source and days; rows of them live in the operational database
(`bot/store/overrides.py`). `laid` picks those that hold for one unit on one day and gives a `Local` a code; `Knowledge.with_overrides` lays them
over the snapshot. The most specific wins (unit, province, country), among equals the one approved last. Aliases add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Scope = Literal["unit", "province", "country"]
State = Literal["proposed", "approved", "undone"]
FIELDS = ("fee", "place", "phone", "hours", "note", "alias", "hidden", "verified_on")
# What a unit says of itself, not of the law, may be approved by whoever wrote it; everything else needs a second person.
OWN = frozenset(("verified_on", "alias", "note"))
NEAR: Mapping[Scope, int] = {"unit": 2, "province": 1, "country": 0}


@dataclass(frozen=True, slots=True)
class Override:
    """One local statement. `unit_id` is the unit's for scope "unit", "" otherwise; `province` a code as in dossier codes (H48) or "".

    `value` is what is told (for `hidden` "có" or "không", for `verified_on` an ISO day); `amount` the fee in đồng where it is a number. Days are
    those of Asia/Ho_Chi_Minh, both included; moments are UTC. `base_hash` is the hash of the facts it was written for.
    """

    id: str
    scope: Scope
    unit_id: str
    province: str
    code: str
    field: str
    value: str
    amount: int | None
    source: str
    valid_from: date | None
    valid_to: date | None
    author: str
    created_at: datetime
    base_hash: str
    state: State = "proposed"
    approver: str = ""
    approved_at: datetime | None = None
    undone_by: str = ""
    undone_at: datetime | None = None

    @property
    def own(self) -> bool:
        """Whether its author may approve it alone."""
        return self.scope == "unit" and self.field in OWN

    def begun(self, day: date) -> bool:
        """Whether its first day has come."""
        return self.valid_from is None or self.valid_from <= day

    def over(self, day: date) -> bool:
        """Whether its last day has passed."""
        return self.valid_to is not None and self.valid_to < day

    def holds(self, day: date) -> bool:
        """Whether it is in force on `day`, for those it is for."""
        return self.state == "approved" and self.begun(day) and not self.over(day)

    def meant_for(self, unit_id: str, province: str) -> bool:
        """Whether it speaks to this unit of this province."""
        if self.scope == "unit":
            return self.unit_id == unit_id
        return self.scope == "country" or (bool(province) and self.province == province)

    def conflicts(self, facts_hash: str | None) -> bool:
        """Whether the published facts are no longer those it was written for (None: the code is gone). An alias does not hang on them."""
        return self.state != "undone" and self.field != "alias" and self.base_hash != facts_hash


@dataclass(frozen=True, slots=True)
class Local:
    """What holds for one procedure at one unit today; empty where nothing is said."""

    fee: str = ""
    fee_amount: int | None = None
    fee_source: str = ""
    place: str = ""
    phone: str = ""
    hours: str = ""
    note: str = ""
    hidden: bool = False
    verified_on: date | None = None
    aliases: tuple[str, ...] = field(default=())


def laid(overrides: Iterable[Override], unit_id: str, province: str, day: date) -> dict[str, Local]:
    """What holds at one unit on `day`, by code; codes of which nothing is said are absent."""
    ranked = sorted(
        (o for o in overrides if o.holds(day) and o.meant_for(unit_id, province)),
        key=lambda o: (NEAR[o.scope], o.approved_at or o.created_at, o.id),
    )
    by_code: dict[str, dict[str, Override]] = {}
    aliases: dict[str, list[str]] = {}
    for one in ranked:
        by_code.setdefault(one.code, {})[one.field] = one  # the last one is the most specific, then the newest
        if one.field == "alias":
            aliases.setdefault(one.code, []).append(one.value)
    return {code: _local(said, tuple(aliases.get(code, ()))) for code, said in by_code.items()}


def _local(said: Mapping[str, Override], aliases: tuple[str, ...]) -> Local:
    texts = {name: said[name].value for name in ("place", "phone", "hours", "note") if name in said}
    fee, hidden, verified = said.get("fee"), said.get("hidden"), said.get("verified_on")
    return Local(
        **texts,
        fee=fee.value if fee else "",
        fee_amount=fee.amount if fee else None,
        fee_source=fee.source if fee else "",
        hidden=bool(hidden and hidden.value == "có"),
        verified_on=date.fromisoformat(verified.value) if verified else None,
        aliases=aliases,
    )
