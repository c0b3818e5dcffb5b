"""`motcua dossiers`: bring dossiers in, let notices go, take an import back, follow codes, charges, counts. Officers read Vietnamese."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import segno

from bot.channels.links import links_for
from bot.cli.at_the_desk import Desk, by_whom, moment, of_unit, officer, opened, refuse, shown
from bot.cli.dossier_files import confirmed_sheet, read_file
from bot.cli.opening import open_knowledge
from bot.settings import load_settings
from bot.sources import applying
from bot.sources.applying import Summary
from bot.sources.reading import Reading
from bot.store import desk as at_desk
from bot.store import moves
from bot.store.counting import note
from handlers.dossier.codes import as_link
from handlers.dossier.states import official
from handlers.language import gettext
from knowledge.unit import ZONE, Unit

_ = gettext
MOST_DOUBTS = 20
MOST_AMOUNT = 10_000_000_000
WHAT = {
    "first": _("hồ sơ mới có dữ liệu"),
    "state": _("đổi trạng thái"),
    "due": _("đổi ngày hẹn"),
    "charge": _("khoản phải nộp"),
}


@click.group()
def dossiers() -> None:
    """Dossiers: import, send, undo, follow, charge, list."""


@dossiers.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@of_unit
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would change.")
@click.option("--until", default="", help='When the file was exported, "17:00 27/11/2026".')
@click.option("--yes", is_flag=True, help="Ask nothing: columns as they are found, the file's own time.")
@by_whom
def import_(file: Path, unit_id: str, dry: bool, until: str, yes: bool, by: str) -> None:
    """Bring in FILE: a spreadsheet exported from the one-stop system, or JSON (a file or a folder)."""
    knowledge = open_knowledge()
    with opened(unit_id) as desk:
        name = officer(by)
        given = moment(until) if until else None
        source, reading = read_file(desk, file)
        reading = confirmed_sheet(desk, file, reading, by=name, ask=not (yes or dry), keep=not dry)
        reading.until = _until(desk, file, reading, given, ask=not (yes or dry))
        again = desk.store.transact(lambda c: at_desk.seen_before(c, desk.unit.id, reading.fingerprint), reading=True)
        if again and reading.fingerprint:
            click.echo(_("Tệp này đã nhập lúc {moment}, nhập lại không đổi gì.").format(moment=shown(again)))
        done = applying.apply(
            desk.store, desk.unit, reading, source=source, by=name, now=desk.now, knowledge=knowledge, dry=dry
        )
        for line in report(done, desk.unit):
            click.echo(line)


def _until(desk: Desk, file: Path, reading: Reading, given: datetime | None, *, ask: bool) -> datetime:
    """From when the data is: as the officer says, else as the file says, else the file's own time."""
    if given and given > desk.now:
        refuse(_("Giờ xuất tệp {moment} chưa tới. Xem lại --until.").format(moment=shown(given)))
    said = given or reading.until
    if said:
        return said
    file_time = datetime.fromtimestamp(file.stat().st_mtime, ZONE)
    told = _("Tệp không ghi lúc xuất; lấy giờ của tệp: {moment}.").format(moment=shown(file_time))
    click.echo(told)
    if ask and not click.confirm(_("Đúng giờ xuất chưa?"), default=True):
        return moment(click.prompt(_("Xuất lúc (17:00 27/11/2026)")))
    return min(file_time, desk.now)


