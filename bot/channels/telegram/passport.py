"""Telegram Passport is never used: the library is imported without `cryptography`, which it needs for that alone.

python-telegram-bot imports it wherever it is installed, and it is installed for the knowledge packs (`knowledge/pack.py`): 9 MB and
a good part of a start for nothing. Import this before anything of `telegram`; nothing happens where that came first.
"""

from __future__ import annotations

import sys

HEAVY = "cryptography"

if "telegram" not in sys.modules and HEAVY not in sys.modules:
    sys.modules[HEAVY] = None  # type: ignore[assignment]  # Python's own way to say: it cannot be imported
    try:
        import telegram  # noqa: F401
    finally:
        del sys.modules[HEAVY]
