"""Settings from the environment (prefix MOTCUA_) or a file `.env`; every one has a default that runs on a bare machine.

An error names the setting and the cure, never the value: a value may be a secret.
"""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

FILE = ".env"
Network = IPv4Network | IPv6Network


class SettingsError(Exception):
    """A setting cannot be used; the text names it and what to do."""


class Settings(BaseSettings):
    """Everything an operator may set. The table in README.md is made of these descriptions."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", env_file=FILE, extra="ignore", frozen=True)

    database: SecretStr = Field(
        default=SecretStr("sqlite:///var/motcua.db"), description="SQLAlchemy URL; postgresql://… for PostgreSQL"
    )
    packs: Path | None = Field(
        default=None, description="Folder of installed knowledge packs; empty: `knowledge` beside the database"
    )
    trusted_keys: Path | None = Field(
        default=None,
        description="File of public keys whose packs are installed; empty: `trusted.keys` in the packs' folder",
    )
    secret: SecretStr | None = Field(
        default=None,
        description="Secret for the marks of phones and follow codes, 32 characters or more; empty: made once in `secret.key` beside the "
        "database. On several machines it must be set, and the same. Never in the backup of the database",
    )
    units: Path = Field(default=Path("units"), description="Folder of unit files")
    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on; 0 picks a free one")
    base_url: str = Field(
        default="", description="Address people reach us by, https://…; needed for webhooks and QR codes"
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(), description="Networks of proxies whose X-Forwarded-For is believed, with commas between"
    )
    messages_per_chat: int = Field(default=20, ge=1, description="Web messages a minute from one chat")
    messages_per_address: int = Field(
        default=300, ge=1, description="Web messages a minute from one address (villages share one)"
    )
    metrics: Literal["loopback", "everywhere", "off"] = Field(default="loopback", description="Who may read /metrics")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="How much is logged")
    keep_messages_days: int = Field(default=30, ge=1, description="Days a chat's text is kept")
    telegram_api: str = Field(default="https://api.telegram.org", description="Bot API server")

    @property
    def folder(self) -> Path:
        """Where this machine's own files lie: beside an SQLite file, else var."""
        url = self.database.get_secret_value().partition("?")[0]
        path = url.removeprefix("sqlite:///")
        return Path(path).parent if path != url and path else Path("var")

    @property
    def pack_folder(self) -> Path:
        """Where installed packs lie: as set, else beside an SQLite file, else var/knowledge."""
        return self.packs if self.packs is not None else self.folder / "knowledge"

    @property
    def trusted(self) -> Path:
        """The file of trusted public keys."""
        return self.trusted_keys or self.pack_folder / "trusted.keys"

    @field_validator("secret")
    @classmethod
    def _long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError(
                "at least 32 characters; `python -c 'import secrets; print(secrets.token_urlsafe(32))'` makes one"
            )
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if isinstance(value, str):
            try:
                return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
            except ValueError:  # its own text shows the value
                raise ValueError("networks such as 10.0.0.0/8, with commas between") from None
        return value

    @field_validator("base_url", "telegram_api")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("begins with https:// (or http:// for a test)")
        return value.rstrip("/")


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError naming each setting that is wrong, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"MOTCUA_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors(include_input=False)
        )
        raise SettingsError(f"{wrong}. Mend it in the environment or in .env (README.md lists all settings).") from None


def secrets() -> dict[str, str]:
    """Everything that the names in unit files may stand for: the environment, and below it the file `.env`."""
    return {name: value for name, value in dotenv_values(FILE).items() if value is not None} | dict(os.environ)
