"""What all tests share: the real knowledge, built once a run, the sample unit, and a fixed working morning."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from bot.locale import speak
from handlers.dialogue import Dialogue
from knowledge.snapshot import Knowledge, load
from knowledge.source import Source, read
from knowledge.unit import Unit, load_units

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
# How long one example takes on a busy machine says nothing about the code.
settings.register_profile("busy-machine", deadline=None)
settings.load_profile("busy-machine")
FRIDAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam, the centre is open


@pytest.fixture(scope="session")
def source() -> Source:
    """The knowledge folder as it is read."""
    return read()


@pytest.fixture(scope="session")
def pack_file(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack built for this run."""
    from knowledge.build import build

    path = tmp_path_factory.mktemp("pack") / "knowledge.db"
    build(source, path)
    return path


@pytest.fixture(scope="session")
def knowledge(pack_file: Path) -> Knowledge:
    """The knowledge as it runs."""
    speak()
    return load(pack_file)


@pytest.fixture(scope="session")
def unit() -> Unit:
    """The sample unit."""
    return load_units(ROOT / "units")["mau"]


@pytest.fixture
def dialogue(knowledge: Knowledge, unit: Unit) -> Dialogue:
    """A fresh conversation on a Friday morning."""
    return Dialogue(knowledge, unit, FRIDAY)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The published facts and the bench; absent for people who clone the project."""
    if not SHARED.exists():
        pytest.skip("the folder beside the project with the publication and the bench is not here")
    return SHARED
