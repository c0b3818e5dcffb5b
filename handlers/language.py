"""Which language is spoken now. Vietnamese is the source; `bot` loads the compiled catalogues and hands them in with `install`.

The language is a context variable, so a turn in a worker thread and a page being rendered never disturb each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

SOURCE = "vi"
_current: ContextVar[str] = ContextVar("language", default=SOURCE)
_catalogues: dict[str, Catalogue] = {}


class Catalogue(Protocol):
    """What is asked of a compiled catalogue (the standard library's `gettext.NullTranslations` is one)."""

    def gettext(self, message: str) -> str: ...
    def ngettext(self, singular: str, plural: str, n: int) -> str: ...


def install(catalogues: dict[str, Catalogue]) -> None:
    """Make `catalogues` (language code -> catalogue) the ones that are spoken. Vietnamese needs none."""
    _catalogues.clear()
    _catalogues.update(catalogues)


def languages() -> tuple[str, ...]:
    """The languages that can be spoken, the source first."""
    return (SOURCE, *sorted(_catalogues))


def current() -> str:
    """The language spoken now, a two-letter code."""
    return _current.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the block; one nobody knows falls back to Vietnamese."""
    token = _current.set(language if language in _catalogues else SOURCE)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str) -> str:
    """`message` in the language spoken now."""
    catalogue = _catalogues.get(_current.get())
    return catalogue.gettext(message) if catalogue and message else message


_ = gettext
