"""What a photo says: QR and bar codes, decoded in a child process of its own (`bot/decoding.py`).

The child gets the picture, no environment (so no secret), bounded memory and time. It may crash, hang or be killed: then the photo says nothing.
The picture itself is kept nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from handlers.dossier.scanned import Meant, meant
from knowledge.unit import ZONE

BIGGEST = 20 * 1024 * 1024  # bytes; the most that Telegram gives out (docs/channels.md)
PATIENCE = 15.0  # seconds a picture may take, the start of the child included
AT_ONCE = 2  # pictures decoded side by side; others wait
_CHILD = (sys.executable, "-I", str(Path(__file__).with_name("decoding.py")))
# Windows cannot start Python without it.
_ENVIRONMENT = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
_NO_PICTURE, _TOO_BIG = 2, 3
log = logging.getLogger(__name__)


class NoPicture(Exception):
    """The bytes are no JPEG, PNG or WebP picture."""


class PictureTooBig(Exception):
    """More bytes or more pixels than are opened."""


def read_codes(data: bytes, *, patience: float = PATIENCE) -> tuple[str, ...]:
    """What the codes in a picture say, each once; () where none can be read. Waits up to `patience` seconds.

    Raises NoPicture, PictureTooBig. A picture that breaks the decoder says nothing.
    """
    if len(data) > BIGGEST:
        raise PictureTooBig
    try:
        done = subprocess.run(_CHILD, input=data, capture_output=True, timeout=patience, env=_ENVIRONMENT, check=False)
    except subprocess.TimeoutExpired:
        return ()
    return _answer(done.returncode, done.stdout)


class Scanner:
    """Decodes pictures for the event loop, `at_once` side by side."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._patience = patience
        self.waiting = 0

    async def codes(self, data: bytes) -> tuple[str, ...]:
        """As `read_codes`; the wait for others comes on top of its patience. Cancelling it ends the child."""
        if len(data) > BIGGEST:
            raise PictureTooBig
        self.waiting += 1
        try:
            async with self._free:
                return await self._decode(data)
        finally:
            self.waiting -= 1

    async def meaning(self, data: bytes, now: datetime) -> Meant:
        """What a citizen means by showing the picture at `now` (aware). Everything else that stood in it ends here. Raises as `codes`."""
        return meant(await self.codes(data), now.astimezone(ZONE).date())

    async def _decode(self, data: bytes) -> tuple[str, ...]:
        child = await asyncio.create_subprocess_exec(
            *_CHILD,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_ENVIRONMENT,
        )
        try:
            async with asyncio.timeout(self._patience):
                said, _ = await child.communicate(data)
        except TimeoutError:
            return ()
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        return _answer(child.returncode or 0, said)


def _answer(code: int, said: bytes) -> tuple[str, ...]:
    if code == _NO_PICTURE:
        raise NoPicture
    if code == _TOO_BIG:
        raise PictureTooBig
    if code != 0:
        log.info("a picture could not be decoded to its end (exit %s)", code)
        return ()
    return tuple(json.loads(said))