def report(done: Summary, unit: Unit) -> list[str]:
    """What an import did, for the officer: no name, no code."""
    dry = not done.import_id
    lines = [_("Thử, chưa ghi gì.")] if dry else []
    if done.until:
        lines.append(_("Dữ liệu đến {moment}: {rows} hồ sơ.").format(moment=shown(done.until), rows=done.rows))
    lines.append(
        _("Mới {new}, thay đổi {changed}, giữ nguyên {unchanged}.").format(
            new=done.new, changed=done.changed, unchanged=done.unchanged
        )
    )
    if done.older:
        lines.append(_("Cũ hơn dữ liệu đang có, không ghi: {n}.").format(n=done.older))
    if done.gone:
        lines.append(
            _("Đã trả kết quả quá {days} ngày, không giữ: {n}.").format(days=unit.dossiers.keep_days, n=done.gone)
        )
    if done.doubts:
        lines.append(_("Dòng cần xem lại: {n}.").format(n=len(done.doubts)))
        for doubt in done.doubts[:MOST_DOUBTS]:
            left_out = _("bỏ qua") if doubt.skipped else _("đọc một phần")
            lines.append(_("  dòng {row}: {why} ({left_out})").format(row=doubt.row, why=doubt.why, left_out=left_out))
        if len(done.doubts) > MOST_DOUBTS:
            lines.append(_("  và {n} dòng nữa").format(n=len(done.doubts) - MOST_DOUBTS))
    if done.unknown_states:
        names = ", ".join(f"{name} ({n})" for name, n in done.unknown_states.most_common())
        lines.append(_("Trạng thái chưa biết, giữ nguyên chữ: {names}.").format(names=names))
        lines.append(
            _("Ghi nghĩa của chúng vào [dossiers.state_names] trong tệp units/{unit}.toml.").format(unit=unit.id)
        )
    if done.unknown_procedures:
        names = ", ".join(f"{code} ({n})" for code, n in done.unknown_procedures.most_common(10))
        lines.append(_("Mã thủ tục không có trong kho kiến thức: {names}.").format(names=names))
    return [*lines, *_about_notices(done, unit)]


def _about_notices(done: Summary, unit: Unit) -> list[str]:
    lines = [_("Lần nhập đầu tiên không báo tin cho ai, trừ người đang chờ hồ sơ có dữ liệu.")] if done.silent else []
    many = done.chats > unit.dossiers.most_unasked
    if done.notices:
        lines.append(
            _("Tin báo cho người theo dõi: nhiều nhất {n} tin, tới {chats} cuộc trò chuyện.").format(
                n=done.notices, chats=done.chats
            )
        )
    if many:
        lines.append(_("Nhiều hơn {most} nên chờ cán bộ cho gửi.").format(most=unit.dossiers.most_unasked))
    if done.import_id:
        if many:
            lines.append(_("Xem và gửi: motcua dossiers send {id} --by TÊN").format(id=done.import_id))
        lines.append(_("Lần nhập {id}. Nhập nhầm tệp thì bỏ: motcua dossiers undo --by TÊN").format(id=done.import_id))
    return lines


@dossiers.command()
@click.argument("import_id", metavar="[IMPORT]", default="")
@of_unit
@click.option("--yes", is_flag=True, help="Send without asking.")
@by_whom
def send(import_id: str, unit_id: str, yes: bool, by: str) -> None:
    """Let the notices of a waiting import go (of all, without IMPORT), after a preview."""
    with opened(unit_id) as desk:
        name = officer(by)
        found = desk.store.transact(lambda c: moves.waiting(c, desk.unit.id, import_id.strip()), reading=True)
        if not found:
            click.echo(_("Không có tin nào chờ gửi."))
            return
        for one in found:
            what = ", ".join(f"{gettext(WHAT.get(word, word))} {n}" for word, n in one.by_what.most_common())
            click.echo(
                _("Lần nhập {id}, {moment}: nhiều nhất {n} tin, tới {chats} cuộc trò chuyện ({what}).").format(
                    id=one.import_id, moment=shown(one.started_at), n=one.notices, chats=one.chats, what=what
                )
            )
        if not yes and not click.confirm(_("Gửi?"), default=False):
            click.echo(_("Chưa gửi."))
            return
        ids = [one.import_id for one in found]

        def go(connection: object) -> int:
            released = moves.release(connection, desk.unit.id, ids)  # type: ignore[arg-type]
            note(connection, desk.unit.id, "notices_released", desk.now, by=name, imports=ids)  # type: ignore[arg-type]
            return released

        desk.store.transact(go)
        click.echo(_("Đã cho gửi. Tin đi trong giờ 07:30 đến 20:00."))


