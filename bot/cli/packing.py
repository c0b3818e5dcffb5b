"""`motcua kb keygen`, `pack`, `install`, `rollback`: sending the knowledge to other counters without touching their code."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NoReturn

import click

from bot.cli.opening import fail
from bot.settings import Settings, SettingsError, load_settings
from handlers.language import gettext

_ = gettext


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _refuse(text: str) -> NoReturn:
    raise click.ClickException(text)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def keygen(file: Path) -> None:
    """Make a pair of keys: FILE signs packs and stays secret, FILE.pub is what others trust."""
    from knowledge.pack import make_keys

    if any((folder / ".git").exists() for folder in file.absolute().parents):
        _refuse(_("{file} nằm trong kho mã nguồn: để khóa ở nơi khác, chỉ người phát hành đọc được.").format(file=file))
    try:
        line = make_keys(file)
    except FileExistsError:
        _refuse(_("{file} đã có: không ghi đè khóa.").format(file=file))
    except OSError as error:
        _refuse(f"{file}: {error.strerror}")
    click.echo(
        _(
            "Khóa ký: {file} (giữ kín, không gửi cho ai). Khóa công khai, chép vào tệp khóa tin cậy của nơi nhận:"
        ).format(file=file)
    )
    click.echo(line)


@click.command()
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: motcua-VERSION.pack here."
)
@click.option(
    "--key", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The key that signs."
)
def pack(output: Path | None, key: Path) -> None:
    """Build the knowledge and write it as one signed file."""
    from knowledge.build import build
    from knowledge.pack import PackRefused, write_pack
    from knowledge.snapshot import PackError
    from knowledge.source import KnowledgeError, read

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "knowledge.db"
        draft = Path(folder) / "new.pack"
        try:
            build(read(), database)
            manifest = write_pack(database, draft, key)
            out = output or Path(f"motcua-{manifest.version}.pack")
            out.parent.mkdir(parents=True, exist_ok=True)
            beside = out.with_name(f"{out.name}.part")
            beside.write_bytes(draft.read_bytes())
            beside.replace(out)
        except KnowledgeError as error:
            fail(error.problems)
        except PackRefused as error:
            _refuse(_(error.text).format(**error.values))
        except PackError as error:
            _refuse(str(error))
    size = out.stat().st_size // 1000
    click.echo(
        _("Đã đóng gói {out}: {size} kB, bản {version}, khóa {key}.").format(
            out=out, size=size, version=manifest.version, key=manifest.key
        )
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def install(file: Path) -> None:
    """Put the pack FILE in force; running counters take it over within ten seconds."""
    from knowledge.installed import Installed
    from knowledge.pack import PackRefused, read_trusted
    from knowledge.snapshot import PackError

    settings = _settings()
    try:
        manifest = Installed(settings.pack_folder).install(file, read_trusted(settings.trusted))
    except PackRefused as error:
        _refuse(_(error.text).format(**error.values))
    except PackError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(
            _("Không ghi được vào {folder} ({why}). Bản đang dùng vẫn giữ nguyên.").format(
                folder=settings.pack_folder, why=error.strerror
            )
        )
    click.echo(
        _("Đã cài bản {version}. Máy đang chạy đổi sang trong 10 giây. Quay lại bản trước: motcua kb rollback").format(
            version=manifest.version
        )
    )
    click.echo(_("Xem sửa đổi tại chỗ có gốc đã đổi: motcua kb override list --conflicts"))


@click.command()
def rollback() -> None:
    """Put the knowledge that was in force before in force again."""
    from knowledge.installed import Installed
    from knowledge.pack import PackRefused
    from knowledge.snapshot import PackError

    try:
        version = Installed(_settings().pack_folder).rollback()
    except PackRefused as error:
        _refuse(_(error.text).format(**error.values))
    except (PackError, OSError) as error:
        _refuse(str(error))
    if version:
        click.echo(_("Đã quay lại bản {version}. Máy đang chạy đổi sang trong 10 giây.").format(version=version))
    else:
        click.echo(_("Đã quay lại bản đi kèm phần mềm. Máy đang chạy đổi sang trong 10 giây."))
