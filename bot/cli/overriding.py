"""`motcua kb override`: what a unit or its province says beside the publication. One officer sets it, another approves it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import NoReturn

import click

from bot.cli.opening import open_knowledge, open_units
from bot.clock import utc_now
from bot.settings import SettingsError, load_settings
from bot.store import Store, StoreDown, StoreError, overrides
from handlers.language import gettext
from knowledge.card import LIMIT
from knowledge.override import Local, Override, Scope, laid
from knowledge.override_input import NAMES, OverrideError, cleaned, days_of, same_person, value_of
from knowledge.procedure import WAY_OUT, Procedure
from knowledge.snapshot import Knowledge
from knowledge.unit import ZONE, Unit

_ = gettext
MOST_NAME = 120
MORE = 150  # letters that what a unit adds may take beyond a card's budget: papers everybody needs never give way to it

by_whom = click.option("--by", required=True, envvar="MOTCUA_OFFICER", help="The officer's name (or MOTCUA_OFFICER).")


@dataclass(frozen=True, slots=True)
class Desk:
    """What every one of these commands has before it: the store, the knowledge, the units, the moment (UTC) and the day in Vietnam."""

    store: Store
    knowledge: Knowledge
    units: dict[str, Unit]
    now: datetime
    today: date

    def all(self) -> list[Override]:
        """Every override, oldest first."""
        return self.store.transact(lambda c: overrides.all_of(c, self.units), reading=True)

    def one(self, override_id: str) -> Override:
        """The override of that id. Ends the program when there is none."""
        found = next((o for o in self.all() if o.id == override_id.strip().lower()), None)
        return found or _refuse(
            _("Không có sửa đổi nào mang số {id}. Xem: motcua kb override list --all").format(id=override_id)
        )

    def facts_hash(self, override: Override) -> str | None:
        """The hash of the facts now in force; None where the code is gone or withdrawn."""
        procedure = self.knowledge.procedures.get(override.code)
        return procedure.facts.hash if procedure and not procedure.withdrawn else None

    def line(self, override: Override) -> str:
        """One override as a line for the officer."""
        name = gettext(NAMES[override.field])
        title = p.title if (p := self.knowledge.procedures.get(override.code)) else "?"
        parts = [
            override.id,
            self.state(override),
            self.whom(override),
            f"{override.code} {title}: {name} = {_shown(override)}",
        ]
        if override.valid_from:
            parts.append(_("từ {day}").format(day=f"{override.valid_from:%d/%m/%Y}"))
        if override.valid_to:
            parts.append(_("đến {day}").format(day=f"{override.valid_to:%d/%m/%Y}"))
        parts.append(_("{name} đặt").format(name=override.author))
        if override.approver:
            parts.append(_("{name} duyệt").format(name=override.approver))
        if override.undone_by:
            parts.append(_("{name} bỏ").format(name=override.undone_by))
        if override.conflicts(self.facts_hash(override)) and not override.over(self.today):
            parts.append(_("gốc đã đổi: giữ / bỏ"))
        return "; ".join(parts)

    def state(self, override: Override) -> str:
        """How it stands today, in words."""
        if override.state == "undone":
            return _("đã bỏ")
        if override.over(self.today):
            return _("đã hết hạn")
        if override.state == "proposed":
            return _("chờ duyệt")
        return _("đang có hiệu lực") if override.begun(self.today) else _("chưa tới ngày")

    def whom(self, override: Override) -> str:
        """Whom it is for, in words."""
        if override.scope == "unit":
            return self.units[override.unit_id].name if override.unit_id in self.units else override.unit_id
        return _("cả nước") if override.scope == "country" else _("cả tỉnh {code}").format(code=override.province)


def _shown(override: Override) -> str:
    said = f"{date.fromisoformat(override.value):%d/%m/%Y}" if override.field == "verified_on" else override.value
    return f"{said} ({override.source})" if override.source else said


def _refuse(text: str) -> NoReturn:
    raise click.ClickException(text)


@contextmanager
def _desk() -> Iterator[Desk]:
    knowledge, units = open_knowledge(), open_units()
    try:
        store = Store.open(load_settings().database.get_secret_value())
    except (StoreError, StoreDown, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    now = utc_now()
    try:
        yield Desk(store, knowledge, units, now, now.astimezone(ZONE).date())
    except StoreDown as error:
        raise click.ClickException(str(error)) from error
    except OverrideError as error:
        raise click.ClickException(gettext(error.text).format(**error.values)) from error
    finally:
        store.close()


def _officer(name: str) -> str:
    name = cleaned(name)
    if not name or len(name) > MOST_NAME:
        _refuse(_("Ghi tên cán bộ sau --by."))
    return name


@click.group()
def override() -> None:
    """What the unit says beside the publication: set, list, approve, keep, undo, export."""


@override.command("set")
@click.argument("code")
@click.argument("field")
@click.argument("value")
@click.option("--text", default="", help="How a fee is told; default: the amount.")
@click.option("--source", default="", help="The legal document behind it; a fee needs one.")
@click.option("--from", "valid_from", default="", help="First day, 20/11/2026; default: today.")
@click.option("--to", "valid_to", default="", help="Last day; default: for good.")
@click.option("--unit", "unit_id", default="", help="The unit it is for; default: the first.")
@click.option("--province", is_flag=True, help="For every unit of this unit's province.")
@click.option("--country", is_flag=True, help="For every unit.")
@by_whom
def set_(
    code: str,
    field: str,
    value: str,
    text: str,
    source: str,
    valid_from: str,
    valid_to: str,
    unit_id: str,
    province: bool,
    country: bool,
    by: str,
) -> None:
    """Propose that FIELD of CODE is VALUE: fee, place, phone, hours, note, alias, hidden, verified_on."""
    with _desk() as desk:
        author = _officer(by)
        unit = _unit(desk, unit_id)
        procedure = desk.knowledge.procedures.get(code.strip()) or _refuse(
            _("Không có thủ tục mã {code}. Mã có dạng 1.001193.").format(code=code)
        )
        told, amount = value_of(field.strip(), value, text, source, desk.today)
        first, last = days_of(valid_from, valid_to)
        if last and last < desk.today:
            _refuse(_("Ngày hết hạn {day} đã qua.").format(day=f"{last:%d/%m/%Y}"))
        if province and country:
            _refuse(_("Chọn một: --province hoặc --country."))
        if province and not unit.province:
            _refuse(_("Tệp của {unit} chưa ghi dossier_prefixes nên chưa biết thuộc tỉnh nào.").format(unit=unit.name))
        scope: Scope = "country" if country else "province" if province else "unit"
        new = Override(
            id=overrides.new_id(),
            scope=scope,
            unit_id=unit.id if scope == "unit" else overrides.EVERYBODY,
            province=unit.province if scope == "province" else "",
            code=procedure.code,
            field=field.strip(),
            value=told,
            amount=amount,
            source=cleaned(source)[:240],
            valid_from=first,
            valid_to=last,
            author=author,
            created_at=desk.now,
            base_hash=procedure.facts.hash,
        )
        _fits(desk, new, procedure, unit)
        desk.store.transact(lambda c: overrides.propose(c, desk.store.dialect, new))
        click.echo(desk.line(new))
        who = _("Người đặt duyệt được") if new.own else _("Chờ người khác duyệt")
        click.echo(f"{who}: motcua kb override approve {new.id} --by TÊN")


def _unit(desk: Desk, unit_id: str) -> Unit:
    if unit_id and unit_id not in desk.units:
        _refuse(_("Không có đơn vị {id}: chọn một trong {units}.").format(id=unit_id, units=", ".join(desk.units)))
    return desk.units[unit_id] if unit_id else next(iter(desk.units.values()))


def _fits(desk: Desk, new: Override, procedure: Procedure, unit: Unit) -> None:
    """Refuse what would make a card too long, and a phrase by which another procedure is known."""
    if new.field == "alias":
        said = new.value.casefold()
        for other in desk.knowledge.procedures.values():
            names = (other.title, *(other.words.aliases if other.words else ()))
            if other.code != new.code and said in (" ".join(name.casefold().split()) for name in names):
                _refuse(
                    _("“{alias}” đã là cách gọi của {code} {title}.").format(
                        alias=new.value, code=other.code, title=other.title
                    )
                )
        return
    approved = replace(new, state="approved", approved_at=desk.now, valid_from=None, valid_to=None)
    now = laid([*desk.all(), approved], unit.id, unit.province, desk.today).get(new.code, Local())
    after = replace(procedure, local=now)
    for case in [*(c.key for c in procedure.cases), WAY_OUT] if procedure.cases else [None]:
        length = len(after.card(case, unit).text())
        if length > LIMIT + MORE and length > len(procedure.card(case, unit).text()):
            _refuse(
                _("Thẻ trả lời sẽ dài {n} chữ, nhiều nhất {most}. Viết ngắn lại.").format(n=length, most=LIMIT + MORE)
            )


@override.command("list")
@click.option("--all", "everything", is_flag=True, help="Those undone and run out, too.")
@click.option("--conflicts", is_flag=True, help="Only those whose published facts have changed: keep or undo.")
@click.option("--code", default="", help="Only of this procedure.")
def list_(everything: bool, conflicts: bool, code: str) -> None:
    """Every override, one a line: number, state, for whom, what."""
    with _desk() as desk:
        shown = [
            o
            for o in desk.all()
            if (not code or o.code == code)
            and (everything or not (o.state == "undone" or o.over(desk.today)))
            and (not conflicts or o.conflicts(desk.facts_hash(o)))
        ]
        for one in shown:
            click.echo(desk.line(one))
        if conflicts and shown:
            click.echo(
                _("Vẫn có hiệu lực cho tới khi quyết: motcua kb override keep SỐ, hoặc motcua kb override undo SỐ")
            )
        click.echo(_("{n} sửa đổi.").format(n=len(shown)))


@override.command()
@click.argument("override_id", metavar="ID")
@by_whom
def approve(override_id: str, by: str) -> None:
    """Put the override ID in force."""
    with _desk() as desk:
        found, officer = desk.one(override_id), _officer(by)
        if found.state != "proposed":
            _refuse(_("Sửa đổi {id} không còn chờ duyệt: {state}.").format(id=found.id, state=desk.state(found)))
        if found.over(desk.today):
            _refuse(_("Sửa đổi {id} đã hết hạn, đặt lại với ngày khác.").format(id=found.id))
        if not found.own and same_person(found.author, officer):
            _refuse(_("{name} đã đặt sửa đổi này, phải người khác duyệt.").format(name=officer))
        _done(
            desk,
            lambda: desk.store.transact(lambda c: overrides.approve(c, desk.store.dialect, found, officer, desk.now)),
        )
        click.echo(desk.line(desk.one(found.id)))
        click.echo(_("Máy đang chạy dùng trong 10 giây."))


@override.command()
@click.argument("override_id", metavar="ID")
@by_whom
def undo(override_id: str, by: str) -> None:
    """Take the override ID out of force (or a proposal back); what held before holds again."""
    with _desk() as desk:
        found, officer = desk.one(override_id), _officer(by)
        if found.state == "undone":
            _refuse(_("Sửa đổi {id} đã bỏ rồi.").format(id=found.id))
        _done(
            desk, lambda: desk.store.transact(lambda c: overrides.undo(c, desk.store.dialect, found, officer, desk.now))
        )
        click.echo(desk.line(desk.one(found.id)))
        still = [o for o in desk.all() if (o.code, o.field) == (found.code, found.field) and o.holds(desk.today)]
        for one in still:
            click.echo(_("Còn hiệu lực: {line}").format(line=desk.line(one)))
        if not still:
            click.echo(_("Nay theo bản công bố."))


@override.command()
@click.argument("override_id", metavar="ID")
@by_whom
def keep(override_id: str, by: str) -> None:
    """Say that the override ID still holds although the published facts have changed."""
    with _desk() as desk:
        found, officer = desk.one(override_id), _officer(by)
        base = desk.facts_hash(found)
        if base is None:
            _refuse(_("Thủ tục {code} không còn công bố: bỏ sửa đổi này.").format(code=found.code))
        if not found.conflicts(base):
            _refuse(_("Sửa đổi {id} không vướng gì: gốc chưa đổi.").format(id=found.id))
        _done(
            desk,
            lambda: desk.store.transact(
                lambda c: overrides.keep(c, desk.store.dialect, found, base, officer, desk.now)
            ),
        )
        click.echo(desk.line(desk.one(found.id)))


def _done(desk: Desk, change: Callable[[], bool]) -> None:
    if not change():
        _refuse(_("Người khác vừa đổi sửa đổi này. Xem lại: motcua kb override list"))


@override.command()
def export() -> None:
    """Every override with its history as JSON lines."""
    with _desk() as desk:
        for one in desk.all():
            click.echo(json.dumps(asdict(one), ensure_ascii=False, default=_plain))


def _plain(value: date | datetime) -> str:
    return value.isoformat()
