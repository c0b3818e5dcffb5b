"""What the knowledge files may say: one strict model a file, refused with a cure when it says anything else.

The words are ours (`knowledge/procedures`, `families`, …); the facts (`knowledge/facts`) come from the published tables and are
modelled in `facts.py`. The format is described for writers in `docs/knowledge.md`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^\d\.\d{6}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=24)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=240, strip_whitespace=True)]
Phrase = Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]

Bring = Literal["original", "copy", "certified", "show", "form", "any"]
Unit = Literal["hour", "day", "working_day", "month", "year", "same_day"]
OnlineLevel = Literal["wholly", "partly", "none"]
Aspect = Literal[
    "documents", "fee", "time", "place", "steps", "online", "form", "conditions", "legal", "result", "overview"
]


class Strict(BaseModel):
    """Text is never turned into numbers or the other way round, and a key nobody knows is an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Document(Strict):
    """One paper a citizen brings, in plain words.

    `bring` says what happens to it: filed as the original, a plain copy, a certified copy, only shown, a form to fill in, or either
    original or copy. `cases` empty means every case; `when` is the condition under which it is asked for ("nếu nhờ người đi thay").
    """

    name: Annotated[str, StringConstraints(min_length=2, max_length=140, strip_whitespace=True)]
    bring: Bring
    count: int = Field(default=1, ge=1, le=20)
    form: Line | None = None
    when: Line | None = None
    note: Line | None = None
    cases: tuple[Key, ...] = Field(default=(), strict=False)


class Case(Strict):
    """A situation inside one procedure that changes the papers. `label` is the choice, `name` stands on the card."""

    key: Key
    label: Annotated[str, StringConstraints(min_length=2, max_length=40, strip_whitespace=True)]
    name: Annotated[str, StringConstraints(min_length=2, max_length=110, strip_whitespace=True)]
    words: tuple[Phrase, ...] = Field(default=(), strict=False)
    not_needed: Line | None = None
    note: Line | None = None


class Time(Strict):
    """How long it takes. `value` and `unit` must stand in the published record; `text` is what a citizen reads."""

    value: float | int | None = None
    unit: Unit = "working_day"
    text: Line
    cases: tuple[Key, ...] = Field(default=(), strict=False)


class Fee(Strict):
    """What it costs, in whole đồng. `amount` is absent where it depends or is set locally; 0 only where `text` names the law."""

    amount: int | None = Field(default=None, ge=0)
    text: Line
    cases: tuple[Key, ...] = Field(default=(), strict=False)


class Words(Strict):
    """Everything we say of one procedure: the content of `knowledge/procedures/<domain>/<code>-<slug>.toml`."""

    code: Code
    title: Annotated[str, StringConstraints(min_length=4, max_length=100, strip_whitespace=True)]
    title_en: Line | None = None
    purpose: Line | None = None
    purpose_en: Line | None = None
    draft: bool = False
    sensitive: bool = False
    facts_hash: str = ""
    family: Key | None = None
    slots: dict[str, Key] = Field(default_factory=dict)
    aliases: tuple[Phrase, ...] = Field(strict=False)
    question: Annotated[str, StringConstraints(max_length=160, strip_whitespace=True)] | None = None
    cases: tuple[Case, ...] = Field(default=(), strict=False)
    documents: tuple[Document, ...] = Field(default=(), strict=False)
    not_needed: Line | None = None
    note: Line | None = None
    steps: tuple[Line, ...] = Field(default=(), strict=False)
    where: Line | None = None
    online_how: Line | None = None
    times: tuple[Time, ...] = Field(default=(), strict=False)
    fees: tuple[Fee, ...] = Field(default=(), strict=False)
    result: Line | None = None
    conditions: tuple[Line, ...] = Field(default=(), strict=False)
    returned_because: tuple[Line, ...] = Field(default=(), strict=False)
    related: tuple[Code, ...] = Field(default=(), strict=False)


class SlotChoice(Strict):
    """One answer to a slot's question, and the phrases that give it without asking."""

    key: Key
    label: Annotated[str, StringConstraints(min_length=2, max_length=40, strip_whitespace=True)]
    words: tuple[Phrase, ...] = Field(default=(), strict=False)


class Slot(Strict):
    """What tells members of a family apart; asked as one question."""

    key: Key
    question: Annotated[str, StringConstraints(min_length=4, max_length=140, strip_whitespace=True)]
    choices: tuple[SlotChoice, ...] = Field(strict=False, min_length=2)


class Family(Strict):
    """Procedures that are variants of one need. `default` is the member meant when nothing tells them apart; without it we ask."""

    key: Key
    name: Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]
    aliases: tuple[Phrase, ...] = Field(default=(), strict=False)
    default: Code | None = None
    slots: tuple[Slot, ...] = Field(default=(), strict=False, alias="slot")


class Referral(Strict):
    """A need that another body serves. `body` is looked up among the unit's contacts; `who` is said where the unit names none.

    `need_en` holds the words by which an English question finds it.
    """

    key: Key
    need: Line
    need_en: Line | None = None
    aliases: tuple[Phrase, ...] = Field(strict=False)
    body: Key
    who: Line
    who_en: Line | None = None
    text: Annotated[str, StringConstraints(min_length=4, max_length=220, strip_whitespace=True)]
    text_en: Annotated[str, StringConstraints(min_length=4, max_length=220, strip_whitespace=True)] | None = None
    link: Line | None = None


class Topic(Strict):
    """Help that is no procedure. `text` may hold {phone}, {address}, {hours}, {open_now}, {unit}, {page}."""

    key: Key
    title: Line
    title_en: Line | None = None
    aliases: tuple[Phrase, ...] = Field(strict=False)
    text: Annotated[str, StringConstraints(min_length=4, max_length=700, strip_whitespace=True)]
    text_en: Annotated[str, StringConstraints(max_length=900)] | None = None
    link: Line | None = None


class LifeEvent(Strict):
    """What happens in a life and the procedures it brings, in the order a person meets them."""

    key: Key
    title: Line
    title_en: Line | None = None
    aliases: tuple[Phrase, ...] = Field(strict=False)
    intro: Line | None = None
    intro_en: Line | None = None
    codes: tuple[Code, ...] = Field(strict=False, min_length=2)


class Group(Strict):
    """A name people know for one or more official domains, in the order of the page. Whoever says just one of `aliases` is asked back."""

    key: Key
    name: Line
    name_en: Line
    aliases: tuple[Phrase, ...] = Field(default=(), strict=False)
    domains: tuple[Line, ...] = Field(strict=False, min_length=1)
