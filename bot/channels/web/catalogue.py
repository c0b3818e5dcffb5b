"""The list of all procedures a unit takes in: searched by words or code, browsed by people's groups and life events, in pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.web.sheet import brief_time
from bot.channels.web.site import Site
from handlers.english import find as find_english
from knowledge.model import Group, LifeEvent, Referral
from knowledge.procedure import Procedure
from knowledge.search.finding import Thread
from knowledge.text.folding import fold

if TYPE_CHECKING:
    from knowledge.snapshot import Knowledge

PER_PAGE = 20
LONGEST = 200  # characters of a search


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: words or a code, a group's key, a life event's key, only what can be filed by network, and the page."""

    words: str = ""
    group: str = ""
    event: str = ""
    online: bool = False
    page: int = 1

    @classmethod
    def of(cls, request: web.Request) -> Search:
        """From the address; anything odd in it counts as absent."""
        query = request.query
        page = query.get("trang", "1")
        return cls(
            words=" ".join(query.get("q", "").split())[:LONGEST],
            group=query.get("nhom", ""),
            event=query.get("viec", ""),
            online=query.get("qua-mang") == "1",
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 5 else 1,
        )

    def address(self, page: int) -> str:
        """The same search on another page."""
        said = {"q": self.words, "nhom": self.group, "viec": self.event, "qua-mang": "1" if self.online else ""}
        filled = {key: value for key, value in said.items() if value}
        return "?" + urlencode({**filled, **({"trang": page} if page > 1 else {})})


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the procedures best first, and another body's help where the words ask for that."""

    procedures: tuple[Procedure, ...]
    referral: Referral | None = None
    group: Group | None = None
    event: LifeEvent | None = None


def look(knowledge: Knowledge, search: Search, handles: Callable[[Procedure], bool]) -> Found:
    """Search the procedures a unit `handles`. Words go to the finder first; then comes whatever holds all of them, in the order of the alphabet."""
    own = {p.code: p for p in knowledge.procedures.values() if handles(p)}
    group = next((g for g in knowledge.groups if g.key == search.group), None)
    event = knowledge.events.get(search.event)
    referral = None
    if event:
        listed = [own[code] for code in event.codes if code in own]
    elif search.words:
        listed, referral = _by_words(knowledge, search.words, own)
    else:
        listed = sorted(own.values(), key=lambda p: fold(p.title).casefold())
    if group:
        listed = [p for p in listed if p.group == group.key]
    if search.online:
        listed = [p for p in listed if p.facts.online_level != "none"]
    return Found(tuple(listed), referral, group, event)


def _by_words(knowledge: Knowledge, words: str, own: dict[str, Procedure]) -> tuple[list[Procedure], Referral | None]:
    exact = own.get(words.rstrip("."))
    if exact:
        return [exact], None
    finding = find_english(words, Thread(), knowledge) or knowledge.finder.find(words, catalogue=own.__contains__)
    found = [own[c.code] for c in finding.candidates if c.code in own]
    seen = {p.code for p in found}
    parts = fold(words).casefold().split()
    rest = [p for p in own.values() if p.code not in seen and all(part in _searched(p) for part in parts)]
    rest.sort(key=lambda p: fold(p.title).casefold())
    named = [p for p in own.values() if fold(p.title).casefold() == " ".join(parts)]
    # A referral's or a refusal's candidates are the nearest misses: they stand behind what really holds the words.
    sure = finding.behaviour in ("answer", "clarify", "aspect", "event")
    listed = [*named, *found, *rest] if sure or not rest else [*named, *rest, *found]
    return list({p.code: p for p in listed}.values()), knowledge.referrals.get(
        finding.key
    ) if finding.behaviour == "referral" else None


def _searched(procedure: Procedure) -> str:
    words = procedure.words
    own = (words.title_en or "", *words.aliases) if words else ()
    texts: Iterable[str] = (procedure.title, procedure.facts.name, procedure.code, *own)
    return fold(" ".join(texts)).casefold()


async def catalogue(site: Site, request: web.Request) -> web.Response:
    """GET /<unit>/tt?q=&nhom=&viec=&qua-mang=1&trang=: the list."""
    unit = site.unit(request)
    knowledge = site.knowledge().of(unit.id)
    search = Search.of(request)

    def handles(procedure: Procedure) -> bool:
        return procedure.taken_in(unit)

    found = look(knowledge, search, handles)
    pages = max(1, -(-len(found.procedures) // PER_PAGE))
    page = min(search.page, pages)
    first = (page - 1) * PER_PAGE
    counts = Counter(p.group for p in knowledge.procedures.values() if handles(p))
    return site.page(
        request,
        unit,
        "catalogue.html",
        search=search,
        found=found,
        rows=found.procedures[first : first + PER_PAGE],
        first=first + 1,
        last=min(first + PER_PAGE, len(found.procedures)),
        number=page,
        pages=near(page, pages),
        groups=[(g, counts[g.key]) for g in knowledge.groups if counts[g.key]],
        group_names={g.key: g for g in knowledge.groups},
        events=list(knowledge.events.values()),
        brief_time=brief_time,
    )


def near(page: int, pages: int) -> list[int]:
    """The page numbers worth showing: the first, the last, and those around `page`; 0 stands for a gap."""
    wanted = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    shown: list[int] = []
    for number in wanted:
        if shown and number > shown[-1] + 1:
            shown.append(number - 1 if number == shown[-1] + 2 else 0)
        shown.append(number)
    return shown
