"""A machine without venv or ensurepip is told the cure, in one sentence and without a trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "deploy" / "environment.py"
WITHOUT = """
import importlib.util, runpy, sys
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == {missing!r} else real(name, *rest)
sys.argv = ["environment.py", {folder!r}]
runpy.run_path({script!r}, run_name="__main__")
"""


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_what_is_missing_is_named_with_its_cure(tmp_path: Path, missing: str) -> None:
    code = WITHOUT.format(missing=missing, folder=str(tmp_path / "env"), script=str(SCRIPT))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"no {missing}" in done.stderr
    assert "apt-get install python3." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "env").exists()


def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    code = f"import sys, runpy; sys.version_info = (3, 9, 2); sys.argv = ['x', {str(tmp_path / 'env')!r}]; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "3.11 or newer is needed" in done.stderr


def test_elsewhere_an_environment_is_made(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "env")], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "env" / "bin" / "python").exists()
