"""The bots of all units: their secrets out of the environment, and whether each receives by webhook or by polling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from bot.channels.telegram.limits import NAME, PORTS, SECRET_FORM
from bot.delivery.port import Account
from knowledge.unit import ChannelAccount, Unit

TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{5,100}")
Receiving = Literal["webhook", "polling"]


class AccountUnusable(Exception):
    """An account cannot run; the text says which and what to do. It never holds a secret."""

    def __init__(self, message: str, account_id: str = "") -> None:
        super().__init__(message)
        self.account_id = account_id


@dataclass(frozen=True, slots=True)
class Bot:
    """One bot and how it receives. `why_polling` says what a webhook would need; "" where the unit file asks for polling."""

    account: Account
    receiving: Receiving
    webhook_url: str = ""
    why_polling: str = ""


def bots(units: Iterable[Unit], environment: Mapping[str, str], base_url: str = "") -> list[Bot | AccountUnusable]:
    """Every Telegram account in the unit files, in their order; one that cannot run is the reason why."""
    found: list[Bot | AccountUnusable] = []
    seen: set[str] = set()
    for unit in units:
        for declared in unit.accounts:
            if declared.channel != NAME:
                continue
            try:
                if declared.id.casefold() in seen:
                    raise _unusable(unit, declared, "stands in two places. One bot belongs to one unit.")
                found.append(_bot(unit, declared, environment, base_url or unit.base_url))
                seen.add(declared.id.casefold())
            except AccountUnusable as error:
                found.append(error)
    return found


def _bot(unit: Unit, declared: ChannelAccount, environment: Mapping[str, str], base_url: str) -> Bot:
    token = _secret(declared, environment, "token")
    if not token:
        name = declared.secrets.get("token", "")
        cure = (
            f"has no token. Send /newbot to @BotFather and put the token into the environment variable {name}."
            if name
            else 'names no token. Add secrets = { token = "NAME_OF_A_VARIABLE" }.'
        )
        raise _unusable(unit, declared, cure)
    if not TOKEN.fullmatch(token):
        cure = f"{declared.secrets['token']} holds no token of @BotFather (digits, a colon, letters). Copy it again."
        raise _unusable(unit, declared, cure)
    secret = _secret(declared, environment, "webhook")
    if secret and not re.fullmatch(SECRET_FORM, secret):
        cure = f"{declared.secrets['webhook']} may hold only A-Z, a-z, 0-9, _ and -, at most 256 of them."
        raise _unusable(unit, declared, cure)
    receiving = declared.settings.get("receiving", "")
    if receiving not in ("", "webhook", "polling"):
        raise _unusable(unit, declared, 'receiving is "webhook" or "polling", or left out.')
    problem = unreachable(base_url) or ("" if secret else _no_secret(declared))
    if receiving == "webhook" and problem:
        raise _unusable(unit, declared, f"cannot receive by webhook: {problem}")
    account = Account(NAME, declared.id, unit.id, {"token": token, "webhook": secret}, declared.settings)
    if receiving == "polling" or problem:
        return Bot(account, "polling", why_polling="" if receiving == "polling" else problem)
    return Bot(account, "webhook", f"{base_url.rstrip('/')}/{NAME}/{declared.id}")


def unreachable(base_url: str) -> str:
    """Why the platform could not deliver to an address, as a sentence; "" when it can."""
    parts = urlsplit(base_url)
    if parts.scheme != "https" or not parts.hostname:
        return "it needs an https address. Set MOTCUA_BASE_URL=https://…"
    try:
        port = parts.port or 443
    except ValueError:
        port = 0
    if port not in PORTS:
        return f"the platform delivers only to the ports {', '.join(map(str, PORTS))}. Change MOTCUA_BASE_URL."
    return ""


def _no_secret(declared: ChannelAccount) -> str:
    name = declared.secrets.get("webhook") or "a variable named in secrets.webhook"
    return f'it needs a secret in {name}. Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


def _secret(declared: ChannelAccount, environment: Mapping[str, str], what: str) -> str:
    return environment.get(declared.secrets.get(what, ""), "").strip()


def _unusable(unit: Unit, declared: ChannelAccount, cure: str) -> AccountUnusable:
    return AccountUnusable(f"units/{unit.id}.toml, telegram account {declared.id}: {cure}", declared.id)
