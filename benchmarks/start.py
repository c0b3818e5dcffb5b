"""Cold start to the first answer, idle memory, and the size of a page: whole processes, measured from outside.

Run: python -m benchmarks.start
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROUNDS = 5
SERVE = [sys.executable, "-c", "from bot.cli import main; main(['serve'])"]
ASK = [sys.executable, "-c", "from bot.cli import main; main(['ask', 'em mới sinh bé cần giấy gì z'])"]


def first_answer() -> float:
    """Seconds from starting a process to the whole first answer on its output (`motcua ask`)."""
    begun = time.perf_counter()
    subprocess.run(ASK, check=True, capture_output=True)
    return time.perf_counter() - begun


def serving() -> tuple[float, float, int]:
    """Seconds from starting the server to its first page, resident MB once idle, bytes of that page (uncompressed)."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "MOTCUA_PORT": "0", "MOTCUA_DATABASE": f"sqlite:///{folder}/x.db"}
        begun = time.perf_counter()
        process = subprocess.Popen(SERVE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        try:
            address = ""
            for line in process.stdout or ():
                if found := re.search(r"http://\S+", line):
                    address = found.group().rstrip("/")
                    break
            if not address:
                raise SystemExit("the server did not start: run `motcua serve` and read what it says")
            with urllib.request.urlopen(f"{address}/mau/") as answer:
                page = len(answer.read())
            seconds = time.perf_counter() - begun
            time.sleep(3)
            status = Path(f"/proc/{process.pid}/status").read_text()
            resident = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024  # type: ignore[union-attr]
        finally:
            process.terminate()
            process.wait(20)
            if process.stdout:
                process.stdout.close()
    return seconds, resident, page


def table() -> list[str]:
    """The rows of the results, as Markdown."""
    first_answer()  # once for the compiled files
    asked = [first_answer() for _ in range(ROUNDS)]
    served = [serving() for _ in range(ROUNDS)]
    return [
        "| what | median | worst | bar |",
        "|---|---|---|---|",
        f"| start to first answer (`motcua ask`) | {statistics.median(asked):.2f} s | {max(asked):.2f} s | 2.5 s |",
        f"| start to first page (`motcua serve`, database made) | {statistics.median(s[0] for s in served):.2f} s | {max(s[0] for s in served):.2f} s | 2.5 s |",
        f"| resident memory, idle after one page | {statistics.median(s[1] for s in served):.0f} MB | {max(s[1] for s in served):.0f} MB | 130 MB |",
        f"| first page, HTML uncompressed | {served[0][2] / 1000:.0f} kB | | 100 kB |",
    ]


if __name__ == "__main__":
    print("\n".join(table()))
