"""Make the project's own Python environment, or say in one sentence how to cure what is missing. Standard library only.

Usage: python3 deploy/environment.py FOLDER
"""

import importlib.util
import subprocess
import sys

NEEDED = (3, 11)


def main(folder):
    """Create the environment in `folder`; exits with the cure when Python is too old or has no venv or ensurepip."""
    if sys.version_info < NEEDED:
        sys.exit(
            f"Python {NEEDED[0]}.{NEEDED[1]} or newer is needed, this is {sys.version.split()[0]}. "
            "Install it (Debian, Ubuntu: apt-get install python3) and run: make run PYTHON=python3.11"
        )
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        sys.exit(
            f"This Python has no {' and no '.join(missing)}. Cure (Debian, Ubuntu): apt-get install python{version}-venv, "
            "then run the same command again."
        )
    print(f"Making the environment in {folder} (once, about a minute) …", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    except subprocess.CalledProcessError:
        sys.exit(
            f"The environment could not be made. Cure (Debian, Ubuntu): apt-get install python3-venv; then delete {folder} and run again."
        )


if __name__ == "__main__":
    main(sys.argv[1])
