"""The short form of `make torture`: a few kills on each database, one by webhook, one by polling."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.databases import Absent, postgres_server
from tests.torture.__main__ import check_file
from tests.torture.trial import Trial

KILLS = 3


@pytest.mark.slow
async def test_a_process_killed_under_load_loses_nothing_and_does_nothing_twice_on_sqlite(tmp_path: Path) -> None:
    report = await Trial(f"sqlite:///{tmp_path / 'motcua.db'}", KILLS, seed=7).run()
    check_file(tmp_path / "motcua.db", report)
    assert report.faults == []
    assert report.kills == KILLS
    assert report.updates >= KILLS  # it was under load; how much of it the machine decides


@pytest.mark.slow
async def test_a_process_killed_under_load_loses_nothing_and_does_nothing_twice_on_postgresql() -> None:
    try:
        with postgres_server() as server:
            report = await Trial(server.empty(), KILLS, seed=8, receiving="polling").run()
    except Absent as error:
        pytest.skip(str(error))
    assert report.faults == []
    assert report.updates >= KILLS
