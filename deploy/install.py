"""Install what is locked, with hashes, into the environment this runs in; then the project itself. Standard library only.

Usage: .venv/bin/python deploy/install.py run | test

`requirements-run.lock` holds what the program needs, `requirements.lock` what the tests need as well.
"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOCKS = {"run": "requirements-run.lock", "test": "requirements.lock"}
PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-warn-script-location"]


def main(kind):
    """Install the lock of `kind`, then the project without looking at dependencies again."""
    lock = ROOT / LOCKS[kind]
    for command in (
        [*PIP, "--require-hashes", "--requirement", str(lock)],
        [*PIP, "--no-deps", "--editable", str(ROOT)],
    ):
        if subprocess.run(command, cwd=ROOT).returncode:
            sys.exit(
                "The packages could not be installed. Is the network up? Run the same command again; nothing is lost."
            )


if __name__ == "__main__":
    main(sys.argv[1])
