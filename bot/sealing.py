"""Marks of phones, identity numbers and follow codes: compared, never read back (docs/privacy.md).

HMAC-SHA-256 under a secret that lies in the settings or in a file beside the database, not in the database: four digits are guessed at once by
whoever holds the secret, and by nobody else. Each mark is bound to unit and dossier code, so that equal numbers look different.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from bot.settings import Settings, SettingsError

FILE = "secret.key"


class Seal:
    """Makes the marks (`handlers.dossier.model.Sealer`)."""

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.sha256(b"motcua marks\0" + secret).digest()

    def mark(self, unit: str, code: str, kind: str, value: str) -> str:
        """43 characters of base64url; "" for an empty value."""
        if not value:
            return ""
        text = "\0".join((unit, code, kind, value)).encode()
        return base64.urlsafe_b64encode(hmac.digest(self._key, text, "sha256")).rstrip(b"=").decode()


def open_seal(settings: Settings) -> Seal:
    """The seal of this installation; its secret is made once where none is set.

    Raises SettingsError when the file cannot be read or written, or when several machines share a database and no secret is set.
    """
    if settings.secret is not None:
        return Seal(settings.secret.get_secret_value().encode())
    if not settings.database.get_secret_value().startswith("sqlite"):
        raise SettingsError(
            "MOTCUA_SECRET: with PostgreSQL every machine needs the same secret. Make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(32))'` and set it everywhere."
        )
    return Seal(_kept(settings.folder / FILE))


def _kept(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        secret = path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(
            f"{path.name}: cannot be read or written ({error.strerror}). Give the program its folder, or set MOTCUA_SECRET."
        ) from None
    if len(secret) < 32:
        raise SettingsError(f"{path.name}: is damaged. Restore it; without it old marks of phones cannot be compared.")
    return secret


def _make(path: Path) -> None:
    # Whole or not at all, and readable by nobody else; of two that start together the first wins.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_urlsafe(32).encode())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
