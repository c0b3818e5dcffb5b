"""The name a process holds leases under, and whether another such process of this machine is dead.

After a kill the lease would keep its account silent for half a minute. A process of the same boot and the same process namespace can be
looked up instead: if its number is gone, it cannot send any more.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_RANDOM = secrets.token_hex(8)


def _machine() -> str:
    """This boot of this machine, as this process sees it; "" where the system does not say (then leases simply run out)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}.{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def this_process() -> str:
    """The holder's name of this process: machine, process number, and a random part for a number used again."""
    return f"{_machine()}/{os.getpid()}/{_RANDOM}"


def is_dead(holder: str) -> bool:
    """Whether `holder` is surely gone. False when that cannot be known from here."""
    machine, _, rest = holder.partition("/")
    number, _, random = rest.partition("/")
    if not machine or machine != _machine() or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return random != _RANDOM  # our own number, borne before by somebody else
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
