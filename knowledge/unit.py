"""A commune's own data: name, address, phone, hours, counters, catalogue, contacts, accounts. One file `units/<id>.toml` each.

Secrets never stand here, only the names of the environment variables that hold them.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from knowledge.model import Code, Key, Line
from knowledge.working_days import WorkingDays

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class UnitFileError(Exception):
    """A unit's file says something else than it may; the text names the file, the key and the cure."""


class Strict(BaseModel):
    """Unknown keys and turned types are errors."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Counter(Strict):
    """A desk of the centre; `groups` are the keys of `knowledge/domains.toml` that it takes in."""

    number: int = Field(ge=1, le=99)
    name: Line
    groups: tuple[Key, ...] = Field(default=(), strict=False)


class Contact(Strict):
    """Another body near by that people are sent to."""

    name: Line
    phone: Line | None = None
    address: Line | None = None


class ChannelAccount(Strict):
    """An account of a channel. `secrets` maps what is needed to the environment variable that holds it."""

    channel: Key
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    secrets: dict[str, str] = Field(default_factory=dict)
    settings: dict[str, str] = Field(default_factory=dict)


class CatalogueDecision(Strict):
    """Which codes the unit handles: "core" for the commune's whole list, or a list of codes; and the decision behind them."""

    decision: Line
    codes: Literal["core"] | list[Code] = "core"


class DossierInterface(Strict):
    """The province's one-stop system over HTTP, where the unit was granted access. `client_id` and `client_secret` name the environment
    variables that hold them."""

    url: Line
    token_url: Line
    client_id: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")]
    client_secret: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")]
    agency: Line | None = None
    every_minutes: int = Field(default=30, ge=5, le=1440)


class DossierSettings(Strict):
    """How the unit's dossiers come in and what is told of them.

    `sample` brings fictitious ones (for trying out). `lag_hours` is how old the data may be while a code that is not in it still counts as
    "not yet"; `keep_days` how long a dossier stays after its result was handed over; an import that would send more than `most_unasked`
    notices waits for an officer. `state_names` adds words of the unit's own exports to the known ones (handlers/dossier/states.toml).
    """

    sample: bool = False
    interface: DossierInterface | None = None
    lag_hours: int = Field(default=30, ge=1, le=240)
    keep_days: int = Field(default=90, ge=1, le=3650)
    most_unasked: int = Field(default=50, ge=1)
    cash_counter: int = Field(default=1, ge=1, le=99)
    state_names: dict[str, str] = Field(default_factory=dict)


class Hours(Strict):
    """Opening intervals per weekday, each "07:30-11:30"; a missing day is closed."""

    mon: tuple[str, ...] = Field(default=(), strict=False)
    tue: tuple[str, ...] = Field(default=(), strict=False)
    wed: tuple[str, ...] = Field(default=(), strict=False)
    thu: tuple[str, ...] = Field(default=(), strict=False)
    fri: tuple[str, ...] = Field(default=(), strict=False)
    sat: tuple[str, ...] = Field(default=(), strict=False)
    sun: tuple[str, ...] = Field(default=(), strict=False)

    @field_validator(*DAYS)
    @classmethod
    def _intervals(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            opens, closes = _interval(text)
            if opens >= closes:
                raise ValueError(f"{text}: closes before it opens")
        return value

    def on(self, weekday: int) -> tuple[tuple[time, time], ...]:
        """The intervals of a weekday (0 = Monday)."""
        return tuple(_interval(text) for text in getattr(self, DAYS[weekday]))


def _interval(text: str) -> tuple[time, time]:
    opens, _, closes = text.partition("-")
    return time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())


class Unit(Strict):
    """The commune as the bot knows it. Every operational row belongs to one, by `id`."""

    id: Key
    name: Line
    centre: Line
    address: Line
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9 ]{8,16}$")]
    sample: bool = False
    base_url: str = ""
    dossier_prefixes: tuple[str, ...] = Field(default=(), strict=False)
    dossiers: DossierSettings = Field(default_factory=DossierSettings)
    villages: tuple[Line, ...] = Field(default=(), strict=False)
    portal: str = "https://dichvucong.gov.vn"
    hours: Hours
    counters: tuple[Counter, ...] = Field(default=(), strict=False)
    catalogue: CatalogueDecision
    contacts: dict[str, Contact] = Field(default_factory=dict)
    accounts: tuple[ChannelAccount, ...] = Field(default=(), strict=False)
    verified: dict[Code, date] = Field(default_factory=dict)
    # What the first page offers at once, in this order; the unit knows best what its people come for.
    often_asked: tuple[Code, ...] = Field(default=(), strict=False)

    @property
    def payment_page(self) -> str:
        """The only page where a charge is paid online."""
        return self.portal.rstrip("/") + "/thanh-toan-truc-tuyen"

    @property
    def look_up_page(self) -> str:
        """The official page where anybody can look a dossier up."""
        return self.portal.rstrip("/") + "/tra-cuu-ho-so"

    @property
    def province(self) -> str:
        """The province's code as dossier codes begin with it ("H48"); empty where the unit names no prefix."""
        return self.dossier_prefixes[0].partition(".")[0] if self.dossier_prefixes else ""

    def handles(self, code: str, role: str) -> bool:
        """Whether `code` stands in the unit's catalogue; `role` is the code's own ("core" or "neighbour")."""
        codes = self.catalogue.codes
        return role == codes if codes == "core" else code in codes

    def counter_for(self, group: str) -> Counter | None:
        """The desk that takes in a people's group of procedures; None where the unit names none."""
        return next((c for c in self.counters if group in c.groups), None)

    def open_at(self, moment: datetime, calendar: WorkingDays) -> time | None:
        """When the centre, open at `moment` (aware), closes next; None while it is shut."""
        local = moment.astimezone(ZONE)
        for opens, closes in self._intervals(local.date(), calendar):
            if opens <= local.time() < closes:
                return closes
        return None

    def opens_next(self, moment: datetime, calendar: WorkingDays) -> datetime | None:
        """The next opening after `moment` (aware, local time), within 30 days; None when the hours have none."""
        local = moment.astimezone(ZONE)
        for ahead in range(31):
            day = local.date() + timedelta(days=ahead)
            for opens, _closes in self._intervals(day, calendar):
                start = datetime.combine(day, opens, ZONE)
                if start > local:
                    return start
        return None

    def _intervals(self, day: date, calendar: WorkingDays) -> tuple[tuple[time, time], ...]:
        if not calendar.works(day):
            # Saturday mornings stand in the hours; a holiday shuts them too.
            return () if calendar.is_holiday(day) else self.hours.on(day.weekday())
        # A worked Saturday (swap day) keeps Friday's hours where the weekday itself has none.
        return self.hours.on(day.weekday()) or self.hours.on(4)


def load_units(folder: Path) -> dict[str, Unit]:
    """All units of a folder, by id. Raises UnitFileError naming the file, the key and what to do."""
    units: dict[str, Unit] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            unit = Unit(**tomllib.loads(path.read_text(encoding="utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise UnitFileError(f"{path.name}: not TOML: {error}. Mend that line.") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise UnitFileError(f"{path.name}: {where}: {first['msg']}. Mend that key.") from error
        if unit.id != path.stem:
            raise UnitFileError(f"{path.name}: id is {unit.id!r}. Name the file {unit.id}.toml.")
        units[unit.id] = unit
    if not units:
        raise UnitFileError(f"{folder}: no unit file. Put one <id>.toml there; units/mau.toml is a sample.")
    return units
