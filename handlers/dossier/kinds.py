"""What a dossier is about, said so that a neighbour who tries the code learns nothing.

A code alone may show the procedure's name; where the name itself tells something private (marital status, adoption, disability, …) it shows
the field only, and where the field tells it too, the group under which people find it (docs/privacy.md). What a source writes is never shown:
only names that the knowledge has.
"""

from __future__ import annotations

import re
from functools import lru_cache

from handlers.dossier.here import Here
from handlers.dossier.model import Dossier
from handlers.hearing import plain
from handlers.language import current, gettext
from handlers.naming import called
from knowledge.procedure import Procedure, short_name
from knowledge.snapshot import Knowledge

_ = gettext
LONGEST = 45  # characters of a name inside a sentence
SHORT = 20  # a field's own name longer than that is lawyers' language; the group's name says it
# Fields whose name says as much as the procedure's.
TELLING = frozenset(
    plain(name)
    for name in (
        "Nuôi con nuôi",
        "Phòng, chống tệ nạn xã hội",
        "Tổ chức cai nghiên ma túy và quản lý sau cai nghiện",
        "Khiếu nại, tố cáo",
    )
)
_CODE = re.compile(r"\d\.\d{6}")


def procedure_of(dossier: Dossier, knowledge: Knowledge) -> Procedure | None:
    """The procedure that a dossier is filed under: by its code (a local suffix does not count), else by its published name."""
    match = _CODE.match(dossier.procedure_code)
    if match and match.group() in knowledge.procedures:
        return knowledge.procedures[match.group()]
    if not dossier.procedure_name:
        return None
    code = _by_name(knowledge.shared).get(plain(dossier.procedure_name), "")
    return knowledge.procedures.get(code)


def about(dossier: Dossier, here: Here) -> str:
    """What it is about, as it stands in a bracket: "đăng ký hộ kinh doanh", "hộ tịch"; "" where the knowledge has no name for it."""
    procedure = procedure_of(dossier, here.knowledge)
    if procedure is None:
        return _field(dossier.domain, here.knowledge)
    if procedure.sensitive:
        return _field(procedure.facts.domain, here.knowledge, procedure.group)
    return _small(_cut(called(procedure)))


def _field(domain: str, knowledge: Knowledge, group: str = "") -> str:
    said = plain(domain)
    for one in knowledge.groups:
        named = next((name for name in one.domains if plain(name) == said), "")
        if named or one.key == group:
            if current() == "en":
                return _small(one.name_en)
            return _small(one.name if said in TELLING or not named or len(named) > SHORT else named)
    return ""


def _cut(title: str) -> str:
    while len(title) > LONGEST and (shorter := re.sub(r"\s*[,:(][^,:(]*$", "", title)) != title:
        title = shorter
    return short_name(title, LONGEST)


def _small(name: str) -> str:
    """Inside a sentence: a small first letter, unless the word is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


@lru_cache(maxsize=4)
def _by_name(knowledge: Knowledge) -> dict[str, str]:
    names: dict[str, str] = {}
    for procedure in knowledge.procedures.values():
        for name in (procedure.facts.name, short_name(procedure.facts.name, 400), procedure.title):
            names.setdefault(plain(name), procedure.code)
    return names
