"""Logs are JSON lines without tokens and without personal numbers."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import log_to, redact

TOKEN = "7000000001:AAF-thu_nghiem_0123456789abcdefghijk"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is written to the log; the loggers are put back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    log_to(stream, "DEBUG")
    yield stream
    root.handlers[:], root.level = before, level


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        (f"GET https://api.telegram.org/bot{TOKEN}/getMe", TOKEN),
        (f"GET /bot{TOKEN.replace(':', '%3A')}/sendMessage", TOKEN.replace(":", "%3A")),
        ("secret=matkhau-cua-toi", "matkhau-cua-toi"),
        ("căn cước 051203001234", "051203001234"),
        ("gọi 0905 123 456", "123 456"),
    ],
)
def test_secrets_and_personal_numbers_never_reach_the_log(said: str, hidden: str, written: io.StringIO) -> None:
    logging.getLogger("x").warning("%s", said, extra={"more": said})
    assert hidden not in written.getvalue()
    assert hidden not in redact(said)


def test_a_line_is_json_with_time_level_and_extra_fields(written: io.StringIO) -> None:
    logging.getLogger("bot.x").info("đã gửi %s tin", 3, extra={"account": "mau/web/mau"})
    line = json.loads(written.getvalue())
    assert line["says"] == "đã gửi 3 tin"
    assert line["account"] == "mau/web/mau"
    assert line["level"] == "INFO"
    assert line["at"].endswith("+00:00")


def test_an_error_is_told_by_its_class_and_place_not_by_its_values(written: io.StringIO) -> None:
    try:
        raise ValueError("tên bí mật Nguyễn Văn A")
    except ValueError:
        logging.getLogger("x").exception("broke")
    line = json.loads(written.getvalue())
    assert line["error"] == "ValueError"
    assert line["where"].startswith("test_logs.py:")
    assert "bí mật" not in written.getvalue()


def test_dossier_and_procedure_codes_stay_readable() -> None:
    assert redact("H48.99.01-261120-0007 1.001193") == "H48.99.01-261120-0007 1.001193"
