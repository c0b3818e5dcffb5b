"""Settings: defaults that run on a bare machine, errors that name the setting and never its value."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load_settings, secrets


@contextmanager
def environment(folder: Path, **values: str) -> Iterator[None]:
    """A process environment and working folder with nothing of this machine's own."""
    before, where = dict(os.environ), Path.cwd()
    for name in [name for name in os.environ if name.startswith("MOTCUA_")]:
        del os.environ[name]
    os.environ.update({f"MOTCUA_{name}": value for name, value in values.items()})
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(where)
        os.environ.clear()
        os.environ.update(before)


def test_without_any_setting_everything_has_a_default(tmp_path: Path) -> None:
    with environment(tmp_path):
        settings = load_settings()
    assert settings.database.get_secret_value() == "sqlite:///var/motcua.db"
    assert settings.host == "127.0.0.1"
    assert settings.trusted_proxies == ()


def test_the_environment_overrules_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MOTCUA_PORT=9000\nMOTCUA_HOST=0.0.0.0\nOTHER=1\n", encoding="utf-8")
    with environment(tmp_path, PORT="9001", TRUSTED_PROXIES="10.0.0.0/8, 127.0.0.1"):
        settings = load_settings()
    assert (settings.port, settings.host) == (9001, "0.0.0.0")
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("127.0.0.1"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "geheim"),
        ("TRUSTED_PROXIES", "geheim"),
        ("BASE_URL", "geheim"),
        ("LOG_LEVEL", "geheim"),
        ("METRICS", "geheim"),
        ("KEEP_MESSAGES_DAYS", "0"),
        ("MESSAGES_PER_CHAT", "-3"),
    ],
)
def test_a_wrong_setting_is_named_with_the_cure_and_its_value_is_not_shown(
    tmp_path: Path, name: str, value: str
) -> None:
    with (
        environment(tmp_path, **{name: value}),
        pytest.raises(SettingsError, match=f"MOTCUA_{name}.*Mend it") as caught,
    ):
        load_settings()
    assert "geheim" not in str(caught.value)
    assert "70000" not in str(caught.value)


def test_the_database_url_may_hold_a_password_and_is_never_shown(tmp_path: Path) -> None:
    with environment(tmp_path, DATABASE="postgresql://motcua:geheim@db/motcua"):
        assert "geheim" not in repr(load_settings())


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_a_secret_may_stand_in_the_environment_or_in_the_file_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("XA_TOKEN=from-the-file\nMOTCUA_TWICE=from-the-file\n", encoding="utf-8")
    with environment(tmp_path, TWICE="from-the-environment"):
        found = secrets()
    assert (found["XA_TOKEN"], found["MOTCUA_TWICE"]) == ("from-the-file", "from-the-environment")


@pytest.mark.parametrize(
    ("given", "folder", "keys"),
    [
        ({}, "var/knowledge", "var/knowledge/trusted.keys"),
        ({"DATABASE": "sqlite:////data/motcua.db?timeout=5"}, "/data/knowledge", "/data/knowledge/trusted.keys"),
        ({"DATABASE": "postgresql://u:p@h/motcua"}, "var/knowledge", "var/knowledge/trusted.keys"),
        ({"PACKS": "/packs", "TRUSTED_KEYS": "/etc/keys"}, "/packs", "/etc/keys"),
    ],
)
def test_installed_packs_lie_beside_the_database(tmp_path: Path, given: dict[str, str], folder: str, keys: str) -> None:
    with environment(tmp_path, **given):
        settings = load_settings()
    assert (settings.pack_folder.as_posix(), settings.trusted.as_posix()) == (folder, keys)
