"""Photos that were asked to be read: fetched from the channel, decoded, and what they mean said to the chat as a message of kind "read".

A turn asks (`handlers.effects.ReadPhoto`), the table of jobs remembers, this does it. Whatever happens, the citizen who waits is answered within
`WAITS`; the message bears the job's name, so that it is taken once however often the job is done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from bot.channels.opened import PhotoGone, PhotoNotNow
from bot.clock import Clock, utc_now
from bot.conversation import Conversation
from bot.jobs import Work
from bot.scanning import NoPicture, PictureTooBig, Scanner
from bot.store import photo_jobs
from bot.store.jobs import Job
from handlers.dossier.scanned import LATE, Meant
from handlers.messages import Incoming

log = logging.getLogger(__name__)
WAITS = timedelta(seconds=60)  # longer nobody waits for a photo: then the official page is named
AGAIN = timedelta(seconds=5)
LONGEST = 55.0  # seconds for one try, decoding behind others included

Fetch = Callable[[str, str], Awaitable[bytes]]


class Photos:
    """Reads photos. `fetch` brings those of each channel that can: account id and reference to bytes."""

    def __init__(
        self, fetch: Mapping[str, Fetch], conversation: Conversation, scanner: Scanner, clock: Clock = utc_now
    ) -> None:
        self._fetch, self._conversation, self._scanner, self._clock = dict(fetch), conversation, scanner, clock

    def work(self) -> dict[str, Work]:
        """The kind of job that is done here, for `bot.jobs.Jobs`."""
        return {photo_jobs.KIND: Work(self.read, longest=LONGEST + 15, tries=None)}

    async def read(self, job: Job) -> datetime | None:
        """Read one photo and say what it means; gives the moment of another try where the channel had it not. Raises StoreDown."""
        chat, reference = photo_jobs.asked(job.unit, job.payload)
        left = (job.made_at + WAITS - self._clock()).total_seconds()
        meaning = await self._meaning(chat.channel, chat.account, reference, min(left, LONGEST)) if left > 0 else None
        now = self._clock()
        if meaning is None and now < job.made_at + WAITS:
            return min(now + AGAIN, job.made_at + WAITS)
        found = meaning or Meant(payload=LATE)
        await self._conversation.take_async(
            Incoming(
                channel=chat.channel,
                account=chat.account,
                chat=chat.chat,
                update=f"job:{job.name}",
                unit=chat.unit,
                kind="read",
                received_at=now,
                text=found.text,
                button=found.payload,
                photo=reference,
            )
        )
        return None

    async def _meaning(self, channel: str, account: str, reference: str, seconds: float) -> Meant | None:
        """What the photo means; None where it could not be had just now."""
        try:
            async with asyncio.timeout(seconds):
                if channel not in self._fetch:
                    raise PhotoGone("the channel brings no photos")
                return await self._scanner.meaning(await self._fetch[channel](account, reference), self._clock())
        except (NoPicture, PictureTooBig):
            return Meant()
        except PhotoGone as error:
            log.info("%s: a photo cannot be had (%s)", channel, error)
            return Meant()
        except (PhotoNotNow, TimeoutError) as error:
            log.info("%s: a photo could not be had now (%s)", channel, error or type(error).__name__)
            return None
