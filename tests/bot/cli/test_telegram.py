"""`motcua telegram …` as an operator types it, against the fake server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.telegram import telegram
from handlers.language import languages
from tests.conftest import ROOT
from tests.fakes.telegram_api import BOT, TOKEN, TelegramApi, Trouble

HTTPS = {"MOTCUA_BASE_URL": "https://xa-mau.example", "SECRET": "bi-mat_cua-webhook"}
ACCOUNT = f"""
[[accounts]]
channel = "telegram"
id = "{BOT}"
secrets = {{ token = "TOKEN", webhook = "SECRET" }}
"""
Motcua = Callable[..., Awaitable[Result]]


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    async with TelegramApi() as server:
        yield server
        server.check()


@pytest.fixture
def motcua(api: TelegramApi, tmp_path: Path) -> Motcua:
    """Runs `motcua telegram` with the sample unit and one bot; more settings by name."""
    sample = (ROOT / "units" / "mau.toml").read_text(encoding="utf-8").split("\n[verified]")[0]

    async def run(*words: str, account: str = ACCOUNT, **environment: str) -> Result:
        (tmp_path / "mau.toml").write_text(sample + account, encoding="utf-8")
        given = {"MOTCUA_UNITS": str(tmp_path), "MOTCUA_TELEGRAM_API": api.url, "TOKEN": TOKEN, "SECRET": ""}
        runner = CliRunner(env={**given, "MOTCUA_BASE_URL": "", **environment})
        result = await asyncio.to_thread(runner.invoke, telegram, words)
        assert TOKEN not in result.output
        assert "bi-mat" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


async def test_a_webhook_is_set_with_its_secret_and_the_commands_in_every_language(
    motcua: Motcua, api: TelegramApi
) -> None:
    result = await motcua("set-webhook", **HTTPS)
    assert result.exit_code == 0
    assert f"https://xa-mau.example/telegram/{BOT}" in result.output
    assert (api.webhook, api.secret) == (f"https://xa-mau.example/telegram/{BOT}", "bi-mat_cua-webhook")
    assert sorted(api.allowed) == ["callback_query", "message", "my_chat_member"]
    assert set(api.commands) == {"", *languages()[1:]}


@pytest.mark.parametrize(
    ("environment", "cure"),
    [
        ({}, "MOTCUA_BASE_URL=https://"),
        ({"MOTCUA_BASE_URL": "http://xa-mau.example"}, "MOTCUA_BASE_URL=https://"),
        ({"MOTCUA_BASE_URL": "https://xa-mau.example:9999"}, "443, 80, 88, 8443"),
        ({"MOTCUA_BASE_URL": "https://xa-mau.example"}, "token_urlsafe"),
        ({"MOTCUA_BASE_URL": "https://xa-mau.example", "SECRET": "có dấu"}, "A-Z"),
        ({"TOKEN": ""}, "@BotFather"),
        ({"TOKEN": "không phải token"}, "Copy it again"),
        ({"TOKEN": "1:not-the-right-one"} | HTTPS, "refuses the token"),
        ({"MOTCUA_TELEGRAM_API": "http://127.0.0.1:1"} | HTTPS, "HTTPS_PROXY"),
        ({"account": ""}, "/newbot"),
        ({"account": ACCOUNT.replace("SECRET", "")} | HTTPS, "secrets.webhook"),
        ({"account": ACCOUNT + ACCOUNT, **HTTPS}, "two places"),
        ({"account": ACCOUNT + 'settings = { receiving = "fax" }', **HTTPS}, '"webhook" or "polling"'),
    ],
)
async def test_what_is_missing_is_said_with_the_cure(motcua: Motcua, environment: dict[str, str], cure: str) -> None:
    result = await motcua("set-webhook", **environment)
    assert result.exit_code == 1
    assert cure in result.output


async def test_check_says_name_webhook_what_waits_and_the_last_error(motcua: Motcua, api: TelegramApi) -> None:
    for _ in range(3):
        api.say(7, "có ai không")
    assert (await motcua("set-webhook", **HTTPS)).exit_code == 0
    async with asyncio.timeout(5):
        while not api.last_error:
            await asyncio.sleep(0.01)
    result = await motcua("check", **HTTPS)
    assert result.exit_code == 0
    assert "Một cửa xã Mẫu" in result.output
    assert "Telegram delivers to https://xa-mau.example" in result.output
    assert "3 messages wait" in result.output
    assert "Last error of delivery" in result.output
    api.webhook = ""


@pytest.mark.parametrize(
    ("url", "environment", "says"),
    [
        ("", HTTPS, "Cure: motcua telegram set-webhook"),
        ("https://old.example/telegram/x", HTTPS, "not to https://xa-mau.example"),
        ("https://xa-mau.example/telegram/x", {}, "Cure: motcua telegram delete-webhook"),
        ("", {}, "This server fetches messages itself"),
    ],
)
async def test_check_says_what_to_do_where_platform_and_server_disagree(
    motcua: Motcua, api: TelegramApi, url: str, environment: dict[str, str], says: str
) -> None:
    api.webhook = url
    assert says in (await motcua("check", **environment)).output


async def test_check_says_when_the_account_is_not_named_like_the_bot(motcua: Motcua, api: TelegramApi) -> None:
    api.username = "ten_khac_bot"
    assert "id = 'ten_khac_bot'" in (await motcua("check")).output


async def test_a_webhook_is_taken_away_and_what_waits_is_kept(motcua: Motcua, api: TelegramApi) -> None:
    api.webhook = "https://xa-mau.example/telegram/x"
    api.pending[1] = {"update_id": 1}
    result = await motcua("delete-webhook", **HTTPS)
    assert (api.webhook, list(api.pending)) == ("", [1])
    assert 'receiving = "polling"' in result.output


async def test_a_busy_platform_asks_to_wait(motcua: Motcua, api: TelegramApi) -> None:
    api.trouble(Trouble(429, "Too Many Requests", {"retry_after": 7}), method="getMe")
    result = await motcua("check")
    assert result.exit_code == 1
    assert "7 seconds" in result.output


async def test_one_bot_can_be_chosen(motcua: Motcua) -> None:
    assert (await motcua("check", "--account", BOT)).exit_code == 0
    assert "No unit file declares" in (await motcua("check", "--account", "ai_do_bot")).output
