"""One conversation carried on in memory: what `motcua ask` and the dialogue tests use. The store does the same with a database behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from handlers import respond
from handlers.dossier.model import Dossier, Factor, Watching
from handlers.effects import EraseChat, ReadPhoto, Remember, SpeakLanguage, Understood
from handlers.messages import Incoming, Reply, as_text
from handlers.ports import Context, Kept, Standing
from handlers.state import State
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit


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
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    until: datetime | None = None
    reading: list[str] = field(default_factory=list)

    def kept(self) -> Kept:
        """What is kept: the messages of this conversation so far."""
        return Kept(messages=self.turns * 2, since=self.now if self.turns else None, language=self.language)

    def dossier(self, code: str) -> Dossier | None:
        """The dossier of that code, of those this dialogue was given."""
        return self.dossiers.get(code)

    def data_until(self) -> datetime | None:
        """The time the data is from."""
        return self.until

    def standing(self, code: str) -> Standing:
        """How the chat stands with that code."""
        return Standing()

    def proves(self, code: str, said: str) -> Factor:
        """Nothing is proved here yet."""
        return ""

    def watches(self) -> tuple[Watching, ...]:
        """What is watched."""
        return ()

    def say(
        self, text: str = "", *, kind: str = "text", button: str = "", private: bool = True, photo: str = ""
    ) -> list[Reply]:
        """The replies to one message, after its effects have been carried out."""
        incoming = Incoming(
            channel="console",
            account="dialogue",
            chat="1",
            update=str(self.turns),
            unit=self.unit.id,
            kind="button" if button and kind == "text" else kind,  # type: ignore[arg-type]
            received_at=self.now,
            text=text,
            button=button,
            private=private,
            photo=photo,
        )
        context = Context(self.state, self.now, self.language, self.unit, self.knowledge, self)
        replies: list[Reply] = []
        self.understood = None
        for said in respond(incoming, context):
            if isinstance(said, Reply):
                replies.append(said)
            elif isinstance(said, Remember):
                self.state = said.state
            elif isinstance(said, SpeakLanguage):
                self.language = said.language
            elif isinstance(said, EraseChat):
                self.erased, self.turns = True, -1
            elif isinstance(said, ReadPhoto):
                self.reading.append(said.reference)
            elif isinstance(said, Understood):
                self.understood = self.understood or said
        self.turns += 1
        return replies

    def text(self, text: str = "", **how: str) -> str:
        """The replies as a citizen reads them on a channel without buttons."""
        return "\n\n".join(as_text(reply, numbered=True) for reply in self.say(text, **how))  # type: ignore[arg-type]
