"""Structured logs: one JSON object a line, without personal data and without tokens.

Modules log ids, counts and class names. This is the net below them: whatever looks like a bot token in an address, and every personal
number, is hidden before a line is written (docs/security.md; a test greps a whole run).
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from knowledge.text.masking import mask

TOKEN = re.compile(r"(?i)(bot)?\d{6,12}(?::|%3A)[A-Za-z0-9_-]{20,}|(?i:secret|token|password|authorization)[=:]\s*\S+")
PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    """`text` without anything that looks like a token or a personal number."""
    return mask(TOKEN.sub("[hidden]", text)).text


class JsonLines(logging.Formatter):
    """A record as one JSON object: time (UTC), level, logger, message, the extra fields, and the error's place without its values."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, redacted."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "says": record.getMessage(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in PLAIN}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            if trace:
                code = trace.tb_frame.f_code
                line["where"] = f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}"
        return redact(json.dumps(line, ensure_ascii=False, default=str))


def log_to(stream: TextIO = sys.stderr, level: str = "INFO") -> None:
    """Send all logs to `stream` as JSON lines; libraries that log addresses speak only of warnings."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for loud in ("aiohttp.access", "httpx", "httpcore", "telegram", "alembic", "asyncio"):
        logging.getLogger(loud).setLevel(logging.WARNING)
