"""Writing into a procedure's file for which facts it was written; nothing else in it changes."""

from __future__ import annotations

from pathlib import Path


def written_for(path: Path, facts_hash: str) -> None:
    """Note in the file at `path` that its words were held against the facts of this hash (`Facts.hash`)."""
    import tomlkit

    text = path.read_text(encoding="utf-8")
    document = tomlkit.parse(text)
    if "facts_hash" in document:
        document["facts_hash"] = facts_hash
        said = tomlkit.dumps(document)
    else:
        # tomlkit appends a new key behind the last table; it belongs right below the code.
        lines = text.splitlines(keepends=True)
        at = next(n for n, line in enumerate(lines) if line.startswith("code")) + 1
        said = "".join([*lines[:at], f'facts_hash = "{facts_hash}"\n', *lines[at:]])
    draft = path.with_suffix(".tmp")
    draft.write_text(said, encoding="utf-8")
    draft.replace(path)