@dossiers.command()
@of_unit
@by_whom
def undo(unit_id: str, by: str) -> None:
    """Take the newest import back: every dossier as it was before."""
    with opened(unit_id) as desk:
        import_id, restored, left = applying.undo(desk.store, desk.unit, by=officer(by))
        if not import_id:
            refuse(_("Không có lần nhập nào bỏ được: chỉ bỏ được lần mới nhất, một lần."))
        click.echo(_("Đã bỏ lần nhập {id}: {n} hồ sơ như trước.").format(id=import_id, n=restored))
        if left:
            click.echo(_("{n} hồ sơ đã đổi vì việc khác, giữ nguyên.").format(n=left))
        click.echo(_("Tin chưa gửi của lần nhập này không gửi nữa."))


@dossiers.command()
@click.argument("code")
@of_unit
@by_whom
def follow(code: str, unit_id: str, by: str) -> None:
    """Print a follow code and its QR for the citizen: whoever has it sees all of dossier CODE, once."""
    with opened(unit_id) as desk:
        name, found = officer(by), desk.code(code)
        said = desk.store.transact(
            lambda c: at_desk.new_follow_code(c, desk.seal, desk.unit.id, found, by=name, now=desk.now)
        )
        spelled = f"{said[:4]}-{said[4:]}"
        # Whoever scans it has shown both at once: the dossier opens without another word.
        links = links_for(desk.unit, f"{as_link(found)}-{said}", load_settings().base_url)
        segno.make(links[0].url if links else f"{found} {said}", error="m").terminal(compact=True)
        click.echo(_("Hồ sơ {code}").format(code=found))
        click.echo(_("Mã theo dõi: {said}").format(said=spelled))
        for link in links:
            click.echo(link.url)
        click.echo(_("Đưa cho chủ hồ sơ, dùng một lần. Máy không giữ mã này, mất thì in mã mới."))


@dossiers.command()
@click.argument("code")
@click.option("--amount", type=click.IntRange(1, MOST_AMOUNT), help="Whole đồng.")
@click.option("--name", "title", default="Lệ phí", help="What it is for.")
@click.option("--due", default="", help="Until when, 27/11/2026.")
@click.option("--paid", is_flag=True, help="What is due is paid.")
@of_unit
@by_whom
def charge(code: str, amount: int | None, title: str, due: str, paid: bool, unit_id: str, by: str) -> None:
    """Mark that dossier CODE has a charge due, or with --paid that it is paid."""
    if paid == (amount is not None):
        refuse(_("Ghi một trong hai: --amount SỐ_TIỀN hoặc --paid."))
    with opened(unit_id) as desk:
        name, found = officer(by), desk.code(code)
        if paid:
            number = desk.store.transact(
                lambda c: at_desk.mark_paid(c, desk.store.dialect, desk.unit.id, found, by=name, now=desk.now)
            )
            if not number:
                refuse(_("Hồ sơ này không có khoản nào chờ nộp."))
            click.echo(_("Đã ghi: nộp xong. Lời nhắc đang chờ không gửi nữa."))
            return
        last = moment(due) if due else None
        if last and last < desk.now:
            refuse(_("Hạn nộp {moment} đã qua.").format(moment=shown(last)))
        assert amount is not None
        desk.store.transact(
            lambda c: at_desk.mark_charge(
                c,
                desk.store.dialect,
                desk.unit.id,
                found,
                amount=amount,
                name=" ".join(title.split())[:200],
                due=last,
                by=name,
                now=desk.now,
            )
        )
        told = f"{amount:,}".replace(",", ".")
        click.echo(_("Đã ghi: {name} {amount} đ. Người theo dõi hồ sơ được báo.").format(name=title, amount=told))


@dossiers.command("list")
@of_unit
def list_(unit_id: str) -> None:
    """How many dossiers stand in which state."""
    with opened(unit_id) as desk:
        rows = desk.store.transact(lambda c: at_desk.by_state(c, desk.unit.id), reading=True)
        for state, other, number in rows:
            name = official(state) if state else _("{name} (chưa biết nghĩa)").format(name=other or "?")  # type: ignore[arg-type]
            click.echo(f"{number:>7}  {name}")
        click.echo(_("{n} hồ sơ.").format(n=sum(row[2] for row in rows)))
