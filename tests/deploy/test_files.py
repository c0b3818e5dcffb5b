"""What lies in the repository names no machine, no registry and no secret, and the deploy files start what `make run` starts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LOCKS = ("requirements.lock", "requirements-run.lock")


def tracked() -> list[Path]:
    """Every text file git knows; none outside a clone."""
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git clone")
    return [ROOT / name for name in done.stdout.split("\n") if name and not name.endswith((".png", ".ico"))]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_versions_and_hashes_and_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    pinned = re.findall(r"^([a-z0-9][a-z0-9.-]*)==", text, re.M)
    assert len(pinned) > 30
    assert text.count("--hash=sha256:") > len(pinned)


def test_what_runs_is_locked_to_the_versions_that_were_tested() -> None:
    def versions(lock: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)", (ROOT / lock).read_text(encoding="utf-8"), re.M))

    tested, run = (versions(lock) for lock in LOCKS)
    assert {name: tested.get(name) for name in run} == run


def test_no_path_of_a_machine_stands_in_the_repository() -> None:
    files = tracked()
    assert len(files) > 200
    for path in files:
        text = path.read_text(encoding="utf-8", errors="ignore")
        for strange in ("/" + "root/", "/" + "work/main", "/home" + "/"):
            assert strange not in text, f"{path.name} names {strange}"


def test_every_way_of_deploying_starts_the_same_program() -> None:
    deploy = ROOT / "deploy"
    assert 'CMD ["motcua", "serve"]' in (deploy / "Containerfile").read_text()
    assert "motcua serve" in (deploy / "motcua.service").read_text()
    assert "dockerfile: deploy/Containerfile" in (deploy / "compose.yaml").read_text()
    assert "motcua serve" in (ROOT / "Makefile").read_text()


def test_every_setting_stands_in_the_readme() -> None:
    from bot.settings import Settings

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [
        name
        for name in Settings.model_fields
        if name.upper() not in readme and name.upper().split("PER_")[-1] not in readme
    ]
    assert missing == []
