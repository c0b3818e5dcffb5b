"""What the commands about dossiers have before them: the store, one unit, the seal, the moment; and how moments and names are typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NoReturn

import click

from bot.cli.opening import open_unit
from bot.clock import utc_now
from bot.locale import speak
from bot.sealing import Seal, open_seal
from bot.settings import SettingsError, load_settings
from bot.sources.reading import SourceError
from bot.store import Store, StoreDown, StoreError, desk
from handlers.dossier import codes
from handlers.language import gettext
from knowledge.override_input import cleaned
from knowledge.unit import ZONE, Unit

_ = gettext
MOST_NAME = 120
CLOSING = time(17, 0)
_CLOCK = re.compile(r"\b(\d{1,2})\s*(?::|giờ|g|h)\s*(\d{2})?(?![\d/.\-])")
_DAY = re.compile(r"\b(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})\b")

by_whom = click.option("--by", required=True, envvar="MOTCUA_OFFICER", help="The officer's name (or MOTCUA_OFFICER).")
of_unit = click.option("--unit", "unit_id", default="", help="The unit; default: the first.")


@dataclass(frozen=True, slots=True)
class Desk:
    """An open store, the unit, the seal and the moment (UTC)."""

    store: Store
    unit: Unit
    seal: Seal
    now: datetime

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return self.now.astimezone(ZONE).date()

    def code(self, typed: str) -> str:
        """The dossier code typed. Ends the program when it is none, another unit's, or of a dossier that is not there."""
        found = codes.read(typed, self.today).codes
        if len(found) != 1:
            refuse(_("Ghi cả mã hồ sơ, dạng H48.99.01-261120-0007."))
        if self.unit.dossier_prefixes and not codes.of_unit(found[0], self.unit.dossier_prefixes):
            refuse(
                _("Mã này của đơn vị khác. Mã của {unit} bắt đầu bằng {prefixes}.").format(
                    unit=self.unit.name, prefixes=", ".join(self.unit.dossier_prefixes)
                )
            )
        if self.store.transact(lambda c: desk.known(c, self.unit.id, found[0]), reading=True) is None:
            refuse(_("Chưa có hồ sơ này trong dữ liệu. Nhập tệp mới nhất rồi làm lại."))
        return found[0]


@contextmanager
def opened(unit_id: str) -> Iterator[Desk]:
    """Everything opened; errors end the program with one sentence."""
    speak()
    unit = open_unit(unit_id)
    try:
        settings = load_settings()
        seal = open_seal(settings)
        store = Store.open(settings.database.get_secret_value())
    except (StoreError, StoreDown, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    try:
        yield Desk(store, unit, seal, utc_now())
    except (StoreDown, SourceError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        store.close()


def refuse(text: str) -> NoReturn:
    """End the program with a sentence."""
    raise click.ClickException(text)


def officer(name: str) -> str:
    """The officer's name as it is kept. Ends the program when there is none."""
    plain = cleaned(name)
    if not plain or len(plain) > MOST_NAME:
        refuse(_("Ghi tên cán bộ sau --by."))
    return plain


def moment(typed: str) -> datetime:
    """A moment in Vietnam as officers type it ("17:00 27/11/2026", "27/11/2026"); without a clock time the closing hour."""
    day, clock = _DAY.search(typed), _CLOCK.search(typed)
    try:
        if day is None:
            raise ValueError
        at = time(int(clock[1]), int(clock[2] or 0)) if clock else CLOSING
        return datetime.combine(date(int(day[3]), int(day[2]), int(day[1])), at, ZONE)
    except ValueError:
        refuse(_("Chưa hiểu “{typed}”. Ghi giờ và ngày, dạng 17:00 27/11/2026.").format(typed=typed))


def shown(moment: datetime) -> str:
    """A moment as officers read it."""
    return f"{moment.astimezone(ZONE):%H:%M ngày %d/%m/%Y}"
