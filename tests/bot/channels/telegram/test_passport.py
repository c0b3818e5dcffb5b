"""What the counter never uses costs it nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["bot.app", "bot.cli.serve", "bot.cli.ask", "bot.cli.kb"])
def test_the_counter_runs_without_cryptography_in_memory(module: str) -> None:
    look = f"import sys, {module}; print([m for m in sys.modules if m.startswith('cryptography')])"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_it_can_still_be_imported_afterwards() -> None:
    look = "import bot.app, knowledge.pack, cryptography.hazmat; print('ok')"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "ok\n"
