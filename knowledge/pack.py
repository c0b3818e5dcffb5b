"""A pack as one file that can be sent: the compiled knowledge, a manifest, and the manifest's Ed25519 signature, in a zip.

The manifest names the database's SHA-256, so the signature stands for the whole. `cryptography` is imported only when something is signed or
verified: the counter itself never does either.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import sqlite3
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.snapshot import FORMAT, PackError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CONTAINER = 1  # the form of this file itself; FORMAT is that of the tables inside
MANIFEST, SIGNATURE, CONTENT = "manifest.json", "manifest.sig", "knowledge.db"
SIGNED_AS = b"motcua pack\n"  # a signature made for something else never fits
KIND = "motcua-ed25519"
MOST_MANIFEST, MOST_CONTENT = 64_000, 512_000_000  # bytes
WHOLE_DAY = (2026, 1, 1, 0, 0, 0)  # the same knowledge gives the same file


class PackRefused(PackError):
    """A pack file that is not installed: damaged, forged, or made for another program. `text` and `values` make the sentence for the officer."""

    def __init__(self, text: str, **values: object) -> None:
        self.text, self.values = text, values
        super().__init__(text.format(**values))


def _(message: str) -> str:
    """Marks a sentence for the catalogue; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a pack says of itself: the form of the file and of the tables, version, content hash, SHA-256 and size of the database, the key's id."""

    pack: int
    format: int
    version: str
    content_hash: str
    sha256: str
    size: int
    key: str


def make_keys(private: Path) -> str:
    """A new pair of keys: `private` (mode 600) and `private`.pub; gives the public line. Raises FileExistsError, nothing is written over."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    public = private.with_name(f"{private.name}.pub")
    if public.exists():
        raise FileExistsError(public)
    key = Ed25519PrivateKey.generate()
    handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    line = f"{KIND} {base64.b64encode(_public(key)).decode()} {private.stem}"
    public.write_text(line + "\n", encoding="utf-8")
    return line


def key_id(public: bytes) -> str:
    """Eight hex digits by which a key is spoken of."""
    return hashlib.sha256(public).hexdigest()[:8]


def read_trusted(path: Path) -> dict[str, bytes]:
    """The trusted public keys of a file, by id: one line each as `make_keys` gives it, # begins a remark. Raises PackRefused."""
    if not path.exists():
        raise PackRefused(
            _("Chưa có khóa tin cậy: chép dòng khóa công khai của nơi phát hành vào tệp {path}."), path=path
        )
    keys = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        kind, _space, rest = line.strip().partition(" ")
        try:
            public = base64.b64decode(rest.split()[0], validate=True) if kind == KIND and rest.split() else b""
        except binascii.Error:
            public = b""
        if len(public) != 32:
            raise PackRefused(
                _("{path}, dòng {number}: không phải khóa công khai của motcua."), path=path, number=number
            )
        keys[key_id(public)] = public
    return keys


def write_pack(database: Path, out: Path, private: Path) -> Manifest:
    """Make the pack `out` of a built `database`, signed with the key in `private`. Raises PackRefused for a key that is none, PackError."""
    key = _private(private)
    content = database.read_bytes()
    meta = _meta(database)
    manifest = Manifest(
        pack=CONTAINER,
        format=int(meta["format"]),
        version=meta["version"],
        content_hash=meta["content_hash"],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        key=key_id(_public(key)),
    )
    said = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    draft = out.with_name(f"{out.name}.part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in ((MANIFEST, said), (SIGNATURE, key.sign(SIGNED_AS + said)), (CONTENT, content)):
            file.writestr(zipfile.ZipInfo(name, WHOLE_DAY), data, zipfile.ZIP_DEFLATED)
    draft.replace(out)
    return manifest


def read_pack(path: Path, trusted: Mapping[str, bytes]) -> tuple[Manifest, bytes]:
    """The manifest and the database of a pack that is whole, signed by a trusted key and made for this program. Raises PackRefused."""
    damaged = PackRefused(_("Gói {name} bị hỏng: tải lại rồi cài lại. Bản đang dùng vẫn giữ nguyên."), name=path.name)
    try:
        with zipfile.ZipFile(path) as file:
            sizes = {info.filename: info.file_size for info in file.infolist()}
            if set(sizes) != {MANIFEST, SIGNATURE, CONTENT} or sizes[MANIFEST] > MOST_MANIFEST or sizes[SIGNATURE] > 64:
                raise damaged
            said, signature = file.read(MANIFEST), file.read(SIGNATURE)
            _verify(said, signature, trusted, path.name)
            manifest = Manifest(**json.loads(said))
            if manifest.pack != CONTAINER or manifest.format != FORMAT:
                raise PackRefused(
                    _(
                        "Gói {name} làm cho phiên bản motcua khác (dạng {format}, máy này đọc dạng {own}). Bản đang dùng vẫn giữ nguyên."
                    ),
                    name=path.name,
                    format=manifest.format,
                    own=FORMAT,
                )
            if sizes[CONTENT] != manifest.size or manifest.size > MOST_CONTENT:
                raise damaged
            content = file.read(CONTENT)
    except (
        OSError,
        zipfile.BadZipFile,
        EOFError,
        ValueError,
        TypeError,
        KeyError,
        NotImplementedError,
        zlib.error,
    ) as error:
        raise damaged from error
    if hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise damaged
    return manifest, content


def _verify(said: bytes, signature: bytes, trusted: Mapping[str, bytes], name: str) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    for public in trusted.values():
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, SIGNED_AS + said)
        except InvalidSignature:
            continue
        return
    raise PackRefused(
        _("Gói {name} không do nơi tin cậy ký: không cài. Bản đang dùng vẫn giữ nguyên. Hỏi nơi phát hành."), name=name
    )


def _private(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise PackRefused(_("{path} không phải khóa ký. Tạo khóa: motcua kb keygen TỆP"), path=path)
    return key


def _public(key: Ed25519PrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _meta(database: Path) -> dict[str, str]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return dict(connection.execute("SELECT key, value FROM meta"))
    except sqlite3.Error as error:
        raise PackError(f"{database.name} cannot be read ({error}). Run: motcua kb build") from error
    finally:
        connection.close()
