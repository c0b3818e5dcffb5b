"""What can go wrong with the store, and what to do about it."""

from __future__ import annotations

import traceback


class StoreError(Exception):
    """The store could not do what was asked; the text says what to do."""


class StoreDown(StoreError):
    """The database is out of reach (down, locked, disk full). Nothing was written; the same call may be made again."""


class SchemaNewer(StoreError):
    """The database was written by a newer motcua than this one."""


class SchemaBroken(StoreError):
    """The database holds something that is not motcua's, or a migration failed."""


class LeaseLost(StoreError):
    """Another sender took the account over: whatever this one still wanted to write is refused."""


def place(error: BaseException) -> str:
    """What kind of error and where, for the log: never its words, which may quote a citizen or a row."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}".rstrip()
