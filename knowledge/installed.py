"""Which pack is used: one that was installed beside the database, else the one shipped with the code.

An installed pack is a file that never changes, named for its content; `in-force.json` says which is in force and which was before. It is replaced
whole, so a reader sees the old or the new one, and a power cut leaves one of the two.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.pack import Manifest, PackRefused, _, read_pack
from knowledge.snapshot import PACK, Knowledge, PackError, PackFormat, load

log = logging.getLogger(__name__)
POINTER = "in-force.json"


@dataclass(frozen=True, slots=True)
class Pack:
    """An installed pack: its file's name in the folder, what the file's content must be, the version people see."""

    file: str
    sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class State:
    """What is in force and what was before; None stands for the pack shipped with the code."""

    current: Pack | None = None
    previous: Pack | None = None
    ever: bool = False


class Installed:
    """The packs of one folder, and the shipped one below them."""

    def __init__(self, folder: Path, shipped: Path = PACK) -> None:
        self._folder = folder
        self._shipped = shipped

    def stamp(self) -> str:
        """Changes whenever another pack is to be used: one was installed, rolled back, or the shipped one was built again."""
        try:
            pointer = (self._folder / POINTER).read_text(encoding="utf-8")
        except OSError:
            pointer = ""
        try:
            stat = self._shipped.stat()
            shipped = f"{stat.st_mtime_ns} {stat.st_size}"
        except OSError:
            shipped = ""
        return f"{shipped}\n{pointer}"

    def state(self) -> State:
        """What is in force and before. A pointer that cannot be read counts as none: the shipped pack is always there."""
        try:
            data = json.loads((self._folder / POINTER).read_text(encoding="utf-8"))
            return State(_pack(data["current"]), _pack(data["previous"]), ever=True)
        except FileNotFoundError:
            return State()
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.error("%s cannot be read (%s): the shipped knowledge is used", POINTER, type(error).__name__)
            return State()

    def load(self) -> Knowledge:
        """The knowledge to use now. Raises PackError when an installed pack is damaged, or the shipped one cannot be used."""
        current = self.state().current
        if current:
            try:
                return self._load(current)
            except PackFormat as error:
                log.warning("the installed knowledge is not used, the shipped one is: %s", error)
        return load(self._shipped)

    def load_any(self) -> Knowledge:
        """As `load` for a start: a damaged installed pack gives way to the shipped one, since some answer is better than none."""
        try:
            return self.load()
        except PackError as error:
            if self.state().current is None:
                raise
            log.error("the installed knowledge cannot be used, the shipped one is: %s", error)
            return load(self._shipped)

    def install(self, path: Path, trusted: Mapping[str, bytes]) -> Manifest:
        """Put a pack file in force; the one before is kept for `rollback`. Raises PackRefused or PackError, and nothing has changed then."""
        manifest, content = read_pack(path, trusted)
        pack = Pack(f"{manifest.sha256[:16]}.db", manifest.sha256, manifest.version)
        before = self.state()
        if before.current == pack:
            raise PackRefused(_("Bản {version} đang được dùng rồi."), version=manifest.version)
        self._folder.mkdir(parents=True, exist_ok=True)
        _write(self._folder / pack.file, content)
        try:
            knowledge = self._load(pack)
            if (knowledge.version, knowledge.content_hash) != (manifest.version, manifest.content_hash):
                raise PackError(f"{path.name} holds another version than its manifest says.")
        except PackError:
            if pack != before.previous:
                (self._folder / pack.file).unlink(missing_ok=True)
            raise
        self._point(State(pack, before.current))
        return manifest

    def rollback(self) -> str:
        """Put the pack before in force again; gives its version ("" for the shipped one). Raises PackRefused, PackError."""
        state = self.state()
        if not state.ever or state.current == state.previous:
            raise PackRefused(_("Chưa cài gói nào trước đó nên không có gì để quay lại."))
        if state.previous:
            self._load(state.previous)
        self._point(State(state.previous, state.current))
        return state.previous.version if state.previous else ""

    def _load(self, pack: Pack) -> Knowledge:
        path = self._folder / pack.file
        try:
            whole = hashlib.sha256(path.read_bytes()).hexdigest() == pack.sha256
        except OSError as error:
            raise PackError(f"{path} cannot be read ({type(error).__name__}). Install the pack again.") from error
        if not whole:
            raise PackError(f"{path} is damaged. Install the pack again, or run: motcua kb rollback")
        return load(path)

    def _point(self, state: State) -> None:
        data = {
            "current": asdict(state.current) if state.current else None,
            "previous": asdict(state.previous) if state.previous else None,
        }
        _write(self._folder / POINTER, json.dumps(data, indent=1).encode())
        kept = {pack.file for pack in (state.current, state.previous) if pack}
        for path in self._folder.glob("*.db"):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _pack(data: dict[str, Any] | None) -> Pack | None:
    return Pack(**data) if data is not None else None


def _write(path: Path, content: bytes) -> None:
    """Write aside, make sure that it is on the disk, rename: whoever looks sees the old file or the whole new one."""
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    if hasattr(os, "O_DIRECTORY"):  # Windows cannot sync a folder
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
