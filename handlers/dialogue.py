"""One conversation carried on in memory: what `motcua ask` and the dialogue tests use. The store does the same with a database behind it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers import respond
from handlers.dossier.factor import MOST_WRONG
from handlers.dossier.model import Dossier, Factor, Watching
from handlers.effects import (
    Effect,
    EraseChat,
    LookedUp,
    NameWatch,
    ReadPhoto,
    Remember,
    SpeakLanguage,
    StopReminding,
    StopWatching,
    Tried,
    Understood,
    WatchDossier,
)
from handlers.messages import Incoming, Reply, as_text
from handlers.ports import Context, Kept, Standing
from handlers.state import State
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

MOST_LOOK_UPS = 20  # within the hour (handlers/ports.py, Standing); this dialogue lasts no longer


@dataclass
class Dialogue:
    """A conversation with one unit at one moment (UTC). `understood` is how the last message was taken, `reading` what photos are to be read."""

    knowledge: Knowledge
    unit: Unit
    now: datetime
    state: State = field(default_factory=State)
    language: str = "vi"
    turns: int = 0
    understood: Understood | None = None
    erased: bool = False
    channel: str = "console"
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    until: datetime | None = None
    # What proves a dossier: code -> the second factors that are accepted and their kind. A follow code is used up.
    factors: dict[str, dict[str, Factor]] = field(default_factory=dict)
    watched: dict[str, Watching] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    look_ups: int = 0
    effects: list[Effect] = field(default_factory=list)
    reading: list[str] = field(default_factory=list)

    def kept(self) -> Kept:
        """What is kept: the messages of this conversation so far."""
        return Kept(self.turns * 2, self.now if self.turns else None, self.language, len(self.watched))

    def dossier(self, code: str) -> Dossier | None:
        """The dossier of that code, of those this dialogue was given."""
        return self.dossiers.get(code)

    def data_until(self) -> datetime | None:
        """The time the data is from."""
        return self.until

    def standing(self, code: str) -> Standing:
        """How the chat stands with that code."""
        wrong = self.wrong.get(code, 0)
        return Standing(locked=wrong >= MOST_WRONG, wrong=wrong, spent=self.look_ups >= MOST_LOOK_UPS)

    def proves(self, code: str, said: str) -> Factor:
        """The kind of the second factor, of those this dialogue was given."""
        return self.factors.get(code, {}).get(said, "")

    def watches(self) -> tuple[Watching, ...]:
        """What is watched, oldest first."""
        return tuple(self.watched.values())

    def say(
        self,
        text: str = "",
        *,
        kind: str = "text",
        button: str = "",
        private: bool = True,
        own: bool = False,
        photo: str = "",
    ) -> list[Reply]:
        """The replies to one message, after its effects have been carried out."""
        incoming = Incoming(
            channel=self.channel,
            account="dialogue",
            chat="1",
            update=str(self.turns),
            unit=self.unit.id,
            kind="button" if button and kind == "text" else kind,  # type: ignore[arg-type]
            received_at=self.now,
            text=text,
            button=button,
            private=private,
            own=own,
            photo=photo,
        )
        context = Context(self.state, self.now, self.language, self.unit, self.knowledge, self)
        replies: list[Reply] = []
        self.understood, self.effects = None, []
        for said in respond(incoming, context):
            if isinstance(said, Reply):
                replies.append(said)
            elif isinstance(said, Remember):
                self.state = said.state
            elif isinstance(said, SpeakLanguage):
                self.language = said.language
            elif isinstance(said, EraseChat):
                self.erased, self.turns, self.watched = True, -1, {}
            elif isinstance(said, ReadPhoto):
                self.reading.append(said.reference)
            elif isinstance(said, Understood):
                self.understood = self.understood or said
            else:
                self.effects.append(said)
                self._carry_out(said)
        self.turns += 1
        return replies

    def text(self, text: str = "", **how: str) -> str:
        """The replies as a citizen reads them on a channel without buttons."""
        return "\n\n".join(as_text(reply, numbered=True) for reply in self.say(text, **how))  # type: ignore[arg-type]

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case LookedUp():
                self.look_ups += 1
            case Tried(code, ""):
                self.wrong[code] = self.wrong.get(code, 0) + 1
            case Tried(code, "follow"):
                self.factors[code] = {said: kind for said, kind in self.factors[code].items() if kind != "follow"}
            case WatchDossier(code=code):
                old = self.watched.get(code, Watching(code, since=self.now))
                self.watched[code] = replace(
                    old, label=effect.label or old.label, full=old.full or effect.full, pending=effect.pending
                )
            case StopWatching(code):
                self.watched = {c: w for c, w in self.watched.items() if code not in ("", c)}
            case NameWatch(code, label) if code in self.watched:
                self.watched[code] = replace(self.watched[code], label=label)
            case StopReminding(code) if code in self.watched:
                self.watched[code] = replace(self.watched[code], reminders=False)
