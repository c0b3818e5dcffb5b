"""Procedures the state no longer publishes: written down by the import, completed by people, answered as "no longer needed".

`knowledge/withdrawn.toml` holds one table a code. The facts of a withdrawn code stay in the tables as they were last published, so that it is
still found by whoever asks for it. The import adds and removes tables and touches nothing else; `replaced_by` and `note` are written by people.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from knowledge.model import Code, Line, Strict

FILE = "withdrawn.toml"
HEAD = """\
# Procedures that the state no longer publishes. `motcua kb import-facts` adds a table when a code is missing from the publication and takes it
# away when the code comes back. People write what replaced it, where that is known, and a remark for citizens:
#   replaced_by = ["1.001193"]
#   note = "Nay công an xã làm."
"""


class Withdrawn(Strict):
    """A code that is no longer published. `since` is the day of the first publication without it."""

    code: Code
    name: Line
    since: date
    replaced_by: tuple[Code, ...] = Field(default=(), strict=False)
    note: Line | None = None

    @property
    def key(self) -> str:
        """The code: what this entry is known by."""
        return self.code


def rewrite(path: Path, gone: Mapping[str, tuple[str, date]], back: Iterable[str]) -> None:
    """Add the codes `gone` (name, day) to the file and take those that are `back` out; comments and what people wrote stay.

    The file is replaced whole or not at all; with nothing to change it is not touched.
    """
    import tomlkit

    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.parse(HEAD)
    rows: Any = document.get("withdrawn")
    known = {str(row["code"]) for row in rows} if rows is not None else set()
    added, removed = [code for code in sorted(gone) if code not in known], known & set(back)
    if not added and not removed:
        return
    if rows is None:
        rows = tomlkit.aot()
        document.append("withdrawn", rows)
    for index in reversed(range(len(rows))):
        if str(rows[index]["code"]) in removed:
            del rows[index]
    for code in added:
        name, since = gone[code]
        table = tomlkit.table()
        table.update({"code": code, "name": " ".join(name.split())[:240], "since": since, "replaced_by": []})
        rows.append(table)
    text = tomlkit.dumps(document) if len(rows) else HEAD
    draft = path.with_suffix(".tmp")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
