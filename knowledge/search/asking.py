"""The one question that splits what is still open: by a slot of the family, else by the procedures' own titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.model import Family, Slot
from knowledge.procedure import Procedure
from knowledge.search.finding import LABEL_LENGTH, MOST_OPTIONS, Option


def _(message: str) -> str:
    """Marks a text for the catalogue; it is translated when it is said."""
    return message


WHICH = _("Anh/chị cần việc nào?")


@dataclass(frozen=True, slots=True)
class Splitting:
    """A question and its choices, the likeliest first."""

    question: str
    options: tuple[Option, ...]


def splitting(
    open_codes: Sequence[str], belief: Mapping[str, float], procedures: Mapping[str, Procedure], family: Family | None
) -> Splitting:
    """Ask for a slot when all open codes are of `family` and differ in one; otherwise offer the codes by name.

    `open_codes` best first, at least one. A slot's choice that several open codes share keeps them together: another slot follows.
    """
    if family is not None:
        for slot in family.slots:
            options = _choices(slot, open_codes, belief, procedures)
            if len(options) >= 2:
                return Splitting(slot.question, tuple(options[:MOST_OPTIONS]))
    return Splitting(WHICH, tuple(Option(label(procedures[code].title), (code,)) for code in open_codes[:MOST_OPTIONS]))


def _choices(
    slot: Slot, codes: Sequence[str], belief: Mapping[str, float], procedures: Mapping[str, Procedure]
) -> list[Option]:
    """The slot's choices that some open code has; codes without this slot belong to no choice, so then the slot cannot split them."""
    of: dict[str, list[str]] = {}
    for code in codes:
        words = procedures[code].words
        key = words.slots.get(slot.key) if words else None
        if key is None:
            return []
        of.setdefault(key, []).append(code)
    labels = {choice.key: choice.label for choice in slot.choices}
    ranked = sorted(of.items(), key=lambda one: -sum(belief.get(code, 0.0) for code in one[1]))
    return [Option(label(labels[key]), tuple(members)) for key, members in ranked if key in labels]


def label(text: str) -> str:
    """A choice's label: at most LABEL_LENGTH characters, cut between words."""
    if len(text) <= LABEL_LENGTH:
        return text
    return text[: LABEL_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;(") + "…"
