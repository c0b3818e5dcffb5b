"""What one chat may see of one code now: the same work for a code that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from handlers.dossier.model import Dossier, Watching
from handlers.effects import Effect, LookedUp, Understood
from handlers.language import gettext
from handlers.messages import Reply
from handlers.ports import Context
from knowledge.unit import ZONE

_ = gettext
HOUR = timedelta(hours=1)  # twenty look-ups; an hour from now the count has surely begun anew


@dataclass(frozen=True, slots=True)
class Glance:
    """`dossier` is None where nothing may be said (unknown, no longer kept, locked). `full` after the second factor, in this dialogue or when
    the watch was begun. `spent`: this chat has looked up too many."""

    dossier: Dossier | None
    full: bool
    watching: Watching | None
    spent: bool

    @property
    def label(self) -> str:
        """The chat's own name of it."""
        return self.watching.label if self.watching else ""


def glance(code: str, context: Context) -> Glance:
    """What this chat may see of `code`."""
    standing, dossier = context.view.standing(code), context.view.dossier(code)
    watching = next((w for w in context.view.watches() if w.code == code), None)
    shown = None if standing.locked else dossier
    full = shown is not None and (proved(code, context) or (watching is not None and watching.full))
    return Glance(shown, full, watching, standing.spent)


def proved(code: str, context: Context) -> bool:
    """Whether the second factor of `code` was passed in the dialogue that goes on."""
    state = context.state
    return state.proved and state.dossier == code and state.alive(context.now)


def counted(code: str, seen: Glance, context: Context) -> Iterator[LookedUp]:
    """The look-up that a key makes of a code this chat has not just seen and does not watch: keys can be typed by anybody."""
    if code != context.state.dossier and not seen.watching:
        yield LookedUp()


def too_many(code: str, seen: Glance, context: Context) -> bool:
    """Whether a further code may not be looked up now."""
    return seen.spent and code != context.state.dossier and not seen.watching


def slower(context: Context) -> Iterator[Reply | Effect]:
    """That it was too fast, and from when it goes on."""
    again = (context.now + HOUR).astimezone(ZONE)
    yield Understood("apologize", handler="dossier")
    yield Reply(
        _("Tin hơi nhanh. Mỗi giờ máy tra được 20 lần, mời anh/chị tra lại lúc {time:%H:%M}.").format(time=again)
    )


def alone() -> Iterator[Reply | Effect]:
    """In a group nothing is said of a dossier: others read it."""
    yield Understood("apologize", handler="dossier")
    yield Reply(_("Ở đây nhiều người đọc được. Anh/chị nhắn riêng cho máy để xem hồ sơ."))
